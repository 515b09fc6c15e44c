"""Pages of proposals: what the student writes, what the family reads, what those who approve see."""

import datetime as dt

import pytest

from crediting.models import Proposal, ProposalVersion
from crediting.states import PROPOSAL_FIELDS, ProposalKind, ProposalState
from mbl.core import clock
from profiles.models import Student
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import post_after_expiry, text_of
from tests.factories.crediting import Ground, make_draft
from tests.factories.procedures import PROPOSALS, make_procedure, make_proposal, words
from tests.factories.profiles import make_account_holder, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
QUEUE_TRIPS = 11
DETAIL_TRIPS = 12


@pytest.fixture
def student(personas: Personas) -> Student:
    make_procedure(personas.other_district, proposals={"roles": ["administrator"]})
    make_procedure(personas.district, proposals=PROPOSALS)
    return personas.student.student


def typed(student: Student, **fields: object) -> dict[str, object]:
    return {name: str(value) for name, value in (words(student) | fields).items()}


@pytest.mark.rule("R16", partial=True)
def test_a_student_writes_sends_and_reads_what_the_school_says(personas: Personas, student: Student) -> None:
    browser = personas.student.client()
    with assert_no_writes():
        form = text_of(browser.get("/proposals/new/"))
    assert all(f'name="{name}"' in form for name in PROPOSAL_FIELDS) and 'name="employer"' not in form
    answer = browser.post("/proposals/new/", typed(student, supervision=""))
    address = answer["Location"]
    page = text_of(browser.get(address))
    assert "Say how and by whom you are supervised." in page
    sent = browser.post(f"{address}send/")
    assert sent.status_code == 400 and "Say how and by whom" in text_of(sent)
    browser.post(f"{address}edit/", typed(student))
    assert browser.post(f"{address}send/").status_code == 302
    review = personas.principal.client()
    page = text_of(review.get(f"{address}review/"))
    assert "What I say about goals." in page and "so it can be approved" in page
    unspoken = review.post(f"{address}review/", {"reason": "", "verdict": "approve"})
    assert "Say why. The student and the family read it." in text_of(unspoken)
    review.post(f"{address}review/", {"reason": "The supervision is clear.", "verdict": "approve"})
    for reader in (browser, personas.family.client()):
        assert "The supervision is clear." in text_of(reader.get(address))
    listed = text_of(personas.family.client().get("/proposals/"))
    assert "Summer at the fish hatchery" in listed and "Write a proposal" not in listed


def test_what_was_typed_survives_a_session_that_ended(personas: Personas, student: Student) -> None:
    browser = personas.student.client()
    back = post_after_expiry(browser, personas.student.user, "/proposals/new/", typed(student, program="My salmon"))
    assert "My salmon" in text_of(browser.get(back)) and not Proposal.objects.exists()


def test_the_same_form_sent_twice_makes_one_draft(personas: Personas, student: Student) -> None:
    browser = personas.student.client()
    key = "4b5e3f8c-0a7e-4c39-8a55-111111111111"
    first, second = (browser.post("/proposals/new/", typed(student) | {"key": key}) for _number in range(2))
    assert first["Location"] == second["Location"] and Proposal.objects.count() == 1


def test_where_nothing_is_open_the_page_says_so(personas: Personas) -> None:
    browser = personas.student.client()
    assert "Not open at the moment" in text_of(browser.get("/proposals/new/"))
    assert "nothing new can be proposed" in text_of(browser.get("/proposals/"))


def test_paid_work_asks_for_an_employer_only_where_the_district_opens_it(personas: Personas, student: Student) -> None:
    page = text_of(personas.student.client().get("/proposals/new/?kind=paid_work"))
    assert 'name="employer"' in page
    other = personas.other_district_student.client()
    assert 'name="employer"' not in text_of(other.get("/proposals/new/?kind=paid_work"))


def test_a_draft_is_the_students_alone_and_an_amendment_too(personas: Personas, student: Student) -> None:
    version = make_proposal(student, ProposalState.APPROVED, reviewer=personas.counselor.user)
    address = f"/proposals/{version.proposal.public_id}/"
    browser = personas.student.client()
    browser.post(f"{address}amend/")
    browser.post(f"{address}edit/", typed(student, program="A second summer"))
    assert "A second summer" in text_of(browser.get(address))
    for reader in (personas.family, personas.counselor, personas.principal):
        page = text_of(reader.client().get(address))
        assert "A second summer" not in page and "Summer at the fish hatchery" in page


