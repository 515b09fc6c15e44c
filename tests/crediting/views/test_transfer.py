"""The pages of credit from another school: typing and pasting, deciding, reading how it was decided, the letter."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crediting.actions.transfer_decisions import Verdict, confirm_decision, decide_line
from crediting.models import CourseTerms, LedgerEntry, TransferDecision, TransferLine
from crediting.states import Recognition
from profiles.models import Course, ProgramParticipation
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.procedures import APPEAL, make_procedure
from tests.factories.profiles import make_course, make_student
from tests.factories.transfer import TRANSFER, a_line, enter, make_imported
from tests.personas import Personas

pytestmark = pytest.mark.django_db
HEAD = {
    "from_school": "Lakeside High School",
    "from_place": "Idaho",
    "sending": "accredited",
    "unit": "semester",
    "document": "Transcript",
    "lines-TOTAL_FORMS": "1",
    "lines-INITIAL_FORMS": "0",
}
LINE = {"lines-0-course_title": "Geometry", "lines-0-school_year": "2024-25", "lines-0-earned": "1"}


@pytest.fixture
def geometry(personas: Personas) -> Course:
    make_procedure(personas.other_district, transfer=TRANSFER | {"decided_by": ["administrator"]})
    make_procedure(personas.district, transfer=TRANSFER, appeal=APPEAL)
    course = make_course(personas.district, "Geometry")
    CourseTerms.objects.create(course=course, credits=Decimal(1), subject="math")
    return course


def url(name: str, thing: Any) -> str:
    return reverse(f"crediting:transfer{name}", args=[thing.public_id])


def post(browser: Client, personas: Personas, **changed: str) -> Any:
    return browser.post(url("-new", personas.student.student), HEAD | LINE | changed)


def test_a_transcript_is_typed_decided_and_read_by_the_family(personas: Personas, geometry: Course) -> None:
    browser = personas.registrar.client()
    assert post(browser, personas, **{"lines-0-mark": "b+"}).status_code == 302
    line = TransferLine.objects.get()
    page = browser.get(url("", personas.student.student)).content.decode()
    assert "Proposed: Recognized" in page and "0.5 credits, Geometry" in page
    page = browser.get(url("-line", line)).content.decode()
    assert "1 (Semester credits) × 0.5 = 0.5 credits." in page and "WAC 180-51-050(6)" in page
    said = {"kind": "whole", "counts_for": f"course:{geometry.public_id}", "mark": "B+", "reason": "A year is 1.0."}
    assert browser.post(url("-line", line), said).status_code == 302
    assert LedgerEntry.objects.get().credits_earned == Decimal("0.5")
    family = personas.family.client()
    with assert_no_writes():
        page = family.get(url("-line", line)).content.decode()
    assert "A year is 1.0." in page and "× 0.5 = 0.5" in page and "Decide anew" not in page
    assert "Lakeside High School" in family.get(url("", personas.student.student)).content.decode()
    history = family.get(reverse("crediting:history-row", args=[LedgerEntry.objects.get().public_id])).content.decode()
    assert "How this was decided" in history
    other = personas.other_district_administrator.client()
    assert other.get(url("-line", line)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"lines-0-earned": "1e400"}, "is not a number that can stand here"),
        ({"lines-0-earned": "NaN"}, "is not a number that can stand here"),
        ({"lines-0-earned": "1,000"}, "can be read in two ways"),
        ({"lines-0-school_year": "next"}, "Write the school year as"),
        ({"lines-0-starts_on": "2025-06-01", "lines-0-ends_on": "2025-01-01"}, "It ends before it begins"),
        ({"lines-0-course_title": "\u200b"}, "required"),
        ({"sending": "nowhere"}, "Select a valid choice"),
        ({"from_school": "\u200b"}, "required"),
        ({"pasted": "\n".join(f"Course {one}\t\t2025\tS1\t\t\t1\tB" for one in range(500))}, "This has 500 lines"),
        ({"pasted": "Art\t\t2025\tS1\t\t\tlots\tB\nMusic\t\tnever\t\t\t\t1\tA"}, "Line 1: “lots” is not a number"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_kept(
    personas: Personas, geometry: Course, changed: dict[str, str], sentence: str
) -> None:
    answer = post(personas.registrar.client(), personas, **changed)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert TransferLine.objects.count() == 0


def test_pasted_lines_are_entered_and_what_was_there_is_named(personas: Personas, geometry: Course) -> None:
    browser = personas.registrar.client()
    pasted = "Art\tA1\t2025\tS1\t09\t1\t0,5\ta\n\nMusic\t\t2025\tS2\t\t\t1\tP\n"
    assert post(browser, personas, pasted=pasted).status_code == 302
    assert post(browser, personas, pasted=pasted).status_code == 302
    lines = {one.course_title: one for one in TransferLine.objects.all()}
    assert set(lines) == {"Geometry", "Art", "Music"}
    assert (lines["Art"].given_earned, lines["Art"].given_attempted, lines["Art"].mark) == (
        Decimal("0.5"),
        Decimal(1),
        "A",
    )
    page = browser.get(url("", personas.student.student)).content.decode()
    assert "3 lines were there already" in page


def test_no_line_at_all_is_said(personas: Personas, geometry: Course) -> None:
    answer = personas.registrar.client().post(url("-new", personas.student.student), HEAD)
    assert answer.status_code == 422 and "Enter at least one line" in answer.content.decode()


def test_without_a_policy_lines_are_entered_and_the_page_says_what_is_missing(personas: Personas) -> None:
    browser = personas.registrar.client()
    assert post(browser, personas, unit="credit").status_code == 302
    page = browser.get(url("", personas.student.student)).content.decode()
    assert "Cannot be decided yet" in page and "an administrator adds the part" in page
    page = browser.get(url("-line", TransferLine.objects.get())).content.decode()
    assert "No policy in force says" in page and "Your decision" not in page


def test_a_refusal_is_confirmed_read_printed_and_appealed(personas: Personas, geometry: Course) -> None:
    (line,) = enter(personas.student.student, personas.registrar.user)
    said = {"kind": "refused", "reason": "The hours are not shown."}
    assert personas.registrar.client().post(url("-line", line), said).status_code == 302
    student = personas.student.client()
    assert "Appeal against this" not in student.get(url("-line", line)).content.decode()
    principal = personas.principal.client()
    assert "wait for you" in principal.get(reverse("crediting:transfer-queue")).content.decode()
    assert line.course_title in principal.get(reverse("crediting:transfer-queue") + "?show=confirm").content.decode()
    assert "Your confirmation" in principal.get(url("-line", line)).content.decode()
    empty = principal.post(url("-confirm", line), {"verdict": "back"})
    assert empty.status_code == 422
    assert principal.post(url("-confirm", line), {"verdict": "confirm"}).status_code == 302
    page = student.get(url("-line", line)).content.decode()
    assert "Appeal against this" in page and "The hours are not shown." in page
    letter = student.get(url("-letter", line)).content.decode()
    assert "If you disagree" in letter and "The hours are not shown." in letter and "WAC 180-51-050(6)" in letter
    decision = TransferDecision.objects.get()
    made = student.post(
        reverse("crediting:appeal-transfer", args=[decision.public_id]), {"statement": "They are on page 2."}
    )
    assert made.status_code == 302
    answer = personas.administrator.client().get(made["Location"]).content.decode()
    assert "They are on page 2." in answer and url("-line", line) in answer
    assert "The appeal against it" in student.get(url("-line", line)).content.decode()


@pytest.mark.rule("R27", partial=True)
def test_duties_stand_first_for_who_decides_and_for_the_family_and_nobody_else(
    personas: Personas, geometry: Course
) -> None:
    student = personas.student.student
    ProgramParticipation.objects.create(
        district=student.district, student=student, program="homeless", starts_on=dt.date(2026, 1, 1)
    )
    (line,) = enter(student, personas.registrar.user)
    for persona in (personas.registrar, personas.counselor, personas.family):
        page = persona.client().get(url("", student)).content.decode()
        assert "State law demands this for the student." in page and "RCW 28A.320.192(3)" in page
        assert "homeless" not in page, "the law is named, never the program"
    for persona in (personas.credit_manager, personas.administrator):
        browser = persona.client()
        assert "State law demands" not in browser.get(url("", student)).content.decode()
        assert "28A.320.192" not in browser.get(url("-line", line)).content.decode()


def test_imported_lines_and_parts_are_offered(personas: Personas, geometry: Course) -> None:
    student = personas.student.student
    entry = make_imported(student, "Art", school_name="Lakeside")
    browser = personas.registrar.client()
    assert "On the record from the imported history" in browser.get(url("", student)).content.decode()
    assert browser.post(url("-adopt", entry), {"sending": "accredited"}).status_code == 302
    assert browser.post(url("-adopt", entry), {"sending": "accredited"}).status_code == 302
    assert TransferLine.objects.get().history_entry == entry
    halves = enter(
        student,
        personas.registrar.user,
        *[a_line(term=term, earned=Decimal("0.5"), attempted=Decimal("0.5")) for term in ("S1", "S2")],
    )
    for line in halves:
        verdict = Verdict(Recognition.WHOLE, "Yes.", geometry, mark="B")
        decide_line(line, verdict=verdict, seen="", actor=personas.registrar.user)
    assert "Put 2 parts of Geometry together" in browser.get(url("", student)).content.decode()
    together = reverse("crediting:transfer-consolidate", args=[student.public_id, geometry.public_id])
    assert browser.post(together, {"mark": "B", "reason": "One course."}).status_code == 302
    assert LedgerEntry.objects.effective().get(course=geometry).credits_earned == 1
    assert browser.get(together).status_code == 302, "nothing is left"


def test_recognizing_all_at_once(personas: Personas, geometry: Course) -> None:
    enter(personas.student.student, personas.registrar.user, a_line(), a_line("Unheard of"))
    browser = personas.registrar.client()
    assert "Recognize 1 line as proposed" in browser.get(url("", personas.student.student)).content.decode()
    browser.post(url("-recognize", personas.student.student), {"all-reason": "As the policy says."})
    assert TransferDecision.objects.get().line.course_title == "Geometry"


def test_the_table_starts_no_formula(personas: Personas, geometry: Course) -> None:
    enter(personas.student.student, personas.registrar.user, a_line("=HYPERLINK(1)"), school="@SUM(1)")
    answer = personas.registrar.client().get(url("-table", personas.student.student))
    text = answer.getvalue().decode("utf-8-sig")
    _head, row = list(csv.reader(io.StringIO(text)))
    assert (row[0], row[2]) == ("'@SUM(1)", "'=HYPERLINK(1)")


def test_markup_in_a_title_stays_text(personas: Personas, geometry: Course) -> None:
    (line,) = enter(personas.student.student, personas.registrar.user, a_line("<script>alert(1)</script>"))
    for address in (url("", personas.student.student), url("-line", line)):
        assert "<script>alert(1)" not in personas.registrar.client().get(address).content.decode()


# --- Trips ------------------------------------------------------------------------------------------------------------


def many(personas: Personas, geometry: Course, lines: int) -> list[TransferLine]:
    made = enter(personas.student.student, personas.registrar.user, *[a_line(f"C {one}") for one in range(lines)])
    for number, line in enumerate(made):
        if number % 3 == 0:
            verdict = Verdict(Recognition.WHOLE, "Yes.", subject="arts", mark="B")
            decide_line(line, verdict=verdict, seen="", actor=personas.registrar.user)
    return made


@pytest.mark.parametrize("lines", [1, 30])
def test_the_page_takes_as_many_trips_for_thirty_lines_as_for_one(
    personas: Personas, geometry: Course, lines: int
) -> None:
    many(personas, geometry, lines)
    browser = personas.registrar.client()
    browser.get("/")
    with assert_queries(20):
        browser.get(url("", personas.student.student))


@pytest.mark.parametrize("lines", [1, 30])
def test_the_queue_takes_as_many_trips_for_thirty_lines_as_for_one(
    personas: Personas, geometry: Course, lines: int
) -> None:
    for _number in range(lines):
        enter(make_student(personas.school), personas.registrar.user, a_line("Art"))
    browser = personas.registrar.client()
    browser.get("/")
    with assert_queries(10):
        browser.get(reverse("crediting:transfer-queue"))


@pytest.mark.parametrize("lines", [1, 30])
def test_one_line_takes_the_same_trips_whatever_stands_beside_it(
    personas: Personas, geometry: Course, lines: int
) -> None:
    line, *_others = many(personas, geometry, lines)
    second = Verdict(Recognition.ELECTIVE, "Another.", mark="B")
    newest = str(TransferDecision.objects.get(line=line).public_id)
    made = decide_line(line, verdict=second, seen=newest, actor=personas.registrar.user)
    confirm_decision(made, actor=personas.principal.user)
    browser = personas.student.client()
    browser.get("/")
    with assert_queries(20):
        browser.get(url("-line", line))
