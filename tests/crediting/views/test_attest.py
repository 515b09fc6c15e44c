"""A one-time link, and everything that may happen to it on its way."""

from __future__ import annotations

import datetime as dt
import logging
import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from crediting.actions.attestations import ask_again, cancel_invite, link_of, token_of, withdraw_attestation
from crediting.actions.decisions import award_credit
from crediting.models import Attestation, AttestationInvite, CreditRequest
from crediting.states import RequestState
from mbl.core import clock
from mbl.core.logs import SafeFormatter, without_secrets
from mbl.core.models import AuditEvent
from profiles.states import Role
from tests.assertions import assert_no_writes
from tests.crediting.pages import text_of
from tests.factories.attestations import EXPERIENCE, STATEMENT, make_attestation, make_invite, make_token
from tests.factories.crediting import Ground, make_ground, make_request
from tests.factories.profiles import make_account_holder, make_role
from tests.factories.transcripts import run_waiting_jobs
from tests.personas import Personas

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R30")]

SAID = {
    "keep": "words",
    "statement": STATEMENT,
    "name": "Vera Moses",
    "readers": "all",
    "was_there": "on",
}
# Of the student only the first name is on the page; of everybody nothing is on a page that does not open.
SECRET = ("Ramirez", "Geometry", "Proofs I wrote")
NOTHING = ("Sofia", "Vera", "canoe", *SECRET)
SCANNER = "Mozilla/5.0 (compatible; MailScanner/1.0)"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def request_(personas: Personas, ground: Ground) -> CreditRequest:
    return make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)


def path(token: str) -> str:
    return reverse("crediting:attest", args=[token])


def post(token: str, **fields: str) -> tuple[int, str]:
    """The answer a browser without cookies gets: status, and the address it goes on to or the page."""
    answer = Client().post(path(token), SAID | fields)
    return answer.status_code, answer.headers.get("Location", "") or text_of(answer)


def assert_tells_nothing(html: str) -> None:
    assert [word for word in NOTHING if word in html] == []


# --- It opens ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_first_name_and_what_the_asker_wrote(personas: Personas, request_: CreditRequest) -> None:
    html = text_of(Client().get(path(make_token(request_, personas.teacher.user))))

    assert [word for word in ("Sofia", EXPERIENCE, "Tomas Reed", "Northfield High School") if word not in html] == []
    assert [word for word in SECRET if word in html] == []


def test_a_student_who_asks_is_shown_by_first_name_too(personas: Personas, request_: CreditRequest) -> None:
    html = text_of(Client().get(path(make_token(request_, personas.student.user))))

    assert "Sofia, a student of Northfield High School" in html
    assert "Ramirez" not in html


def test_sending_it_keeps_the_word_and_says_thank_you(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user)

    status, where = post(token, organisation="Canoe Family", witnessed_from="2026-07-01", witnessed_to="2026-07-20")

    assert (status, where) == (302, "/attest/thank-you/")
    kept = Attestation.objects.get()
    assert (kept.statement, kept.organisation, kept.witnessed_to) == (STATEMENT, "Canoe Family", dt.date(2026, 7, 20))
    assert_tells_nothing(text_of(Client().get(where)))


def test_only_the_fact_is_kept_where_the_witness_wishes(personas: Personas, request_: CreditRequest) -> None:
    post(make_token(request_, personas.teacher.user), keep="fact", readers="few")

    kept = Attestation.objects.get()
    assert (kept.is_unrecorded, kept.statement, kept.visible_to) == (True, "", ["credit_manager", "principal"])


@pytest.mark.parametrize("missing", ["statement", "name", "was_there"])
def test_what_is_missing_is_said_and_what_was_typed_stays(
    personas: Personas, request_: CreditRequest, missing: str
) -> None:
    token = make_token(request_, personas.teacher.user)

    status, html = post(token, **{missing: ""})

    assert status == 422
    assert "field--invalid" in html
    assert (STATEMENT in html) == (missing != "statement")
    assert Attestation.objects.count() == 0
    assert post(token)[0] == 302


def test_a_reader_who_was_not_offered_is_refused(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user, visible_to=("counselor",))

    assert post(token, readers="all")[0] == 422
    assert post(token, readers="few")[0] == 302
    assert Attestation.objects.get().visible_to == ["counselor"]


# --- Attacks and accidents --------------------------------------------------------------------------------------------


def test_mail_scanners_and_previews_do_not_use_it_up(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user)

    for _round in range(3):
        with assert_no_writes():
            assert Client(headers={"User-Agent": SCANNER}).get(path(token)).status_code == 200
            assert Client().head(path(token)).status_code in {200, 405}
            assert Client().options(path(token)).status_code == 405

    assert post(token)[0] == 302


def test_a_replayed_form_changes_nothing(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user)
    post(token)
    events = AuditEvent.objects.count()

    status, html = post(token, name="Somebody Else", statement="Something else")

    assert (status, AuditEvent.objects.count()) == (410, events)
    assert "This link has been used" in html
    assert Attestation.objects.get().name == "Vera Moses"


