"""Our columns in the words of CASE: what goes out, and what the reader compares with to know what else to keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from crediting.states import FrameworkStatus

JsonObject = dict[str, Any]
# Keys of ``extra`` that are no properties of the object: what the file left out, and what hangs on the package.
ABSENT = "_absent"
# An association of ours that no package holds: it follows from a property of its item.
INFERRED = "_inferred"
OF_PACKAGE = ("CFDefinitions", "CFRubrics", "_package")
# Worked out anew when it goes out; an identifier goes out in its canonical spelling.
DERIVED = frozenset({"identifier", "lastChangeDateTime", "CFDocumentURI"})


def document_json(
    *,
    guid: UUID,
    uri: str,
    title: str,
    creator: str,
    publisher: str,
    version: str,
    language: str,
    subjects: Iterable[str],
    status: str,
    valid_from: dt.date | None,
    valid_to: dt.date | None,
    notes: str,
    source_url: str,
) -> JsonObject:
    return _said(
        {
            "identifier": str(guid),
            "uri": uri,
            "creator": creator,
            "title": title,
            "officialSourceURL": source_url,
            "publisher": publisher,
            "subject": list(subjects),
            "language": language,
            "version": version,
            "adoptionStatus": "" if status == FrameworkStatus.UNKNOWN else str(status),
            "statusStartDate": valid_from.isoformat() if valid_from else "",
            "statusEndDate": valid_to.isoformat() if valid_to else "",
            "notes": notes,
        }
    )


def item_json(
    *,
    guid: UUID,
    uri: str,
    code: str,
    statement: str,
    short: str,
    notes: str,
    item_type: str,
    grades: Iterable[str],
    valid_from: dt.date | None,
    valid_to: dt.date | None,
) -> JsonObject:
    return _said(
        {
            "identifier": str(guid),
            "uri": uri,
            "fullStatement": statement,
            "humanCodingScheme": code,
            "abbreviatedStatement": short,
            "CFItemType": item_type,
            "educationLevel": list(grades),
            "notes": notes,
            "statusStartDate": valid_from.isoformat() if valid_from else "",
            "statusEndDate": valid_to.isoformat() if valid_to else "",
        }
    )


def link_json(
    *, guid: UUID, uri: str, kind: str, origin: JsonObject, destination: JsonObject, sequence: int | None
) -> JsonObject:
    printed: JsonObject = {
        "identifier": str(guid),
        "uri": uri,
        "associationType": str(kind),
        "originNodeURI": origin,
        "destinationNodeURI": destination,
    }
    if sequence is not None:
        printed["sequenceNumber"] = sequence
    return printed


def kept(value: Mapping[str, Any], printed: Mapping[str, Any]) -> JsonObject:
    """What of ``value`` would be lost if only ``printed`` went out."""
    extra = {key: inner for key, inner in value.items() if key not in DERIVED and printed.get(key) != inner}
    absent = sorted(key for key in printed if key not in value and key not in DERIVED)
    return extra | {ABSENT: absent} if absent else extra


def whole(printed: JsonObject, extra: Mapping[str, Any], changed_at: dt.datetime | None) -> JsonObject:
    """The object as its publisher wrote it: what is printed from columns under what was kept beside them."""
    found = printed | {key: inner for key, inner in extra.items() if key != ABSENT and key not in OF_PACKAGE}
    for key in extra.get(ABSENT) or ():
        found.pop(key, None)
    if changed_at is not None:
        found["lastChangeDateTime"] = changed_at.astimezone(dt.UTC).isoformat()
    return found


def _said(values: JsonObject) -> JsonObject:
    required = ("identifier", "uri", "title", "creator", "fullStatement")
    return {key: value for key, value in values.items() if value or key in required}
