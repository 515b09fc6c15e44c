"""Load, publish, close: what each does, refuses and answers the second time; and what the database itself refuses."""

from __future__ import annotations

import datetime as dt
import functools
import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from crediting.actions.catalog import add_course, change_course
from crediting.actions.policy import (
    FileProblems,
    NotReady,
    close_policy,
    discard_draft,
    load_policy,
    publish_policy,
)
from crediting.actions.scales import create_default_scale
from crediting.models import PolicyCourse, PolicySeries, PolicyVersion
from crediting.queries import policy as queries
from crediting.rules.catalog import CourseDetails
from crediting.states import PolicyStanding, PolicyState, SubjectArea
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent, District
from profiles.models import Course
from tests.factories.core import make_district
from tests.factories.policies import D4
from tests.personas import Personas

pytestmark = pytest.mark.django_db
Courses = dict[str, Course]


def dated(first: str, last: str = "", *, text: str = D4) -> str:
    """The fixture on other days; its words differ too, as those of another version would."""
    days = f"  from: {first}" + (f"\n  to: {last}" if last else "")
    return text.replace("  from: 2020-07-01", days).replace("title: Mathematics", f"title: From {first}. Mathematics")


def published(district: District, text: str = D4) -> PolicyVersion:
    return publish_policy(load_policy(district, text=text, actor=None).version, actor=None)


def sentences(error: NotReady) -> str:
    return str(error)


# --- Loading ----------------------------------------------------------------------------------------------------------


def test_a_file_becomes_a_draft_that_applies_to_nobody(personas: Personas, courses: Courses) -> None:
    loaded = load_policy(personas.district, text=D4, actor=personas.administrator.user)
    assert (loaded.created, loaded.version.state, loaded.version.number) == (True, PolicyState.DRAFT, 1)
    assert loaded.version.adopted_on == dt.date(2020, 4, 28)
    assert queries.version_in_force(courses["MAT201"], dt.date(2026, 5, 1)) is None
    (event,) = AuditEvent.objects.filter(verb="crediting.policy.drafted")
    assert (event.actor, event.target_label) == (personas.administrator.account, "2403 v1")


def test_the_same_text_again_changes_nothing(personas: Personas, courses: Courses) -> None:
    first = load_policy(personas.district, text=D4, actor=None)
    again = load_policy(personas.district, text=D4, actor=None)
    assert (again.version, again.created, again.updated) == (first.version, False, False)
    publish_policy(first.version, actor=None)
    assert load_policy(personas.district, text=D4, actor=None).version == first.version
    assert PolicyVersion.objects.filter(series__district=personas.district).count() == 1


def test_a_draft_takes_the_new_text_and_a_published_version_gets_a_successor(
    personas: Personas, courses: Courses
) -> None:
    load_policy(personas.district, text=D4, actor=None)
    changed = load_policy(personas.district, text=D4.replace("up_to: 1.0", "up_to: 0.5"), actor=None)
    assert (changed.updated, changed.version.number) == (True, 1)
    publish_policy(changed.version, actor=None)
    assert queries.terms_of(changed.version).rules[0].amount.up_to == Decimal("0.5")
    assert load_policy(personas.district, text=dated("2030-07-01"), actor=None).version.number == 2


def test_a_file_with_faults_is_refused_with_every_one_of_them(personas: Personas) -> None:
    with pytest.raises(FileProblems) as refused:
        load_policy(personas.district, text=D4.replace("mark: P", "mark: Q"), actor=None)
    assert [problem.where for problem in refused.value.problems] == ["rules[1].mark", "rules[2].mark"]
    assert str(refused.value).startswith(f"Line {refused.value.problems[0].line}: ")
    assert not PolicySeries.objects.filter(district=personas.district).exists()


def test_two_districts_may_use_one_number(personas: Personas, courses: Courses) -> None:
    ours, theirs = published(personas.district), published(personas.other_district)
    assert ours.series != theirs.series
    assert queries.version_in_force(courses["MAT201"], dt.date(2026, 5, 1)) == ours


