"""CASE 1.0 and 1.1 packages as clean rows: identifiers, words, dates and links, or an issue for what is not.

Nothing is fetched and nothing is guessed about the world outside the file. Text stays as the publisher wrote it; what
we do not interpret is kept in ``extra``, so that a package can go out as it came.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crediting.interchange import case_json
from crediting.interchange.case_file import JsonObject
from crediting.interchange.case_shapes import DEFINITIONS, unfold
from crediting.rules.plain import name_of
from crediting.rules.standards import code_key, link_title, repaired_code, search_text
from crediting.rules.tree import ChildLink, Node, TooDeep, TooTangled, Tree, build
from crediting.states import EdgeKind, FrameworkStatus
from mbl.core.imports.opening import Refused
from mbl.core.imports.result import Issues
from mbl.core.imports.writing import content_hash

MAX_ITEMS = 50_000
MAX_ASSOCIATIONS = 250_000
MAX_STATEMENT = 20_000

_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_BAD_CHARACTERS = re.compile("[\x00\ud800-\udfff]")
_STATUS = {
    "draft": FrameworkStatus.DRAFT,
    "private draft": FrameworkStatus.DRAFT,
    "pending implementation": FrameworkStatus.PENDING,
    "implemented": FrameworkStatus.IMPLEMENTED,
    "adopted": FrameworkStatus.IMPLEMENTED,
    "retired": FrameworkStatus.RETIRED,
    "deprecated": FrameworkStatus.RETIRED,
}
_PRINTED_OF_ITEM = (
    "uri", "code", "statement", "short", "notes", "item_type", "grades", "valid_from", "valid_to",
)  # fmt: skip
_GRADES = {"IT", "PR", "PK", "TK", "KG", "PS", "UG", "Other", *(f"{grade:02}" for grade in range(1, 14))}
_GRADE_NAMES = {"K": "KG", "K1": "KG", "K2": "KG", "OTHER": "Other"}


@dataclass(frozen=True)
class FrameworkRow:
    """A CFDocument. ``extra`` is JSON text; ``hash`` covers every field but the date of change."""

    guid: UUID
    uri: str
    title: str
    creator: str
    publisher: str
    version: str
    language: str
    subjects: tuple[str, ...]
    status: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    licence: str
    notes: str
    source_url: str
    changed_at: dt.datetime | None
    extra: str
    hash: str


@dataclass(frozen=True)
class ItemRow:
    """A CFItem with a usable identifier and statement."""

    guid: UUID
    uri: str
    code: str
    code_key: str
    statement: str
    short: str
    notes: str
    search_text: str
    item_type: str
    grades: tuple[str, ...]
    enumeration: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    changed_at: dt.datetime | None
    extra: str
    hash: str


@dataclass(frozen=True)
class End:
    """One end of an association. ``guid`` is None where the identifier is none of ours (``local:``, ``urn:`` …).

    As it is stored, ``uri`` and ``title`` are empty where they are those of the item or document itself.
    """

    guid: UUID | None
    identifier: str
    uri: str
    title: str

    @property
    def said(self) -> tuple[str, str, str]:
        """The end as the file writes it."""
        return (self.identifier, self.uri, self.title)


@dataclass(frozen=True)
class LinkRow:
    """A CFAssociation. In ``isChildOf`` the origin is the child; in ``replacedBy`` it is the old item."""

    guid: UUID
    uri: str
    kind: EdgeKind
    origin: End
    destination: End
    sequence: int | None
    grouping: str
    changed_at: dt.datetime | None
    extra: str
    hash: str


@dataclass
class Package:
    """One framework, ready to be compared with what is stored. ``rejected`` counts rows that were not taken over."""

    framework: FrameworkRow
    items: dict[UUID, ItemRow]
    links: dict[UUID, LinkRow]
    tree: Tree
    rejected: Counter[str] = field(default_factory=Counter)


def parse(value: JsonObject, issues: Issues, file: str = "") -> Package:
    """The package in ``value``. Faulty rows become issues; ``Refused`` where there is no framework to speak of."""
    return _Reader(value, issues, file).package()


def extra_of(row: FrameworkRow) -> JsonObject:
    """What the document says beyond our columns."""
    extra: JsonObject = json.loads(row.extra)
    return extra


class _Reader:
    """Reads one package; knows where it is for the sake of the issues."""

    def __init__(self, value: JsonObject, issues: Issues, file: str) -> None:
        self.value = value
        self.issues = issues
        self.file = file
        self.rejected: Counter[str] = Counter()
        # Things that would be the same sentence a thousand times, counted.
        self.many: Counter[str] = Counter()
        self.odd_grades: Counter[str] = Counter()
        # The same identifiers and lists of grades come back thousands of times.
        self.guids: dict[str, UUID | None] = {}
        self.grade_lists: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def package(self) -> Package:
        items, links = self.value.get("CFItems") or [], self.value.get("CFAssociations") or []
        if len(items) > MAX_ITEMS or len(links) > MAX_ASSOCIATIONS:
            self._refuse(
                "CASE_TOO_MANY",
                _("A package may have %(items)d items and %(links)d associations; this one has more.")
                % {"items": MAX_ITEMS, "links": MAX_ASSOCIATIONS},
            )
        framework = self._framework(unfold(self.value["CFDocument"]))
        read_items = self._items(items)
        read_links = self._links(links, framework, read_items)
        tree = self._tree(framework, read_items, read_links)
        read_links |= self._copies(framework, read_items)
        self._summaries(read_items, read_links, framework)
        return Package(framework, read_items, read_links, tree, self.rejected)

    # --- The framework ------------------------------------------------------------------------------------------------

    def _framework(self, document: JsonObject) -> FrameworkRow:
        guid = self._guid(document.get("identifier"))
        title = self._text(document, "title", 500)
        if guid is None:
            self._refuse("CASE_DOCUMENT_IDENTIFIER", _("The CFDocument has no identifier that is a UUID."))
        if not title:
            self._refuse("CASE_DOCUMENT_TITLE", _("The CFDocument has no title."))
        fields: dict[str, Any] = {
            "uri": self._text(document, "uri", 500),
            "title": title,
            "creator": self._text(document, "creator", 300),
            "publisher": self._text(document, "publisher", 300),
            "version": self._text(document, "version", 100),
            "language": self._text(document, "language", 20),
            "subjects": self._words(document.get("subject"), 200),
            "status": self._status(document),
            "valid_from": self._day(document.get("statusStartDate")),
            "valid_to": self._day(document.get("statusEndDate")),
            "licence": self._licence(document)[:500],
            "notes": self._text(document, "notes", MAX_STATEMENT),
            "source_url": self._text(document, "officialSourceURL", 500),
        }
        printed = case_json.document_json(guid=guid, **{key: fields[key] for key in fields if key != "licence"})
        fields["extra"] = _json(case_json.kept(document, printed) | self._of_package())
        if not fields["creator"]:
            self._warn("CASE_NO_CREATOR", _("The framework does not say who made it (creator)."))
        return FrameworkRow(
            guid=guid,
            changed_at=self._moment(document.get("lastChangeDateTime")),
            hash=content_hash(*fields.values()),
            **fields,
        )

    def _of_package(self) -> JsonObject:
        """Definitions, rubrics and whatever else stands beside the document, as they are."""
        found: JsonObject = {}
        if isinstance(definitions := self.value.get("CFDefinitions"), dict):
            unfolded = {
                key: [unfold(one) for one in part] if key in DEFINITIONS and isinstance(part, list) else part
                for key, part in definitions.items()
            }
            if any(unfolded.values()):
                found["CFDefinitions"] = unfolded
        if isinstance(rubrics := self.value.get("CFRubrics"), list) and rubrics:
            found["CFRubrics"] = [unfold(one) for one in rubrics]
        beside = {"CFDocument", "CFItems", "CFAssociations", "CFDefinitions", "CFRubrics"}
        if rest := {key: part for key, part in self.value.items() if key not in beside}:
            found["_package"] = rest
        return found

    def _status(self, document: JsonObject) -> FrameworkStatus:
        said = document.get("adoptionStatus")
        if said in (None, ""):
            return FrameworkStatus.UNKNOWN
        status = _STATUS.get(str(said).strip().lower())
        if status is None:
            sentence = _("The adoption status “%(status)s” is not one of CASE; it is kept as not stated.")
            self._warn("CASE_STATUS_UNKNOWN", sentence % {"status": str(said)[:60]})
        return status or FrameworkStatus.UNKNOWN

    def _licence(self, document: JsonObject) -> str:
        link = document.get("licenseURI")
        if isinstance(link, str):
            return self._clean(link)
        if not isinstance(link, dict):
            return ""
        definitions = self.value.get("CFDefinitions")
        licences = definitions.get("CFLicenses") if isinstance(definitions, dict) else None
        for licence in licences if isinstance(licences, list) else []:
            if isinstance(licence, dict) and licence.get("identifier") == link.get("identifier"):
                named = licence.get("title") or licence.get("licenseText") or link.get("title")
                return self._clean(str(named or ""))
        return self._clean(str(link.get("title") or link.get("uri") or ""))

    # --- Items --------------------------------------------------------------------------------------------------------

    def _items(self, values: list[Any]) -> dict[UUID, ItemRow]:
        found: dict[UUID, ItemRow] = {}
        for number, value in enumerate(values, start=1):
            where = f"CFItems[{number}]"
            item = self._item(value, where)
            if item is None:
                self.rejected["standards"] += 1
                continue
            known = found.get(item.guid)
            if known is None:
                found[item.guid] = item
            elif known.hash == item.hash:
                self._info(
                    "CASE_ITEM_TWICE",
                    _("The item %(item)s is in the file twice, word for word. One is kept.") % {"item": _name(item)},
                    where,
                )
            else:
                self.rejected["standards"] += 1
                found[item.guid] = max(known, item, key=_changed)  # the first where the dates are equal
                self._error(
                    "CASE_ITEM_CONFLICT",
                    _("The identifier %(guid)s stands for two different items. The later one is kept: %(item)s.")
                    % {"guid": item.guid, "item": _name(found[item.guid])},
                    where,
                )
        return found

    def _item(self, value: Any, where: str) -> ItemRow | None:
        if not isinstance(value, dict):
            self._error("CASE_ITEM_UNREADABLE", _("An item is not a JSON object."), where)
            return None
        value = unfold(value) if "extensions" in value else value
        guid = self._guid(value.get("identifier"))
        said_code = self._text(value, "humanCodingScheme", 200, where)
        statement = self._clean(_written(value.get("fullStatement")))
        if guid is None:
            self._error(
                "CASE_ITEM_IDENTIFIER",
                _("The item “%(item)s” has no identifier that is a UUID.") % {"item": said_code or statement[:60]},
                where,
            )
            return None
        if not statement.strip():
            self._error("CASE_ITEM_STATEMENT", _("The item %(guid)s has no statement.") % {"guid": guid}, where)
            return None
        if len(statement) > MAX_STATEMENT:
            self._error(
                "CASE_STATEMENT_TOO_LONG",
                _("The statement of %(guid)s has more than %(limit)d characters.")
                % {"guid": guid, "limit": MAX_STATEMENT},
                where,
            )
            return None
        code = repaired_code(said_code)
        if code != said_code:
            self._info(
                "CASE_CODE_REPAIRED",
                _("The code %(wrong)s is a known misprint of its publisher; it is kept as %(right)s.")
                % {"wrong": said_code, "right": code},
                where,
            )
        short = self._clean(_written(value.get("abbreviatedStatement")))
        grades = self._grades(value.get("educationLevel"))
        key = code_key(code)
        fields: dict[str, Any] = {
            "uri": self._text(value, "uri", 500, where),
            "code": code,
            "code_key": key,
            "statement": statement,
            "short": short,
            "notes": self._clean(_written(value.get("notes"))),
            "search_text": search_text(code, key, short if short != statement else "", statement),
            "item_type": self._item_type(value),
            "grades": grades,
            "enumeration": self._clean(_written(value.get("listEnumeration")))[:50],
            "valid_from": self._day(value.get("statusStartDate")),
            "valid_to": self._day(value.get("statusEndDate")),
        }
        printed = case_json.item_json(guid=guid, **{name: fields[name] for name in _PRINTED_OF_ITEM})
        fields["extra"] = _json(case_json.kept(value, printed))
        return ItemRow(
            guid=guid,
            changed_at=self._moment(value.get("lastChangeDateTime")),
            hash=content_hash(*fields.values()),
            **fields,
        )

    def _item_type(self, value: JsonObject) -> str:
        link = value.get("CFItemTypeURI")
        said = value.get("CFItemType") or (link.get("title") if isinstance(link, dict) else "")
        return self._clean(_written(said))[:100]

    def _grades(self, levels: Any) -> tuple[str, ...]:
        """Grades in the vocabulary of CEDS; an unknown one is kept as it is and counted."""
        said = self._words(levels, 20)
        if said not in self.grade_lists:
            self.grade_lists[said] = _grades_of(said)
        grades, odd = self.grade_lists[said]
        self.odd_grades.update(odd)
        return grades

    # --- Associations -------------------------------------------------------------------------------------------------

    def _links(self, values: list[Any], framework: FrameworkRow, items: Mapping[UUID, ItemRow]) -> dict[UUID, LinkRow]:
        found: dict[UUID, LinkRow] = {}
        for number, value in enumerate(values, start=1):
            where = f"CFAssociations[{number}]"
            link = self._link(value, where, framework, items)
            if link is None:
                self.rejected["associations"] += 1
                continue
            known = found.get(link.guid)
            if known is not None and _triple(known) == _triple(link):
                self._info(
                    "CASE_ASSOCIATION_TWICE",
                    _("The association %(guid)s is in the file twice. The first is kept.") % {"guid": link.guid},
                    where,
                )
                continue
            if known is not None:
                # One identifier for two links: the second gets one of its own, the same at every import.
                own = uuid5(link.guid, "|".join(_triple(link)))
                self._warn(
                    "CASE_ASSOCIATION_CONFLICT",
                    _("The identifier %(guid)s stands for two different associations. Both are kept.")
                    % {"guid": link.guid},
                    where,
                )
                if own in found:
                    continue
                link = LinkRow(**(link.__dict__ | {"guid": own}))
            found[link.guid] = link
        return found

    def _link(self, value: Any, where: str, framework: FrameworkRow, items: Mapping[UUID, ItemRow]) -> LinkRow | None:
        if not isinstance(value, dict):
            self._error("CASE_ASSOCIATION_UNREADABLE", _("An association is not a JSON object."), where)
            return None
        value = unfold(value) if "extensions" in value else value
        guid = self._guid(value.get("identifier"))
        origin, destination = self._end(value.get("originNodeURI")), self._end(value.get("destinationNodeURI"))
        if guid is None or origin is None or destination is None:
            self._error(
                "CASE_ASSOCIATION_INCOMPLETE",
                _("An association lacks an identifier, its origin or its destination."),
                where,
            )
            return None
        kind = self._kind(value.get("associationType"))
        for end in (origin, destination):
            if end.guid is None or (end.guid not in items and end.guid != framework.guid):
                self.many["outside"] += 1
        grouping = value.get("CFAssociationGroupingURI")
        sequence = self._sequence(value.get("sequenceNumber"))
        uri = self._text(value, "uri", 500, where)
        origin, destination = _as_stored(origin, framework, items), _as_stored(destination, framework, items)
        printed = case_json.link_json(
            guid=guid,
            uri=uri,
            kind=kind,
            origin=_as_printed(origin, framework, items),
            destination=_as_printed(destination, framework, items),
            sequence=sequence,
        )
        extra = _json(case_json.kept(value, printed))
        return LinkRow(
            guid=guid,
            uri=uri,
            kind=kind,
            origin=origin,
            destination=destination,
            sequence=sequence,
            grouping=str(grouping.get("identifier") or "")[:50] if isinstance(grouping, dict) else "",
            changed_at=self._moment(value.get("lastChangeDateTime")),
            extra=extra,
            hash=content_hash(kind, uri, *origin.said, *destination.said, sequence, extra),
        )

    def _copies(self, framework: FrameworkRow, items: Mapping[UUID, ItemRow]) -> dict[UUID, LinkRow]:
        """An item that says which one it is a copy of matches that one exactly; the file has no association for it."""
        found: dict[UUID, LinkRow] = {}
        for item in items.values():
            if "sourceItemIdentifier" not in item.extra:
                continue
            extensions = json.loads(item.extra).get("extensions")
            source = self._guid(extensions.get("sourceItemIdentifier")) if isinstance(extensions, dict) else None
            if source is None or source == item.guid:
                continue
            guid = uuid5(item.guid, f"copy of {source}")
            origin = _as_stored(End(item.guid, str(item.guid), item.uri, ""), framework, items)
            found[guid] = LinkRow(
                guid=guid,
                uri="",
                kind=EdgeKind.EXACT_MATCH_OF,
                origin=origin,
                destination=End(source, str(source), "", ""),
                sequence=None,
                grouping="",
                changed_at=item.changed_at,
                extra=_json({case_json.INFERRED: True}),
                hash=content_hash(EdgeKind.EXACT_MATCH_OF, item.guid, source),
            )
        return found

    def _end(self, value: Any) -> End | None:
        if isinstance(value, str):
            value = {"uri": value}
        if not isinstance(value, dict):
            return None
        identifier = self._clean(_written(value.get("identifier")))[:300]
        uri = self._clean(_written(value.get("uri")))[:500]
        if not identifier and not uri:
            return None
        return End(
            self._guid(identifier), identifier or uri[:300], uri, self._clean(_written(value.get("title")))[:1000]
        )

    def _kind(self, value: Any) -> EdgeKind:
        """The association's type; a type that is not one of CASE's reads as related."""
        said = str(value or "")
        if said in set(EdgeKind):
            return EdgeKind(said)
        self.many["kinds"] += 1
        return EdgeKind.IS_RELATED_TO

    def _sequence(self, value: Any) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            return None
        return int(value) if abs(value) < 2**31 else None

    # --- The tree -----------------------------------------------------------------------------------------------------

    def _tree(self, framework: FrameworkRow, items: Mapping[UUID, ItemRow], links: dict[UUID, LinkRow]) -> Tree:
        nodes = [Node(item.guid, item.code, item.enumeration) for item in items.values()]
        try:
            tree = build(nodes, list(self._child_links(framework, items, links)))
        except TooDeep:
            self._refuse("CASE_TREE_TOO_DEEP", _("The tree of items is deeper than 30 levels."))
        except TooTangled:
            self._refuse("CASE_TREE_TANGLED", _("The items are linked in circles, so there is no tree in this file."))
        for link in tree.broken:
            del links[link.key]
            self.rejected["associations"] += 1
            self._error(
                "CASE_CYCLE",
                _("%(child)s is below %(parent)s and above it at once. The newest link, %(link)s, is left out.")
                % {
                    "child": _name(items[link.child]),
                    "parent": _name(items[link.parent]) if link.parent else framework.title,
                    "link": link.key,
                },
            )
        for guid, placement in tree.placements.items():
            if not placement.is_placed:
                self._warn(
                    "CASE_UNPLACED",
                    _("The file does not say where %(item)s belongs. It stands under “Unplaced”.")
                    % {"item": _name(items[guid])},
                )
        if tree.order_inferred:
            self._info(
                "CASE_ORDER_INFERRED",
                _("Some items have no sequence number of their own, so their order follows their codes."),
            )
        return tree

    def _child_links(
        self, framework: FrameworkRow, items: Mapping[UUID, ItemRow], links: Mapping[UUID, LinkRow]
    ) -> Iterator[ChildLink]:
        for link in links.values():
            child, parent = link.origin.guid, link.destination.guid
            if link.kind != EdgeKind.IS_CHILD_OF or child is None or child not in items or parent is None:
                continue
            if parent == framework.guid:
                yield ChildLink(link.guid, child, None, link.sequence, link.grouping, link.changed_at)
            elif parent in items:
                yield ChildLink(link.guid, child, parent, link.sequence, link.grouping, link.changed_at)

    # --- Small pieces -------------------------------------------------------------------------------------------------

    def _text(self, value: JsonObject, key: str, limit: int, where: str = "") -> str:
        text = self._clean(_written(value.get(key))).strip()
        if len(text) > limit:
            sentence = _("%(key)s is longer than %(limit)d characters; the rest is cut.")
            self._warn("CASE_TEXT_CUT", sentence % {"key": key, "limit": limit}, where)
        return text[:limit]

    def _words(self, value: Any, limit: int) -> tuple[str, ...]:
        listed = value if isinstance(value, list) else [value] if value else []
        return tuple(self._clean(word).strip()[:limit] for word in map(_written, listed) if word.strip())

    def _guid(self, value: Any) -> UUID | None:
        if not isinstance(value, str):
            return None
        if value not in self.guids:
            self.guids[value] = _guid(value)
        return self.guids[value]

    def _clean(self, text: str) -> str:
        """Text as it is, without what PostgreSQL and UTF-8 cannot hold."""
        if (text.isascii() and "\x00" not in text) or _BAD_CHARACTERS.search(text) is None:
            return text
        self.many["characters"] += 1
        return _BAD_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text)

    def _moment(self, value: Any) -> dt.datetime | None:
        """A date of change, in UTC. Without a zone it is taken for UTC and counted."""
        if not isinstance(value, str) or not value.strip():
            self.many["undated"] += 1
            return None
        try:
            moment = dt.datetime.fromisoformat(value.strip())
            if moment.tzinfo is None:
                self.many["zoneless"] += 1
                return moment.replace(tzinfo=dt.UTC)
            return moment.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            self.many["undated"] += 1
            return None

    def _day(self, value: Any) -> dt.date | None:
        if not isinstance(value, str) or not value.strip():
            return None
        try:
            return dt.date.fromisoformat(value.strip()[:10])
        except ValueError:
            self.many["days"] += 1
            return None

    def _summaries(self, items: Mapping[UUID, ItemRow], links: Mapping[UUID, LinkRow], framework: FrameworkRow) -> None:
        """One issue for what happened many times."""
        for grade, count in sorted(self.odd_grades.items()):
            sentence = ngettext(
                "“%(grade)s” is not a grade of the list; it is kept as it is (%(count)d item).",
                "“%(grade)s” is not a grade of the list; it is kept as it is (%(count)d items).",
                count,
            )
            self._warn("CASE_GRADE_UNKNOWN", sentence % {"grade": grade, "count": count})
        if count := self.many["characters"]:
            sentence = ngettext(
                "%(count)d text had a character that no text has; it was replaced.",
                "%(count)d texts had characters that no text has; they were replaced.",
                count,
            )
            self._warn("CASE_CHARACTERS", sentence % {"count": count})
        if count := self.many["zoneless"]:
            sentence = ngettext(
                "%(count)d date of change has no time zone and was taken for UTC.",
                "%(count)d dates of change have no time zone and were taken for UTC.",
                count,
            )
            self._warn("CASE_DATE_ZONE", sentence % {"count": count})
        if count := self.many["undated"]:
            sentence = ngettext(
                "%(count)d row does not say when it was last changed.",
                "%(count)d rows do not say when they were last changed.",
                count,
            )
            self._warn("CASE_DATE_MISSING", sentence % {"count": count})
        if count := self.many["days"]:
            sentence = ngettext(
                "%(count)d day could not be read and was left out.",
                "%(count)d days could not be read and were left out.",
                count,
            )
            self._warn("CASE_DATE_UNREADABLE", sentence % {"count": count})
        if count := self.many["kinds"]:
            sentence = ngettext(
                "%(count)d association is of a type that CASE does not name; it is kept as related.",
                "%(count)d associations are of types that CASE does not name; they are kept as related.",
                count,
            )
            self._info("CASE_ASSOCIATION_TYPE", sentence % {"count": count})
        if count := self.many["outside"]:
            sentence = ngettext(
                "%(count)d end of an association is outside this package; its address is kept and never opened.",
                "%(count)d ends of associations are outside this package; their addresses are kept and never opened.",
                count,
            )
            self._info("CASE_OUTSIDE", sentence % {"count": count})
        for guid in self._strange_parents(items, links, framework):
            self._warn(
                "CASE_PARENT_MISSING",
                _("The parent of %(item)s is not in this package.") % {"item": _name(items[guid])},
            )

    def _strange_parents(
        self, items: Mapping[UUID, ItemRow], links: Mapping[UUID, LinkRow], framework: FrameworkRow
    ) -> Iterable[UUID]:
        inside = set(items) | {framework.guid}
        for link in links.values():
            child = link.origin.guid
            if link.kind == EdgeKind.IS_CHILD_OF and child and child in items and link.destination.guid not in inside:
                yield child

    def _error(self, code: str, message: str, where: str = "") -> None:
        self.issues.error(code, message, file=self.file, column=where)

    def _warn(self, code: str, message: str, where: str = "") -> None:
        self.issues.warning(code, message, file=self.file, column=where)

    def _info(self, code: str, message: str, where: str = "") -> None:
        self.issues.info(code, message, file=self.file, column=where)

    def _refuse(self, code: str, message: str) -> NoReturn:
        self._error(code, message)
        raise Refused(self.issues)


def _guid(text: str) -> UUID | None:
    """A UUID written with or without dashes, in any case, also as ``urn:uuid:…``."""
    text = text.strip().lower().removeprefix("urn:uuid:")
    return UUID(text) if _UUID.fullmatch(text) else None


def _grades_of(said: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The grades a list of words names, each once, and the words that name none."""
    found: dict[str, None] = {}
    odd: list[str] = []
    for raw in said:
        name = raw.upper().removeprefix("GRADE ").strip()
        grade = _GRADE_NAMES.get(name, name.zfill(2) if name.isdigit() else name)
        if grade not in _GRADES:
            odd.append(raw)
            grade = raw
        found[grade] = None
    return tuple(found), tuple(odd)


