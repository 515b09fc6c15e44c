"""Set a calibration session up, judge in it, open it, keep what was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.models import Anchor, CalibrationItem, CalibrationLevel, CalibrationSession, ScaleLevel
from crediting.queries.calibration import asked
from crediting.verbs.classes import CalibrationJudged, CalibrationOpened, CalibrationSet
from mbl.core import audit, clock
from mbl.core.decisions import Denied, Verdict
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import District, User
from mbl.core.words import says_something, visible
from profiles.access import person_in
from profiles.models import School

MOST = 20


@transaction.atomic
def set_calibration(
    district: District,
    *,
    title: str,
    due_on: dt.date,
    anchors: Sequence[Anchor],
    actor: User,
    school: School | None = None,
) -> CalibrationSession:
    """Ask teachers to judge samples blind until a day. Until it is opened, teachers see the samples nowhere else."""
    _refuse(access.keeps_anchors(actor, district))
    if not says_something(title):
        raise DomainError(_("Give the session a name."), field="title")
    if due_on < clock.today(district):
        raise DomainError(_("The last day lies in the past."), field="due_on")
    if not 1 <= len(anchors) <= MOST or any(one.retired_at or one.district_id != district.pk for one in anchors):
        raise DomainError(
            _("Choose between 1 and %(most)s examples that are in use.") % {"most": MOST}, field="anchors"
        )
    person = person_in(actor, district)
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    same = CalibrationSession.objects.filter(
        district=district, school=school, title=title.strip(), due_on=due_on, run_by=person, opened_at=None
    )
    if (found := same.first()) is not None:
        return found
    session = CalibrationSession.objects.create(
        district=district,
        school=school,
        title=title.strip(),
        due_on=due_on,
        run_by=person,
        created_by=actor,
        created_at=clock.now(),
    )
    CalibrationItem.objects.bulk_create(
        CalibrationItem(session=session, anchor=anchor, position=place) for place, anchor in enumerate(anchors, start=1)
    )
    audit.record(CalibrationSet(anchors=len(anchors), due=due_on), actor=actor, district=district, target=session)
    notices.tell_calibration(session, asked(session))
    return session


@transaction.atomic
def judge_calibration(
    session: CalibrationSession, *, levels: Mapping[int, tuple[ScaleLevel, str]], actor: User
) -> list[CalibrationLevel]:
    """Keep a teacher's level and words for samples, by the item's primary key. Theirs to change until it is opened."""
    session = _locked(session)
    _refuse(access.judges_in(actor, session))
    person, now = person_in(actor, session.district), clock.now()
    items = {item.pk: item for item in session.items.select_related("anchor__level")}
    if set(levels) - set(items) or any(
        level.scale_id != items[pk].anchor.level.scale_id for pk, (level, _comment) in levels.items()
    ):
        raise DomainError(_("These examples are not part of the session. Open the page again."))
    known = {one.item_id: one for one in CalibrationLevel.objects.filter(item__in=items, reader=person)}
    written = []
    for pk, (level, comment) in levels.items():
        before = known.get(pk)
        if before is not None and (before.level_id, before.comment) == (level.pk, visible(comment)):
            continue
        row, _new = CalibrationLevel.objects.update_or_create(
            item=items[pk],
            reader=person,
            defaults={"level": level, "comment": visible(comment), "given_at": now},
        )
        written.append(row)
    if written:
        audit.record(CalibrationJudged(count=len(written)), actor=actor, district=session.district, target=session)
    return written


@transaction.atomic
def open_calibration(session: CalibrationSession, *, actor: User) -> CalibrationSession:
    """Everybody sees the agreed levels, their own and the group's. A second press finds it open."""
    session = _locked(session)
    _refuse(access.runs(actor, session))
    if session.opened_at is not None:
        return session
    readers = CalibrationLevel.objects.filter(item__session=session).values("reader").distinct().count()
    if not readers:
        raise DomainError(_("Nobody has judged an example yet, so there is nothing to look at together."))
    session.opened_at = clock.now()
    session.save(update_fields=["opened_at"])
    audit.record(CalibrationOpened(readers=readers), actor=actor, district=session.district, target=session)
    notices.tell_calibration_opened(session)
    return session


@transaction.atomic
def keep_discussion(session: CalibrationSession, *, text: str, actor: User) -> CalibrationSession:
    """What was said when the levels were talked over; who runs the session writes it."""
    session = _locked(session)
    _refuse(access.runs(actor, session))
    if session.discussion != text.strip():
        session.discussion = text.strip()
        session.save(update_fields=["discussion"])
    return session


def _locked(session: CalibrationSession) -> CalibrationSession:
    found = CalibrationSession.objects.select_for_update(of=["self"]).select_related("district", "school", "run_by")
    return found.get(pk=session.pk)


def _refuse(verdict: Verdict) -> None:
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