# --- Publishing -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R7", "R12")
def test_publishing_opens_the_courses_of_the_policy_on_its_days(personas: Personas, courses: Courses) -> None:
    version = published(personas.district, dated("2024-07-01", "2026-06-30"))
    assert version.published_at is not None
    rows = PolicyCourse.objects.filter(version=version).order_by("course__code")
    assert [(row.course.code, row.methods) for row in rows] == [
        ("MAT101", ["LOCAL_ASSESSMENT", "STATE_ASSESSMENT"]),
        ("MAT201", ["LOCAL_ASSESSMENT", "STATE_ASSESSMENT"]),
    ]
    for day, found in [("2024-06-30", None), ("2024-07-01", version), ("2026-06-30", version), ("2026-07-01", None)]:
        assert queries.version_in_force(courses["MAT201"], dt.date.fromisoformat(day)) == found
    assert queries.version_in_force(courses["ENG101"], dt.date(2025, 1, 1)) is None


def test_publishing_twice_answers_the_first_and_writes_nothing_more(personas: Personas, courses: Courses) -> None:
    version = load_policy(personas.district, text=D4, actor=None).version
    first = publish_policy(version, actor=personas.administrator.user)
    again = publish_policy(version, actor=personas.principal.user)
    assert (again.published_by, again.published_at) == (personas.administrator.account, first.published_at)
    assert AuditEvent.objects.filter(verb="crediting.policy.published").count() == 1


@pytest.mark.rule("R1", "R6")
@pytest.mark.parametrize(
    ("removed", "said"),
    [
        ("  provision: >-", "equity"),
        ("  statement: none", "Say which other ways"),
        ("  on: 2020-04-28", "the day on which the board adopted"),
        ("  reference: Procedure 2403P", "the board’s reference"),
        ("    mark: P\n    citation: 2403P (1)", "D4-M1"),
        ("    credit: {up_to: 1.0}\n    mark: P\n    citation: 2403P (3)", "D4-M2"),
    ],
)
def test_an_incomplete_version_is_not_published_and_told_why(
    personas: Personas, courses: Courses, removed: str, said: str
) -> None:
    text = D4.replace(removed, removed.split(":")[0] + ":", 1)
    if "provision" in removed:
        start = D4.index("  provision")
        text = D4[:start] + D4[D4.index("  review_every") :]
    version = load_policy(personas.district, text=text, actor=None).version
    with pytest.raises(NotReady) as refused:
        publish_policy(version, actor=None)
    assert said in sentences(refused.value)
    assert PolicyVersion.objects.get(pk=version.pk).state == PolicyState.DRAFT
    assert not PolicyCourse.objects.filter(version=version).exists()


@pytest.mark.rule("R12")
def test_every_eligible_course_is_in_the_catalog(personas: Personas, courses: Courses) -> None:
    strange = D4.replace("MAT201", "MAT999")
    with pytest.raises(NotReady, match="MAT999 is not in the catalog"):
        published(personas.district, strange)
    course = courses["MAT101"]
    details = CourseDetails("Algebra 1", Decimal("0.5"), SubjectArea.MATH)
    change_course(course, details=details, actor=personas.administrator.user)
    with pytest.raises(NotReady, match=r"MAT101 gives 0\.5 credits in the catalog and 1\.0 here"):
        published(personas.district)
    change_course(course, details=replace(details, is_active=False), actor=personas.administrator.user)
    with pytest.raises(NotReady, match="MAT101 is not in the catalog"):
        published(personas.district)


def test_a_rule_cannot_promise_more_than_a_course_gives(personas: Personas, courses: Courses) -> None:
    with pytest.raises(NotReady, match=r"Rule D4-M1 gives 2\.0 credits, and MAT101 gives 1\.0"):
        published(personas.district, D4.replace("credit: {up_to: 1.0}", "credit: {exactly: 2.0}", 1))


def test_the_scale_is_one_the_district_has_with_the_same_levels(personas: Personas, courses: Courses) -> None:
    with pytest.raises(NotReady, match="has no scale"):
        published(personas.district, D4.replace("code: mastery", "code: other"))
    with pytest.raises(NotReady, match="has no scale"):
        published(personas.district, D4.replace("developing, proficient", "proficient"))


@pytest.mark.rule("R3")
def test_versions_of_one_policy_never_share_a_day_and_gaps_are_allowed(personas: Personas, courses: Courses) -> None:
    first = published(personas.district, dated("2024-07-01", "2025-06-30"))
    clash = load_policy(personas.district, text=dated("2025-06-30"), actor=None).version
    with pytest.raises(NotReady, match="Version 1 is in force from Jul 1, 2024 to Jun 30, 2025"):
        publish_policy(clash, actor=None)
    later = published(personas.district, dated("2026-07-01"))
    assert queries.version_in_force(first.series, dt.date(2026, 1, 1)) is None
    with pytest.raises(NotReady, match="without an end"):
        published(personas.district, dated("2027-07-01"))
    assert later.number == 2


