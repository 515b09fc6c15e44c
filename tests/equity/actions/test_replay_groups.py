"""The groups of a replay: small ones hidden, and no two tables that tell about a single student by their difference."""

from __future__ import annotations

import pytest

from crediting.actions.policy import discard_draft
from crediting.actions.replays import start_replay
from equity.actions.replay_groups import count_groups
from equity.models import ReplayGroups
from equity.reports.replay import PrintedGroup, printed
from equity.rules.report import table_from
from equity.rules.suppression import Hidden, Published, Shown, Suppressed, TopBottom
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent
from profiles.models import Student
from profiles.states import Program
from tests.factories.crediting import Ground, make_ground
from tests.factories.equity import make_group, make_mastery_entry
from tests.factories.profiles import make_account_holder, make_student
from tests.factories.replays import FIRST, LAST, NOT_MET, decided, decided_alike, make_other, make_replay
from tests.personas import Personas

pytestmark = pytest.mark.django_db

# A draft under which everybody loses who was not judged at the highest level, and one under which everybody loses.
HIGHEST = ("level: proficient", "level: extending")
EVERYBODY = ("at_least: 2", "at_least: 3")


@pytest.fixture
def ground(personas: Personas) -> Ground:
    return make_ground(personas.school)


@pytest.fixture
def awarded(personas: Personas, ground: Ground) -> list[Student]:
    """Forty white, thirty Black and six Native students, half of them awarded and half refused; thirty Asian students
    who asked for nothing; and one who would keep the credit where the highest level is asked. Answers the awarded."""
    given, refused = decided(ground, personas), decided(ground, personas, NOT_MET, student=holder(personas, "Noor"))
    decided(ground, personas, ("extending", "extending"), student=holder(personas, "Ida"))
    some: list[Student] = []
    for race, count in (("W", 40), ("B", 30), ("N", 6)):
        students = make_group(personas.school, race, count, 0, program=Program.MIGRANT if race == "B" else None)
        decided_alike(given, students[: count // 2])
        decided_alike(refused, students[count // 2 :])
        some += students[: count // 2]
    make_group(personas.school, "A", 30, 0)
    make_group(personas.other_school, "W", 40, 0)
    return some


def holder(personas: Personas, name: str) -> Student:
    return make_student(personas.school, person=make_account_holder(personas.district, name))


def groups_of(ground: Ground, personas: Personas, change: tuple[str, str] = HIGHEST) -> ReplayGroups:
    user = personas.administrator.user
    return count_groups(make_replay(make_other(ground, *change), user), actor=user)


def rows(groups: ReplayGroups, column: str, partition: str = "race") -> dict[str, Published]:
    table = table_from("", partition, "", groups.tables[column][partition])
    return {row.group: row.published for row in table.rows} | {"all": table.everyone}


def printed_counts(groups: ReplayGroups) -> set[tuple[str, str, object]]:
    return {
        (column, group, one)
        for column in groups.tables
        for group, one in rows(groups, column).items()
        if isinstance(one, Shown)
    }


@pytest.mark.rule("T53", "T54", "T55", "R74")
def test_groups_with_who_would_lose_and_small_ones_hidden(
    personas: Personas, ground: Ground, awarded: list[Student]
) -> None:
    groups = groups_of(ground, personas)
    lose, gain = rows(groups, "lose"), rows(groups, "gain")
    assert lose["white"] == Shown(40, 20)
    assert lose["american_indian"] == Suppressed(Hidden.SMALL)
    assert lose["all"] == Shown(79, 39)
    assert isinstance(gain["white"], TopBottom)
    hidden = {group for group, one in lose.items() if isinstance(one, Suppressed)}
    assert hidden == {group for group, one in gain.items() if isinstance(one, Suppressed)}
    # Seven hidden students alone would be told by the total.
    assert "black" in hidden
    assert set(groups.tables["lose"]) >= {"race", "race_any", "race_detail", "gender", "migrant"}
    event = AuditEvent.objects.get(verb="equity.replay_groups.counted")
    assert (event.actor, event.payload["shown"]) == (personas.administrator.user, "gain, lose")


@pytest.mark.rule("T54")
def test_two_drafts_that_differ_by_one_student_are_not_both_shown(
    personas: Personas, ground: Ground, awarded: list[Student]
) -> None:
    first = groups_of(ground, personas)
    second = groups_of(ground, personas, EVERYBODY)
    assert set(first.tables) == {"gain", "lose"}
    # Who would gain is nobody in both; who would lose is one student more.
    assert set(second.tables) == {"gain"} and "lose" not in second.sets
    again = groups_of(ground, personas)
    assert printed_counts(again) == printed_counts(first)


@pytest.mark.rule("T54")
def test_what_was_shown_is_remembered_when_its_draft_is_thrown_away(
    personas: Personas, ground: Ground, awarded: list[Student]
) -> None:
    first = groups_of(ground, personas)
    assert first.replay is not None
    discard_draft(first.replay.version, actor=personas.administrator.user)
    assert ReplayGroups.objects.get(pk=first.pk).replay is None
    assert set(groups_of(ground, personas, EVERYBODY).tables) == {"gain"}


@pytest.mark.rule("T54")
def test_nothing_is_shown_that_differs_from_the_equity_report_by_one_student(
    personas: Personas, ground: Ground, awarded: list[Student]
) -> None:
    for student in awarded[1:]:
        make_mastery_entry(student)
    groups = groups_of(ground, personas)
    assert "lose" not in groups.tables


@pytest.mark.rule("T53")
def test_a_draft_aimed_at_one_student_shows_no_group(personas: Personas, ground: Ground) -> None:
    decided(ground, personas)
    make_group(personas.school, "W", 40, 0)
    groups = groups_of(ground, personas)
    assert (groups.tables, groups.sets, groups.hidden) == ({}, {}, [])
    assert AuditEvent.objects.get(verb="equity.replay_groups.counted").payload["shown"] == ""


def test_a_second_press_answers_the_first(personas: Personas, ground: Ground, awarded: list[Student]) -> None:
    first = groups_of(ground, personas)
    assert first.replay is not None
    assert count_groups(first.replay, actor=personas.administrator.user) == first
    assert AuditEvent.objects.filter(verb="equity.replay_groups.counted").count() == 1


def test_a_replay_that_runs_has_no_groups_yet(personas: Personas, ground: Ground) -> None:
    user = personas.administrator.user
    replay = start_replay(make_other(ground), first_day=FIRST, last_day=LAST, actor=user)
    with pytest.raises(DomainError, match="not ended"):
        count_groups(replay, actor=user)


def test_the_page_prints_what_may_be_printed(personas: Personas, ground: Ground, awarded: list[Student]) -> None:
    found: dict[str, PrintedGroup] = {
        row.group: row for row in printed(groups_of(ground, personas), "race", personas.district)
    }
    white = found["White"]
    assert (white.students, white.counts["lose"].number, white.counts["lose"].share) == ("40", "20", "50.0%")
    assert white.counts["gain"].note == "Less than 5%"
    native = found["American Indian or Alaska Native"]
    assert (native.students, native.counts, native.note) == ("", {}, "Hidden: fewer than 10 students")
    assert found["Asian"].note == "No students"
