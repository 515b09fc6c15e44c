"""The report page, its job, its files and the screen of exact counts."""

import csv
import io

import pypdf
import pytest
from django.core.files.storage import storages
from django.urls import reverse

from equity.actions.snapshots import ask_for_report, take_snapshot
from equity.models import EquityFile, EquitySnapshot, EquityTable
from equity.queries.report import latest, read_table, read_tables, school_names
from equity.reports import csv as table_file
from equity.rules.suppression import Hidden, Shown, Suppressed
from mbl.core import clock, jobs
from mbl.core.models import AuditEvent
from mbl.core.states import JobState
from profiles.models import School
from tests.factories.equity import make_group, make_mastery_entry
from tests.personas import Personas

URL = "/equity/"


@pytest.fixture
def school(personas: Personas) -> School:
    """The V-SUP school of the data brief, without the persona's own student among its groups."""
    home = personas.student.student.school
    assert home is not None
    for race, n, a in [("N", 6, 3), ("A", 45, 44), ("B", 31, 9), ("P", 12, 4), ("W", 258, 129)]:
        make_group(home, race, n, a)
    return home


def year_of(school: School) -> int:
    return clock.school_year(clock.today(school.district))


def make_report(personas: Personas, school: School) -> EquitySnapshot:
    job = ask_for_report(school.district, year_of(school), actor=personas.administrator.user, label="Report")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.problem
    found = latest(school.district, year_of(school))
    assert found is not None
    return found


@pytest.mark.rule("T53", "T55", "R74")
def test_the_page_hides_small_groups_and_their_numbers(personas: Personas, school: School) -> None:
    make_report(personas, school)
    html = personas.administrator.client().get(URL).content.decode()
    assert "Hidden: fewer than 10 students" in html
    assert "Hidden so that another hidden number cannot be worked out" in html
    assert "More than 95%" in html
    assert "29.0%" in html
    assert "50.0%" in html
    assert "WAC 180-51-051(3)(a)" in html
    assert "in compliance" not in html


@pytest.mark.rule("T56")
def test_page_csv_and_pdf_hide_the_same(personas: Personas, school: School) -> None:
    snapshot = make_report(personas, school)
    table = read_table(snapshot)
    assert table is not None
    hidden = [row for row in table.rows if isinstance(row.published, Suppressed)]
    assert hidden
    client = personas.administrator.client()

    response = client.get(reverse("equity:download-csv"))
    assert response["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert len(rows) == sum(len(t.rows) + 1 for t in read_tables(snapshot))
    small = [r for r in rows if r["Group"] == "American Indian or Alaska Native"]
    assert small
    assert all((r["Students"], r["Received"], r["Rate, percent"]) == ("", "", "") for r in small)
    assert all(r["Note"].startswith("Hidden") for r in small)

    response = client.get(reverse("equity:download-pdf"))
    reader = pypdf.PdfReader(io.BytesIO(b"".join(response)))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "Hidden: fewer than 10 students" in text
    assert "/Marked" in str(reader.root_object["/MarkInfo"])
    assert "/StructTreeRoot" in reader.root_object


def test_a_formula_in_a_school_name_is_defused_in_the_file(personas: Personas, school: School) -> None:
    School.objects.filter(pk=school.pk).update(name="=HYPERLINK(0)")
    snapshot = take_snapshot(school.district, year_of(school), actor=None)
    text = io.StringIO()
    from mbl.core.tabular import write_csv

    names = school_names(school.district)
    write_csv(text, table_file.header(), table_file.rows(read_tables(snapshot), school.district, names))
    assert "'=HYPERLINK(0)" in text.getvalue()
    assert "\n=HYPERLINK" not in text.getvalue()


@pytest.mark.rule("T54")
def test_a_group_of_nine_that_becomes_ten_stays_hidden_this_year(personas: Personas, school: School) -> None:
    make_group(school, "", 9, 2)
    first = take_snapshot(school.district, year_of(school), actor=None)
    make_group(school, "", 30, 2)
    second = take_snapshot(school.district, year_of(school), actor=None)

    def not_provided(snapshot: EquitySnapshot) -> object:
        table = read_table(snapshot)
        assert table is not None
        return next(row.published for row in table.rows if row.group == "not_provided")

    assert isinstance(not_provided(first), Suppressed)
    assert not_provided(second) == Suppressed(Hidden.EARLIER)


def test_awards_made_after_the_snapshot_do_not_change_the_report(personas: Personas, school: School) -> None:
    snapshot = take_snapshot(school.district, year_of(school), actor=None)
    before = [row.content for row in EquityTable.objects.filter(snapshot=snapshot).order_by("pk")]
    make_mastery_entry(personas.student.student)
    after = [row.content for row in EquityTable.objects.filter(snapshot=snapshot).order_by("pk")]
    assert before == after


def test_a_job_that_is_run_again_after_its_worker_died_makes_one_report(personas: Personas, school: School) -> None:
    admin = personas.administrator.user
    job = ask_for_report(school.district, year_of(school), actor=admin, label="Report")
    take_snapshot(school.district, year_of(school), actor=admin, job=job)
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert EquitySnapshot.objects.filter(district=school.district).count() == 1
    kinds = (
        EquityFile.objects.filter(snapshot__district=school.district).order_by("kind").values_list("kind", flat=True)
    )
    assert list(kinds) == ["csv", "pdf"]
    for file in EquityFile.objects.all():
        assert storages["documents"].exists(file.stored_name)


def test_two_clicks_are_one_job(personas: Personas, school: School) -> None:
    client = personas.administrator.client()
    first = client.post(reverse("equity:count"))
    second = client.post(reverse("equity:count"))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]