@pytest.mark.rule("R16", partial=True)
def test_ec11_after_the_first_day_the_button_is_off_and_says_why(personas: Personas, student: Student) -> None:
    version = make_proposal(student, ProposalState.DRAFT, begins_in=-1)
    ProposalVersion.objects.filter(pk=version.pk).update(state=ProposalState.SENT, sent_at=clock.now())
    address = f"/proposals/{version.proposal.public_id}/review/"
    browser = personas.principal.client()
    assert "only before the work begins" in text_of(browser.get(address))
    pressed = browser.post(address, {"reason": "Good work", "verdict": "approve"})
    assert "only before the work begins" in text_of(pressed)
    version.refresh_from_db()
    assert version.state == ProposalState.SENT
    unread = browser.post(address, {"reason": "No button"})
    assert unread.status_code == 422 and "cannot read" in text_of(unread)


def test_hours_are_written_on_the_page_and_counted(personas: Personas, student: Student) -> None:
    student.person.birth_date = dt.date(2008, 1, 1)
    student.person.save()
    version = make_proposal(student, ProposalState.DRAFT, kind=ProposalKind.PAID_WORK, begins_in=-3)
    ProposalVersion.objects.filter(pk=version.pk).update(state=ProposalState.APPROVED, sent_at=clock.now())
    address, today = f"/proposals/{version.proposal.public_id}/", clock.today(personas.district).isoformat()
    browser = personas.student.client()
    wrong = browser.post(f"{address}hours/", {"day": today, "hours": "25", "done": "Nets"})
    assert wrong.status_code == 422 and "at most 24" in text_of(wrong)
    browser.post(f"{address}hours/", {"day": today, "hours": "7.5", "done": "Nets"})
    counselor = personas.counselor.client()
    assert "These hours are right" in text_of(counselor.get(address))
    counselor.post(f"{address}hours/check/", {"through": today, "note": "Pay slip"})
    page = text_of(browser.get(address))
    assert "7.5 hours are checked. From 180 hours on they give 0.5 credits." in page and "Pay slip" in page
    assert "These hours are right" not in text_of(counselor.get(address))


def test_a_request_is_put_under_the_proposal_and_shows_it(personas: Personas, student: Student, ground: Ground) -> None:
    request = make_draft(ground, student, personas.teacher.person)
    proposal = make_proposal(student).proposal
    browser = personas.student.client()
    browser.post(f"/proposals/{proposal.public_id}/requests/", {"request": request.public_id})
    assert "Summer at the fish hatchery" in text_of(browser.get(f"/requests/{request.public_id}/"))
    assert "Proofs I wrote" in text_of(browser.get(f"/proposals/{proposal.public_id}/"))
    browser.post(f"/proposals/{proposal.public_id}/requests/{request.public_id}/remove/")
    assert not proposal.requests.exists()


def test_the_queue_takes_the_same_trips_for_one_and_thirty_and_shows_no_other_district(
    personas: Personas, student: Student
) -> None:
    make_proposal(personas.other_district_student.student, program="Not ours")
    make_proposal(student, begins_in=3, program="Begins soon")
    browser = personas.principal.client()
    browser.get("/proposals/waiting/")
    with assert_queries(QUEUE_TRIPS):
        browser.get("/proposals/waiting/")
    for number in range(29):
        other = make_student(personas.school, person=make_account_holder(personas.district, f"Student {number}"))
        make_proposal(other, begins_in=40 + number, program=f"Work {number}")
    with assert_queries(QUEUE_TRIPS):
        page = text_of(browser.get("/proposals/waiting/"))
    assert "<strong>30 proposals</strong>" in page and "Not ours" not in page
    assert page.index("Begins soon") < page.index("Work 0<") and "3 days" in page
    # The counselor's own students, and nobody of a role that the policy does not name.
    assert "<strong>1 proposal</strong>" in text_of(personas.counselor.client().get("/proposals/waiting/"))
    manager = text_of(personas.credit_manager.client().get("/proposals/waiting/"))
    assert "name other roles" in manager and "Begins soon" not in manager


def test_a_proposal_with_a_long_life_takes_the_same_trips(personas: Personas, student: Student) -> None:
    version = make_proposal(student, ProposalState.APPROVED, reviewer=personas.counselor.user)
    address = f"/proposals/{version.proposal.public_id}/"
    browser = personas.student.client()
    browser.get(address)
    with assert_queries(DETAIL_TRIPS):
        browser.get(address)
    for number in range(2, 32):
        ProposalVersion.objects.create(
            proposal=version.proposal,
            number=number,
            written_by=personas.student.user,
            state=ProposalState.WITHDRAWN if number < 31 else ProposalState.APPROVED,
            sent_at=clock.now(),
            **words(student),
        )
    with assert_queries(DETAIL_TRIPS):
        assert browser.get(address).status_code == 200
