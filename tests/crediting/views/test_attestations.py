"""Attestations on the pages of a request: who is told what, and what staff and students do there."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from crediting.actions.attestations import ask_again, map_attestation, usable, withdraw_attestation
from crediting.actions.decisions import award_credit
from crediting.models import Attestation, AttestationInvite, CreditRequest
from crediting.states import RequestState
from mbl.core import clock
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import text_of
from tests.factories.attestations import (
    EXPERIENCE,
    STATEMENT,
    make_attestation,
    make_invite,
    make_spoken,
)
from tests.factories.crediting import Ground, make_request
from tests.personas import Personas

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R30")]

CONTENT = (EXPERIENCE, STATEMENT, "Vera Moses", "Canoe Family")
ASKED = {
    "role": "elder",
    "name": "Vera Moses",
    "experience": EXPERIENCE,
    "language": "es",
    "days": "14",
}
SPOKEN = {
    "role": "elder",
    "name": "Vera Moses",
    "experience": EXPERIENCE,
    "statement": STATEMENT,
    "spoken_on": "2026-09-01",
    "language": "Lushootseed",
}


@pytest.fixture
def request_(personas: Personas, ground: Ground) -> CreditRequest:
    return make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)


def story(request: CreditRequest) -> str:
    return reverse("crediting:request", args=[request.public_id])


def page_of(attestation: Attestation) -> str:
    return reverse("crediting:attestation", args=[attestation.public_id])


def address(name: str, request: CreditRequest) -> str:
    return reverse(f"crediting:attestation-{name}", args=[request.public_id])


# --- Who reads what (EC26) --------------------------------------------------------------------------------------------

ALL = ("student", "family", "teacher", "credit_manager", "counselor", "registrar", "principal", "administrator")


@pytest.mark.rule("EC26")
@pytest.mark.parametrize(
    ("visible_to", "readers"),
    [
        # Whoever sees the work.
        ((), {"student", "family", "teacher", "credit_manager", "principal"}),
        # Two roles, and the student and the family, whose record it is.
        (("credit_manager", "principal"), {"student", "family", "credit_manager", "principal"}),
        (("counselor",), {"student", "family", "counselor"}),
        (("teacher", "registrar"), {"student", "family", "teacher", "registrar"}),
    ],
)
def test_others_see_that_it_exists_and_not_what_it_says(
    personas: Personas, request_: CreditRequest, visible_to: tuple[str, ...], readers: set[str]
) -> None:
    kept = make_attestation(
        request_, personas.student.user, visible_to=visible_to, organisation="Canoe Family", agreement="Ours."
    )
    for who in ALL:
        browser = personas.named(who).client()
        told = text_of(browser.get(story(request_)))
        assert page_of(kept) in told, who
        html = told + text_of(browser.get(page_of(kept)))
        found = {word for word in CONTENT if word in html}
        assert found == (set(CONTENT) if who in readers else set()), who


@pytest.mark.rule("EC26")
def test_how_it_was_decided_names_the_word_and_repeats_nothing(personas: Personas, request_: CreditRequest) -> None:
    kept = make_attestation(request_, personas.teacher.user, visible_to=("principal",), organisation="Canoe Family")
    award_credit(request_, reason="Every point is met.", actor=personas.credit_manager.user)
    decided = reverse("crediting:decided", args=[request_.decisions.get().public_id])

    for who in ALL:
        html = text_of(personas.named(who).client().get(decided))
        assert page_of(kept) in html and kept.sha256[:16] in html, who
        assert [word for word in CONTENT if word in html] == [], who


@pytest.mark.rule("EC26")
def test_nothing_of_a_closed_word_is_in_audit_and_api(personas: Personas, request_: CreditRequest) -> None:
    make_attestation(request_, personas.teacher.user, visible_to=("principal",), organisation="Canoe Family")
    award_credit(request_, reason="Every point is met.", actor=personas.credit_manager.user)
    administrator = personas.administrator.client()

    audit = text_of(administrator.get("/audit/"))

    assert "attested for" in audit
    assert [word for word in CONTENT if word in audit] == []
    for path in ("/api/v1/awards/?since=2020-01-01", f"/api/v1/students/{request_.student.public_id}/ledger/"):
        answer = administrator.get(path)
        assert (answer.status_code, [word for word in CONTENT if word in text_of(answer)]) == (200, [])


def test_a_second_district_learns_nothing(personas: Personas, request_: CreditRequest) -> None:
    kept = make_attestation(request_, personas.student.user)

    for who in ("other_district_administrator", "other_district_student"):
        for path in (page_of(kept), story(request_), address("ask", request_), address("record", request_)):
            answer = personas.named(who).client().get(path)
            assert answer.status_code == 404
            assert [word for word in CONTENT if word in text_of(answer)] == []


def test_a_withdrawn_word_is_shown_to_nobody(personas: Personas, request_: CreditRequest) -> None:
    kept = make_attestation(request_, personas.student.user, organisation="Canoe Family")
    withdraw_attestation(kept, reason="She asked for it.", actor=personas.teacher.user)

    for who in ("student", "teacher", "principal"):
        html = text_of(personas.named(who).client().get(page_of(kept)))
        html += text_of(personas.named(who).client().get(story(request_)))
        assert "She asked for it." in html
        assert [word for word in CONTENT if word in html] == []


# --- The part on the pages of a request -------------------------------------------------------------------------------


def test_the_student_sees_who_was_asked_and_what_was_given(personas: Personas, request_: CreditRequest) -> None:
    make_invite(request_, personas.teacher.user, name="Joseph Hill", role="practitioner")
    make_attestation(request_, personas.student.user)

    html = text_of(personas.student.client().get(story(request_)))

    part = html[html.index('id="attestations"') :]
    words = [word for word in ("Joseph Hill", "Cultural practitioner", "Asked", "Vera Moses", "Given") if word in part]
    assert words == ["Joseph Hill", "Cultural practitioner", "Asked", "Vera Moses", "Given"]


def test_links_that_are_too_old_or_canceled_say_so(
    personas: Personas, request_: CreditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite = make_invite(request_, personas.teacher.user, days=7)
    ask_again(make_invite(request_, personas.teacher.user), actor=personas.teacher.user)
    monkeypatch.setattr(clock, "now", lambda: invite.expires_at)

    html = text_of(personas.credit_manager.client().get(reverse("crediting:decision", args=[request_.public_id])))

    part = html[html.index('id="attestations"') :]
    assert part.count("Expired") == 1
    # The replaced link is not listed; the fresh one is.
    assert part.count("Cultural practitioner") == 0 and part.count("New link") == 2


def test_the_pages_ask_as_much_for_one_word_as_for_thirty(personas: Personas, request_: CreditRequest) -> None:
    browser = personas.credit_manager.client()
    paths = {story(request_): 22, reverse("crediting:decision", args=[request_.public_id]): 26}
    browser.get(story(request_))

    def fill(count: int) -> None:
        for _number in range(count):
            kept = make_attestation(request_, personas.student.user)
            map_attestation(kept, [claim.standard for claim in request_.claims.all()], actor=personas.teacher.user)
            make_invite(request_, personas.teacher.user)

    fill(1)
    for path, expected in paths.items():
        with assert_queries(expected):
            browser.get(path)
    fill(29)
    for path, expected in paths.items():
        with assert_queries(expected):
            browser.get(path)


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_the_link_is_shown_once_with_its_code(personas: Personas, request_: CreditRequest) -> None:
    browser = personas.student.client()
    answer = browser.post(address("ask", request_), ASKED)

    assert answer.status_code == 200
    html = text_of(answer)
    found = re.search(r"/attest/([0-9A-Z]{16})/", html)
    assert found is not None
    token = found.group(1)
    assert usable(token).language == "es"
    assert "-".join(token[start : start + 4] for start in range(0, 16, 4)) in html
    assert "<svg" in html and answer["Cache-Control"] == "private, no-store"
    # Nowhere else, not even for the person who asked.
    for path in (story(request_), address("ask", request_)):
        assert token not in text_of(browser.get(path))


def test_what_is_wrong_is_said_and_nothing_is_made(personas: Personas, request_: CreditRequest) -> None:
    answer = personas.student.client().post(
        address("ask", request_), ASKED | {"experience": " ", "email": "no", "days": "9999"}
    )

    assert answer.status_code == 422
    assert text_of(answer).count("field--invalid") == 3
    assert AttestationInvite.objects.count() == 0


def test_the_form_opens_without_writing(personas: Personas, request_: CreditRequest) -> None:
    kept = make_attestation(request_, personas.student.user)
    browser = personas.teacher.client()
    browser.get(story(request_))

    with assert_no_writes():
        for path in (address("ask", request_), address("record", request_), page_of(kept)):
            assert browser.get(path).status_code == 200


def test_nothing_is_asked_after_the_decision(personas: Personas, request_: CreditRequest) -> None:
    award_credit(request_, reason="Shown.", actor=personas.credit_manager.user)

    answer = personas.student.client().get(address("ask", request_))

    assert answer.status_code == 403
    assert "nothing can be attested" in text_of(answer)


# --- Writing down, matching, withdrawing ------------------------------------------------------------------------------


def test_a_spoken_word_says_who_spoke_who_wrote_and_in_which_language(
    personas: Personas, request_: CreditRequest
) -> None:
    browser = personas.teacher.client()

    answer = browser.post(address("record", request_), SPOKEN)

    kept = Attestation.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(kept))
    html = text_of(browser.get(page_of(kept)))
    told = ("Vera Moses", "Spoken, and written down by staff", "Tomas Reed", "Lushootseed", "Sep 1, 2026", STATEMENT)
    assert [word for word in told if word not in html] == []


def test_a_teachers_own_word_carries_their_name(personas: Personas, request_: CreditRequest) -> None:
    answer = personas.teacher.client().post(address("record", request_), SPOKEN | {"role": "own:teacher", "name": ""})

    assert answer.status_code == 302
    kept = Attestation.objects.get()
    assert (kept.role, kept.name, kept.way) == ("teacher", "Tomas Reed", "own")
    refused = personas.teacher.client().post(address("record", request_), SPOKEN | {"role": "own:principal"})
    assert refused.status_code == 422


def test_staff_match_a_word_with_standards(personas: Personas, request_: CreditRequest, ground: Ground) -> None:
    kept = make_spoken(request_, personas.teacher.user)
    browser = personas.teacher.client()
    chosen = ground.standards[1]

    answer = browser.post(page_of(kept), {"standards": [str(chosen.public_id)]})

    assert answer.status_code == 302
    assert [row.standard for row in kept.mapped.all()] == [chosen]
    html = text_of(browser.get(story(request_)))
    assert chosen.code in html[html.index('id="attestations"') :]
    strange = browser.post(page_of(kept), {"standards": [str(ground.standards[2].public_id)]})
    assert strange.status_code == 422


def test_a_word_is_withdrawn_with_a_reason(personas: Personas, request_: CreditRequest) -> None:
    kept = make_spoken(request_, personas.teacher.user)
    path = reverse("crediting:attestation-withdraw", args=[kept.public_id])
    browser = personas.credit_manager.client()

    assert browser.post(path, {"reason": "\u200b"}).status_code == 422
    assert browser.post(path, {"reason": "The elder asked for it."}).status_code == 302

    kept.refresh_from_db()
    assert kept.withdrawal.reason == "The elder asked for it."
