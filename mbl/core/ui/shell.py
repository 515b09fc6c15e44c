"""What every page's frame shows: the context that ``templates/shells/*.html`` read.

A context processor (``mbl.home.shell``) builds one ``Shell`` per request and returns ``shell.as_context()``. Language
and text direction come from Django's own translation state, the product's name from ``settings.PRODUCT_NAME``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from mbl.core.ui.text import Text

Density = Literal["comfortable", "compact"]


@dataclass(frozen=True)
class NavItem:
    """One destination. ``count`` is what waits for this person there; 0 is not shown."""

    label: Text
    url: str
    icon: str
    count: int = 0
    current: bool = False


@dataclass(frozen=True)
class NavGroup:
    """A heading of the staff rail with its items. The family shell shows the items of the first group as tabs."""

    label: Text
    items: Sequence[NavItem]


@dataclass(frozen=True)
class Account:
    """Who is signed in, and the pages of their own: language, notices, my data."""

    name: str
    initials: str
    role: Text = ""
    links: Sequence[NavItem] = ()
    sign_out_url: str = "/sign-out/"


@dataclass(frozen=True)
class ShellDistrict:
    """Whose pages these are. ``school`` is the first line on public pages; ``brand_stylesheet`` is an address of
    ``mbl.core.brand``, empty for the product's own colours; ``accent`` shows the district's colour as a stripe."""

    name: str
    school: str = ""
    home_url: str = "/"
    brand_stylesheet: str = ""
    accent: bool = False


@dataclass(frozen=True)
class Shell:
    """The frame of one page for one person; every field is a context variable of the same name."""

    nav: Sequence[NavGroup] = ()
    district: ShellDistrict | None = None
    account: Account | None = None
    notices_count: int = 0
    notices_url: str = ""
    search_url: str = ""
    search_label: Text = ""
    help_url: str = ""
    density: Density = "comfortable"
    # Seconds until this session ends when nothing is done; 0 where nobody is signed in.
    idle_seconds: int = 0
    keep_alive_url: str = ""
    # Single-letter shortcuts can be switched off in the account (WCAG 2.1.4).
    single_keys: bool = True
    # "You act for Ifrah Warsame", with the way to stop; empty otherwise.
    acting_for: Text = ""
    acting_stop_url: str = ""
    data_use_url: str = ""
    report_problem_url: str = ""

    def as_context(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}