def _written(value: Any) -> str:
    """Text, or a number as text; nothing for anything else."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, str | int | float) else ""


def _own(end: End, framework: FrameworkRow, items: Mapping[UUID, ItemRow]) -> tuple[str, str] | None:
    """Address and title that an end of this package has of itself; None for one outside."""
    if end.guid == framework.guid:
        return framework.uri, framework.title
    if end.guid is None or end.guid not in items:
        return None
    item = items[end.guid]
    return item.uri, link_title(item.code, item.short, item.statement)


def _as_stored(end: End, framework: FrameworkRow, items: Mapping[UUID, ItemRow]) -> End:
    own = _own(end, framework, items)
    if own is None:
        return end
    uri, title = own
    return End(end.guid, end.identifier, "" if end.uri == uri else end.uri, "" if end.title == title else end.title)


def _as_printed(end: End, framework: FrameworkRow, items: Mapping[UUID, ItemRow]) -> JsonObject:
    uri, title = _own(end, framework, items) or ("", "")
    return {"title": end.title or title, "identifier": end.identifier, "uri": end.uri or uri}


def _name(item: ItemRow) -> str:
    return name_of(item.code, item.short or item.statement)


def _changed(item: ItemRow) -> float:
    return item.changed_at.timestamp() if item.changed_at else 0.0


def _triple(link: LinkRow) -> tuple[str, str, str]:
    return (link.origin.identifier.lower(), link.kind.value, link.destination.identifier.lower())


def _json(value: JsonObject) -> str:
    """JSON text that PostgreSQL can hold: one form for one value, no NUL, no half characters."""
    if not value:
        return "{}"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if "\\u0000" in text:
        text = text.replace("\\u0000", "\\ufffd")
    return text if text.isascii() else _BAD_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text)
