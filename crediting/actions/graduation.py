"""Graduation standards: which framework holds them from a day on, and which targets lead to each of them.

They decide nothing: no level, mark, credit or diploma rests on what is written here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crediting.models import Framework, GraduationFramework, Standard, StandardEdge
from crediting.queries.graduation import is_of_habits, leading, mark_on
from crediting.states import EdgeKind, StandardStatus
from crediting.verbs.catalog import (
    GraduationEnded,
    GraduationLinked,
    GraduationSet,
    GraduationUnlinked,
)
from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.models import District, User

MOST_LINKS = 1_000


@transaction.atomic
def set_graduation_standards(
    framework: Framework, *, starts_on: dt.date, habits: Standard | None = None, actor: User
) -> GraduationFramework:
    """From ``starts_on`` on, the district's graduation standards are those of ``framework``, in place of others.

    ``habits`` is the one of them that is about habits of work. Days that are over keep what was in force on them.
    """
    district = _locked(framework.district, starts_on)
    framework = Framework.objects.select_for_update(no_key=True, of=("self",)).get(pk=framework.pk)
    if not framework.is_local:
        raise DomainError(_("Graduation standards are your district’s own. Write a local framework for them first."))
    if habits is not None and (habits.framework_id != framework.pk or habits.status != StandardStatus.ACTIVE):
        raise DomainError(_("Choose a standard of this framework for the habits of work."), field="habits")
    linked = StandardEdge.objects.filter(leading(framework), destination=habits) if habits else None
    if linked is not None and linked.exists():
        raise DomainError(
            _("Targets lead to this standard. Take those links off before it stands for habits of work."),
            field="habits",
        )
    known = mark_on(district, starts_on)
    if known is not None and (known.framework_id, known.habits_id) == (framework.pk, habits.pk if habits else None):
        return known
    row = GraduationFramework.objects.create(
        district=district, framework=framework, habits=habits, starts_on=starts_on, set_by=actor
    )
    said = GraduationSet(starts_on=starts_on, habits=str(habits) if habits else "-")
    audit.record(said, actor=actor, district=district, target=framework)
    return row


@transaction.atomic
def end_graduation_standards(framework: Framework, *, starts_on: dt.date, actor: User) -> None:
    """From ``starts_on`` on, the district has no graduation standards; links stay for a framework that is set again."""
    district = _locked(framework.district, starts_on)
    known = mark_on(district, starts_on)
    if known is None or known.framework_id != framework.pk:
        return
    GraduationFramework.objects.create(district=district, starts_on=starts_on, set_by=actor)
    audit.record(GraduationEnded(starts_on=starts_on), actor=actor, district=district, target=framework)


@transaction.atomic
def change_links(
    standard: Standard, *, add: Sequence[Standard] = (), remove: Sequence[Standard] = (), actor: User
) -> tuple[int, int]:
    """Let targets lead to a graduation standard, and others no longer. Answers how many were linked and taken off.

    A link taken off stays as a withdrawn association; one made again is a new one with its own day.
    """
    framework = Framework.objects.select_for_update(no_key=True, of=("self",)).get(pk=standard.framework_id)
    marked = framework.graduation_marks.order_by("starts_on", "pk").select_related("habits").last()
    if marked is None:
        raise DomainError(_("These are no graduation standards. Say on the framework’s page from when they are."))
    if standard.status != StandardStatus.ACTIVE:
        raise DomainError(_("This standard is withdrawn. Choose another one."))
    if is_of_habits(standard, marked.habits):
        raise DomainError(_("Habits of work are kept apart: no target leads to them."))
    if any(target.district_id != framework.district_id for target in add):
        raise DomainError(_("Choose standards of your own district."), field="standards")
    if any(target.framework_id == framework.pk for target in add):
        raise DomainError(_("A graduation standard does not lead to another one. Choose targets."), field="standards")
    if gone := [target for target in add if target.status != StandardStatus.ACTIVE]:
        raise DomainError(
            _("%(standard)s has been withdrawn by its publisher. Choose another one.") % {"standard": gone[0].code},
            field="standards",
        )
    now = timezone.now()
    known = {edge.origin_id: edge for edge in StandardEdge.objects.filter(leading(framework), destination=standard)}
    off = [known[target.pk].pk for target in remove if target.pk in known]
    new = {target.pk: target for target in add if target.pk not in known}
    if len(known) - len(off) + len(new) > MOST_LINKS:
        raise DomainError(_("At most %(most)d targets lead to one standard.") % {"most": MOST_LINKS})
    StandardEdge.objects.filter(pk__in=off).update(status=StandardStatus.WITHDRAWN, source_changed_at=now)
    StandardEdge.objects.bulk_create(_link(framework, target, standard, now) for target in new.values())
    if off or new:
        Framework.objects.filter(pk=framework.pk).update(source_changed_at=now)
    for targets, verb in (
        (list(new.values()), GraduationLinked),
        ([one for one in remove if one.pk in known], GraduationUnlinked),
    ):
        if targets:
            said = verb(code=standard.code, targets="; ".join(str(target)[:60] for target in targets))
            audit.record(said, actor=actor, district=standard.district, target=standard)
    return len(new), len(off)


def carry_links(old: Standard, new: Standard) -> None:
    """A standard that replaces another one leads where that one led, and is led to in its place. Call it in the
    replacing transaction."""
    now = timezone.now()
    lead_where(old, new)
    led = StandardEdge.objects.filter(leading(old.framework), destination=old).select_related("origin")
    StandardEdge.objects.bulk_create(_link(old.framework, edge.origin, new, now) for edge in led if edge.origin)
    led.update(status=StandardStatus.WITHDRAWN, source_changed_at=now)
    for row in GraduationFramework.objects.filter(habits=old):
        if mark_on(row.district, row.starts_on) == row:
            row.pk, row.habits = None, new
            row.save(force_insert=True)


def lead_where(old: Standard, new: Standard) -> int:
    """``new`` leads to every graduation standard that ``old`` leads to. Answers how many links that made."""
    out = StandardEdge.objects.filter(
        kind=EdgeKind.IS_PART_OF,
        status=StandardStatus.ACTIVE,
        framework=F("destination__framework"),
        framework__graduation_marks__isnull=False,
    )
    known = set(out.filter(origin=new).values_list("destination", flat=True))
    to_make = {
        edge.destination_id: edge
        for edge in out.filter(origin=old).select_related("framework", "destination")
        if edge.destination_id not in known
    }
    now = timezone.now()
    StandardEdge.objects.bulk_create(
        _link(edge.framework, new, edge.destination, now) for edge in to_make.values() if edge.destination
    )
    return len(to_make)


def _locked(district: District, starts_on: dt.date) -> District:
    if starts_on < clock.today(district):
        raise DomainError(_("The first day is over. Choose today or a later day."), field="starts_on")
    return District.objects.select_for_update(no_key=True).get(pk=district.pk)


def _link(framework: Framework, target: Standard, standard: Standard, now: dt.datetime) -> StandardEdge:
    """The words of a target stay with its own publisher: a link that goes out names its code and address only."""
    guid = uuid.uuid4()
    return StandardEdge(
        district_id=framework.district_id,
        framework=framework,
        guid=guid,
        uri=f"urn:uuid:{guid}",
        kind=EdgeKind.IS_PART_OF,
        origin=target,
        origin_identifier=str(target.guid),
        origin_uri=target.uri,
        origin_title=target.code or str(target.guid),
        destination=standard,
        destination_identifier=str(standard.guid),
        source_changed_at=now,
    )