def test_a_forwarded_link_tells_the_second_person_nothing(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user)
    post(token)

    answer = Client().get(path(token))

    assert answer.status_code == 410
    assert "This link has been used" in text_of(answer)
    assert_tells_nothing(text_of(answer))


def test_used_stays_used_after_the_word_is_withdrawn(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user)
    post(token)
    withdraw_attestation(Attestation.objects.get(), reason="A mistake.", actor=personas.teacher.user)

    assert post(token)[0] == 410
    assert Attestation.objects.count() == 1


def test_too_old_canceled_replaced_and_decided_each_say_so(
    personas: Personas, request_: CreditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = personas.teacher.user
    cancelled, replaced, open_ = (make_invite(request_, teacher) for _number in range(3))
    cancel_invite(cancelled, actor=teacher)
    ask_again(replaced, actor=teacher)
    expected = {
        token_of(cancelled): "This link was canceled",
        token_of(replaced): "This link was canceled",
    }
    for token, heading in expected.items():
        assert_closed(token, heading)
    real = clock.now
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: real() + dt.timedelta(days=15))
        assert_closed(token_of(open_), "This link is too old")
    award_credit(request_, reason="Shown.", actor=personas.credit_manager.user)
    assert_closed(token_of(open_), "The school has finished with this")


def assert_closed(token: str, heading: str) -> None:
    for status, html in ((410, text_of(Client().get(path(token)))), post(token)):
        assert status == 410
        assert heading in html
        assert_tells_nothing(html)
    assert Attestation.objects.count() == 0


@pytest.mark.parametrize(
    "token", ["0000000000000000", "short", "x" * 200, "<script>alert(1)</script>", "..%2F..%2Fadmin", "%00", "ʔəɬ"]
)
def test_an_unknown_or_broken_secret_opens_nothing(personas: Personas, request_: CreditRequest, token: str) -> None:
    make_token(request_, personas.teacher.user)

    for answer in (Client().get(f"/attest/{token}/"), Client().post(f"/attest/{token}/", SAID)):
        assert answer.status_code in {400, 404}
        assert_tells_nothing(text_of(answer))
    assert Attestation.objects.count() == 0


def test_one_character_more_less_or_other_opens_nothing(personas: Personas, request_: CreditRequest) -> None:
    """Only the letters that are read as digits when typed from paper may differ."""
    token = make_token(request_, personas.teacher.user)
    alike = {"0": "O", "1": "I"}
    altered = [
        token[:place] + other + token[place + 1 :]
        for place, letter in enumerate(token)
        for other in ("8" if letter != "8" else "7", "Z" if letter != "Z" else "Y")
        if alike.get(letter) != other
    ]
    for one in (*altered, token[:-1], token + "0", token[::-1], "0" + token):
        cache.clear()
        if one != token:
            assert Client().get(path(one)).status_code == 404, one
    assert Client().get(path(token)).status_code == 200


def test_two_tabs_of_one_witness_keep_the_first_word_only(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user)
    first, second = Client(), Client()
    assert [one.get(path(token)).status_code for one in (first, second)] == [200, 200]

    answers = [one.post(path(token), SAID | {"statement": said}) for one, said in ((first, "One."), (second, "Two."))]

    assert [answer.status_code for answer in answers] == [302, 410]
    assert Attestation.objects.get().statement == "One."


def test_a_form_that_was_never_opened_counts_like_any_other(personas: Personas, request_: CreditRequest) -> None:
    """A script that knows the secret is a witness who was asked; without what is required it gets the form."""
    token = make_token(request_, personas.teacher.user)
    assert Client().post(path(token), {}).status_code == 422
    assert AttestationInvite.objects.get().used_at is None
    extra = {"visible_to": "registrar", "request": "1", "used_at": "", "way": "own", "recorded_by": "1", "role": "x"}
    assert post(token, **extra)[0] == 302
    kept = Attestation.objects.get()
    assert (kept.request, kept.way, kept.recorded_by, kept.role, kept.visible_to) == (
        request_,
        "link",
        None,
        "elder",
        [],
    )


def test_a_link_of_a_second_district_keeps_its_word_there(personas: Personas, request_: CreditRequest) -> None:
    teacher = make_account_holder(personas.other_district, "Tora Berg")
    make_role(teacher, Role.TEACHER, personas.other_school)
    theirs = make_request(make_ground(personas.other_school), personas.other_district_student.student, teacher)
    token = make_token(theirs, personas.other_district_student.user)
    make_token(request_, personas.teacher.user)

    post(token)

    kept = Attestation.objects.get()
    assert (kept.district, kept.request) == (personas.other_district, theirs)


def test_signed_in_people_get_the_same_page_and_no_trace_of_the_secret(
    personas: Personas, request_: CreditRequest
) -> None:
    """A denied attempt is recorded with its address; a wrong secret is not written there either."""
    token = make_token(request_, personas.teacher.user)
    browser = personas.other_district_student.client()

    assert browser.get(path(token)).status_code == 200
    assert browser.get(path("7K3MQ9XR000111VW")).status_code == 404

    events = " ".join(map(str, AuditEvent.objects.values_list("payload", flat=True)))
    assert token not in events and "7K3M" not in events