@pytest.mark.rule("R10a")
def test_a_course_is_in_one_policy_at_a_time(personas: Personas, courses: Courses) -> None:
    published(personas.district, dated("2024-07-01", "2025-06-30"))
    other = D4.replace('series: "2403"', 'series: "2409"')
    with pytest.raises(NotReady, match="MAT101 is in policy 2403, version 1"):
        published(personas.district, dated("2025-01-01", text=other))
    published(personas.district, dated("2025-07-01", text=other))


@pytest.mark.rule("R10a")
def test_a_version_for_named_classes_goes_before_one_for_all(personas: Personas, courses: Courses) -> None:
    everybody = published(personas.district)
    named = published(personas.district, D4.replace("effective:", "classes: [2029, 2030]\neffective:"))
    day = dt.date(2026, 5, 1)
    assert queries.version_in_force(courses["MAT201"], day, 2028) == everybody
    assert queries.version_in_force(courses["MAT201"], day, 2029) == named
    assert queries.version_in_force(courses["MAT201"], day) == everybody
    with pytest.raises(NotReady, match="Version 2"):
        published(personas.district, D4.replace("effective:", "classes: [2030, 2031]\neffective:"))
    published(personas.district, D4.replace("effective:", "classes: [2031]\neffective:"))


# --- Closing ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("EC21", "R3")
def test_a_closed_version_still_decides_what_was_shown_on_its_days(personas: Personas, courses: Courses) -> None:
    first = published(personas.district, dated("2024-07-01"))
    close_policy(first, last_day=dt.date(2025, 6, 30), actor=personas.administrator.user)
    second = published(personas.district, dated("2025-07-01"))
    assert queries.version_in_force(courses["MAT201"], dt.date(2025, 6, 20)) == PolicyVersion.objects.get(pk=first.pk)
    assert queries.version_in_force(courses["MAT201"], dt.date(2025, 8, 1)) == second
    shown = queries.terms_of(PolicyVersion.objects.get(pk=first.pk))
    assert shown.effective_to == dt.date(2025, 6, 30)
    assert queries.standing_of(second, dt.date(2025, 8, 1)) == PolicyStanding.IN_FORCE


def test_the_last_day_there_is_means_no_end(personas: Personas, courses: Courses) -> None:
    version = published(personas.district)
    close_policy(version, last_day=dt.date.max, actor=None)
    version = PolicyVersion.objects.get(pk=version.pk)
    assert queries.last_day(version) is None
    assert queries.version_in_force(courses["MAT201"], dt.date(2099, 8, 1)) == version


def test_an_end_is_set_once(personas: Personas, courses: Courses) -> None:
    version = published(personas.district)
    with pytest.raises(DomainError, match="before the first"):
        close_policy(version, last_day=dt.date(2020, 6, 30), actor=None)
    close_policy(version, last_day=dt.date(2027, 6, 30), actor=None)
    close_policy(version, last_day=dt.date(2027, 6, 30), actor=None)
    with pytest.raises(DomainError, match="Jun 30, 2027"):
        close_policy(version, last_day=dt.date(2026, 6, 30), actor=None)
    assert AuditEvent.objects.filter(verb="crediting.policy.closed").count() == 1
    assert {row.effective.upper for row in PolicyCourse.objects.filter(version=version)} == {dt.date(2027, 7, 1)}


def test_a_draft_has_no_end_to_set_and_can_be_thrown_away(personas: Personas, courses: Courses) -> None:
    draft = load_policy(personas.district, text=D4, actor=None).version
    with pytest.raises(DomainError, match="draft has no end"):
        close_policy(draft, last_day=dt.date(2027, 6, 30), actor=None)
    discard_draft(draft, actor=personas.administrator.user)
    assert not PolicyVersion.objects.filter(pk=draft.pk).exists()
    kept = published(personas.district)
    with pytest.raises(DomainError, match="published"):
        discard_draft(kept, actor=personas.administrator.user)


# --- What the database refuses ----------------------------------------------------------------------------------------


def refused_by_database(change: Callable[[], object]) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        change()
    return str(refused.value)


