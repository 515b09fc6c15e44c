"""When a link opens, and who is one person."""

import datetime as dt

import pytest

from crediting.rules.attestations import few, fingerprint, person_key, standing_of
from crediting.states import InviteStanding, RequestState

NOW = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
LATER, BEFORE = NOW + dt.timedelta(seconds=1), NOW - dt.timedelta(seconds=1)
S, R = InviteStanding, RequestState


@pytest.mark.parametrize(
    ("state", "used", "cancelled", "expires_at", "expected"),
    [
        (R.DRAFT, False, False, LATER, S.WAITING),
        (R.SUBMITTED, False, False, LATER, S.WAITING),
        (R.RETURNED, False, False, LATER, S.WAITING),
        (R.ASSESSED, False, False, LATER, S.WAITING),
        (R.REVERSED, False, False, LATER, S.WAITING),
        (R.AWARDED, False, False, LATER, S.CLOSED),
        (R.NOT_AWARDED, False, False, LATER, S.CLOSED),
        (R.WITHDRAWN, False, False, LATER, S.CLOSED),
        (R.SUBMITTED, False, False, NOW, S.EXPIRED),
        (R.SUBMITTED, False, False, BEFORE, S.EXPIRED),
        (R.SUBMITTED, False, True, LATER, S.CANCELLED),
        (R.AWARDED, True, False, BEFORE, S.GIVEN),
        (R.SUBMITTED, True, False, LATER, S.GIVEN),
    ],
)
@pytest.mark.rule("R30")
def test_a_link_opens_until_it_is_used_canceled_too_old_or_decided(
    state: RequestState, used: bool, cancelled: bool, expires_at: dt.datetime, expected: InviteStanding
) -> None:
    found = standing_of(request_state=state, used=used, cancelled=cancelled, expires_at=expires_at, now=NOW)

    assert found == expected


def test_every_state_of_a_request_is_answered() -> None:
    for state in RequestState:
        assert standing_of(request_state=state, used=False, cancelled=False, expires_at=LATER, now=NOW) in {
            S.WAITING,
            S.CLOSED,
        }


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
