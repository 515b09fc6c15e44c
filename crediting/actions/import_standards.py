"""Bring CASE packages into a district's own copy: set-based, in one transaction, and nothing written that is the same.

The order of truth for each object: equal content is skipped; an older date of change than the stored one is skipped
with a warning; anything else is written. What a newer package no longer has is withdrawn, never deleted.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crediting.actions.kept_standards import count_standards, keep_history, keep_words, link_waiting_edges
from crediting.interchange import case, case_file
from crediting.interchange.case import End, FrameworkRow, ItemRow, LinkRow, Package
from crediting.models import Framework, Standard, StandardEdge
from crediting.rules.tree import Placement
from crediting.states import StandardStatus
from crediting.verbs.catalog import FrameworkImported
from mbl.core import audit
from mbl.core.imports import ImportResult, Issues, runs
from mbl.core.imports.changes import Changes
from mbl.core.imports.guard import Rails, alarms, rails_of
from mbl.core.imports.opening import Refused
from mbl.core.imports.writing import reserve_ids, uuids
from mbl.core.models import District, User

KIND = "case"
KINDS = ("frameworks", "standards", "associations")
# Fewer withdrawn rows than this are ordinary upkeep, whatever share of a small framework they are.
_FEW = 25

_ITEM_COLUMNS = (
    "uri", "code", "code_key", "statement", "short", "notes", "search_text", "item_type", "grades", "valid_from",
    "valid_to", "source_changed_at", "content_hash", "extra", "status",
)  # fmt: skip
_PLACE_COLUMNS = ("parent_id", "position", "path", "depth", "is_leaf", "is_placed")
_LINK_COLUMNS = (
    "uri", "kind", "origin_id", "destination_id", "origin_uri", "origin_identifier", "origin_title", "destination_uri",
    "destination_identifier", "destination_title", "sequence", "source_changed_at", "content_hash", "status", "extra",
)  # fmt: skip


def import_case(
    source: Path, *, district: District, actor: User | None, dry_run: bool = False, confirmed: bool = False
) -> ImportResult:
    """Read ``source`` into ``district``. Counts are of frameworks, standards and associations.

    ``confirmed``: many withdrawn standards are meant. The run, its counts and its issues are stored in any case.
    """
    issues = Issues()
    name, sha256 = source.name, ""
    try:
        with _nothing_to_collect():
            file = case_file.read(source, issues)
            name, sha256 = file.name, file.sha256
            packages = [case.parse(value, issues, file.name) for value in file.packages]
        _refuse_repeated(packages, issues, file.name)
    except Refused as refused:
        refusal = runs.refusal(refused.issues)
        return runs.record(refusal, kind=KIND, file_name=name, sha256=sha256, district=district, actor=actor)
    with transaction.atomic():
        # Imports into one district take turns; nobody else waits for this lock.
        District.objects.select_for_update(no_key=True).get(pk=district.pk)
        plans = [_Plan(package, district, issues, file.name) for package in packages]
        stopped = not confirmed and bool(_too_many_withdrawn(plans, issues, rails_of(district)))
        run = runs.begin(kind=KIND, file_name=name, sha256=sha256, district=district, actor=actor)
        changes = Changes(run)
        for plan in plans:
            plan.write(changes)
            if plan.writes and not stopped and not dry_run:
                audit.record(
                    FrameworkImported(
                        created=plan.created["standards"],
                        updated=plan.updated["standards"],
                        withdrawn=plan.withdrawn["standards"],
                        sha256=sha256,
                    ),
                    actor=actor,
                    district=district,
                    target=plan.framework,
                )
        result = _result(plans, issues)
        if not stopped and not dry_run:
            result.applied = True
            return runs.finish(run, result)
        runs.take_back(run, result)
    result.refused = stopped
    return runs.record(result, kind=KIND, file_name=name, sha256=sha256, district=district, actor=actor)


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Reading builds hundreds of thousands of objects that all stay; looking for garbage among them again and again
    takes longer than the reading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _refuse_repeated(packages: Sequence[Package], issues: Issues, file: str) -> None:
    guids = Counter(package.framework.guid for package in packages)
    for guid, count in guids.items():
        if count > 1:
            sentence = _("The framework %(guid)s is in this file %(count)d times. Send each once.")
            issues.error("CASE_FRAMEWORK_TWICE", sentence % {"guid": guid, "count": count}, file=file)
            raise Refused(issues)


def _too_many_withdrawn(plans: Sequence[_Plan], issues: Issues, rails: Rails) -> list[str]:
    found = []
    for plan in plans:
        withdrawn = {"standards": plan.withdrawn["standards"]}
        if withdrawn["standards"] <= _FEW and plan.package.items:
            continue
        for alarm in alarms(
            present=plan.present, withdrawn=withdrawn, created={}, moved={}, watched=frozenset(), rails=rails
        ):
            found.append(alarm.code)
            issues.error(
                "CASE_MANY_WITHDRAWN",
                _(
                    "This package lacks %(count)d of the %(of)d standards of “%(framework)s” that are in use now. "
                    "If that is meant, confirm it (--confirm)."
                )
                % {"count": alarm.count, "of": alarm.of, "framework": plan.package.framework.title},
                file=plan.file,
            )
    return found


def _result(plans: Sequence[_Plan], issues: Issues) -> ImportResult:
    def total(name: str) -> dict[str, int]:
        return {kind: sum(getattr(plan, name)[kind] for plan in plans) for kind in KINDS}

    return ImportResult(
        created=total("created"),
        updated=total("updated"),
        unchanged=total("unchanged"),
        withdrawn=total("withdrawn"),
        rejected=total("rejected"),
        issues=list(issues),
    )


@dataclass(frozen=True)
class _Stored:
    """What a row is compared by."""

    pk: int
    hash: str
    changed_at: dt.datetime | None
    status: str
    rest: tuple[Any, ...]  # placement of a standard, ends of an association


@dataclass
class _Changes:
    """Rows of one kind: new ones, changed ones by primary key, moved ones (a standard's place alone), gone ones."""

    new: list[UUID] = field(default_factory=list)
    content: list[UUID] = field(default_factory=list)
    place: list[UUID] = field(default_factory=list)
    moved: list[UUID] = field(default_factory=list)  # of ``place``: below another parent than before
    gone: list[int] = field(default_factory=list)

    @property
    def written(self) -> list[UUID]:
        return [*self.new, *self.content]


class _Plan:
    """One package beside what is stored: what to write, counted before anything is written."""

    def __init__(self, package: Package, district: District, issues: Issues, file: str) -> None:
        self.package = package
        self.district = district
        self.issues = issues
        self.file = file
        self.created: Counter[str] = Counter()
        self.updated: Counter[str] = Counter()
        self.unchanged: Counter[str] = Counter()
        self.withdrawn: Counter[str] = Counter()
        self.rejected = package.rejected
        self.stored = Framework.objects.filter(district=district, guid=package.framework.guid).first()
        self.framework: Framework | None = self.stored
        self.standards = self._stored_standards()
        self.edges = self._stored_edges()
        self.elsewhere = self._standards_elsewhere()
        self.present = {
            "standards": sum(row.status == StandardStatus.ACTIVE for row in self.standards.values()),
        }
        self.framework_changed = self._compare_framework()
        self.items = self._compare_items()
        self.links = self._compare_links()

    @property
    def writes(self) -> bool:
        return any(sum(counts.values()) for counts in (self.created, self.updated, self.withdrawn))

    # --- What is there ------------------------------------------------------------------------------------------------

    def _stored_standards(self) -> dict[UUID, _Stored]:
        if self.stored is None:
            return {}
        rows = Standard.objects.filter(framework=self.stored).values_list(
            "guid", "pk", "content_hash", "source_changed_at", "status",
            "parent__guid", "position", "path", "depth", "is_leaf", "is_placed",
        )  # fmt: skip
        return {guid: _Stored(pk, key, at, status, tuple(rest)) for guid, pk, key, at, status, *rest in rows}

    def _stored_edges(self) -> dict[UUID, _Stored]:
        if self.stored is None:
            return {}
        rows = StandardEdge.objects.filter(framework=self.stored).values_list(
            "guid", "pk", "content_hash", "source_changed_at", "status", "origin_id", "destination_id"
        )
        return {guid: _Stored(pk, key, at, status, tuple(rest)) for guid, pk, key, at, status, *rest in rows}

    def _standards_elsewhere(self) -> dict[UUID, int]:
        """Standards of the district's other frameworks that this package's associations point at."""
        ends = {end.guid for link in self.package.links.values() for end in (link.origin, link.destination)}
        outside = {guid for guid in ends if guid is not None and guid not in self.package.items}
        rows = Standard.objects.filter(district=self.district, guid__in=outside).order_by("-pk")
        return dict(rows.values_list("guid", "pk"))

    # --- What is different --------------------------------------------------------------------------------------------

    def _compare_framework(self) -> bool:
        row, stored = self.package.framework, self.stored
        if stored is None:
            self.created["frameworks"] += 1
            return True
        changed = (
            stored.content_hash != row.hash or stored.order_inferred != self.package.tree.order_inferred
        ) and not self._is_older(row.changed_at, stored.source_changed_at, row.title)
        (self.updated if changed else self.unchanged)["frameworks"] += 1
        return changed

    def _compare_items(self) -> _Changes:
        found = _Changes()
        placements = self.package.tree.placements
        for guid, item in self.package.items.items():
            stored = self.standards.get(guid)
            if stored is None:
                found.new.append(guid)
                self.created["standards"] += 1
                continue
            changed = stored.hash != item.hash or stored.status != StandardStatus.ACTIVE
            if changed and not self._is_older(item.changed_at, stored.changed_at, item.code or str(guid)):
                found.content.append(guid)
            else:
                changed = False
            if moved := stored.rest != _place(placements[guid]):
                found.place.append(guid)
                if stored.rest[0] != placements[guid].parent:
                    found.moved.append(guid)
            (self.updated if changed or moved else self.unchanged)["standards"] += 1
        found.gone = self._gone(self.standards, self.package.items, "standards")
        return found

    def _compare_links(self) -> _Changes:
        found = _Changes()
        for guid, link in self.package.links.items():
            stored = self.edges.get(guid)
            if stored is None:
                found.new.append(guid)
                self.created["associations"] += 1
                continue
            ends = (self._stored_pk(link.origin), self._stored_pk(link.destination))
            changed = (
                stored.hash != link.hash or stored.status != StandardStatus.ACTIVE or stored.rest != ends
            ) and not self._is_older(link.changed_at, stored.changed_at, str(guid))
            if changed:
                found.content.append(guid)
            (self.updated if changed else self.unchanged)["associations"] += 1
        found.gone = self._gone(self.edges, self.package.links, "associations")
        return found

    def _stored_pk(self, end: End) -> int | None:
        """The primary key an end has before writing; -1 for a standard that is yet to be written."""
        if end.guid is None:
            return None
        if end.guid in self.package.items:
            known = self.standards.get(end.guid)
            return known.pk if known else -1
        return self.elsewhere.get(end.guid)

    def _gone(self, stored: Mapping[UUID, _Stored], incoming: Iterable[UUID], kind: str) -> list[int]:
        here = set(incoming)
        gone = [row.pk for guid, row in stored.items() if guid not in here and row.status == StandardStatus.ACTIVE]
        self.withdrawn[kind] += len(gone)
        return gone

    def _is_older(self, incoming: dt.datetime | None, stored: dt.datetime | None, name: str) -> bool:
        if incoming is None or stored is None or incoming >= stored:
            return False
        self.issues.warning(
            "CASE_OLDER",
            _("%(name)s is older in this file (%(incoming)s) than here (%(stored)s), so it stays as it is.")
            % {"name": name, "incoming": incoming.date().isoformat(), "stored": stored.date().isoformat()},
            file=self.file,
        )
        return True

    # --- Writing ------------------------------------------------------------------------------------------------------

    def write(self, changes: Changes) -> None:
        """Write what is different. Foreign keys are checked at the end of the transaction, so order does not matter."""
        if not self.writes:
            return
        if self.framework_changed:
            self.framework = _save_framework(
                changes, self.stored, self.package.framework, self.district, self.package.tree.order_inferred
            )
        assert self.framework is not None  # stored, or just created
        now = timezone.now()
        pks = self._write_items(self.framework, now, changes)
        self._write_links(self.framework, pks, changes)
        link_waiting_edges(self.district, {guid: pks[guid] for guid in self.items.new}, changes)
        keep_words(self.framework, (self.package.items[guid].search_text for guid in self.items.written), changes)
        count_standards(self.framework, changes)

    def _write_items(self, framework: Framework, now: dt.datetime, changes: Changes) -> dict[UUID, int]:
        items, placements = self.package.items, self.package.tree.placements
        new = self.items.new
        pks = {guid: row.pk for guid, row in self.standards.items()} | dict(
            zip(new, reserve_ids(Standard, len(new)), strict=True)
        )

        public_ids = uuids()

        def place(guid: UUID) -> tuple[Any, ...]:
            parent, *rest = _place(placements[guid])
            return (pks[parent] if parent else None, *rest)

        changes.copy_rows(
            Standard,
            ("id", "public_id", "district_id", "framework_id", "guid", "added_at", *_ITEM_COLUMNS, *_PLACE_COLUMNS),
            (
                (
                    pks[guid], next(public_ids), self.district.pk, framework.pk, guid, now,
                    *_item(items[guid]), *place(guid),
                )
                for guid in new
            ),
        )  # fmt: skip
        altered = [pks[guid] for guid in {*self.items.content, *self.items.moved}]
        keep_history([*altered, *self.items.gone], now, changes)
        changes.update_rows(Standard, _ITEM_COLUMNS, [(pks[guid], *_item(items[guid])) for guid in self.items.content])
        changes.update_rows(Standard, _PLACE_COLUMNS, [(pks[guid], *place(guid)) for guid in self.items.place])
        changes.update(Standard.objects.filter(pk__in=self.items.gone), status=StandardStatus.WITHDRAWN)
        return pks

    def _write_links(self, framework: Framework, pks: Mapping[UUID, int], changes: Changes) -> None:
        def row(link: LinkRow) -> tuple[Any, ...]:
            return (
                link.uri,
                link.kind,
                self._pk(link.origin, pks),
                self._pk(link.destination, pks),
                link.origin.uri,
                link.origin.identifier,
                link.origin.title,
                link.destination.uri,
                link.destination.identifier,
                link.destination.title,
                link.sequence,
                link.changed_at,
                link.hash,
                StandardStatus.ACTIVE,
                link.extra,
            )

        links, new = self.package.links, self.links.new
        numbers = zip(new, reserve_ids(StandardEdge, len(new)), strict=True)
        changes.copy_rows(
            StandardEdge,
            ("id", "district_id", "framework_id", "guid", *_LINK_COLUMNS),
            ((pk, self.district.pk, framework.pk, guid, *row(links[guid])) for guid, pk in numbers),
        )
        changes.update_rows(
            StandardEdge, _LINK_COLUMNS, [(self.edges[guid].pk, *row(links[guid])) for guid in self.links.content]
        )
        changes.update(StandardEdge.objects.filter(pk__in=self.links.gone), status=StandardStatus.WITHDRAWN)

    def _pk(self, end: End, pks: Mapping[UUID, int]) -> int | None:
        if end.guid is None:
            return None
        return pks[end.guid] if end.guid in self.package.items else self.elsewhere.get(end.guid)


def _save_framework(
    changes: Changes, stored: Framework | None, row: FrameworkRow, district: District, order_inferred: bool
) -> Framework:
    framework = stored or Framework(district=district, guid=row.guid)
    if stored is not None:
        changes.before(Framework, [stored.pk])
    for name in (
        "uri", "title", "creator", "publisher", "version", "language", "status", "valid_from", "valid_to", "licence",
        "notes", "source_url",
    ):  # fmt: skip
        setattr(framework, name, getattr(row, name))
    framework.subjects = list(row.subjects)
    framework.source_changed_at, framework.content_hash = row.changed_at, row.hash
    framework.order_inferred = order_inferred
    framework.extra = case.extra_of(row)
    framework.save()
    if stored is None:
        changes.created(Framework, [framework.pk])
    return framework


def _item(item: ItemRow) -> tuple[Any, ...]:
    """The cells of ``_ITEM_COLUMNS``."""
    return (
        item.uri,
        item.code,
        item.code_key,
        item.statement,
        item.short,
        item.notes,
        item.search_text,
        item.item_type,
        item.grades,
        item.valid_from,
        item.valid_to,
        item.changed_at,
        item.hash,
        item.extra,
        StandardStatus.ACTIVE,
    )


def _place(placement: Placement) -> tuple[Any, ...]:
    """A placement as it is compared, its parent by identifier."""
    return (
        placement.parent,
        placement.position,
        placement.path,
        placement.depth,
        placement.is_leaf,
        placement.is_placed,
    )
