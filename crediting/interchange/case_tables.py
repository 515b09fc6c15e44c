"""Frameworks that come as tables: the workbook of OpenSALT servers, and a flat CSV of items.

Both become the JSON of a CASE package, and from there on are read like any other. A table says where an item stands by
a ``smartLevel`` (3.6.2 is the second below the sixth below the third), by a ``parent`` code, or by associations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.translation import gettext as _

from crediting.states import EdgeKind
from mbl.core.imports.opening import Refused
from mbl.core.imports.result import Issues

JsonObject = dict[str, Any]
Cells = Mapping[str, str]

_KINDS = {str(kind).lower(): str(kind) for kind in EdgeKind}
_SPACES = re.compile(r"\s+")
_LEVEL = re.compile(r"\d+(\.\d+)*")
_LISTS = ("educationLevel", "conceptKeywords", "subject")
_ITEM = (
    "humanCodingScheme", "listEnumeration", "abbreviatedStatement", "notes", "language", "CFItemType",
    "statusStartDate", "statusEndDate",
)  # fmt: skip
_DOCUMENT = (
    "creator", "title", "officialSourceURL", "publisher", "description", "language", "version", "adoptionStatus",
    "statusStartDate", "statusEndDate", "notes",
)  # fmt: skip


def is_item_table(header: Sequence[str]) -> bool:
    return "fullstatement" in {name.strip().lower() for name in header}


def from_workbook(sheets: Mapping[str, Sequence[Sequence[str]]], issues: Issues, file: str) -> JsonObject:
    """The package in the sheets ``CF Doc``, ``CF Item`` and ``CF Association``."""
    named = {_SPACES.sub("", title).lower(): rows for title, rows in sheets.items()}
    if "cfdoc" not in named or "cfitem" not in named:
        _refuse(
            "CASE_WORKBOOK",
            _("A workbook of standards has the sheets “CF Doc” and “CF Item”. This one has: %(names)s.")
            % {"names": ", ".join(sheets) or "–"},
            file,
        )
    documents, items = _records(named["cfdoc"]), _records(named["cfitem"])
    if len(documents) != 1:
        _refuse("CASE_WORKBOOK", _("The sheet “CF Doc” must have one row below its header."), file)
    links = _records(named.get("cfassociation", ()))
    return _package(_document(documents[0]), items, links, issues, file)


def from_items(rows: Sequence[Cells], title: str, issues: Issues, file: str) -> JsonObject:
    """The package of a flat table. It has no document of its own, so that is named after the file."""
    guid = uuid5(NAMESPACE_URL, f"mbl:standards:{title}")
    issues.info(
        "CASE_TABLE_DOCUMENT",
        _("The table does not name its framework; it is called “%(title)s” after the file.") % {"title": title},
        file=file,
    )
    document = {"identifier": str(guid), "uri": f"urn:uuid:{guid}", "title": title, "creator": ""}
    return _package(document, rows, (), issues, file)


def _records(rows: Sequence[Sequence[str]]) -> list[Cells]:
    """Rows by their headers; rows without a single value are left out."""
    if not rows:
        return []
    header = [name.strip() for name in rows[0]]
    found = [dict(zip(header, (cell.strip() for cell in row), strict=False)) for row in rows[1:]]
    return [row for row in found if any(row.values())]


def _document(row: Cells) -> JsonObject:
    guid = row.get("identifier", "")
    document: JsonObject = {"identifier": guid, "uri": f"urn:uuid:{guid}"} | _texts(row, _DOCUMENT)
    if subjects := _listed(row.get("subject", "")):
        document["subject"] = subjects
    if changed := row.get("lastChangeDate") or row.get("lastChangeDateTime"):
        document["lastChangeDateTime"] = changed
    licence = row.get("licenseTitle") or row.get("license", "")
    if licence or row.get("licenseText"):
        key = uuid5(NAMESPACE_URL, f"mbl:licence:{licence}:{row.get('licenseText', '')}")
        document["licenseURI"] = {"title": licence, "identifier": str(key), "uri": f"urn:uuid:{key}"}
        document["_licence"] = document["licenseURI"] | {"licenseText": row.get("licenseText", "")}
    return document


def _package(
    document: JsonObject, rows: Sequence[Cells], links: Sequence[Cells], issues: Issues, file: str
) -> JsonObject:
    licence = document.pop("_licence", None)
    items = [_item(row, document["identifier"]) for row in rows]
    associations = [_association(row) for row in links]
    placed = {
        one["originNodeURI"]["identifier"] for one in associations if one["associationType"] == EdgeKind.IS_CHILD_OF
    }
    associations += _places(document, rows, items, placed, issues, file)
    _order(associations, rows, items)
    package: JsonObject = {"CFDocument": document, "CFItems": items, "CFAssociations": associations}
    if licence:
        changed = document.get("lastChangeDateTime", "")
        package["CFDefinitions"] = {"CFLicenses": [licence | {"lastChangeDateTime": changed}]}
    return package


def _item(row: Cells, framework: str) -> JsonObject:
    statement = row.get("fullStatement", "")
    guid = row.get("identifier") or _own_guid(framework, row.get("humanCodingScheme", ""), statement)
    item: JsonObject = {"identifier": guid, "uri": f"urn:uuid:{guid}", "fullStatement": statement} | _texts(row, _ITEM)
    for name in _LISTS:
        if listed := _listed(row.get(name, "")):
            item[name] = listed
    if changed := row.get("lastChangeDateTime"):
        item["lastChangeDateTime"] = changed
    return item


def _own_guid(framework: str, code: str, statement: str) -> str:
    """An identifier for an item that has none: the same for the same code, or without a code for the same words."""
    base = UUID(framework) if re.fullmatch(r"[0-9a-fA-F-]{32,36}", framework) else NAMESPACE_URL
    return str(uuid5(base, code or statement))


def _texts(row: Cells, names: Sequence[str]) -> JsonObject:
    return {name: row[name] for name in names if row.get(name)}


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(",") if part.strip()]


def _association(row: Cells) -> JsonObject:
    said = row.get("associationType", "")
    found: JsonObject = {
        "identifier": row.get("identifier", ""),
        "uri": f"urn:uuid:{row.get('identifier', '')}",
        "associationType": _KINDS.get(_SPACES.sub("", said).lower(), said),
    }
    for end in ("origin", "destination"):
        identifier, address = row.get(f"{end}NodeIdentifier", ""), row.get(f"{end}NodeURI", "")
        if identifier or address:
            title = row.get(f"{end}NodeHumanCodingScheme", "")
            found[f"{end}NodeURI"] = {"title": title, "identifier": identifier, "uri": address}
        else:
            found[f"{end}NodeURI"] = {}
    if group := row.get("associationGroupIdentifier"):
        title = row.get("associationGroupName", "")
        found["CFAssociationGroupingURI"] = {"title": title, "identifier": group, "uri": f"urn:uuid:{group}"}
    return found


def _places(
    document: JsonObject,
    rows: Sequence[Cells],
    items: Sequence[JsonObject],
    placed: set[str],
    issues: Issues,
    file: str,
) -> list[JsonObject]:
    """A link to its parent for each item that the associations do not place."""
    levels: dict[str, JsonObject] = {}
    codes: dict[str, JsonObject] = {}
    for line, (row, item) in enumerate(zip(rows, items, strict=True), start=2):
        if level := _level(row):
            if level in levels:
                issues.warning(
                    "CASE_SMART_LEVEL_TWICE",
                    _("The place %(level)s is given to two items; a spreadsheet may have cut a zero.")
                    % {"level": level},
                    file=file,
                    line=line,
                )
            levels.setdefault(level, item)
        if code := item.get("humanCodingScheme"):
            codes.setdefault(code, item)
    found = []
    for row, item in zip(rows, items, strict=True):
        if item["identifier"] in placed:
            continue
        above: JsonObject | None = document
        if level := _level(row):
            upper = level.rpartition(".")[0]
            above = levels.get(upper) if upper else document
        elif row.get("parent"):
            above = codes.get(row["parent"])
        elif "parent" not in row:
            above = None
        if above is not None and above is not item:
            found.append(_child_of(item, above))
    return found


def _level(row: Cells) -> str:
    level = row.get("smartLevel", "")
    return level if _LEVEL.fullmatch(level) else ""


def _child_of(item: JsonObject, above: JsonObject) -> JsonObject:
    guid = str(uuid5(NAMESPACE_URL, f"{item['identifier']} isChildOf {above['identifier']}"))
    return {
        "identifier": guid,
        "uri": f"urn:uuid:{guid}",
        "associationType": str(EdgeKind.IS_CHILD_OF),
        "originNodeURI": _node(item),
        "destinationNodeURI": _node(above),
        **({"lastChangeDateTime": item["lastChangeDateTime"]} if "lastChangeDateTime" in item else {}),
    }


def _node(value: JsonObject) -> JsonObject:
    title = value.get("title") or value.get("humanCodingScheme") or value.get("fullStatement", "")
    return {"title": title[:1000], "identifier": value["identifier"], "uri": value["uri"]}


def _order(associations: Sequence[JsonObject], rows: Sequence[Cells], items: Sequence[JsonObject]) -> None:
    """The last number of an item's place is its number among its siblings."""
    numbers = {item["identifier"]: _level(row).rpartition(".")[2] for row, item in zip(rows, items, strict=True)}
    for one in associations:
        number = numbers.get(one["originNodeURI"].get("identifier", ""), "")
        if one["associationType"] == EdgeKind.IS_CHILD_OF and number and len(number) < 9:
            one["sequenceNumber"] = int(number)


def _refuse(code: str, message: str, file: str) -> NoReturn:
    issues = Issues()
    issues.error(code, message, file=file)
    raise Refused(issues)
