"""The read service of CASE 1.1: adopted frameworks, for anybody, as JSON.

``/ims/case/v1p1/…`` answers every published framework of the installation once; ``/case/<district>/ims/case/v1p1/…``
the copies of one district. Errors are ``imsx_StatusInfo`` objects.
"""

from __future__ import annotations

import hashlib
import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from crediting.interchange import case_out
from crediting.interchange.case_shapes import SHAPES
from crediting.queries import publishing
from mbl.core.ratelimit import limited

JsonObject = dict[str, Any]
P = ParamSpec("P")
RATE = "600/m"
DEFAULT_LIMIT, MOST = 100, 1000
_SORTABLE = frozenset(SHAPES["CFDocument"]) - {"extensions", "licenseURI", "subjectURI"}
_FIELDS = frozenset({"CFPackageURI", *SHAPES["CFDocument"]})
_CONDITION = re.compile(r"\s*(?P<field>[A-Za-z]+)\s*(?P<sign>!=|>=|<=|=|>|<|~)\s*'(?P<value>[^']*)'\s*")
_JOINED = re.compile(r"\s+(AND|OR)\s+")
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "~": lambda have, wanted: wanted.lower() in have.lower(),
}


class Refusal(Exception):
    """An answer other than 200, in the words of CASE."""

    def __init__(self, status: int, minor: str, description: str) -> None:
        super().__init__(description)
        self.status, self.minor, self.description = status, minor, description


