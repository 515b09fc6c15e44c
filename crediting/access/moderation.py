"""Second readings, examples of work and calibration sessions: who reads, keeps and runs them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from crediting.access.catalog import get_district
from crediting.access.classes import sections_visible_to
from crediting.access.roles import Anybody, decides_at, deciding, is_asked
from crediting.models import (
    Anchor,
    CalibrationSession,
    ClassWork,
    CreditRequest,
    Reading,
    Work,
)
from crediting.states import Moderated, ReadingState, RequestState
from mbl.core.decisions import Allowed, Denied, Verdict
from mbl.core.errors import NotAllowed
from mbl.core.models import District
from profiles.access import (
    Capability,
    districts_where,
    may_in_district,
    schools_where,
    standing,
    students_with,
)
from profiles.models import Relationship, School
from profiles.states import RelationshipKind, Role


def readings_of(user: Anybody) -> QuerySet[Reading]:
    """Readings for which ``user`` was asked, in every state but overtaken."""
    asked = Reading.objects.filter(reader__in=standing(user).people_holding(Role.TEACHER))
    return _with_work(asked.exclude(state=ReadingState.OVERTAKEN))


def readings_at_schools_of(user: Anybody) -> QuerySet[Reading]:
    """Readings of work at the schools where ``user`` decides credit."""
    return _with_work(Reading.objects.filter(_decided_by(user)).exclude(state=ReadingState.OVERTAKEN))


def readings_to_count(user: Anybody) -> QuerySet[Reading]:
    """Readings whose figures ``user`` may see: of schools where they decide credit, of districts whose policy they
    manage. Teachers are not among them: figures of few readers would rank people."""
    districts = districts_where(user, Capability.MANAGE_POLICY).order_by().values("pk")
    managed = Q(request__district__in=districts) | Q(class_work__district__in=districts)
    return Reading.objects.filter(_decided_by(user) | managed)


def _decided_by(user: Anybody) -> Q:
    return deciding(user, "request__") | deciding(user, "class_work__")


def drawn_in_classes_of(user: Anybody) -> QuerySet[ClassWork]:
    """Work that ``user`` judged in a class and that was drawn for a second reading, the newest first."""
    judged = ClassWork.objects.filter(assessor__in=standing(user).people_holding(Role.TEACHER))
    return judged.select_related("task__section__course", "student__person", "district", "school").order_by("-pk")


def get_drawn_work(user: Anybody, public_id: UUID) -> ClassWork:
    """Drawn work, for the teacher who judged it first. 404 for everybody else."""
    found = drawn_in_classes_of(user).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def get_agreement_district(user: Anybody, code: str) -> District:
    """The district of the report. 404 where ``user`` is nobody, ``NotAllowed`` where they see no figures of it."""
    district = get_district(user, code)
    if keeps_anchors(user, district) or may_in_district(user, Capability.MANAGE_POLICY, district):
        return district
    raise NotAllowed(_("These figures are for those who decide credit and for who manages the policy."))


def _with_work(readings: QuerySet[Reading]) -> QuerySet[Reading]:
    return readings.select_related(
        "request__district",
        "request__student__person",
        "request__school",
        "request__course__terms",
        "request__scale",
        "request__assessor__user",
        "class_work__district",
        "class_work__student__person",
        "class_work__school",
        "class_work__task__section__course__terms",
        "class_work__task__common",
        "class_work__scale",
        "class_work__assessor__user",
        "reader__user",
        "policy_version__series",
    )


def get_reading(user: Anybody, public_id: UUID) -> Reading:
    """The reading, for its reader and for those who decide at the school; for the first reader once it is given.

    404 for everybody else: that work is read a second time, and by whom, is nobody's to find out.
    """
    found = _with_work(Reading.objects.exclude(state=ReadingState.OVERTAKEN)).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    is_reader = found.reader_id is not None and found.reader_id in standing(user).people_holding(Role.TEACHER)
    if is_reader or decides_at(user, found.work.school):
        return found
    if found.state == ReadingState.GIVEN and (judged_first(user, found.work) or _has_read(user, found.work)):
        return found
    raise Http404


def judged_first(user: Anybody, work: Work) -> bool:
    """Whether ``user`` is the first reader: the teacher whom a request was sent to, or who judged the class."""
    if isinstance(work, CreditRequest):
        return bool(is_asked(user, work))
    return work.assessor_id in standing(user).people_holding(Role.TEACHER)


def may_read_blind(user: Anybody, work: Work) -> Verdict:
    """Whether ``user`` would read the work without knowing what was said of it, and without being near the student."""
    now = standing(user)
    near = Relationship.objects.filter(
        person__in=list(now.people), student=work.student_id, kind=RelationshipKind.GUARDIAN
    )
    if work.student.person_id in now.people or near.exists():
        return Denied(_("Nobody reads their own work or that of their family."))
    if work.assessor_id in now.people or work.judgements.filter(assessor__in=list(now.people)).exists():
        return Denied(_("Whoever read it first does not read it again."))
    sees = students_with(user, Capability.SEE_RECORD).filter(pk=work.student_id)
    if decides_at(user, work.school) or sees.exists():
        return Denied(
            _("The first reading stands in the student’s record, which this teacher can open. It would not be blind.")
        )
    if isinstance(work, ClassWork) and _sees_levels_of(user, work):
        return Denied(
            _("The first reading stands on a page that this teacher can open: of a class, or a request of the student.")
        )
    return Allowed()


def _sees_levels_of(user: Anybody, work: ClassWork) -> bool:
    """Whether a page of ``user`` shows levels of the work: the grid of a class, which counts what was judged in any
    class of the course, or a request of the student, beside which stands what was judged in class."""
    section = work.task.section
    in_course = Q(course=section.course_id, enrollments__student=work.student_id)
    grids = sections_visible_to(user).filter(Q(pk=section.pk) | in_course)
    asked = CreditRequest.objects.filter(assessor__in=list(standing(user).people), student=work.student_id)
    return grids.exists() or asked.exists()


def may_give(user: Anybody, reading: Reading) -> Verdict:
    """Whether ``user`` may give the reading now."""
    if reading.reader_id is None or reading.reader_id not in standing(user).people_holding(Role.TEACHER):
        return Denied(_("Another teacher was asked to read this."))
    if reading.state != ReadingState.WAITING:
        return Denied(_("This reading is closed. Nothing in it can be changed."))
    return may_read_blind(user, reading.work)


def may_settle(user: Anybody, work: Work) -> Verdict:
    """Whether ``user`` may write down the level on which the readers settle: one of them, while they do not agree."""
    is_open = isinstance(work, ClassWork) or work.state in {RequestState.ASSESSED, RequestState.REVERSED}
    if work.moderated != Moderated.DISAGREED or not is_open:
        return Denied(_("There is nothing to settle: the readings agree, or it has been decided."))
    if judged_first(user, work) or _has_read(user, work):
        return Allowed()
    return Denied(_("The two teachers who read the work settle it between them."))


def _has_read(user: Anybody, work: Work) -> bool:
    of_work = Q(request=work) if isinstance(work, CreditRequest) else Q(class_work=work)
    mine = readings_of(user).filter(of_work, attempt=work.attempt, state=ReadingState.GIVEN)
    return bool(work.moderated) and mine.exists()


def _teaches_in(user: Anybody) -> set[int]:
    """Districts in which ``user`` teaches today."""
    now = standing(user)
    teaching = set(now.people_holding(Role.TEACHER))
    return {district for person, district in now.people.items() if person in teaching}


def _decides_in(user: Anybody) -> QuerySet[School, Any]:
    """Districts in one of whose schools ``user`` decides credit."""
    return schools_where(user, Capability.DECIDE_CREDIT).order_by().values("district")


def keeps_anchors(user: Anybody, district: District) -> Verdict:
    """Whether ``user`` keeps the district's samples and runs its sessions: whoever decides credit there."""
    if schools_where(user, Capability.DECIDE_CREDIT).filter(district=district).exists():
        return Allowed()
    return Denied(_("Examples are kept by those who decide credit in the district."))