def test_whoever_tries_too_often_waits(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user)

    answers = [Client().get(path("7K3MQ9XR000111VW")).status_code for _number in range(40)]

    assert answers == [404] * 40
    late = Client().post(path(token), SAID)
    assert (late.status_code, Attestation.objects.count()) == (429, 0)
    assert late["Cache-Control"] == "no-store"


def test_a_form_from_another_site_is_refused(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user)

    assert Client(enforce_csrf_checks=True).post(path(token), SAID).status_code == 403
    assert Attestation.objects.count() == 0


# --- What surrounds it ------------------------------------------------------------------------------------------------


def test_every_answer_is_kept_nowhere_and_found_by_nobody(personas: Personas, request_: CreditRequest) -> None:
    used = make_token(request_, personas.teacher.user)
    post(used)
    open_ = make_token(request_, personas.teacher.user)
    for address in (path(open_), path(used), path("0" * 16), "/attest/", "/attest/thank-you/"):
        answer = Client().get(address)
        headers = [answer[name] for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")]
        assert headers == ["no-store", "noindex, nofollow", "same-origin"], address
        assert 'content="noindex, nofollow"' in text_of(answer)


def test_the_secret_is_taken_out_of_every_log_line(
    personas: Personas, request_: CreditRequest, caplog: pytest.LogCaptureFixture
) -> None:
    token = make_token(request_, personas.teacher.user)
    caplog.set_level(logging.DEBUG)
    Client().get(path(token))
    post(token)
    post(token)
    Client(enforce_csrf_checks=True).post(path(token), SAID)
    Client().put(path(token))

    lines = [SafeFormatter().format(_with_id(record)) for record in caplog.records]

    assert any("/attest/…" in line for line in lines)
    assert [line for line in lines if token in line] == []
    combined = f'127.0.0.1 "POST /attest/{token}/ HTTP/1.1" 302 0 "https://mbl.example/attest/{token}/" "Browser"'
    assert token not in without_secrets(combined)


def _with_id(record: logging.LogRecord) -> logging.LogRecord:
    record.request_id = "-"
    return record


def test_metrics_name_the_route_and_not_the_secret(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user)
    Client().get(path(token))

    told = text_of(Client().get("/metrics"))

    assert 'route="crediting:attest"' in told
    assert token not in told


def test_the_page_speaks_the_chosen_language_and_can_be_switched(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user, language="es")
    browser = Client(headers={"Accept-Language": "en"})

    spanish = browser.get(path(token))
    assert '<html lang="es"' in text_of(spanish)
    assert spanish["Content-Language"] == "es"

    assert re.search(r'<select[^>]*name="language"', text_of(spanish))
    browser.post(reverse("core:set-language"), {"language": "en", "next": path(token)})
    assert '<html lang="en"' in text_of(browser.get(path(token)))


def test_the_letter_names_no_student_and_holds_the_link(personas: Personas, request_: CreditRequest) -> None:
    invite = make_invite(request_, personas.teacher.user, email="Vera@Example.org ", language="es")

    assert run_waiting_jobs("crediting.email_attestation") == 1

    (letter,) = mail.outbox
    assert isinstance(letter, EmailMultiAlternatives)
    html = str(letter.alternatives[0][0])
    assert letter.to == ["vera@example.org"]
    assert link_of(invite) in letter.body and link_of(invite) in html
    assert [word for word in ("Sofia", "canoe", *SECRET) if word in f"{letter.subject} {letter.body} {html}"] == []
    assert '<html lang="es"' in html


def test_no_letter_goes_out_for_a_link_that_no_longer_works(personas: Personas, request_: CreditRequest) -> None:
    invite = make_invite(request_, personas.teacher.user, email="vera@example.org")
    cancel_invite(invite, actor=personas.teacher.user)

    assert run_waiting_jobs("crediting.email_attestation") == 1

    assert mail.outbox == []


# --- The code on the paper --------------------------------------------------------------------------------------------


def test_the_code_on_the_paper_leads_to_the_same_page(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user)
    typed = "-".join(token[start : start + 4] for start in range(0, 16, 4)).lower()

    answer = Client().post("/attest/", {"code": f" {typed} "})

    assert (answer.status_code, answer["Location"]) == (302, path(token))
    assert Client().post("/attest/", {"code": "too short"}).status_code == 422
    # A code in the address would stay in the browser's history and in proxies: it is not read from there.
    assert Client().get("/attest/", {"code": token}).status_code == 200
    assert AttestationInvite.objects.get().used_at is None


def test_lower_case_and_dashes_in_a_link_open_it_too(personas: Personas, request_: CreditRequest) -> None:
    token = make_token(request_, personas.teacher.user)

    assert Client().get(path(token.lower())).status_code == 200
    assert make_attestation(request_, personas.teacher.user).request == request_
