"""Write local standards: a framework, its items, their order; move what courses teach to a newer framework.

A standard that somebody was asked to show, or was judged by, never changes under them: new words make a new standard
that replaces it, and the old one stays where it was used (T72).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from crediting.actions.graduation import carry_links, lead_where
from crediting.actions.kept_standards import count_standards, keep_history, keep_words
from crediting.actions.standards import adopt_framework
from crediting.models import (
    CourseStandard,
    EvidenceUse,
    Framework,
    Judgement,
    RequestStandard,
    Standard,
    StandardEdge,
)
from crediting.rules.standards import code_key, search_text
from crediting.rules.tree import ChildLink, Node, TooDeep, build
from crediting.states import AdoptionBody, EdgeKind, FrameworkStatus, StandardStatus, SubjectArea
from crediting.verbs.catalog import (
    AlignmentsMoved,
    FrameworkWritten,
    StandardChanged,
    StandardWithdrawn,
    StandardWritten,
)
from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.imports.writing import content_hash, update_rows
from mbl.core.models import District, User
from mbl.core.words import visible

MOST_WORDS = 20_000
MOST_ITEMS = 5_000


@transaction.atomic
def write_framework(
    district: District,
    *,
    title: str,
    adopted_by: str,
    adopted_on: dt.date,
    subjects: Collection[SubjectArea],
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    grades: Collection[str] = (),
    actor: User,
) -> Framework:
    """Begin a local framework. It has an adopting body and a date from the first day (T74)."""
    title = visible(title)
    if not title:
        raise DomainError(_("Give the framework a title."), field="title")
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    if Framework.objects.filter(district=district, is_local=True, title=title).exists():
        raise DomainError(_("There is a local framework with this title already."), field="title")
    guid = uuid.uuid4()
    framework = Framework.objects.create(
        district=district,
        guid=guid,
        uri=f"urn:uuid:{guid}",
        title=title[:500],
        creator=adopted_by.strip()[:300],
        publisher=district.name[:300],
        status=FrameworkStatus.IMPLEMENTED,
        source_changed_at=timezone.now(),
        is_local=True,
    )
    audit.record(FrameworkWritten(adopted_by=adopted_by.strip()), actor=actor, district=district, target=framework)
    adopt_framework(
        framework,
        body=AdoptionBody.LOCAL,
        adopted_by=adopted_by,
        adopted_on=adopted_on,
        subjects=subjects,
        starts_on=starts_on,
        ends_on=ends_on,
        grades=grades,
        actor=actor,
    )
    return framework


@transaction.atomic
def add_standard(
    framework: Framework,
    *,
    code: str,
    statement: str,
    parent: Standard | None = None,
    number: int | None = None,
    grades: Collection[str] = (),
    actor: User,
) -> Standard:
    """A new item below ``parent``; ``number`` is its place among its siblings, last where none is given."""
    framework = _locked(framework)
    if framework.standards.count() >= MOST_ITEMS:
        raise DomainError(_("A local framework has at most %(most)d standards.") % {"most": MOST_ITEMS})
    standard = _create(framework, code=code, statement=statement, parent=parent, number=number, grades=grades)
    _replant(framework)
    audit.record(StandardWritten(code=standard.code), actor=actor, district=framework.district, target=standard)
    standard.refresh_from_db()
    return standard


@transaction.atomic
def change_standard(
    standard: Standard,
    *,
    code: str,
    statement: str,
    parent: Standard | None,
    number: int | None = None,
    grades: Collection[str] = (),
    actor: User,
) -> Standard:
    """Set what an item says and where it stands; its earlier words are kept.

    One that is used keeps its words: the answer is then a new standard that replaces it.
    """
    framework = _locked(standard.framework)
    standard = Standard.objects.select_for_update(no_key=True).get(pk=standard.pk)
    if standard.status != StandardStatus.ACTIVE:
        raise DomainError(_("This standard is withdrawn. Add a new one."))
    _refuse_faulty(code, statement)
    _refuse_place(framework, parent, standard)
    said = (standard.code, standard.statement, sorted(standard.grades))
    if said != (code.strip(), statement.strip(), sorted(grades)) and is_used(standard):
        return _replace(framework, standard, code, statement, parent, number, grades, actor)
    now = timezone.now()
    link = standard.edges_out.get(kind=EdgeKind.IS_CHILD_OF, status=StandardStatus.ACTIVE)
    place = (standard.parent_id, link.sequence)
    wanted = (parent.pk if parent else None, number if number is not None else link.sequence)
    changed = said != (code.strip(), statement.strip(), sorted(grades))
    if not changed and place == wanted:
        return standard
    keep_history([standard.pk], now)
    _say(standard, code, statement, grades, now)
    standard.save()
    keep_words(framework, [standard.search_text])
    _put(link, framework, parent, wanted[1], now)
    _replant(framework)
    audit.record(
        StandardChanged(code=standard.code, before=f"{said[0]} {said[1]}".strip()),
        actor=actor,
        district=framework.district,
        target=standard,
    )
    standard.refresh_from_db()
    return standard


@transaction.atomic
def withdraw_standard(standard: Standard, *, actor: User) -> Standard:
    """Take an item out: it can be chosen for nothing new, and stays where it was used."""
    framework = _locked(standard.framework)
    standard = Standard.objects.select_for_update(no_key=True).get(pk=standard.pk)
    if standard.status == StandardStatus.WITHDRAWN:
        return standard
    if standard.children.filter(status=StandardStatus.ACTIVE).exists():
        raise DomainError(_("There are standards below this one. Move or withdraw them first."))
    _withdraw(standard)
    _replant(framework)
    audit.record(StandardWithdrawn(code=standard.code), actor=actor, district=framework.district, target=standard)
    return standard


def is_used(standard: Standard) -> bool:
    """Whether anybody claims it in a request, shows it by evidence or was judged by it."""
    return (
        RequestStandard.objects.filter(standard=standard).exists()
        or Judgement.objects.filter(standard=standard).exists()
        or EvidenceUse.standards.through.objects.filter(standard=standard).exists()
    )


@transaction.atomic
def move_alignments(framework: Framework, *, moves: Sequence[tuple[CourseStandard, Standard]], actor: User) -> int:
    """Let courses teach the new standard in place of the old one, as somebody confirmed. Answers how many moved.

    What students have asked for, shown and been judged by keeps its standard (T72). The new standard leads to the
    graduation standards that the old one leads to.
    """
    moved = 0
    for row, new in moves:
        locked = CourseStandard.objects.select_for_update(of=("self",)).select_related("course", "standard")
        found = locked.filter(pk=row.pk, standard=row.standard_id).first()
        if found is None or found.standard_id == new.pk:
            continue  # somebody was faster
        row, old = found, found.standard
        if new.district_id != framework.district_id or row.course.district_id != framework.district_id:
            raise DomainError(_("Choose standards of your own district."))
        known = CourseStandard.objects.filter(course=row.course, standard=new).first()
        if known is None:
            row.standard = new
            row.save(update_fields=["standard"])
        else:
            known.is_required = known.is_required or row.is_required
            known.save(update_fields=["is_required"])
            row.delete()
        lead_where(old, new)
        moved += 1
    if moved:
        audit.record(AlignmentsMoved(count=moved), actor=actor, district=framework.district, target=framework)
    return moved


# --- Pieces -----------------------------------------------------------------------------------------------------------


def _locked(framework: Framework) -> Framework:
    found = (
        Framework.objects.select_for_update(no_key=True, of=("self",)).select_related("district").get(pk=framework.pk)
    )
    if not found.is_local:
        raise DomainError(_("These standards are their publisher’s. Import a newer package to change them."))
    return found


def _refuse_faulty(code: str, statement: str) -> None:
    if not visible(statement):
        raise DomainError(_("Write what a student shows."), field="statement")
    if len(statement) > MOST_WORDS:
        raise DomainError(_("The statement is longer than %(most)d letters.") % {"most": MOST_WORDS}, field="statement")
    if len(code.strip()) > 200 or not code.isprintable():
        raise DomainError(_("A code has at most 200 letters, without line breaks."), field="code")


def _refuse_place(framework: Framework, parent: Standard | None, standard: Standard | None = None) -> None:
    if parent is None:
        return
    if parent.framework_id != framework.pk or parent.status != StandardStatus.ACTIVE:
        raise DomainError(_("Choose a standard of this framework to put it below."), field="parent")
    if standard is not None and (parent.pk == standard.pk or parent.path.startswith(f"{standard.path}.")):
        raise DomainError(_("A standard cannot stand below itself."), field="parent")


def _create(
    framework: Framework,
    *,
    code: str,
    statement: str,
    parent: Standard | None,
    number: int | None,
    grades: Collection[str],
) -> Standard:
    _refuse_faulty(code, statement)
    _refuse_place(framework, parent)
    now = timezone.now()
    guid = uuid.uuid4()
    standard = Standard(
        district=framework.district, framework=framework, guid=guid, uri=f"urn:uuid:{guid}", added_at=now
    )
    _say(standard, code, statement, grades, now)
    standard.save()
    keep_words(framework, [standard.search_text])
    link = StandardEdge(
        district=framework.district,
        framework=framework,
        guid=uuid.uuid4(),
        kind=EdgeKind.IS_CHILD_OF,
        origin=standard,
        origin_identifier=str(guid),
    )
    link.uri = f"urn:uuid:{link.guid}"
    _put(link, framework, parent, number if number is not None else _next_number(framework, parent), now)
    return standard


def _next_number(framework: Framework, parent: Standard | None) -> int:
    siblings = framework.standards.filter(parent=parent, status=StandardStatus.ACTIVE)
    links = StandardEdge.objects.filter(kind=EdgeKind.IS_CHILD_OF, origin__in=siblings)
    last: int | None = links.aggregate(last=Max("sequence"))["last"]
    return (last or 0) + 1


def _say(standard: Standard, code: str, statement: str, grades: Collection[str], now: dt.datetime) -> None:
    standard.code, standard.statement = code.strip(), statement.strip()
    standard.code_key = code_key(standard.code)
    standard.search_text = search_text(standard.code, standard.code_key, standard.statement)
    standard.grades = sorted(grades)
    standard.source_changed_at = now
    standard.content_hash = content_hash(standard.code, standard.statement, standard.grades)


def _put(
    link: StandardEdge, framework: Framework, parent: Standard | None, number: int | None, now: dt.datetime
) -> None:
    link.destination = parent
    link.destination_identifier = str(parent.guid if parent else framework.guid)
    link.sequence = number
    link.source_changed_at = now
    link.save()


def _withdraw(standard: Standard) -> None:
    keep_history([standard.pk], timezone.now())
    standard.status = StandardStatus.WITHDRAWN
    standard.save(update_fields=["status"])
    standard.edges_out.filter(kind=EdgeKind.IS_CHILD_OF).update(status=StandardStatus.WITHDRAWN)


def _replace(
    framework: Framework,
    old: Standard,
    code: str,
    statement: str,
    parent: Standard | None,
    number: int | None,
    grades: Collection[str],
    actor: User,
) -> Standard:
    """A new standard in the place of one that is used; what stood below it stands below the new one."""
    link = old.edges_out.get(kind=EdgeKind.IS_CHILD_OF, status=StandardStatus.ACTIVE)
    place = number if number is not None else link.sequence
    new = _create(framework, code=code, statement=statement, parent=parent, number=place, grades=grades)
    below = old.edges_in.filter(kind=EdgeKind.IS_CHILD_OF, status=StandardStatus.ACTIVE)
    below.update(destination=new, destination_identifier=str(new.guid))
    guid = uuid.uuid4()
    StandardEdge.objects.create(
        district=framework.district,
        framework=framework,
        guid=guid,
        uri=f"urn:uuid:{guid}",
        kind=EdgeKind.REPLACED_BY,
        origin=old,
        origin_identifier=str(old.guid),
        destination=new,
        destination_identifier=str(new.guid),
        source_changed_at=new.added_at,
    )
    carry_links(old, new)
    _withdraw(old)
    _replant(framework)
    audit.record(
        StandardChanged(code=new.code, before=f"{old.code} {old.statement}".strip()),
        actor=actor,
        district=framework.district,
        target=new,
    )
    new.refresh_from_db()
    return new


_PLACES = ("parent_id", "position", "path", "depth", "is_leaf", "is_placed")


def _replant(framework: Framework) -> None:
    """Give every item its place again from the links, as an import does, and count them."""
    items = {
        guid: (pk, tuple(place), code)
        for guid, pk, code, *place in framework.standards.filter(status=StandardStatus.ACTIVE).values_list(
            "guid", "pk", "code", *_PLACES
        )
    }
    links = StandardEdge.objects.filter(
        framework=framework, kind=EdgeKind.IS_CHILD_OF, status=StandardStatus.ACTIVE
    ).values_list("guid", "origin__guid", "destination__guid", "sequence", "source_changed_at")
    children = [
        ChildLink(guid, child, parent, sequence, "", changed_at)
        for guid, child, parent, sequence, changed_at in links
        if child in items and (parent is None or parent in items)
    ]
    try:
        tree = build([Node(guid, code) for guid, (_pk, _place, code) in items.items()], children)
    except TooDeep:
        raise DomainError(_("The tree of standards may be thirty levels deep."), field="parent") from None
    rows = []
    for guid, placement in tree.placements.items():
        pk, known, _code = items[guid]
        parent = items[placement.parent][0] if placement.parent else None
        place = (
            parent, placement.position, placement.path, placement.depth, placement.is_leaf, placement.is_placed,
        )  # fmt: skip
        if place != known:
            rows.append((pk, *place))
    update_rows(Standard, _PLACES, rows)
    framework.source_changed_at = timezone.now()
    framework.save(update_fields=["source_changed_at"])
    count_standards(framework)
