"""What level a standard has reached: the newest judgement, and the one line that says so."""

import datetime as dt

from crediting.rules import mastery
from crediting.rules.facts import JudgedLevel
from tests.crediting.rules.facts import LEVELS, claim, judged


def test_the_newest_judgement_is_used_and_the_others_are_named() -> None:
    first, second, third = (judged("a", level, attempt=n, day=n) for n, level in enumerate(LEVELS[:3], start=1))
    (shown,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], [third, first, second], "2403P (3)")
    assert (shown.met, shown.used, shown.not_used) == (True, (third,), (second, first))
    assert shown.arithmetic is not None
    assert dict(shown.arithmetic.params) == {
        "attempt": 3,
        "judgements": 3,
        "level": "proficient",
        "reached": 3,
        "required_level": "proficient",
        "asked": 3,
        "levels": 4,
    }
    assert shown.arithmetic.citation == "2403P (3)"


def test_judgements_of_one_moment_are_ordered_by_attempt_and_then_by_how_they_came() -> None:
    same_day = [
        judged("a", "extending", attempt=2),
        judged("a", "beginning", attempt=1),
        judged("a", "developing", attempt=2),
    ]
    (shown,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], same_day)
    assert shown.used == (same_day[2],)


def test_a_standard_that_nobody_judged_has_no_arithmetic() -> None:
    (shown,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], [judged("b")])
    assert (shown.met, shown.used, shown.arithmetic, shown.reason.code) == (False, (), None, "mastery.not_judged")


def test_a_scale_may_have_any_number_of_levels() -> None:
    two, ten = ("not-yet", "yes"), tuple(f"l{n}" for n in range(10))
    moment = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    for levels, reached, asked in ((two, "yes", "yes"), (ten, "l9", "l7")):
        judgement = JudgedLevel("a", reached, levels.index(reached) + 1, 1, moment, "t")
        (shown,) = mastery.evaluate(levels, asked, [claim("a")], [judgement])
        assert shown.met
        (strict,) = mastery.evaluate(levels, levels[-1], [claim("a")], [JudgedLevel("a", levels[0], 1, 1, moment, "t")])
        assert not strict.met


def test_standards_stand_in_the_order_of_the_request() -> None:
    shown = mastery.evaluate(LEVELS, "proficient", [claim("b"), claim("a")], [judged("a"), judged("b")])
    assert [one.standard.guid for one in shown] == ["b", "a"]
