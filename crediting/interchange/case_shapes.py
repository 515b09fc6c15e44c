"""What CASE 1.1 lets an object hold, and a way to say the rest without loss.

``conform`` gives an object the form the official schema asks for. What has no place there (properties of older
servers, values of another type) goes into ``extensions`` under our own name, where ``unfold`` finds it again; so a
package that was read, published and read elsewhere is the same package.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from crediting.states import EdgeKind

JsonObject = dict[str, Any]
KEPT = "mbl:kept"
# A required date of change that the publisher never gave.
_NO_DATE = "1970-01-01T00:00:00+00:00"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_OTHER_KIND = re.compile(r"ext:[A-Za-z0-9.\-_]+")


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _guid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _day(value: Any) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None and _is_date(value)


def _moment(value: Any) -> bool:
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None and _is_date(value)


def _is_date(value: str) -> bool:
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _link(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"title", "identifier", "uri"}
        and all(map(_text, value.values()))
        and _guid(value["identifier"])
    )


def _links(value: Any) -> bool:
    return isinstance(value, list) and all(map(_link, value))


def _end(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and {"title", "identifier", "uri"} <= set(value) <= {"title", "identifier", "uri", "targetType"}
        and all(map(_text, value.values()))
        and _target(value.get("targetType", "CASE"))
    )


def _target(value: str) -> bool:
    return value == "CASE" or _OTHER_KIND.fullmatch(value) is not None


def _kind(value: Any) -> bool:
    return isinstance(value, str) and (value in set(EdgeKind) or _OTHER_KIND.fullmatch(value) is not None)


def _version(value: Any) -> bool:
    return bool(value == "1.1")


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _list(value: Any) -> bool:
    return isinstance(value, list)


Check = Callable[[Any], bool]
_IDENTITY: dict[str, Check] = {"identifier": _guid, "uri": _text, "lastChangeDateTime": _moment, "extensions": _object}
_NAMED = _IDENTITY | {"title": _text, "description": _text}
_STATUS: dict[str, Check] = {"statusStartDate": _day, "statusEndDate": _day, "licenseURI": _link, "notes": _text}

SHAPES: dict[str, dict[str, Check]] = {
    "CFDocument": _NAMED
    | _STATUS
    | {
        "frameworkType": _text,
        "caseVersion": _version,
        "creator": _text,
        "officialSourceURL": _text,
        "publisher": _text,
        "subject": _texts,
        "subjectURI": _links,
        "language": _text,
        "version": _text,
        "adoptionStatus": _text,
    },
    "CFItem": _IDENTITY
    | _STATUS
    | {
        "fullStatement": _text,
        "alternativeLabel": _text,
        "CFItemType": _text,
        "humanCodingScheme": _text,
        "listEnumeration": _text,
        "abbreviatedStatement": _text,
        "conceptKeywords": _texts,
        "conceptKeywordsURI": _link,
        "subject": _texts,
        "subjectURI": _links,
        "language": _text,
        "educationLevel": _texts,
        "CFItemTypeURI": _link,
    },
    "CFAssociation": _IDENTITY
    | {
        "associationType": _kind,
        "sequenceNumber": _whole,
        "originNodeURI": _end,
        "destinationNodeURI": _end,
        "CFAssociationGroupingURI": _link,
        "notes": _text,
    },
    "CFConcepts": _NAMED | {"keywords": _text, "hierarchyCode": _text},
    "CFSubjects": _NAMED | {"hierarchyCode": _text},
    "CFLicenses": _NAMED | {"licenseText": _text},
    "CFItemTypes": _NAMED | {"hierarchyCode": _text, "typeCode": _text},
    "CFAssociationGroupings": _NAMED,
    "CFRubrics": _NAMED | {"CFRubricCriteria": _list},
    "CFRubricCriteria": _IDENTITY
    | {
        "category": _text,
        "description": _text,
        "CFItemURI": _link,
        "weight": _number,
        "position": _whole,
        "rubricId": _guid,
        "CFRubricCriterionLevels": _list,
    },
    "CFRubricCriterionLevels": _IDENTITY
    | {
        "description": _text,
        "quality": _text,
        "score": _number,
        "feedback": _text,
        "position": _whole,
        "rubricCriterionId": _guid,
        # The schema of 1.1 has a list here, unlike everywhere else.
        "extensions": _list,
    },
}
REQUIRED: dict[str, tuple[str, ...]] = {
    "CFDocument": ("creator", "title"),
    "CFItem": ("fullStatement",),
    "CFAssociation": ("associationType", "originNodeURI", "destinationNodeURI"),
    "CFConcepts": ("title", "hierarchyCode"),
    "CFSubjects": ("title", "hierarchyCode"),
    "CFLicenses": ("title", "licenseText"),
    "CFItemTypes": ("title", "description", "hierarchyCode"),
    "CFAssociationGroupings": ("title",),
}
DEFINITIONS = ("CFConcepts", "CFSubjects", "CFLicenses", "CFItemTypes", "CFAssociationGroupings")
_BELOW = {"CFRubrics": "CFRubricCriteria", "CFRubricCriteria": "CFRubricCriterionLevels"}


def conform(value: Mapping[str, Any], kind: str) -> JsonObject:
    """``value`` as the schema of ``kind`` wants it, with what does not fit kept in its ``extensions``."""
    shape = SHAPES[kind]
    fitting = {key: inner for key, inner in value.items() if key in shape and shape[key](inner)}
    kept: JsonObject = {key: inner for key, inner in value.items() if key not in fitting}
    absent = []
    for key in ("identifier", "uri", "lastChangeDateTime", *REQUIRED.get(kind, ())):
        if key not in fitting:
            if key not in value:
                absent.append(key)
            fitting[key] = _stand_in(value, key)
    below = _BELOW.get(kind, "")
    if below in fitting:
        fitting[below] = [conform(one, below) for one in fitting[below] if isinstance(one, dict)]
    note: JsonObject = {"values": kept} if kept else {}
    if absent:
        note["absent"] = absent
    if note:
        extensions = fitting.get("extensions")
        if shape["extensions"] is _list:
            fitting["extensions"] = [*(extensions or []), {KEPT: note}]
        else:
            fitting["extensions"] = {**(extensions or {}), KEPT: note}
    return fitting


def _stand_in(value: Mapping[str, Any], key: str) -> Any:
    """Something of the right type where the schema insists and the publisher did not say."""
    if key == "lastChangeDateTime":
        return _NO_DATE
    if key == "identifier":
        return str(UUID(int=0))
    if key in ("originNodeURI", "destinationNodeURI"):
        node = value.get(key)
        node = node if isinstance(node, dict) else {"uri": node}
        return {name: str(node.get(name) or "") for name in ("title", "identifier", "uri")}
    if key == "associationType":
        return str(EdgeKind.IS_RELATED_TO)
    return ""


def unfold(value: Any) -> Any:
    """The object as it was before ``conform``; anything else as it is."""
    if not isinstance(value, dict):
        return value
    for below in _BELOW.values():
        if isinstance(value.get(below), list):
            value = value | {below: [unfold(one) for one in value[below]]}
    extensions: Any = value.get("extensions")
    rest: Any
    if isinstance(extensions, dict) and KEPT in extensions:
        note, rest = extensions[KEPT], {key: inner for key, inner in extensions.items() if key != KEPT}
    elif isinstance(extensions, list) and extensions and isinstance(extensions[-1], dict) and KEPT in extensions[-1]:
        note, rest = extensions[-1][KEPT], extensions[:-1]
    else:
        return value
    if not isinstance(note, dict):
        return value
    found = {key: inner for key, inner in value.items() if key != "extensions"}
    if rest:
        found["extensions"] = rest
    absent = note.get("absent")
    for key in absent if isinstance(absent, list) else []:
        found.pop(key, None)
    values = note.get("values")
    return found | values if isinstance(values, dict) else found
