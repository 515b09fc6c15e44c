"""A stored framework as CASE 1.1: the package, and each of its parts as the read service answers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crediting.interchange import case_json
from crediting.interchange.case_shapes import DEFINITIONS, conform
from crediting.models import Framework, Standard, StandardEdge
from crediting.rules.standards import link_title

JsonObject = dict[str, Any]


def package(framework: Framework, standards: Iterable[Standard], edges: Iterable[StandardEdge]) -> JsonObject:
    """The whole framework. ``standards`` in the order they shall have; ``edges`` with both ends loaded."""
    found: JsonObject = {
        "CFDocument": conform(_document(framework), "CFDocument"),
        "CFItems": [conform(_item(standard), "CFItem") for standard in standards],
        "CFAssociations": associations(edges, framework),
    }
    definitions = definitions_of(framework)
    if definitions:
        found["CFDefinitions"] = definitions
    if rubrics := rubrics_of(framework):
        found["CFRubrics"] = rubrics
    beside = framework.extra.get("_package")
    extensions = beside.get("extensions") if isinstance(beside, dict) else None
    if isinstance(extensions, dict):
        found["extensions"] = extensions
    return found


def document(framework: Framework, package_uri: str) -> JsonObject:
    """The document alone, with where its package is."""
    found = conform(_document(framework), "CFDocument")
    return {"CFPackageURI": _link(framework.guid, package_uri, framework.title)} | found


def item(standard: Standard, framework: Framework) -> JsonObject:
    return {"CFDocumentURI": _document_link(framework)} | conform(_item(standard), "CFItem")


def associations(edges: Iterable[StandardEdge], framework: Framework) -> list[JsonObject]:
    """As a package or the set of an item lists them, without saying each time which document they belong to."""
    return [conform(_edge(edge, framework), "CFAssociation") for edge in edges if is_said(edge)]


def association(edge: StandardEdge, framework: Framework) -> JsonObject:
    return {"CFDocumentURI": _document_link(framework)} | conform(_edge(edge, framework), "CFAssociation")


def definitions_of(framework: Framework) -> JsonObject:
    """CFDefinitions by their lists, each entry as the schema wants it."""
    stored = framework.extra.get("CFDefinitions")
    if not isinstance(stored, dict):
        return {}
    found: JsonObject = {
        key: [conform(one, key) for one in _objects(stored[key])] for key in DEFINITIONS if key in stored
    }
    if isinstance(stored.get("extensions"), dict):
        found["extensions"] = stored["extensions"]
    return found


def rubrics_of(framework: Framework) -> list[JsonObject]:
    return [conform(one, "CFRubrics") for one in _objects(framework.extra.get("CFRubrics"))]


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())


def _document(framework: Framework) -> JsonObject:
    printed = case_json.document_json(
        guid=framework.guid,
        uri=framework.uri,
        title=framework.title,
        creator=framework.creator,
        publisher=framework.publisher,
        version=framework.version,
        language=framework.language,
        subjects=framework.subjects,
        status=framework.status,
        valid_from=framework.valid_from,
        valid_to=framework.valid_to,
        notes=framework.notes,
        source_url=framework.source_url,
    )
    return case_json.whole(printed, framework.extra, framework.source_changed_at)


def _item(standard: Standard) -> JsonObject:
    printed = case_json.item_json(
        guid=standard.guid,
        uri=standard.uri,
        code=standard.code,
        statement=standard.statement,
        short=standard.short,
        notes=standard.notes,
        item_type=standard.item_type,
        grades=standard.grades,
        valid_from=standard.valid_from,
        valid_to=standard.valid_to,
    )
    return case_json.whole(printed, standard.extra, standard.source_changed_at)


def _edge(edge: StandardEdge, framework: Framework) -> JsonObject:
    printed = case_json.link_json(
        guid=edge.guid,
        uri=edge.uri,
        kind=edge.kind,
        origin=_end(edge.origin, edge.origin_identifier, edge.origin_uri, edge.origin_title, framework),
        destination=_end(
            edge.destination, edge.destination_identifier, edge.destination_uri, edge.destination_title, framework
        ),
        sequence=edge.sequence,
    )
    return case_json.whole(printed, edge.extra, edge.source_changed_at)


def _end(standard: Standard | None, identifier: str, uri: str, title: str, framework: Framework) -> JsonObject:
    own_uri, own_title = "", ""
    if standard is not None and standard.framework_id == framework.pk:
        own_uri, own_title = standard.uri, link_title(standard.code, standard.short, standard.statement)
    elif standard is None and identifier.lower() == str(framework.guid):
        own_uri, own_title = framework.uri, framework.title
    return {"title": title or own_title, "identifier": identifier, "uri": uri or own_uri}


def is_said(edge: StandardEdge) -> bool:
    """Whether the publisher wrote this association, rather than it following from a property of an item."""
    return not edge.extra.get(case_json.INFERRED)


def _document_link(framework: Framework) -> JsonObject:
    return _link(framework.guid, framework.uri, framework.title)


def _link(guid: object, uri: str, title: str) -> JsonObject:
    return {"title": title, "identifier": str(guid), "uri": uri}