@pytest.mark.rule("R2")
def test_the_database_keeps_a_published_version_as_it_is(personas: Personas, courses: Courses) -> None:
    version = published(personas.district)
    rows = PolicyVersion.objects.filter(pk=version.pk)
    open_days, closed = DateRange(dt.date(2020, 7, 1), None), DateRange(dt.date(2020, 7, 1), dt.date(2027, 7, 1))
    changes: tuple[dict[str, Any], ...] = (
        {"title": "Other words"},
        {"source": "other"},
        {"document": {}},
        {"board_reference": "other"},
        {"state": PolicyState.DRAFT},
        {"effective": DateRange(dt.date(2021, 7, 1), None)},
        {"classes": [2030]},
        {"effective": closed, "title": "Other words"},
    )
    for change in changes:
        assert "is published" in refused_by_database(functools.partial(rows.update, **change))
    assert "is published" in refused_by_database(lambda: rows._raw_delete("default"))
    rows.update(effective=closed)
    assert "is published" in refused_by_database(lambda: rows.update(effective=open_days))
    assert "is published" in refused_by_database(
        lambda: rows.update(effective=DateRange(closed.lower, dt.date(2028, 1, 1)))
    )


@pytest.mark.rule("R2", "R12")
def test_the_database_keeps_the_courses_of_a_published_version(personas: Personas, courses: Courses) -> None:
    version = published(personas.district)
    row = PolicyCourse.objects.filter(version=version).first()
    assert row is not None
    rows = PolicyCourse.objects.filter(pk=row.pk)
    assert "is published" in refused_by_database(lambda: rows.update(methods=[]))
    assert "is published" in refused_by_database(lambda: rows.delete())
    more = PolicyCourse(
        district=personas.district, version=version, course=courses["ENG101"], effective=version.effective
    )
    assert "is published" in refused_by_database(more.save)


@pytest.mark.rule("R3")
def test_the_database_refuses_shared_days_even_without_the_action(personas: Personas, courses: Courses) -> None:
    first = published(personas.district)
    draft = load_policy(personas.district, text=dated("2026-07-01"), actor=None).version
    rows = PolicyVersion.objects.filter(pk=draft.pk)
    said = refused_by_database(lambda: rows.update(state=PolicyState.PUBLISHED, published_at=first.published_at))
    assert "policy_versions_never_overlap" in said
    named = {"classes": [2030], "state": PolicyState.PUBLISHED, "published_at": first.published_at}
    rows.update(**named)  # for a named class it may stand beside the one for all
    second = load_policy(personas.district, text=dated("2027-07-01"), actor=None).version
    again = PolicyVersion.objects.filter(pk=second.pk)
    assert "shared class" in refused_by_database(lambda: again.update(**named | {"classes": [2030, 2031]}))


# --- Two at once ------------------------------------------------------------------------------------------------------


def at_once(*works: Callable[[], object]) -> list[object]:
    """Runs each in a thread and transaction of its own, as near together as threads get; results or exceptions."""
    ready = threading.Barrier(len(works))
    answers: list[object] = [None] * len(works)

    def work(place: int) -> None:
        try:
            ready.wait(10)
            answers[place] = works[place]()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def filled(district: District) -> None:
    create_default_scale(district, actor=None)
    for code in ("MAT101", "MAT201"):
        add_course(district, code=code, details=CourseDetails(code, Decimal("1.0"), SubjectArea.MATH), actor=None)


@pytest.mark.django_db(transaction=True)
def test_twenty_people_publish_one_version_once() -> None:
    district = make_district()
    filled(district)
    version = load_policy(district, text=D4, actor=None).version
    answers = at_once(*[lambda: publish_policy(version, actor=None) for _ in range(20)])
    assert all(isinstance(answer, PolicyVersion) for answer in answers), answers
    assert AuditEvent.objects.filter(verb="crediting.policy.published").count() == 1
    assert PolicyCourse.objects.filter(version=version).count() == 2


@pytest.mark.rule("R3", "R10a")
@pytest.mark.django_db(transaction=True)
def test_two_people_who_open_one_course_in_two_policies_at_once_get_one_policy_and_one_reason() -> None:
    district = make_district()
    filled(district)
    drafts = [
        load_policy(district, text=D4.replace('series: "2403"', f'series: "{series}"'), actor=None).version
        for series in ("2403", "2409")
    ]
    answers = at_once(*[functools.partial(publish_policy, draft, actor=None) for draft in drafts])
    told = [answer for answer in answers if isinstance(answer, NotReady)]
    assert len(told) == 1, answers
    assert "is in policy" in str(told[0]) or "Somebody else" in str(told[0])
    assert PolicyVersion.objects.filter(state=PolicyState.PUBLISHED).count() == 1
