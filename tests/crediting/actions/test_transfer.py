"""Entering, deciding, confirming, deciding anew, consolidating, appealing: what the record holds after each."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crediting.actions.appeals import make_appeal, overturn_refusal, uphold_refusal
from crediting.actions.corrections import take_row_back
from crediting.actions.transfer import adopt_history, withdraw_line
from crediting.actions.transfer_decisions import (
    DecidedInBetween,
    Verdict,
    confirm_decision,
    consolidate_parts,
    decide_line,
    recognize_as_proposed,
    send_back,
)
from crediting.actions.transfer_waivers import Answer, answer_waiver
from crediting.interchange.history import import_history
from crediting.models import Appeal, CourseTerms, LedgerEntry, TransferDecision, TransferLine, WaiverAnswer
from crediting.queries.ledger import credits_by_subject, credits_earned
from crediting.queries.transfer import parts_of, scales_for, waiver_answers
from crediting.rules.transfer import Days
from crediting.states import AppealState, GivenUnit, Recognition, Sending, TransferState
from hsbp.queries.progress import progress_of
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from profiles.models import Course, ProgramParticipation, Student
from tests.crediting.pages import text_of
from tests.crediting.recorded import Recorded
from tests.factories.crediting import make_course_row
from tests.factories.procedures import APPEAL, make_procedure
from tests.factories.profiles import make_course
from tests.factories.transfer import ALONE, TRANSFER, a_line, enter, make_imported
from tests.personas import Persona, Personas
from transcripts.queries.student_record import student_record

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def geometry(personas: Personas) -> Course:
    """Both districts have a policy and a course Geometry; in the other one a single person decides."""
    make_procedure(personas.other_district, transfer=ALONE | {"decided_by": ["administrator"]})
    make_procedure(personas.district, transfer=TRANSFER, appeal=APPEAL)
    for district in (personas.other_district, personas.district):
        course = make_course(district, "Geometry")
        CourseTerms.objects.create(course=course, credits=D("1.000"), subject="math", state_course_code="02072")
    return course


def newest(line: TransferLine) -> str:
    found = TransferDecision.objects.filter(line=line).order_by("-pk").first()
    return str(found.public_id) if found else ""


def decide(
    line: TransferLine, by: Persona, kind: Recognition = Recognition.WHOLE, course: Course | None = None, **more: Any
) -> TransferDecision:
    said: dict[str, Any] = {"reason": "As the policy says.", "mark": line.mark} | more
    verdict = Verdict(kind, course=course, **said)
    return decide_line(line, verdict=verdict, seen=newest(line), actor=by.user)


def rows(student: Student) -> list[tuple[str, str, Decimal]]:
    standing = LedgerEntry.objects.effective().filter(student=student)
    return [(one.course_code, one.mark, one.credits_earned) for one in standing.order_by("pk")]


# --- Entering ---------------------------------------------------------------------------------------------------------


def test_lines_are_kept_as_given_and_the_same_line_is_kept_once(personas: Personas, geometry: Course) -> None:
    student, registrar = personas.student.student, personas.registrar.user
    recorded = Recorded()
    first = enter(student, registrar, a_line(), a_line(" geometry "), a_line("Art"))
    again = enter(student, registrar, a_line("GEOMETRY"), a_line("Art"))
    assert [line.course_title for line in first] == ["Geometry", "Art"] and again == []
    assert recorded.verbs == ["crediting.transfer.entered"]
    assert LedgerEntry.objects.count() == 0, "nothing counts before somebody decides"
    with pytest.raises(IntegrityError, match="stays as it was typed"), transaction.atomic():
        TransferLine.objects.filter(pk=first[0].pk).update(mark="A")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"earned": D(2)}, "No more credit can be earned"),
        ({"starts_on": dt.date(2025, 6, 1), "ends_on": dt.date(2025, 1, 1)}, "It ends before it begins"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    personas: Personas, geometry: Course, more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        enter(personas.student.student, personas.registrar.user, a_line(**more))
    with pytest.raises(DomainError, match="This has 201 lines"):
        enter(personas.student.student, personas.registrar.user, *[a_line(f"C {one}") for one in range(201)])
    assert TransferLine.objects.count() == 0


def test_who_may_enter_and_decide_the_policy_says(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    for persona in (personas.teacher, personas.principal, personas.family, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            enter(student, persona.user)
    (line,) = enter(student, personas.counselor.user)
    with pytest.raises(NotAllowed):
        decide(line, personas.credit_manager)
    assert TransferDecision.objects.count() == 0


def test_a_line_typed_in_error_is_taken_off_before_anything_is_decided(personas: Personas, geometry: Course) -> None:
    (line,) = enter(personas.student.student, personas.registrar.user)
    withdraw_line(line, reason="Another student's.", actor=personas.registrar.user)
    assert withdraw_line(line, reason="Again", actor=personas.registrar.user).withdrawn_reason == "Another student's."
    (fresh,) = enter(personas.student.student, personas.registrar.user)
    decide(fresh, personas.registrar)
    with pytest.raises(DomainError):
        withdraw_line(fresh, reason="Too late.", actor=personas.registrar.user)


# --- Deciding ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("EC23")
@pytest.mark.rule("T20", partial=True)
@pytest.mark.rule("R17", partial=True)
def test_a_recognized_line_enters_the_record_with_its_school_and_mark(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    (line,) = enter(student, personas.registrar.user, a_line(is_mastery=True, mark="P"))
    recorded = Recorded()
    made = decide(line, personas.registrar, course=geometry)
    twice = decide_line(
        line,
        verdict=Verdict(Recognition.WHOLE, "As the policy says.", geometry),
        seen="",
        actor=personas.registrar.user,
    )
    assert twice == made and recorded.verbs == ["crediting.transfer.decided"]
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.school_name, entry.school, entry.mark) == ("transfer", "Lakeside High School", None, "P")
    assert (entry.course, entry.subject, entry.credits_earned, entry.is_numeric) == (geometry, "math", D(1), False)
    assert (entry.term, entry.school_year, entry.source) == ("Semester 1", 2025, "transfer")
    assert made.frozen_basis["policy"] and "transfer.mastery" in [
        one["reason"]["code"] for one in made.frozen_basis["criteria"]
    ]
    told = Notification.objects.filter(code__startswith="crediting.transfer")
    assert {one.user for one in told} == {personas.student.user, personas.family.user}
    # The plan counts it once, in its subject; the transcript names the school it came from.
    assert credits_earned(credits_by_subject(student)) == D(1) == progress_of(student).earned
    fresh = Student.objects.select_related("person", "school", "district").get(pk=student.pk)
    printed = student_record(fresh, on=dt.date(2026, 11, 1)).record
    assert printed.total.gpa is None, "a P leaves the average alone (T13)"
    with pytest.raises(DomainError, match="Decide it anew there"):
        take_row_back(entry, reason="By the side door.", actor=personas.registrar.user)


@pytest.mark.rule("T7", partial=True)
@pytest.mark.rule("T13", partial=True)
def test_an_attempt_without_credit_is_on_the_record_and_in_the_average(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    failed, passed = enter(
        student, personas.registrar.user, a_line(earned=D(0), mark="F"), a_line("Art", mark="A", school_year=2024)
    )
    decide(failed, personas.registrar, course=geometry)
    decide(passed, personas.registrar, subject="arts")
    fresh = Student.objects.select_related("person", "school", "district").get(pk=student.pk)
    total = student_record(fresh, on=dt.date(2026, 11, 1)).record.total
    assert total.gpa == D("2.000") and credits_earned(credits_by_subject(student)) == D(1)


@pytest.mark.rule("R31", partial=True)
def test_deciding_anew_is_a_reversal_and_a_new_line(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    (line,) = enter(student, personas.registrar.user)
    decide(line, personas.registrar, course=geometry)
    second = decide(line, personas.registrar, Recognition.ELECTIVE, reason="It is another geometry.")
    assert second.second and rows(student) == [(geometry.code, "B", D(1))], "the principal has not confirmed yet"
    confirm_decision(second, actor=personas.principal.user)
    assert [one.kind for one in LedgerEntry.objects.order_by("pk")] == ["transfer", "reversal", "transfer"]
    stands, first = LedgerEntry.objects.effective().get(), LedgerEntry.objects.earliest("pk")
    assert (stands.subject, stands.course, stands.replaces) == ("elective", None, first)
    with pytest.raises(IntegrityError), transaction.atomic():
        TransferDecision.objects.filter(pk=second.pk).update(credits=0)


def test_a_second_person_confirms_what_is_lowered_or_sends_it_back(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    (line,) = enter(student, personas.registrar.user)
    refused = decide(line, personas.registrar, Recognition.REFUSED, reason="No syllabus.")
    line.refresh_from_db()
    assert (line.state, rows(student)) == (TransferState.TO_CONFIRM, [])
    assert Notification.objects.get(code="crediting.transfer_to_confirm").user == personas.principal.user
    assert not Notification.objects.filter(user=personas.student.user).exists()
    with pytest.raises(NotAllowed):
        confirm_decision(refused, actor=personas.registrar.user)
    with pytest.raises(DomainError, match="waits for a second person"):
        decide(line, personas.counselor, course=geometry)
    send_back(refused, reason="Ask for the syllabus.", actor=personas.principal.user)
    line.refresh_from_db()
    assert line.state == TransferState.WAITING
    assert Notification.objects.get(code="crediting.transfer_sent_back").user == personas.registrar.user
    again = decide(line, personas.counselor, Recognition.REFUSED, reason="It has none.")
    confirm_decision(again, actor=personas.principal.user)
    assert confirm_decision(again, actor=personas.principal.user) == again
    with pytest.raises(DecidedInBetween):
        send_back(again, reason="No.", actor=personas.principal.user)
    assert rows(student) == [] and Notification.objects.filter(code="crediting.transfer_refused").count() == 1


def test_what_somebody_else_decided_is_not_overwritten(personas: Personas, geometry: Course) -> None:
    (line,) = enter(personas.student.student, personas.registrar.user)
    decide(line, personas.registrar, course=geometry)
    with pytest.raises(DecidedInBetween, match="has decided this"):
        decide_line(line, verdict=Verdict(Recognition.REFUSED, "No."), seen="", actor=personas.counselor.user)
    assert TransferDecision.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "more", "sentence"),
    [
        (Recognition.PARTIAL, {"credits": D("1.5")}, "more than can be given"),
        (Recognition.PARTIAL, {}, "more than 0"),
        (Recognition.WHOLE, {"mark": "ZZ"}, "do not have “ZZ”"),
        (Recognition.WHOLE, {"mark": "F"}, "Credit needs a mark"),
        (Recognition.WHOLE, {"reason": "  "}, "Say why"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    personas: Personas, geometry: Course, kind: Recognition, more: dict[str, Any], sentence: str
) -> None:
    (line,) = enter(personas.student.student, personas.registrar.user)
    with pytest.raises(DomainError, match=sentence):
        decide(line, personas.registrar, kind, geometry, **more)
    assert TransferDecision.objects.count() == LedgerEntry.objects.count() == 0


def test_many_lines_are_recognized_with_one_press_and_one_message(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    lines = enter(
        student, personas.registrar.user, a_line(), a_line("Algebra", mark="ZZ"), a_line("GEOMETRY", term="S2")
    )
    made = recognize_as_proposed(lines, reason="As the policy says.", actor=personas.registrar.user)
    # The second geometry has no room left, and nobody here knows the mark ZZ: both are opened by themselves.
    assert [one.line.course_title for one in made] == ["Geometry"] and rows(student) == [(geometry.code, "B", D(1))]
    assert recognize_as_proposed(lines, reason="Again.", actor=personas.registrar.user) == []
    assert Notification.objects.filter(user=personas.student.user).count() == 1


# --- Imported history -------------------------------------------------------------------------------------------------


@pytest.fixture
def imported(personas: Personas) -> LedgerEntry:
    return make_imported(personas.student.student)


@pytest.mark.rule("T20", partial=True)
def test_an_imported_line_is_replaced_and_never_counted_twice(
    personas: Personas, geometry: Course, imported: LedgerEntry
) -> None:
    student = personas.student.student
    (line,) = enter(student, personas.registrar.user)
    assert line.history_entry == imported
    assert adopt_history(imported, sending=Sending.UNKNOWN, actor=personas.registrar.user) == line
    decide(line, personas.registrar, course=geometry)
    assert rows(student) == [(geometry.code, "B", D(1))] and imported.reversal.source == "registrar"
    refused = decide(line, personas.registrar, Recognition.REFUSED)
    confirm_decision(refused, actor=personas.principal.user)
    assert rows(student) == []


def test_an_import_after_the_decision_comes_off_when_it_is_looked_at(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    (line,) = enter(student, personas.registrar.user)
    decide(line, personas.registrar, course=geometry)
    late = make_imported(student)
    assert adopt_history(late, sending=Sending.UNKNOWN, actor=personas.registrar.user) == line
    assert rows(student) == [(geometry.code, "B", D(1))] and late.reversal is not None


# --- Parts of one course ----------------------------------------------------------------------------------------------


def parts(personas: Personas, course: Course, count: int = 3) -> list[TransferLine]:
    lines = enter(
        personas.student.student,
        personas.registrar.user,
        *[a_line(term=f"T{number}", mark="AB"[number % 2]) for number in range(1, count + 1)],
        unit=GivenUnit.TRIMESTER,
    )
    for line in lines:
        decide(line, personas.registrar, course=course)
    return lines


@pytest.mark.rule("R27")
def test_parts_of_one_course_become_one_line_without_loss(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    parts(personas, geometry)
    assert [credits for _code, _mark, credits in rows(student)] == [D("0.333")] * 3
    recorded = Recorded()
    with pytest.raises(DomainError, match="Choose one of the marks"):
        consolidate_parts(student, geometry, mark="C", reason="One course.", actor=personas.registrar.user)
    with pytest.raises(NotAllowed):
        consolidate_parts(student, geometry, mark="A", reason="One course.", actor=personas.teacher.user)
    entry = consolidate_parts(student, geometry, mark="A", reason="One course.", actor=personas.registrar.user)
    assert entry is not None and rows(student) == [(geometry.code, "A", D("1.000"))]
    assert consolidate_parts(student, geometry, mark="A", reason="Twice.", actor=personas.registrar.user) is None
    assert recorded.verbs == ["crediting.transfer.consolidated"]
    assert LedgerEntry.objects.filter(kind="reversal").count() == 3


def test_deciding_one_part_anew_leaves_the_others_standing(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    first, *_others = parts(personas, geometry)
    consolidate_parts(student, geometry, mark="A", reason="One course.", actor=personas.registrar.user)
    lowered = decide(first, personas.registrar, Recognition.REFUSED)
    confirm_decision(lowered, actor=personas.principal.user)
    assert rows(student) == [(geometry.code, "A", D("0.667"))]


@pytest.mark.rule("T18", partial=True)
def test_hours_of_a_college_are_summed_exactly(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    lines = enter(
        student, personas.registrar.user, *[a_line(f"Seminar {one}") for one in range(3)],
        unit=GivenUnit.COLLEGE_SEMESTER,
    )  # fmt: skip
    for line in lines:
        decide(line, personas.registrar, subject="arts")
    assert credits_earned(credits_by_subject(student)) == D("1.000")


# --- Protected students -----------------------------------------------------------------------------------------------


@pytest.mark.rule("R27")
def test_credit_of_a_student_in_foster_care_cannot_be_refused(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    ProgramParticipation.objects.create(
        district=student.district, student=student, program="foster", starts_on=dt.date(2026, 1, 1)
    )
    (line,) = enter(student, personas.registrar.user, a_line(earned=D(0), mark="W", attended=D(31), of_days=D(90)))
    with pytest.raises(DomainError, match="RCW 28A.320.192"):
        decide(line, personas.registrar, Recognition.REFUSED, geometry)
    made = decide(line, personas.registrar, Recognition.PARTIAL, geometry, credits=D("0.344"), mark="P")
    assert not made.second and rows(student) == [(geometry.code, "P", D("0.344"))]


def protect(student: Student, program: str = "foster") -> None:
    ProgramParticipation.objects.create(
        district=student.district, student=student, program=program, starts_on=dt.date(2026, 1, 1)
    )


def own_row(personas: Personas, course: Course, mark: str = "W", earned: str = "0.000", **fields: Any) -> LedgerEntry:
    """A row of the student's own school that was not brought to an end."""
    usual: dict[str, Any] = {"attempted": "0.500", "term": "Semester 2", "term_order": 2}
    return make_course_row(personas.student.student, course, mark, earned=earned, **usual | fields)


