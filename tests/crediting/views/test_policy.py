"""The policy pages: an administrator's drafts and versions, and what anybody may read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crediting.actions.catalog import add_course
from crediting.actions.policy import close_policy, load_policy, publish_policy
from crediting.models import PolicyVersion
from crediting.rules.catalog import CourseDetails
from crediting.states import PolicyState, SubjectArea
from mbl.core import clock
from profiles.models import Course
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.policies import D4
from tests.personas import Personas

pytestmark = pytest.mark.django_db
Courses = dict[str, Course]
LIST_QUERIES = 10


def url(version: PolicyVersion, step: str = "policy") -> str:
    return reverse(f"crediting:{step}", args=[version.public_id])


def draft_of(personas: Personas, text: str = D4) -> PolicyVersion:
    return load_policy(personas.district, text=text, actor=None).version


# --- The administrator's pages ----------------------------------------------------------------------------------------


def test_the_way_from_a_file_to_a_published_version(personas: Personas, courses: Courses) -> None:
    browser = personas.administrator.client()
    assert "No policy yet" in browser.get(reverse("crediting:policies")).content.decode()
    incomplete = D4.replace("  on: 2020-04-28\n", "")
    upload = SimpleUploadedFile("policy.yaml", incomplete.encode(), "text/yaml")
    answer = browser.post(reverse("crediting:policy-new"), {"file": upload, "text": ""})
    version = PolicyVersion.objects.get(series__district=personas.district)
    assert answer["Location"] == url(version)

    page = browser.get(url(version)).content.decode()
    assert "Add the day on which the board adopted this version" in page
    assert 'aria-disabled="true"' in page
    refused = browser.post(url(version, "policy-publish"))
    assert refused.status_code == 409
    assert "nothing was changed" in refused.content.decode()

    browser.post(reverse("crediting:policy-new"), {"text": D4.replace("\n", "\r\n")})
    assert browser.post(url(version, "policy-publish"), follow=True).status_code == 200
    version.refresh_from_db()
    assert (version.state, version.published_by) == (PolicyState.PUBLISHED, personas.administrator.account)
    assert version.source == D4
    second = browser.post(url(version, "policy-publish"), follow=True).content.decode()
    assert "already published by" in second


def test_faults_of_a_file_are_shown_with_their_lines_and_the_text_is_kept(personas: Personas) -> None:
    browser = personas.administrator.client()
    faulty = D4.replace("mark: P", "mark: Q", 1)
    answer = browser.post(reverse("crediting:policy-new"), {"text": faulty})
    assert answer.status_code == 422
    page = answer.content.decode()
    line = faulty[: faulty.index("mark: Q")].count("\n") + 1
    assert f"Line {line}, column 11" in page
    assert "Choose one of: P, CR, S" in page
    assert "mark: Q" in page
    assert not PolicyVersion.objects.filter(series__district=personas.district).exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00\xff", "not UTF-8"),
        (b"x" * (3 * 1024 * 1024), "larger than"),
        (b"MZ\x90\x00\x03", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_with_a_sentence(personas: Personas, content: bytes, said: str) -> None:
    upload = SimpleUploadedFile("policy.yaml", content)
    answer = personas.administrator.client().post(reverse("crediting:policy-new"), {"file": upload})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_sample_to_adapt_is_one_click_away_and_not_ready_as_it_is(personas: Personas, courses: Courses) -> None:
    browser = personas.administrator.client()
    new = reverse("crediting:policy-new")
    assert "?sample" in browser.get(new).content.decode()
    text = browser.get(f"{new}?sample").context["form"].initial["text"]
    assert "An example to adapt" in text
    browser.post(new, {"text": text})
    version = PolicyVersion.objects.get(series__district=personas.district)
    assert browser.post(url(version, "policy-publish")).status_code == 409


def test_an_empty_form_asks_for_a_file(personas: Personas) -> None:
    answer = personas.administrator.client().post(reverse("crediting:policy-new"), {"text": "  "})
    assert answer.status_code == 422
    assert "Choose a file" in answer.content.decode()


def test_a_version_is_closed_and_a_draft_thrown_away_in_the_browser(personas: Personas, courses: Courses) -> None:
    browser = personas.administrator.client()
    version = publish_policy(draft_of(personas), actor=None)
    early = browser.post(url(version, "policy-close"), {"last_day": "2019-01-01"})
    assert early.status_code == 422
    assert "before the first" in early.content.decode()
    browser.post(url(version, "policy-close"), {"last_day": "2027-06-30"})
    version.refresh_from_db()
    assert version.effective.upper == dt.date(2027, 7, 1)
    later = draft_of(personas, D4.replace("from: 2020-07-01", "from: 2027-07-01"))
    assert browser.post(url(later, "policy-discard"), follow=True).status_code == 200
    assert not PolicyVersion.objects.filter(pk=later.pk).exists()


def test_the_file_comes_back_as_it_was_loaded(personas: Personas) -> None:
    version = draft_of(personas)
    answer = personas.administrator.client().get(url(version, "policy-file"))
    assert answer.content.decode() == D4
    assert answer["Content-Disposition"] == 'attachment; filename="policy-2403-v1.yaml"'


def test_the_list_counts_the_versions_it_shows(personas: Personas, courses: Courses) -> None:
    load_policy(personas.other_district, text=D4, actor=None)
    old = D4.replace("from: 2020-07-01", "from: 2018-07-01\n  to: 2020-06-30")
    publish_policy(draft_of(personas, old), actor=None)
    publish_policy(draft_of(personas), actor=None)
    browser = personas.administrator.client()

    def shown(number: int = 1) -> str:
        return browser.get(reverse("crediting:policies"), {"page": number}).content.decode()

    assert "1 to 2 of 2" in shown()
    assert "1 version is in force today." in shown()
    with assert_queries(LIST_QUERIES):
        shown()
    for number in range(28):
        draft_of(personas, D4.replace('"2403"', f'"9{number:03}"'))
    with assert_queries(LIST_QUERIES):
        assert "1 to 25 of 30" in shown()
    assert "26 to 30 of 30" in shown(2)
    assert "1 version is in force today." in shown(2)


def test_pages_leave_the_database_as_it_was(personas: Personas, courses: Courses) -> None:
    version = draft_of(personas)
    browser = personas.administrator.client()
    for address in (reverse("crediting:policies"), reverse("crediting:policy-new"), url(version)):
        with assert_no_writes():
            assert browser.get(address).status_code == 200


@pytest.mark.parametrize("name", ["student", "family", "teacher", "credit_manager", "registrar", "principal"])
def test_nobody_else_works_on_policies(personas: Personas, courses: Courses, name: str) -> None:
    version = draft_of(personas)
    browser = personas.named(name).client()
    for address in (reverse("crediting:policies"), reverse("crediting:policy-new")):
        refused = browser.get(address)
        assert refused.status_code == 403
        assert "whole district" in refused.content.decode()
    for step in ("policy", "policy-file"):
        assert browser.get(url(version, step)).status_code == 404
    for step in ("policy-publish", "policy-close", "policy-discard"):
        assert browser.post(url(version, step)).status_code == 404
    version.refresh_from_db()
    assert version.state == PolicyState.DRAFT


def test_another_districts_administrator_knows_nothing_of_it(personas: Personas, courses: Courses) -> None:
    version = draft_of(personas)
    browser = personas.other_district_administrator.client()
    assert browser.get(url(version)).status_code == 404
    assert browser.post(url(version, "policy-publish")).status_code == 404
    assert browser.get(reverse("crediting:policies"), {"district": "northfield"}).status_code == 404
    browser.post(reverse("crediting:policy-new") + "?district=northfield", {"text": D4})
    assert PolicyVersion.objects.get(pk=version.pk).series.versions.count() == 1


# --- What anybody reads -----------------------------------------------------------------------------------------------


@pytest.mark.rule("R8")
def test_anybody_reads_the_policy_in_force_without_signing_in(personas: Personas, courses: Courses) -> None:
    version = publish_policy(draft_of(personas), actor=None)
    page = personas.anonymous.client().get(reverse("crediting:policy-public", args=["northfield"]))
    assert page.status_code == 200
    text = page.content.decode()
    # Of several policies each has its own title, and what it says stands one level below.
    assert f'<h2 id="policy-{version.public_id}">' in text and "<h3>How it works</h3>" in text
    for said in (
        "Northfield",
        "Geometry",
        "Algebra 1",
        "Portfolio",
        "State assessment",
        "At least 3 standards that you name, each judged Proficient or above.",
        "An earlier attempt at the course on your record",
        "A result that your school has on file: the standard met on End-of-course exam or level 3 or above on Smarter",
        "Your reflection",
        "Gives up to 1.0 credits",
        "The mark is P. It does not count in the grade point average.",
        "Decided by: credit manager or principal.",
        "Whoever assessed the work alone does not also decide.",
        "The district makes every route known",
        "every 12 months",
        "The district recognizes no other way here.",
        "2403P (3)",
        "Procedure 2403P",
        "A student need not have",
    ):
        assert said in text, said
    assert (
        personas.anonymous.client()
        .get(reverse("crediting:policy-public-file", args=["northfield", version.public_id]))
        .content
        == D4.encode()
    )


@pytest.mark.rule("R8")
def test_drafts_are_nobodys_business_and_closed_versions_stay_readable(personas: Personas, courses: Courses) -> None:
    browser = personas.anonymous.client()
    public = reverse("crediting:policy-public", args=["northfield"])
    draft = draft_of(personas)
    assert "has no policy in force today" in browser.get(public).content.decode()
    one = reverse("crediting:policy-public-version", args=["northfield", draft.public_id])
    assert browser.get(one).status_code == 404
    publish_policy(draft, actor=None)
    yesterday = clock.today(personas.district) - dt.timedelta(days=1)
    close_policy(draft, last_day=yesterday, actor=None)
    assert "Closed" in browser.get(public).content.decode()
    assert "Geometry" in browser.get(one).content.decode()
    elsewhere = reverse("crediting:policy-public-version", args=["southport", draft.public_id])
    assert browser.get(elsewhere).status_code == 404
    assert browser.get(reverse("crediting:policy-public", args=["nowhere"])).status_code == 404


def test_the_public_page_escapes_what_a_policy_says(personas: Personas, courses: Courses) -> None:
    publish_policy(
        draft_of(personas, D4.replace("No failed course is needed.", "<script>alert(1)</script>")), actor=None
    )
    text = personas.anonymous.client().get(reverse("crediting:policy-public", args=["northfield"])).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_the_public_page_takes_the_same_trips_for_two_courses_and_for_thirty(
    personas: Personas, courses: Courses
) -> None:
    publish_policy(draft_of(personas), actor=None)
    browser = personas.anonymous.client()
    public = reverse("crediting:policy-public", args=["northfield"])
    browser.get(public)
    with assert_queries(3):
        browser.get(public)
    thirty = [f"ELE{number}" for number in range(30)]
    for code in thirty:
        details = CourseDetails(code, Decimal("0.5"), SubjectArea.ELECTIVE)
        add_course(personas.district, code=code, details=details, actor=None)
    listed = "".join(f"  - {{code: {code}, title: {code}, subject: elective}}\n" for code in thirty)
    start, end = D4.index("courses:\n") + len("courses:\n"), D4.index("rules:\n")
    more = (D4[:start] + listed + D4[end:]).replace('series: "2403"', 'series: "2499"')
    publish_policy(draft_of(personas, more), actor=None)
    browser.get(public)
    with assert_queries(4):  # one more policy, one more look at its schools
        text = browser.get(public).content.decode()
    assert all(code in text for code in thirty)
