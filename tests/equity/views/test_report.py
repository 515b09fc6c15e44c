"""The report page, its job, its files and the screen of exact counts."""

import csv
import datetime as dt
import io

import pypdf
import pytest
from django.core.files.storage import storages
from django.db.models import F
from django.urls import reverse

from equity.actions.snapshots import ask_for_report, take_snapshot
from equity.models import EquityFile, EquitySnapshot, EquityTable
from equity.queries.report import latest, read_table, read_tables, school_names
from equity.reports import csv as table_file
from equity.rules.suppression import Hidden, Shown, Suppressed
from mbl.core import clock, jobs
from mbl.core.models import AuditEvent
from mbl.core.states import JobState
from profiles.models import School, SchoolEnrollment
from tests.assertions import assert_queries
from tests.factories.equity import make_group, make_mastery_entry
from tests.factories.profiles import make_school
from tests.personas import Personas

URL = "/equity/"
QUERIES = 15


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


@pytest.mark.rule("R85", partial=True)
def test_the_figures_name_their_rule_and_the_day_they_were_counted(personas: Personas, school: School) -> None:
    snapshot = make_report(personas, school)
    html = personas.administrator.client().get(URL).content.decode()
    line = html.partition('<p class="worked-out" data-status="equity">')[2].partition("</p>")[0]
    assert "Rule R70." in line and "<cite>WAC 180-51-051(3)(a)</cite>" in line
    assert f'datetime="{clock.day_of(snapshot.taken_at, school.district).isoformat()}"' in line


@pytest.mark.rule("T47")
def test_rows_that_overlap_say_so_on_the_page_and_in_the_files(personas: Personas, school: School) -> None:
    make_report(personas, school)
    client = personas.administrator.client()

    combined = client.get(URL, {"compare": "race_any", "school": school.code}).content.decode()
    detailed = client.get(URL, {"compare": "race_detail"}).content.decode()

    assert "A student counts in every group the family named" in combined
    assert "A student counts under every answer the family gave" in detailed
    assert "White: code W" in detailed
    federal = client.get(URL).content.decode()
    assert "do not add them up" not in federal
    lines = csv.DictReader(io.StringIO(b"".join(client.get(reverse("equity:download-csv"))).decode("utf-8-sig")))
    compared = {line["Compared by"] for line in lines}
    assert {"Race and ethnicity, alone or in combination", "Race and ethnicity in detail: do not add up"} <= compared
    pdf = pypdf.PdfReader(io.BytesIO(b"".join(client.get(reverse("equity:download-pdf")))))
    text = " ".join(" ".join(page.extract_text().split()) for page in pdf.pages)
    assert "do not add them up" in text


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


@pytest.mark.rule("R73", "T61", "T64")
def test_the_page_says_how_it_counts_and_shows_every_measure_with_its_denominator(
    personas: Personas, school: School
) -> None:
    make_report(personas, school)
    html = personas.administrator.client().get(URL).content.decode()
    for words in (
        "out of all students enrolled at least one day in grades 9–12",
        "353",  # of how many
        "District-chosen thresholds: a comparison needs 10 recipients and 20 students on both sides.",
        "State rule sets no threshold. These figures say where to look, not whether a rule is kept.",
        "Gap, points",
        "Ratio of receiving",
        "Ratio of not receiving",
        "Share of recipients less share of students, points",
        "More students to match",
        "Compared with: all others",
    ):
        assert words in html, words
    assert "complian" not in html.lower()


@pytest.mark.rule("T57")
def test_one_group_may_be_compared_with_and_a_hidden_one_may_not(personas: Personas, school: School) -> None:
    make_group(school, "H", 120, 48)
    make_report(personas, school)
    client = personas.administrator.client()
    html = client.get(URL, {"against": "white"}).content.decode()
    assert "Compared with: White" in html
    assert "The group compared with" in html
    for kept_back in ("american_indian", "asian", "nobody"):
        assert "Compared with: all others" in client.get(URL, {"against": kept_back}).content.decode()


@pytest.mark.rule("T63")
def test_three_years_stand_side_by_side_and_what_lasts_is_named(personas: Personas, school: School) -> None:
    year = year_of(school)
    for back in (1, 2):
        make_group(school, "W", 200, 100, year=year - back)
        make_group(school, "B", 200, 20, year=year - back)
        SchoolEnrollment.objects.filter(district=school.district, starts_on__lt=dt.date(year - 1, 7, 1)).update(
            ends_on=F("starts_on") + dt.timedelta(days=200)
        )
    make_group(school, "B", 200, 20)
    for back in (2, 1):
        take_snapshot(school.district, year - back, actor=None)
    before = personas.administrator.client().get(URL, {"year": str(year - 1)}).content.decode()
    assert "Review three years running" not in before
    assert "Not counted" in before
    take_snapshot(school.district, year, actor=None)
    html = personas.administrator.client().get(URL).content.decode()
    assert html.count("Review three years running") == 2
    assert f'<th scope="col">{year - 3}–{(year - 2) % 100:02}</th>' in html


def test_a_school_with_one_group_says_no_more_than_its_total(personas: Personas, school: School) -> None:
    small = make_school(school.district, code="ONE", name="One Group School")
    make_group(small, "W", 60, 20)
    snapshot = take_snapshot(school.district, year_of(school), actor=None)
    table = read_table(snapshot, school="ONE")
    assert table is not None
    shown = [row for row in table.rows if isinstance(row.published, Shown)]
    assert all((row.gap, row.ratio, row.parity) == (None, None, None) for row in shown)
    html = personas.administrator.client().get(URL, {"school": "ONE"}).content.decode()
    assert "One Group School" in html


def test_the_page_asks_the_same_for_one_school_and_for_thirty(personas: Personas, school: School) -> None:
    take_snapshot(school.district, year_of(school), actor=None)
    client = personas.administrator.client()
    client.get(URL)
    with assert_queries(QUERIES):
        client.get(URL)
    for number in range(30):
        make_group(make_school(school.district, code=f"TEN{number}"), "W", 12, 6)
    take_snapshot(school.district, year_of(school), actor=None)
    with assert_queries(QUERIES):
        client.get(URL)