@pytest.mark.rule("R27")
def test_work_left_unfinished_here_is_put_together_with_what_came_from_elsewhere(
    personas: Personas, geometry: Course
) -> None:
    student = personas.student.student
    left = own_row(personas, geometry)
    (line,) = enter(student, personas.registrar.user, a_line(earned=D("0.5"), attempted=D("0.5"), mark="B"))
    decide(line, personas.registrar, course=geometry)
    assert parts_of(scales_for(student, [])) == []  # no law demands it for this student
    protect(student)
    (parts,) = parts_of(scales_for(student, []))
    assert parts.to_measure == [left] and parts.marks == ("B",)
    act = partial(consolidate_parts, student, geometry, mark="B", reason="One course.", actor=personas.registrar.user)
    with pytest.raises(DomainError, match="Say how many days of Semester 2"):
        act()
    with pytest.raises(DomainError, match="Say how many days of Semester 2"):
        act(days={left.pk: Days(D(91), D(90))})
    entry = act(days={left.pk: Days(D(30), D(90))})
    # 0.5 × 30/90 = 1/6, kept exact: 0.5 + 0.1666… = 0.667.
    assert entry is not None and rows(student) == [(geometry.code, "B", D("0.667"))]
    assert act(days={left.pk: Days(D(30), D(90))}) is None
    left.refresh_from_db()
    assert left.mark == "W" and left.reversal.source == "registrar"
    part = entry.consolidated_parts.get()
    assert (part.part, part.exact, part.attended, part.of_days) == (left, "1/6", D(30), D(90))
    # The line from elsewhere is decided anew: what was completed here stands without it.
    refused = decide(line, personas.registrar, Recognition.PARTIAL, geometry, credits=D("0.5"), mark="B")
    assert refused.credits == D("0.5")
    assert sum(credits for _code, _mark, credits in rows(student)) == D("0.667")


