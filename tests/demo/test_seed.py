"""The demonstration as it is loaded: who is there, what was told, and that one district shows nothing of the other."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from crediting.access import appeals_to_answer, readings_of
from crediting.models import (
    Appeal,
    Attestation,
    AttestationInvite,
    AwardProposal,
    CreditRequest,
    Decision,
    EvidenceUse,
    GradeWindow,
    HoursEntry,
    KeptGrade,
    LedgerEntry,
    PolicyReplay,
    PolicyVersion,
    ProposalVersion,
    Reading,
    RequestNote,
)
from crediting.states import RequestState
from equity.queries.report import latest, offered, read_table, schools_of
from equity.rules.suppression import Shown, Suppressed
from hsbp.access import caseload_of
from hsbp.models import FamilySignature, Plan
from hsbp.states import PlanState
from mbl.core import clock
from mbl.core.models import AuditEvent, District, ImportRun, Job, User
from mbl.demo.personas import PERSONAS, user_of
from profiles.access import students_visible_to
from profiles.models import Relationship, School, SectionEnrollment, Student
from transcripts.models import Transcript
from transcripts.queries.standings import standing_of
from transcripts.states import Standing

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loading takes half a minute, so the tests of this module share it; it is gone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def main(db: None) -> District:
    return District.objects.get(code="cedar-falls")


def person(key: str) -> User:
    user = user_of(key)
    assert user is not None, key
    return user


def test_two_districts_with_their_schools_are_there(main: District) -> None:
    assert list(District.objects.order_by("code").values_list("code", "is_demo")) == [
        ("cedar-falls", True),
        ("sagebrush-flats", True),
    ]
    assert School.objects.filter(district=main).count() == 3
    assert Student.objects.filter(district=main).count() == 602
    assert ImportRun.objects.filter(district=main, kind="oneroster", state="applied").count() == 2


def test_two_years_of_classes_and_the_record_before_them_are_there(main: District) -> None:
    this_year = clock.school_year(clock.today(main))
    years = SectionEnrollment.objects.filter(section__district=main).values_list("section__session__school_year")

    assert set(years) == {(this_year - 1,), (this_year,)}
    assert set(LedgerEntry.objects.filter(district=main, kind="course").values_list("school_year", flat=True)) >= {
        this_year - 3,
        this_year - 2,
        this_year - 1,
    }


@pytest.mark.parametrize("key", [persona.key for persona in PERSONAS])
def test_everybody_of_the_sign_in_page_can_sign_in(db: None, key: str) -> None:
    response = Client(headers={"host": "localhost"}).post("/demo/sign-in/", {"person": key})

    assert (response.status_code, response["Location"]) == (302, "/")


def test_requests_stand_in_every_state(main: District) -> None:
    # A reversed award was awarded again, so it does not stay in that state; the demo's policies give credit only.
    assert set(CreditRequest.objects.filter(district=main).values_list("state", flat=True)) == set(RequestState) - {
        RequestState.REVERSED,
        RequestState.GRANTED,
    }
    assert RequestNote.objects.filter(request__district=main, kind="returned").exists()
    assert CreditRequest.objects.filter(district=main, attempt=2).exists()


def test_an_award_was_reversed_and_awarded_again(main: District) -> None:
    again = Decision.objects.select_related("replaces", "request").get(district=main, replaces__isnull=False)

    assert again.kind == "award"
    assert again.request is not None
    assert again.request.state == "awarded"
    lines = LedgerEntry.objects.filter(request=again.request).order_by("pk")
    assert [(line.kind, line.credits_earned > 0) for line in lines] == [
        ("mastery", True),
        ("reversal", False),
        ("mastery", True),
    ]
    assert lines[2].replaces == lines[0]
    # The semester that was failed is still on the record.
    assert lines[0].recovers is not None
    assert lines[0].recovers.mark == "F"


def test_at_the_small_school_the_assessing_teacher_awards_alone(main: District) -> None:
    small = Decision.objects.filter(request__school__name="Riverbend Academy", kind="award")

    assert small.count() >= 2
    for decision in small:
        assert decision.two_roles is False
        assert decision.request is not None
        assert decision.decided_by_person == decision.request.assessor


def test_elsewhere_somebody_else_decides_than_assessed(main: District) -> None:
    for decision in Decision.objects.filter(request__school__name="Cedar Falls High School"):
        assert decision.two_roles is True
        assert decision.request is not None
        assert decision.decided_by_person != decision.request.assessor


def test_a_refusal_says_why(main: District) -> None:
    refused = Decision.objects.filter(district=main, kind="refused")

    assert refused.exists()
    assert all(len(decision.reason) > 40 for decision in refused)


def test_policies_have_versions_that_follow_one_another(main: District) -> None:
    versions = PolicyVersion.objects.filter(series__district=main, series__code="2403", state="published")

    first, second = versions.order_by("number")
    assert first.effective.upper == second.effective.lower
    assert {decision.policy_version_id for decision in Decision.objects.filter(policy_version__in=versions)} == {
        first.pk,
        second.pk,
    }


def test_transcripts_are_valid_replaced_revoked_and_no_longer_current(main: District) -> None:
    found = {standing_of(transcript) for transcript in Transcript.objects.with_standing().filter(district=main)}

    assert found == {Standing.VALID, Standing.REPLACED, Standing.REVOKED, Standing.NOT_CURRENT}


def test_families_read_english_and_spanish(main: District) -> None:
    assert person("family").language == ""
    assert person("family-spanish").language == "es"
    children = Relationship.objects.filter(person__user=person("family-spanish"), kind="guardian", portal=True)
    assert sorted(str(relation.student) for relation in children) == ["Diego Cárdenas", "Lucía Cárdenas"]


def test_what_happened_lies_in_the_past_and_waits_look_right(main: District) -> None:
    now = timezone.now()

    assert not AuditEvent.objects.filter(at__gt=now).exists()
    waiting = CreditRequest.objects.filter(district=main, state="submitted", assessor__user=person("teacher"))
    waits = sorted((now - request.waiting_since).days for request in waiting if request.waiting_since)
    assert len(waits) >= 5
    assert waits[-1] <= 20
    # Evidence is older than its sending, judgements younger.
    for use in EvidenceUse.objects.filter(request__district=main, submitted_at__isnull=False).select_related(
        "evidence"
    ):
        assert use.submitted_at is not None
        assert use.evidence.created_at <= use.submitted_at


def test_each_story_was_told_by_those_who_were_in_it(main: District) -> None:
    told = AuditEvent.objects.filter(district=main, verb__startswith="crediting.", student_id__isnull=False)

    assert told.exists()
    # A witness has no account.
    assert {event.verb for event in told.filter(actor=None)} == {"crediting.attestation.given"}


def test_proposals_appeals_and_attestations_are_there_to_see(main: District) -> None:
    assert set(ProposalVersion.objects.filter(proposal__district=main).values_list("state", flat=True)) == {
        "sent",
        "approved",
    }
    hours = HoursEntry.objects.filter(proposal__district=main)
    assert hours.exclude(checked=None).exists() and hours.filter(checked=None).exists()
    assert set(Appeal.objects.filter(district=main).values_list("state", flat=True)) == {"open", "upheld"}
    # One of a request, one of credit from another school.
    waiting = appeals_to_answer(person("administrator")).filter(state="open")
    assert [waiting.filter(transfer_decision__isnull=is_own).count() for is_own in (True, False)] == [1, 1]
    (given,) = Attestation.objects.filter(request__district=main)
    assert given.is_unrecorded and given.mapped.exists()
    assert AttestationInvite.objects.filter(district=main, used_at=None).count() == 1


def test_the_second_district_shows_nothing_of_the_first(main: District) -> None:
    other = person("other-district-administrator")

    visible = students_visible_to(other)
    assert visible.count() == 42
    assert {student.district.code for student in visible} == {"sagebrush-flats"}
    assert CreditRequest.objects.filter(district__code="sagebrush-flats").count() == 2
    assert Transcript.objects.filter(district__code="sagebrush-flats").count() == 1


def test_plans_stand_in_every_state_and_a_family_signed(main: District) -> None:
    states = set(Plan.objects.filter(district=main).values_list("state", flat=True))

    assert states == {state.value for state in PlanState}
    assert FamilySignature.objects.filter(revision__plan__district=main).exists()
    assert FamilySignature.objects.filter(revision__plan__district=main, language="es").exists()


def test_the_counselor_of_the_sign_in_page_has_plans_to_review(main: District) -> None:
    waiting = Plan.objects.filter(student__in=caseload_of(person("counselor")), state=PlanState.SUBMITTED)

    assert any(not plan.waits_unchanged for plan in waiting)


def test_nobody_gets_mail(db: None) -> None:
    assert not User.objects.exclude(email="").exists()


def test_loading_twice_is_refused_and_if_empty_does_nothing(db: None) -> None:
    before = AuditEvent.objects.count()

    with pytest.raises(CommandError, match="already"):
        call_command("seed_demo")
    call_command("seed_demo", if_empty=True)

    assert AuditEvent.objects.count() == before


def test_the_equity_report_has_hidden_groups_intervals_and_a_signal(main: District) -> None:
    this_year = clock.school_year(clock.today(main))
    for year in (this_year - 1, this_year):
        snapshot = latest(main, year)
        assert snapshot is not None
        race = read_table(snapshot)
        assert race is not None
        kinds = {type(row.published) for row in race.rows}
        assert {Shown, Suppressed} <= kinds
        assert any(row.interval for row in race.rows)
        assert race.findings, year
        assert len(schools_of(snapshot)) == 2
        assert len(offered(snapshot)[1]) >= 4
        low_income = read_table(snapshot, partition="low_income")
        assert low_income is not None
        assert isinstance(low_income.rows[0].published, Shown)
    # The files are made from these snapshots as soon as a worker runs.
    assert Job.objects.filter(district=main, kind="equity.report", state="waiting").count() == 2


def test_results_of_the_fall_propose_awards_to_confirm(main: District) -> None:
    rows = AwardProposal.objects.filter(district=main)
    assert rows.exists() and set(rows.values_list("state", "course__code")) <= {("open", "MAT101"), ("open", "MAT201")}


def test_the_teacher_has_work_of_a_class_to_read_and_some_is_read(main: District) -> None:
    mine = readings_of(person("teacher")).filter(class_work__isnull=False)
    assert mine.filter(state="waiting").exists()
    given = Reading.objects.filter(class_work__district=main, state="given")
    assert given.exists() and all(reading.work.moderated != "waiting" for reading in given)


def test_the_administrator_finds_a_finished_replay(main: District) -> None:
    replay = PolicyReplay.objects.get(district=main)
    assert replay.ended_at is not None and replay.decisions > 0 and replay.changed > 0
    assert replay.version.state == "draft"


def test_letter_grades_were_kept_once_and_are_shown_now(main: District) -> None:
    ended, now = GradeWindow.objects.filter(district=main).order_by("days")
    assert ended.kept_at is not None and now.kept_at is None
    assert KeptGrade.objects.filter(window=ended).exclude(mark="").exists()
    other = GradeWindow.objects.exclude(district=main)
    assert {window.name for window in other} == {"Interim report", "Progress report"}