def anchors_visible_to(user: Anybody) -> QuerySet[Anchor]:
    """Every sample of the districts whose samples ``user`` keeps; to teachers those in use that no session is about."""
    keeps, teaches_in = _decides_in(user), _teaches_in(user)
    if not teaches_in and not keeps.exists():
        raise NotAllowed(_("Examples of work are for teachers and for those who decide credit."))
    open_ones = Anchor.objects.open_to_teachers().filter(district__in=teaches_in).values("pk")
    return (
        Anchor.objects.filter(Q(district__in=keeps) | Q(pk__in=open_ones))
        .select_related("district", "standard__framework", "level__scale", "source", "replaces")
        .prefetch_related("level__scale__levels")
    )


def get_anchor(user: Anybody, public_id: UUID, *, in_sessions: bool = False) -> Anchor:
    """404 where not visible. ``in_sessions``: also for a teacher who judges it in a session that still runs."""
    found = anchors_visible_to(user).filter(public_id=public_id).first()
    if found is None and in_sessions:
        asked = calibrations_visible_to(user).filter(items__anchor__public_id=public_id)
        found = Anchor.objects.filter(public_id=public_id).first() if asked.exists() else None
    if found is None:
        raise Http404
    return found


def calibrations_visible_to(user: Anybody) -> QuerySet[CalibrationSession]:
    """Sessions for the teachers of where ``user`` teaches, and all of the districts whose samples they keep."""
    keeps, teaches_in = _decides_in(user), _teaches_in(user)
    if not teaches_in and not keeps.exists():
        raise NotAllowed(_("Calibration sessions are for teachers and for those who decide credit."))
    held = [one for one in standing(user).roles if one.role == Role.TEACHER]
    schools = [one.school_id for one in held if one.school_id]
    whole = [one.district_id for one in held if one.school_id is None]
    mine = Q(district__in=teaches_in, school=None) | Q(school__in=schools) | Q(district__in=whole)
    return CalibrationSession.objects.filter(Q(district__in=keeps) | mine).select_related(
        "district", "school", "run_by"
    )


def get_calibration(user: Anybody, public_id: UUID) -> CalibrationSession:
    found = calibrations_visible_to(user).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def judges_in(user: Anybody, session: CalibrationSession) -> Verdict:
    """Whether ``user`` judges its samples: a teacher it is for, who does not run it, before it is opened."""
    now = standing(user)
    if session.run_by_id in now.people or session.district_id not in _teaches_in(user):
        return Denied(_("The teachers it is for judge the examples. Who runs it knows the agreed levels."))
    if keeps_anchors(user, session.district):
        return Denied(_("You keep the examples and know their levels, so your reading would not be blind."))
    if session.opened_at is not None:
        return Denied(_("The session is open, so levels are not changed any more."))
    return Allowed()


def runs(user: Anybody, session: CalibrationSession) -> Verdict:
    """Whether ``user`` runs the session, and so sees what single teachers said."""
    if session.run_by_id in standing(user).people and keeps_anchors(user, session.district):
        return Allowed()
    return Denied(_("%(person)s runs this session.") % {"person": session.run_by})
