"""The page of a student's course history: everything in its place, corrected by superseding, answered by people."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from crediting.actions.ledger import reverse_entry
from crediting.interchange.history import import_history
from crediting.models import HeldRow, LedgerEntry
from crediting.states import EntryKind, HeldState
from mbl.core.models import AuditEvent
from profiles.models import Student
from tests.assertions import assert_queries
from tests.crediting.recorded import Recorded
from tests.factories.profiles import make_student
from tests.factories.transcripts import make_line, make_transcript
from tests.personas import Personas
from transcripts.queries.student_record import student_record

pytestmark = pytest.mark.django_db
ROW = {
    "course_title": "Geometry", "school_year": "2024-25", "term": "Semester 1", "grade": "10", "mark": "a-",
    "attempted": "0.5", "earned": "0.5", "reason": "The teacher reported a wrong mark.",
}  # fmt: skip


def address(name: str, thing: object) -> str:
    return reverse(f"crediting:history{name}", args=[thing.public_id])  # type: ignore[attr-defined]


def gpa(student: Student) -> Decimal | None:
    fresh = Student.objects.select_related("person", "school", "district").get(pk=student.pk)
    return student_record(fresh, on=dt.date(2026, 11, 1)).record.total.gpa


def test_a_corrected_row_takes_the_place_of_the_old_one(personas: Personas) -> None:
    line = make_line(personas.student.student, mark="B")
    browser = personas.registrar.client()
    recorded = Recorded()
    answer = browser.post(address("-correct", line), ROW)
    assert answer.status_code == 302
    new = LedgerEntry.objects.effective().get()
    assert (new.mark, new.replaces, new.source, new.course_id) == ("A-", line, "registrar", line.course_id)
    assert new.earned_on == line.earned_on and line.reversal.reason == ROW["reason"]
    assert recorded.verbs == ["crediting.history.corrected"]
    page = personas.family.client().get(address("", personas.student.student)).content.decode()
    assert page.count("Geometry") == 3 and "Taken back" in page and "Reversal" in page
    assert "wrong mark" in personas.family.client().get(address("-row", line)).content.decode()
    again = browser.post(address("-correct", line), ROW)
    assert again.status_code == 422 and "taken back already" in again.content.decode()
    assert LedgerEntry.objects.count() == 3


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"mark": "Q7"}, "do not have “Q7”"),
        ({"earned": "1"}, "No more credit can be earned"),
        ({"school_year": "2024-27"}, "Write the school year as"),
        ({"reason": ""}, "Say why"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_a_sentence(
    personas: Personas, changed: dict[str, str], sentence: str
) -> None:
    line = make_line(personas.student.student)
    answer = personas.registrar.client().post(address("-correct", line), ROW | changed)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert LedgerEntry.objects.count() == 1


@pytest.mark.rule("T20")
def test_a_course_of_another_school_keeps_its_school_mark_and_credit(personas: Personas) -> None:
    personas.district.settings = {"marks": {"plus_minus": False}}
    personas.district.save()
    values = ROW | {"school_name": "Lakeside High School", "subject": "math", "mark": "B+"}
    personas.registrar.client().post(address("-new", personas.student.student), values)
    row = LedgerEntry.objects.get()
    assert (row.kind, row.school_name, row.mark, row.school) == ("transfer", "Lakeside High School", "B+", None)
    assert (row.credits_earned, row.term, row.is_numeric) == (Decimal("0.500"), "Semester 1", True)
    assert AuditEvent.objects.get(verb="crediting.history.added").student_id == personas.student.student.public_id


# --- Courses before grade 9 -------------------------------------------------------------------------------------------

ASKED = {"wish": "non_numeric", "asked_on": "2026-11-02", "both": "on"}


def early(personas: Personas, year: int = 2028) -> LedgerEntry:
    student = personas.student.student
    student.graduation_year = year
    student.save()
    make_line(student, "English 9", "A")
    return make_line(student, "Algebra 1", "C", grade="08", school_year=2024)


@pytest.mark.rule("T19")
def test_a_mark_outside_the_average_keeps_the_credit(personas: Personas) -> None:
    line = early(personas)
    assert gpa(line.student) == Decimal("3.000")
    personas.registrar.client().post(address("-early", line), ASKED)
    new = LedgerEntry.objects.get(replaces=line)
    assert (new.mark, new.is_numeric, new.credits_earned) == ("P", False, line.credits_earned)
    assert gpa(line.student) == Decimal("4.000")
    event = AuditEvent.objects.get(verb="crediting.history.early_course")
    assert event.payload == {"wish": "non_numeric", "asked": "2026-11-02"}


@pytest.mark.rule("T19")
@pytest.mark.rule("R40")
def test_the_course_can_be_taken_off_until_the_end_of_grade_11(personas: Personas) -> None:
    line = early(personas)
    browser = personas.registrar.client()
    asked = ASKED | {"wish": "remove"}
    assert "asks for both" in browser.post(address("-early", line), asked | {"both": ""}).content.decode()
    personas.student.student.graduation_year = 2026
    Student.objects.filter(pk=line.student_id).update(graduation_year=2026)
    late = browser.post(address("-early", line), asked).content.decode()
    assert "had to be asked before the end of grade 11, by 30 Jun 2025" in late or "grade 11, by Jun" in late
    assert LedgerEntry.objects.count() == 2
    Student.objects.filter(pk=line.student_id).update(graduation_year=2028)
    assert browser.post(address("-early", line), asked).status_code == 302
    assert gpa(line.student) == Decimal("4.000") and not LedgerEntry.objects.filter(replaces=line).exists()


def test_only_a_course_before_grade_9_can_be_asked_about(personas: Personas) -> None:
    line = make_line(personas.student.student)
    answer = personas.registrar.client().post(address("-early", line), ASKED)
    assert "only for a course taken before grade 9" in answer.content.decode()


# --- Rows that wait ---------------------------------------------------------------------------------------------------

HEAD = "student_id,school_year,term,location,course_code,course_title,grade,mark,attempted,earned\n"


def hold(personas: Personas, folder: Path) -> HeldRow:
    """A row on a transcript that the file now says otherwise."""
    student = personas.student.student
    Student.objects.filter(pk=student.pk).update(local_id="700", ssid="1234567890")
    source = folder / "h.csv"
    for mark in ("B", "A"):
        source.write_text(f"{HEAD}700,2025,S1,,GEO,Geometry,10,{mark},0.5,0.5\n", encoding="utf-8")
        import_history(source, district=personas.district, actor=None)
        if mark == "B":
            make_transcript(
                Student.objects.select_related("person", "school", "district").get(pk=student.pk),
                personas.registrar.user,
            )
    return HeldRow.objects.get()


def test_the_registrar_enters_what_the_file_says(personas: Personas, tmp_path: Path) -> None:
    held = hold(personas, tmp_path)
    browser = personas.registrar.client()
    assert "Geometry" in browser.get(reverse("crediting:history-waiting")).content.decode()
    assert browser.post(address("-held", held), {"note": "The mark was changed.", "take": "1"}).status_code == 302
    held.refresh_from_db()
    new = LedgerEntry.objects.effective().get()
    assert (held.state, new.mark, new.replaces) == (HeldState.TAKEN, "A", held.entry)
    again = import_history(tmp_path / "h.csv", district=personas.district, actor=None)
    assert (again.changes, again.unchanged) == (0, {"history": 1})
    twice = browser.post(address("-held", held), {"note": "Again.", "take": "1"})
    assert "answered this already" in twice.content.decode()


def test_what_was_set_aside_is_not_asked_again(personas: Personas, tmp_path: Path) -> None:
    held = hold(personas, tmp_path)
    personas.registrar.client().post(address("-held", held), {"note": "The transcript is right.", "dismiss": "1"})
    again = import_history(tmp_path / "h.csv", district=personas.district, actor=None)
    assert (again.changes, again.rejected) == (0, {})
    assert LedgerEntry.objects.get().mark == "B" and HeldRow.objects.get().state == HeldState.DISMISSED


# --- Trips ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_takes_as_many_trips_for_thirty_rows_as_for_one(personas: Personas, rows: int) -> None:
    for number in range(rows):
        line = make_line(personas.student.student, f"Course {number}")
        if number % 3 == 1:
            reverse_entry(line, reason="Wrong.", actor=personas.registrar.user)
    browser = personas.registrar.client()
    browser.get("/")
    with assert_queries(12):
        browser.get(address("", personas.student.student))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_as_many_trips_for_thirty_rows_as_for_one(personas: Personas, rows: int) -> None:
    for number in range(rows):
        student = make_student(personas.school)
        HeldRow.objects.create(
            district=personas.district, student=student, entry=make_line(student, f"C {number}"), reason="relied_on",
            source="history", source_key=number,
        )  # fmt: skip
    browser = personas.registrar.client()
    browser.get("/")
    with assert_queries(8):
        browser.get(reverse("crediting:history-waiting"))


def test_every_attempt_shows_also_what_does_not_count(personas: Personas) -> None:
    for mark in ("F", "C", "W"):
        make_line(personas.student.student, "Biology", mark, term=f"Semester {mark}")
    page = personas.counselor.client().get(address("", personas.student.student)).content.decode()
    assert page.count("Biology") == 3 and "Correct it" not in page
    assert LedgerEntry.objects.exclude(kind=EntryKind.REVERSAL).count() == 3
