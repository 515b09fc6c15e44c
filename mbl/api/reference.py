"""What the API offers: the schema for programs, and a page over it for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from mbl.api.serving import RATE
from mbl.core.http import AuthenticatedRequest, page
from mbl.core.ui.tables import Column, Columns

PARAMETERS = Columns(
    Column("name", gettext_lazy("Parameter"), kind="header"),
    Column("type", gettext_lazy("Type")),
    Column("text", gettext_lazy("Meaning"), card="wide"),
)
FIELDS = Columns(
    Column("name", gettext_lazy("Field"), kind="header"),
    Column("type", gettext_lazy("Type")),
    Column("text", gettext_lazy("Meaning"), card="wide"),
)


class SignedInScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it registers itself
    """How the schema tells of ``mbl.api.serving.SignedIn``."""

    target_class = "mbl.api.serving.SignedIn"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class Schema(SpectacularJSONAPIView):
    """``/api/v1/schema/``: OpenAPI 3."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return answer


@dataclass(frozen=True)
class Named:
    """A parameter or a field. Fields inside others are named with dots, those of each in a list with ``[]``."""

    name: str
    type: str
    text: str
    required: bool = False


@dataclass(frozen=True)
class Operation:
    """One address with what it takes and answers. ``link`` opens it, where it needs no id and no parameter."""

    id: str
    path: str
    summary: str
    text: str
    parameters: tuple[Named, ...]
    fields: tuple[Named, ...]
    link: str


@require_safe
def reference(request: AuthenticatedRequest) -> HttpResponse:
    """``/api/``: every address of the API, from the same schema that programs read."""
    context = {
        "operations": operations(),
        "refusal": refusal(),
        "parameter_columns": PARAMETERS,
        "field_columns": FIELDS,
        "rate": RATE.split("/")[0],
        "lede": _("For programs that read what you may read. Sign in with the browser; the API uses its session."),
    }
    return page(request, "api/reference.html", context)


@cache
def schema() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


@cache
def operations() -> tuple[Operation, ...]:
    """In the order of their addresses."""
    found = []
    for path, methods in sorted(schema()["paths"].items()):
        what = methods["get"]
        parameters = tuple(
            Named(one["name"], _type_of(one["schema"]), _plain(one), one.get("required", False))
            for one in sorted(what.get("parameters", ()), key=lambda one: not one.get("required", False))
        )
        answer = _resolved(what["responses"]["200"]["content"]["application/json"]["schema"])
        found.append(
            Operation(
                id=what["operationId"],
                path=path,
                summary=what["summary"],
                text=what["description"],
                parameters=parameters,
                fields=tuple(_fields_of(answer)),
                link="" if any(one.required for one in parameters) else path,
            )
        )
    return tuple(found)


@cache
def refusal() -> tuple[Named, ...]:
    """The shape of every answer that is no answer."""
    return tuple(_fields_of(schema()["components"]["schemas"]["Refusal"]))


def _fields_of(shape: dict[str, Any], prefix: str = "") -> Iterator[Named]:
    for name, raw in shape.get("properties", {}).items():
        field = _resolved(raw)
        yield Named(prefix + name, _type_of(field), _plain(raw) or _plain(field))
        inner, mark = (_resolved(field["items"]), "[].") if field.get("type") == "array" else (field, ".")
        yield from _fields_of(inner, f"{prefix}{name}{mark}")


def _plain(described: dict[str, Any]) -> str:
    """The description without the marks that set code apart."""
    return str(described.get("description", "")).replace("`", "")


def _resolved(shape: dict[str, Any]) -> dict[str, Any]:
    """The shape behind a reference, also where a description stands beside it."""
    reference = shape.get("$ref") or next((one["$ref"] for one in shape.get("allOf", ()) if "$ref" in one), "")
    if not reference:
        return shape
    found: dict[str, Any] = schema()["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _type_of(shape: dict[str, Any]) -> str:
    options = shape.get("oneOf") or shape.get("allOf") or ()
    values = shape.get("enum") or [value for one in options for value in _resolved(one).get("enum", ())]
    if values:
        return " | ".join(str(value) for value in values if value)
    words = shape.get("format") or shape.get("type") or "object"
    return f"{words}, null" if shape.get("nullable") else words
