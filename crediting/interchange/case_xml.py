"""The Common Core's own XML (``LearningStandards`` 1.1) as the JSON of a CASE package.

It names no framework, repeats items word for word, leaves identifiers empty, and points at parents that are not in the
file. Identifiers that are missing are made from the item's address; whoever has no parent here is left to "Unplaced".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from crediting.states import EdgeKind
from mbl.core.imports.opening import Refused
from mbl.core.imports.result import Issues

JsonObject = dict[str, Any]
_ROOT = re.compile(rb"<LearningStandards[\s>]")
_LINKS = "RelatedLearningStandardItems/LearningStandardItemRefId"


def looks_like(raw: bytes) -> bool:
    """Whether the root of an XML file is ``LearningStandards``."""
    start = raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and _ROOT.search(start) is not None


def from_xml(raw: bytes, title: str, issues: Issues, file: str) -> JsonObject:
    """The package of the file. A document type is refused unread: nothing of ours needs one, and attacks do."""
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        _refuse(_("The file has a document type, which this format does not have, so it was not opened."), issues, file)
    try:
        root = ElementTree.fromstring(raw)  # noqa: S314  (without document type there is nothing to expand or fetch)
    except ElementTree.ParseError as error:
        line = error.position[0]
        _refuse(_("The file is not XML: it cannot be read from line %(line)d.") % {"line": line}, issues, file)
    found = root.findall("LearningStandardItem")
    guid = next(
        (one.text for one in root.iterfind("LearningStandardItem/LearningStandardDocumentRefId") if one.text), ""
    )
    guid = guid or str(uuid5(NAMESPACE_URL, f"mbl:standards:{title}"))
    issues.info(
        "CASE_TABLE_DOCUMENT",
        _("The file does not name its framework; it is called “%(title)s” after the file.") % {"title": title},
        file=file,
    )
    items = [_item(one) for one in found]
    here = {item["identifier"].lower() for item in items}
    return {
        "CFDocument": {"identifier": guid, "uri": f"urn:uuid:{guid}", "title": title, "creator": ""},
        "CFItems": items,
        "CFAssociations": list(_places(found, items, here)),
    }


def _item(one: ElementTree.Element) -> JsonObject:
    address = (one.findtext("RefURI") or "").strip()
    item: JsonObject = {
        "identifier": one.get("RefID") or str(uuid5(NAMESPACE_URL, address)),
        "uri": address,
        "fullStatement": (one.findtext("Statements/Statement") or "").strip(),
        "humanCodingScheme": (one.findtext("StatementCodes/StatementCode") or "").strip(),
        "CFItemType": (one.findtext("StandardHierarchyLevel/description") or "").strip(),
    }
    if grades := [(grade.text or "").strip() for grade in one.iterfind("GradeLevels/GradeLevel")]:
        item["educationLevel"] = grades
    return item


def _places(found: list[ElementTree.Element], items: list[JsonObject], here: set[str]) -> Iterator[JsonObject]:
    """Who stands below whom, in the order of the file, once each."""
    told = set()
    for number, (one, item) in enumerate(zip(found, items, strict=True), start=1):
        child = item["identifier"]
        for link in one.iterfind(_LINKS):
            parent = (link.text or "").strip()
            if link.get("RelationshipType") == "childOf" and parent.lower() in here and (child, parent) not in told:
                told.add((child, parent))
                guid = str(uuid5(NAMESPACE_URL, f"mbl:below:{child}:{parent}"))
                yield {
                    "identifier": guid,
                    "uri": f"urn:uuid:{guid}",
                    "associationType": str(EdgeKind.IS_CHILD_OF),
                    "originNodeURI": _end(child, item["uri"]),
                    "destinationNodeURI": _end(parent, ""),
                    "sequenceNumber": number,
                }


def _end(guid: str, address: str) -> JsonObject:
    return {"title": "", "identifier": guid, "uri": address or f"urn:uuid:{guid}"}


def _refuse(sentence: str, issues: Issues, file: str) -> NoReturn:
    issues.error("CASE_NOT_XML", sentence, file=file)
    raise Refused(issues)
