"""A field for people's own words."""

from __future__ import annotations

from typing import Any

from django import forms


class Words(forms.CharField):
    """As long as ``max_length``, which the form checks; the page does not count letters down while somebody thinks."""

    def __init__(self, *, rows: int = 4, max_length: int = 5000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs
