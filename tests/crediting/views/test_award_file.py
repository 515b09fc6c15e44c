"""Mastery awards for the school's system: off until confirmed, and matched when they come back."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from crediting.actions.decisions import reverse_award
from crediting.interchange.history import import_history
from crediting.models import AwardReceipt, CourseTerms, LedgerEntry
from crediting.queries.award_file import Layout, layout_of, layouts, newest, rows, tally
from crediting.states import RequestState
from mbl.core import jobs
from mbl.core.models import AuditEvent, District, Job
from mbl.core.states import JobState
from tests.factories.crediting import make_ground, make_request
from tests.personas import Personas

pytestmark = pytest.mark.django_db
PAGE = "/history/awards/"


@pytest.fixture
def award(personas: Personas) -> LedgerEntry:
    """A mastery credit in a course with a state course code."""
    ground = make_ground(personas.school)
    CourseTerms.objects.filter(course__district=personas.district).update(state_course_code="02052")
    student = personas.student.student
    student.local_id, student.ssid = "70001", "1234567890"
    student.save()
    make_request(ground, student, personas.teacher.person, RequestState.AWARDED, decider=personas.credit_manager.user)
    return LedgerEntry.objects.get()


def confirm(personas: Personas) -> None:
    personas.administrator.client().post(PAGE, {"note": "Two rows read into the test system."})


def made_file(personas: Personas) -> str:
    browser = personas.administrator.client()
    browser.post(reverse("crediting:award-file-make"))
    job = Job.objects.get(kind="crediting.award_file")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    answer = browser.get(job.result_url)
    assert "StudentGradeHistory" in answer["Content-Disposition"]
    return answer.getvalue().decode()


def test_it_is_off_until_somebody_has_compared_the_layout(personas: Personas, award: LedgerEntry) -> None:
    browser = personas.administrator.client()
    assert "stays off" in browser.get(PAGE).content.decode()
    assert browser.post(reverse("crediting:award-file-make")).status_code == 400
    confirm(personas)
    seen = District.objects.get(pk=personas.district.pk).settings["award_file"]
    assert seen["by"] == str(personas.administrator.user) and seen["note"].startswith("Two rows")
    assert AuditEvent.objects.filter(verb="crediting.history.layout_confirmed").count() == 1
    assert not District.objects.exclude(pk=personas.district.pk).filter(settings__has_key="award_file").exists()


@pytest.mark.rule("T66")
def test_each_award_with_a_state_code_is_a_row_and_comes_back_matched(
    personas: Personas, award: LedgerEntry, tmp_path: Path
) -> None:
    confirm(personas)
    head, row = (line.split("\t") for line in made_file(personas).splitlines())
    cells = dict(zip(head, row, strict=True))
    assert tuple(head) == newest().columns
    assert (cells["DistrictStudentID"], cells["CourseID"], cells["LetterGrade"]) == (
        "70001",
        award.course_code,
        award.mark,
    )
    assert (cells["AwardID"], cells["StateCourseCode"]) == (str(award.public_id), "02052")
    assert cells["AwardMethod"] == award.method and "credit_manager" in cells["DecidedByRole"]
    source = tmp_path / "back.txt"
    source.write_text("\t".join(head) + "\n" + "\t".join(row) + "\n", encoding="utf-8")
    for _again in range(2):
        result = import_history(source, district=personas.district, actor=None)
        assert (result.changes, result.unchanged) == (0, {"history": 1})
    assert AwardReceipt.objects.get().entry == award and LedgerEntry.objects.count() == 1


def test_an_award_that_was_reversed_is_not_written(personas: Personas, award: LedgerEntry) -> None:
    assert tally(personas.district) == {"total": 1, "received": 0, "left_out": 0}
    reverse_award(award.decision, reason="Again.", actor=personas.credit_manager.user)  # type: ignore[arg-type]
    assert tally(personas.district)["total"] == 0 and list(rows(personas.district, newest())) == []


@pytest.mark.rule("R41")
def test_a_newer_layout_stands_beside_the_one_a_district_confirmed(personas: Personas, award: LedgerEntry) -> None:
    confirm(personas)
    district = District.objects.get(pk=personas.district.pk)
    assert district.settings["award_file"]["layout"] == layout_of(district).version == "1"
    told = AuditEvent.objects.get(verb="crediting.history.layout_confirmed").payload
    assert told["layout"] == "1"

    form = Layout("2027", ("SSID", "CourseTitle", "CreditsEarned"))
    layouts()[form.version] = form
    try:
        (new,) = rows(district, form)
        assert new == ("1234567890", award.course_title, str(award.credits_earned))
        # The file is as it was, and the page asks for the newer one.
        assert made_file(personas).splitlines()[0].split("\t") == list(layouts()["1"].columns)
        page = personas.administrator.client().get(PAGE).content.decode()
        assert "This layout is newer than the one you confirmed" in page and "version 2027" in page
        confirm(personas)
        assert layout_of(District.objects.get(pk=district.pk)) == form
    finally:
        del layouts()[form.version]
