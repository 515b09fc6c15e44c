"""When a link opens, and who is one person."""

import datetime as dt

import pytest

from crediting.rules.attestations import few, fingerprint, person_key, standing_of
from crediting.states import InviteStanding, RequestState

NOW = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
LATER, BEFORE = NOW + dt.timedelta(seconds=1), NOW - dt.timedelta(seconds=1)
S = InviteStanding


@pytest.mark.rule("R30")
@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("used", [False, True])
def test_a_link_opens_in_one_of_all_cases_only(state: RequestState, late: bool, cancelled: bool, used: bool) -> None:
    """Used before canceled, canceled before closed, closed before expired; open where none of them is so."""
    open_while = {"draft", "submitted", "returned", "assessed", "reversed"}
    expires = NOW if late else LATER
    standing = standing_of(request_state=state, used=used, cancelled=cancelled, expires_at=expires, now=NOW)
    expected = (
        S.GIVEN if used
        else S.CANCELLED if cancelled
        else S.CLOSED if state not in open_while
        else S.EXPIRED if late
        else S.WAITING
    )  # fmt: skip
    assert standing == expected


@pytest.mark.parametrize("typed", ["Vera Moses", " vera  MOSES ", "Vera\tMoses"])
def test_one_person_is_one_however_the_name_is_written(typed: str) -> None:
    assert person_key(typed) == "vera moses"


def test_the_few_are_those_named_and_otherwise_who_decides() -> None:
    assert few(["counselor"]) == ("counselor",)
    assert few([]) == ("credit_manager", "principal")


def test_a_fingerprint_changes_with_every_word_and_not_with_the_order() -> None:
    one = fingerprint({"name": "Vera", "statement": "Well done"})

    assert one == fingerprint({"statement": "Well done", "name": "Vera"})
    assert one != fingerprint({"statement": "Well done!", "name": "Vera"})
    assert len(one) == 64