@pytest.mark.rule("R27", partial=True)
def test_a_single_withdrawal_gives_the_credit_of_its_days_and_never_above_the_course(
    personas: Personas, geometry: Course
) -> None:
    student = personas.student.student
    protect(student)
    left = own_row(personas, geometry, "I", attempted="1.000")
    entry = consolidate_parts(
        student,
        geometry,
        mark="P",
        reason="Withdrawn in March.",
        days={left.pk: Days(D(45), D(90))},
        actor=personas.registrar.user,
    )
    assert entry is not None and (entry.kind, entry.school_name) == ("course", left.school_name)
    assert rows(student) == [(geometry.code, "P", D("0.500"))]
    assert parts_of(scales_for(student, [])) == []
    # The course is finished since: nothing of it is left to give.
    own_row(personas, geometry, "B", earned="0.500", term="Semester 1")
    own_row(personas, geometry, "W", term="Summer")
    assert [one.room for one in parts_of(scales_for(student, []))] == [D("0.500")]


def test_what_an_award_has_made_good_is_not_put_together(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    protect(student)
    left = own_row(personas, geometry, "I")
    LedgerEntry.objects.create(
        district=student.district,
        student=student,
        kind="mastery",
        course=geometry,
        course_code=geometry.code,
        course_title=geometry.title,
        subject="math",
        school_name="Northfield",
        school_year=2026,
        term="Semester 2",
        mark="P",
        credits_attempted=D("0.5"),
        credits_earned=D("0.5"),
        earned_on=dt.date(2026, 6, 1),
        recovers=left,
    )
    assert parts_of(scales_for(student, [])) == []


# --- The duty to waive a required course ------------------------------------------------------------------------------

NOT_WAIVED = Answer(
    "Washington State History",
    "Montana history, grade 9",
    waived=False,
    reason="It did not treat this state.",
    alternative="The half-credit evening course in spring.",
)


def test_the_answer_is_recorded_told_and_can_be_given_anew(personas: Personas, geometry: Course) -> None:
    student, registrar = personas.student.student, personas.registrar.user
    with pytest.raises(DomainError, match="No law demands this"):
        answer_waiver(student, answer=NOT_WAIVED, actor=registrar)
    protect(student, "homeless")
    with pytest.raises(NotAllowed):
        answer_waiver(student, answer=NOT_WAIVED, actor=personas.teacher.user)
    with pytest.raises(DomainError, match="Name another way") as refused:
        answer_waiver(student, answer=replace(NOT_WAIVED, alternative=" "), actor=registrar)
    assert refused.value.field == "alternative"
    recorded = Recorded()
    first = answer_waiver(student, answer=NOT_WAIVED, actor=registrar)
    assert answer_waiver(student, answer=NOT_WAIVED, actor=registrar) == first
    assert recorded.verbs == ["crediting.transfer.waiver_answered"]
    assert (first.citation, first.answered_by_person, first.waived) == (
        "RCW 28A.320.192(2)",
        personas.registrar.person,
        False,
    )
    told = Notification.objects.filter(code__startswith="crediting.waiver_answered")
    assert set(told.values_list("user", flat=True)) == {personas.student.user.pk, personas.family.user.pk}
    again = answer_waiver(
        student,
        answer=Answer("washington state history", "Its transcript shows this state.", waived=True, reason="Now shown."),
        actor=registrar,
    )
    assert again.replaces == first and WaiverAnswer.objects.count() == 2
    assert waiver_answers(student) == [again]
    with pytest.raises(IntegrityError), transaction.atomic():
        WaiverAnswer.objects.update(reason="Other.")


def test_the_answer_stands_on_the_transfer_page_and_says_how_it_was_decided(
    personas: Personas, geometry: Course
) -> None:
    student = personas.student.student
    protect(student, "homeless")
    browser = personas.registrar.client()
    path = f"/transfer/students/{student.public_id}/waiver/"
    assert "A course required to graduate is waived" in text_of(browser.get(path))
    posted = {
        "requirement": "Washington State History",
        "similar_work": "Montana history",
        "answer": "no",
        "reason": "It did not treat this state.",
    }
    assert browser.post(path, posted).status_code == 422
    answer = browser.post(path, posted | {"alternative": "The evening course."})
    made = WaiverAnswer.objects.get()
    assert answer["Location"] == f"/transfer/waivers/{made.public_id}/"
    for persona in (personas.registrar, personas.family, personas.student):
        page = text_of(persona.client().get(f"/transfer/waivers/{made.public_id}/"))
        assert "It did not treat this state." in page and "The evening course." in page
        assert str(personas.registrar.person) in page and "RCW 28A.320.192(2)" in page
        page = text_of(persona.client().get(f"/transfer/students/{student.public_id}/"))
        assert "Washington State History" in page, (persona.name, "State law" in page)
        assert "Not waived" in page, persona.name
    # The principal sees the record, and not that law protects the student.
    for persona in (personas.principal, personas.teacher, personas.other_district_administrator):
        assert persona.client().get(f"/transfer/waivers/{made.public_id}/").status_code == 404


# --- Appeals ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R33")
@pytest.mark.rule("EC23")
def test_a_refusal_is_appealed_answered_by_somebody_else_and_decided_anew(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    (line,) = enter(student, personas.registrar.user)
    refused = decide(line, personas.registrar, Recognition.REFUSED, reason="No syllabus.")
    with pytest.raises(DomainError, match="not a refusal that stands"):
        make_appeal(refused, statement="Not yet told.", actor=personas.student.user)
    confirm_decision(refused, actor=personas.principal.user)
    with pytest.raises(NotAllowed):
        make_appeal(refused, statement="For them.", actor=personas.registrar.user)
    appeal = make_appeal(refused, statement="Here is the syllabus.", actor=personas.family.user)
    assert make_appeal(refused, statement="Twice.", actor=personas.student.user) == appeal
    assert (appeal.refusal, appeal.roles) == (refused, ["administrator"])
    overturn_refusal(appeal, reason="The syllabus shows it.", actor=personas.administrator.user)
    line.refresh_from_db()
    assert line.state == TransferState.WAITING and Appeal.objects.get().state == AppealState.OVERTURNED
    again = decide(line, personas.registrar, course=geometry, reason="After the appeal.")
    assert again.replaces == refused and rows(student) == [(geometry.code, "B", D(1))]


@pytest.mark.rule("R33")
def test_a_lower_recognition_is_appealed_and_stands_while_the_answer_waits(
    personas: Personas, geometry: Course
) -> None:
    student = personas.student.student
    (line,) = enter(student, personas.registrar.user)
    half = decide(line, personas.registrar, Recognition.PARTIAL, geometry, credits=D("0.5"))
    confirm_decision(half, actor=personas.principal.user)
    appeal = make_appeal(half, statement="It was a whole year.", actor=personas.student.user)
    uphold_refusal(appeal, reason="The hours were half.", actor=personas.administrator.user)
    assert rows(student) == [(geometry.code, "B", D("0.5"))]
    line.refresh_from_db()
    assert line.state == TransferState.DECIDED


def test_nobody_who_refused_or_confirmed_answers_the_appeal(personas: Personas) -> None:
    roles = APPEAL | {"roles": ["principal", "registrar"]}
    make_procedure(personas.district, transfer=TRANSFER, appeal=roles)
    (line,) = enter(personas.student.student, personas.registrar.user)
    refused = decide(line, personas.registrar, Recognition.REFUSED)
    confirm_decision(refused, actor=personas.principal.user)
    appeal = make_appeal(refused, statement="Please look again.", actor=personas.student.user)
    for persona in (personas.registrar, personas.principal):
        with pytest.raises(NotAllowed, match="refused this yourself"):
            uphold_refusal(appeal, reason="No.", actor=persona.user)


# --- The other way round ----------------------------------------------------------------------------------------------


def test_decided_credit_that_the_schools_system_sends_back_is_received_not_added(
    personas: Personas, geometry: Course, tmp_path: Path
) -> None:
    student = personas.student.student
    (line,) = enter(student, personas.registrar.user)
    decide(line, personas.registrar, course=geometry)
    Student.objects.filter(pk=student.pk).update(local_id="700")
    (tmp_path / "h.csv").write_text(
        "student_id,school_year,term,location,school_name,course_code,course_title,grade,mark,attempted,earned\n"
        f"700,2025,S1,9999,Lakeside High School,{geometry.code},Geometry,10,B,1.0,1.0\n",
        encoding="utf-8",
    )
    report = import_history(tmp_path / "h.csv", district=personas.district, actor=None)
    assert report.rejected == {} and rows(student) == [(geometry.code, "B", D(1))]


def test_the_policy_of_one_district_is_not_that_of_another(personas: Personas, geometry: Course) -> None:
    other = personas.other_district_student.student
    (line,) = enter(other, personas.other_district_administrator.user)
    assert scales_for(other, [line]).weigh(line).course is not None
    made = decide(line, personas.other_district_administrator, Recognition.REFUSED)
    assert not made.second, "there, one person decides"
    with pytest.raises(NotAllowed):
        decide(line, personas.registrar)