def test_without_a_count_the_page_says_so_and_the_file_too(personas: Personas) -> None:
    client = personas.administrator.client()
    assert "Nothing has been counted for this school year" in client.get(URL).content.decode()
    answer = client.get(reverse("equity:download-csv"))
    assert answer.status_code == 400
    assert "has not been made yet" in answer.content.decode()


@pytest.mark.rule("R76")
def test_exact_counts_need_their_own_right_and_are_logged(personas: Personas, school: School) -> None:
    make_report(personas, school)
    url = reverse("equity:exact")
    refused = personas.principal.client().post(url, {"reason": "curious"})
    assert refused.status_code == 403
    assert not AuditEvent.objects.filter(verb="equity.raw_counts.shown").exists()

    blank = personas.administrator.client().post(url, {"reason": ""})
    assert blank.status_code == 422

    shown = personas.administrator.client().post(url, {"reason": "yearly review", "partition": "race"})
    assert "<td>American Indian or Alaska Native</td>" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    event = AuditEvent.objects.get(verb="equity.raw_counts.shown")
    assert event.payload["reason"] == "yearly review"


@pytest.mark.rule("R70", partial=True)
def test_filters_choose_school_subject_and_program(personas: Personas, school: School) -> None:
    make_report(personas, school)
    client = personas.administrator.client()
    html = client.get(URL, {"compare": "low_income", "school": school.code, "subject": "math"}).content.decode()
    assert "Students from low-income families" in html
    assert client.get(URL, {"compare": "nonsense", "school": "X", "subject": "'", "year": "x"}).status_code == 200


def test_another_district_sees_its_own_report_only(personas: Personas, school: School) -> None:
    make_report(personas, school)
    stranger = personas.other_district_administrator.client()
    assert "Nothing has been counted" in stranger.get(URL).content.decode()
    assert stranger.get(URL, {"district": school.district.code}).status_code == 404
    assert stranger.get(reverse("equity:download-csv"), {"district": school.district.code}).status_code == 404


def test_the_whole_school_is_shown_where_it_is_large_enough(personas: Personas, school: School) -> None:
    snapshot = take_snapshot(school.district, year_of(school), actor=None)
    table = read_table(snapshot)
    assert table is not None
    assert table.everyone == Shown(353, 189)
