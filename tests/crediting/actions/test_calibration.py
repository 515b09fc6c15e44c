"""Calibration sessions: judged blind, opened once, figures for oneself and the group, single ones for who runs it."""

import datetime as dt

import pytest

from crediting.actions.calibration import judge_calibration, keep_discussion, open_calibration
from crediting.models import Anchor, CalibrationLevel, CalibrationSession
from crediting.queries.calibration import result_of
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from profiles.models import Person
from tests.crediting.recorded import Recorded
from tests.factories.crediting import Ground
from tests.factories.moderation import account, make_sample, make_session, make_teacher
from tests.personas import Personas

pytestmark = pytest.mark.django_db


@pytest.fixture
def samples(personas: Personas, ground: Ground) -> list[Anchor]:
    return [make_sample(personas, ground, level) for level in ("developing", "proficient", "extending")]


def judge(session: CalibrationSession, ground: Ground, person: Person, *levels: str) -> None:
    items = session.items.order_by("position")
    said = {item.pk: (ground.level(level), f"{person}: {level}") for item, level in zip(items, levels, strict=False)}
    judge_calibration(session, levels=said, actor=account(person))


def test_teachers_are_told_and_judge_until_it_is_opened(
    personas: Personas, ground: Ground, samples: list[Anchor]
) -> None:
    teacher = personas.teacher.person
    recorded = Recorded()
    session = make_session(personas, samples)
    assert make_session(personas, samples).pk == session.pk
    assert Notification.objects.filter(user=teacher.user, code="crediting.calibration").count() == 1
    assert not Notification.objects.filter(district=personas.other_district).exists()
    judge(session, ground, teacher, "proficient", "proficient")
    judge(session, ground, teacher, "developing", "proficient", "proficient")
    assert list(CalibrationLevel.objects.values_list("level__code", flat=True).order_by("item")) == [
        "developing",
        "proficient",
        "proficient",
    ]
    open_calibration(session, actor=personas.credit_manager.user)
    open_calibration(session, actor=personas.credit_manager.user)
    assert recorded.verbs == [
        "crediting.calibration.set",
        "crediting.calibration.judged",
        "crediting.calibration.judged",
        "crediting.calibration.opened",
    ]
    session.refresh_from_db()
    with pytest.raises(NotAllowed, match="levels are not changed any more"):
        judge(session, ground, teacher, "extending")


def test_the_figures_of_an_open_session_worked_by_hand(
    personas: Personas, ground: Ground, samples: list[Anchor]
) -> None:
    others = [make_teacher(personas.school, name) for name in ("Noor Haddad", "Sam Okafor", "Ida Berg")]
    session = make_session(personas, samples)
    judge(session, ground, personas.teacher.person, "developing", "proficient", "extending")
    judge(session, ground, others[0], "developing", "developing", "proficient")
    judge(session, ground, others[1], "beginning", "proficient", "beginning")
    judge(session, ground, others[2], "developing")
    mine = result_of(session, others[0], runs=False)
    assert (mine.readers, mine.people, mine.comments) == (4, (), ())
    assert mine.mine is not None and (mine.mine.pairs, mine.mine.exact, mine.mine.adjacent) == (3, 1, 3)
    # Ten pairs. Seen: 0 0 0 | 0 1 1 | 1 0 9 | 0 = 12 over 10. By chance: agreed levels 2 3 4 2 3 4 2 3 4 2 have the sum
    # 29 and the squares 91; the given ones 2 3 4 2 2 3 1 3 1 2 the sum 23 and 61; 10 (91 + 61) - 2 * 29 * 23 = 186.
    # Kappa: 1 - 10 * 12 / 186 = 0.3548.
    assert mine.group is not None
    assert (mine.group.pairs, mine.group.exact, mine.group.adjacent, mine.group.kappa) == (10, 6, 9, "0.35")
    run = result_of(session, personas.credit_manager.person, runs=True)
    assert [(one.who, one.exact) for one in run.people] == [
        ("Ida Berg", 1),
        ("Noor Haddad", 1),
        ("Sam Okafor", 1),
        ("Tomas Reed", 3),
    ]
    assert run.mine is None and len(run.comments) == 10


def test_few_teachers_see_nothing_of_each_other(personas: Personas, ground: Ground, samples: list[Anchor]) -> None:
    other = make_teacher(personas.school, "Noor Haddad")
    session = make_session(personas, samples)
    judge(session, ground, personas.teacher.person, "developing")
    judge(session, ground, other, "beginning")
    result = result_of(session, other, runs=False)
    assert result.group is None and result.rubrics == () and result.people == ()
    assert all(one.counts == () for one in result.items)


def test_who_runs_it_or_keeps_the_samples_does_not_judge(
    personas: Personas, ground: Ground, samples: list[Anchor]
) -> None:
    session = make_session(personas, samples)
    for persona in (personas.credit_manager, personas.principal):
        with pytest.raises(NotAllowed):
            judge(session, ground, persona.person, "developing")
    judge(session, ground, personas.teacher.person, "developing")
    with pytest.raises(NotAllowed, match="runs this session"):
        open_calibration(session, actor=personas.principal.user)
    with pytest.raises(NotAllowed):
        keep_discussion(session, text="We read step 3 apart.", actor=personas.teacher.user)
    keep_discussion(session, text="We read step 3 apart.", actor=personas.credit_manager.user)
    session.refresh_from_db()
    assert session.discussion == "We read step 3 apart."


def test_a_session_for_a_school_is_for_its_teachers_alone(
    personas: Personas, ground: Ground, samples: list[Anchor]
) -> None:
    stranger = make_teacher(personas.other_school, "Somebody Elsewhere")
    session = make_session(personas, samples, school=personas.school)
    with pytest.raises(NotAllowed):
        judge(session, ground, stranger, "developing")
    assert not Notification.objects.filter(user=stranger.user).exists()


def test_what_a_session_needs(personas: Personas, ground: Ground, samples: list[Anchor]) -> None:
    with pytest.raises(DomainError, match="lies in the past"):
        make_session(personas, samples, due_on=clock.today(personas.district) - dt.timedelta(days=1))
    with pytest.raises(DomainError, match="between 1 and 20"):
        make_session(personas, [])
    with pytest.raises(DomainError, match="Give the session a name"):
        make_session(personas, samples, title=" ")
    session = make_session(personas, samples)
    with pytest.raises(DomainError, match="Nobody has judged"):
        open_calibration(session, actor=personas.credit_manager.user)