def _service(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Public, counted, cacheable; a refusal becomes a status object."""

    @login_not_required
    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            if not limited(request, "case", RATE):
                raise Refusal(429, "server_busy", "Too many requests. Try again in a minute.")
            response = view(request, *args, **kwargs)
        except Refusal as refusal:
            return _json(_status(refusal), status=refusal.status)
        response["Cache-Control"] = "public, max-age=300"
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        return get_conditional_response(request, etag=response["ETag"], response=response) or response

    return answer


def _json(value: JsonObject, status: int = 200) -> HttpResponse:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(text, content_type="application/json; charset=utf-8", status=status)
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex"
    return response


def _status(refusal: Refusal) -> JsonObject:
    field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": refusal.minor}
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": refusal.description,
        "imsx_codeMinor": {"imsx_codeMinorField": [field]},
    }


def _guid(identifier: str) -> UUID:
    try:
        return UUID(identifier)
    except ValueError:
        raise Refusal(400, "invalid_uuid", f"{identifier[:80]} is not a UUID.") from None


def _unknown(what: str, identifier: str) -> Refusal:
    return Refusal(404, "unknownobject", f"There is no published {what} {identifier[:80]} here.")


# --- Documents and packages -------------------------------------------------------------------------------------------


@_service
def documents(request: HttpRequest, code: str = "") -> HttpResponse:
    """``CFDocuments``: limit, offset, sort, orderBy, filter and fields as CASE describes them."""
    query = request.GET
    rows = [_document(request, framework, code) for framework in publishing.documents(code)]
    rows = _filtered(rows, query.get("filter", ""))
    rows = _sorted(rows, query.get("sort", ""), query.get("orderBy", "asc"))
    limit, offset = _number(query, "limit", DEFAULT_LIMIT), _number(query, "offset", 0)
    limit = min(limit, MOST)
    listed = _selected(rows[offset : offset + limit], query.get("fields", ""))
    response = _json({"CFDocuments": listed})
    response["X-Total-Count"] = str(len(rows))
    if links := ", ".join(_links(request, len(rows), limit, offset)):
        response["Link"] = links
    return response


@_service
def document(request: HttpRequest, identifier: str, code: str = "") -> HttpResponse:
    framework = publishing.framework_with(_guid(identifier), code)
    if framework is None:
        raise _unknown("framework", identifier)
    return _json(_document(request, framework, code))


@_service
def package(request: HttpRequest, identifier: str, code: str = "") -> HttpResponse:
    framework = publishing.framework_with(_guid(identifier), code)
    if framework is None:
        raise _unknown("framework", identifier)
    return _json(case_out.package(framework, publishing.items_of(framework), publishing.edges_of(framework)))


def _document(request: HttpRequest, framework: Any, code: str) -> JsonObject:
    return case_out.document(framework, request.build_absolute_uri(_address("package", framework.guid, code)))


def _address(name: str, identifier: UUID | None = None, code: str = "") -> str:
    kwargs: dict[str, Any] = {"identifier": identifier} if identifier else {}
    if code:
        return reverse(f"crediting:case-of-district-{name}", kwargs=kwargs | {"code": code})
    return reverse(f"crediting:case-{name}", kwargs=kwargs)


def _number(query: Mapping[str, Any], name: str, default: int) -> int:
    said = str(query.get(name, default))
    if not said.isascii() or not said.isdigit() or len(said) > 9 or (name == "limit" and not int(said)):
        raise Refusal(400, "invalid_selection_field", f"{name} is a whole number.")
    return int(said)


def _selected(rows: Iterable[JsonObject], said: str) -> list[JsonObject]:
    if not said:
        return list(rows)
    wanted = [name.strip() for name in said.split(",")]
    if strange := [name for name in wanted if name not in _FIELDS]:
        raise Refusal(400, "invalid_selection_field", f"A CFDocument has no field {strange[0][:80]}.")
    return [{name: row[name] for name in wanted if name in row} for row in rows]


def _sorted(rows: list[JsonObject], field: str, order: str) -> list[JsonObject]:
    if order not in {"asc", "desc"}:
        raise Refusal(400, "invalid_sort_field", "orderBy is asc or desc.")
    if not field:
        return sorted(rows, key=lambda row: (row["title"], row["identifier"]))
    if field not in _SORTABLE:
        raise Refusal(400, "invalid_sort_field", f"CFDocuments cannot be sorted by {field[:80]}.")
    return sorted(rows, key=lambda row: (str(row.get(field, "")), row["identifier"]), reverse=order == "desc")


def _filtered(rows: list[JsonObject], said: str) -> list[JsonObject]:
    """Conditions such as ``title~'math' AND version='2013'``; one AND or OR, as CASE allows."""
    if not said:
        return rows
    parts = _JOINED.split(said)
    conditions = [_CONDITION.fullmatch(part) for part in parts[::2]]
    if len(parts) > 3 or not all(conditions):
        raise Refusal(400, "invalid_selection_field", "A filter reads field='value', with one AND or OR at most.")
    found = [condition.groupdict() for condition in conditions if condition]
    if strange := [one["field"] for one in found if one["field"] not in _FIELDS]:
        raise Refusal(400, "invalid_selection_field", f"A CFDocument has no field {strange[0][:80]}.")
    join = any if len(parts) == 3 and parts[1] == "OR" else all
    return [row for row in rows if join(_holds(row, one) for one in found)]


def _holds(row: JsonObject, condition: Mapping[str, str]) -> bool:
    have = row.get(condition["field"], "")
    compare = _SIGNS[condition["sign"]]
    return any(compare(str(one), condition["value"]) for one in (have if isinstance(have, list) else [have]))


def _links(request: HttpRequest, total: int, limit: int, offset: int) -> Iterable[str]:
    last = max(0, (total - 1) // limit * limit)
    places = {"first": 0, "prev": offset - limit, "next": offset + limit, "last": last}
    for name, place in places.items():
        if (name == "prev" and offset <= 0) or (name == "next" and place >= total):
            continue
        query = urlencode({**request.GET.dict(), "limit": limit, "offset": max(0, place)})
        yield f'<{request.build_absolute_uri(request.path)}?{query}>; rel="{name}"'


# --- Items and associations -------------------------------------------------------------------------------------------


@_service
def item(request: HttpRequest, identifier: str, code: str = "") -> HttpResponse:
    standard = publishing.item_with(_guid(identifier), code)
    if standard is None:
        raise _unknown("item", identifier)
    return _json(case_out.item(standard, standard.framework))


@_service
def item_associations(request: HttpRequest, identifier: str, code: str = "") -> HttpResponse:
    standard = publishing.item_with(_guid(identifier), code)
    if standard is None:
        raise _unknown("item", identifier)
    framework = standard.framework
    edges = case_out.associations(publishing.edges_at(standard), framework)
    return _json({"CFItem": case_out.item(standard, framework), "CFAssociations": edges})


@_service
def association(request: HttpRequest, identifier: str, code: str = "") -> HttpResponse:
    edge = publishing.edge_with(_guid(identifier), code)
    if edge is None or not case_out.is_said(edge):
        raise _unknown("association", identifier)
    return _json(case_out.association(edge, edge.framework))


# --- Definitions and rubrics ------------------------------------------------------------------------------------------

# Those that form a hierarchy are answered with what is below them.
_SETS = frozenset({"CFItemTypes", "CFSubjects", "CFConcepts"})


@_service
def definition(request: HttpRequest, part: str, identifier: str, code: str = "") -> HttpResponse:
    """``CFItemTypes``, ``CFSubjects``, ``CFConcepts`` (sets), ``CFLicenses``, ``CFAssociationGroupings`` (one)."""
    guid = _guid(identifier)
    framework = publishing.framework_defining(part, guid, code)
    if framework is None:
        raise _unknown(part, identifier)
    entries = case_out.definitions_of(framework)[part]
    found: JsonObject = next(one for one in entries if one["identifier"] == str(guid))
    if part not in _SETS:
        return _json(found)
    above = found["hierarchyCode"]
    below = [one for one in entries if above and one["hierarchyCode"].startswith(f"{above}.")]
    return _json({part: [found, *below]})


@_service
def rubric(request: HttpRequest, identifier: str, code: str = "") -> HttpResponse:
    guid = _guid(identifier)
    framework = publishing.framework_with_rubric(guid, code)
    if framework is None:
        raise _unknown("rubric", identifier)
    return _json(next(one for one in case_out.rubrics_of(framework) if one["identifier"] == str(guid)))
