"""The log of experiences: written, confirmed, returned, recorded for a group, withdrawn, and never rewritten."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from hsbp.actions.experience_settings import add_kind, begin_kinds, change_kind, end_target, set_target
from hsbp.actions.experiences import (
    add_reflection,
    change_experience,
    confirm_experience,
    log_experience,
    record_experience,
    return_experience,
    take_back_experience,
    withdraw_experience,
)
from hsbp.models import Experience, ExperienceKind, ExperienceStep, ExperienceTarget
from hsbp.queries.experiences import also_waiting, lines_of, waiting_for
from hsbp.rules.experiences import Aim
from mbl.core import clock
from mbl.core.errors import DomainError, InvalidTransition, NotAllowed
from mbl.core.models import AuditEvent, Notification
from profiles.states import RelationshipKind, Role
from tests.factories.experiences import make_entry, make_kind, make_target, told
from tests.factories.profiles import make_account_holder, make_guardian, make_relationship, make_role, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(personas: Personas) -> ExperienceKind:
    return make_kind(personas.district, personas.administrator.user)


def verbs(entry: Experience) -> list[str]:
    return list(AuditEvent.objects.filter(target_id=entry.public_id).order_by("pk").values_list("verb", flat=True))


def acts(entry: Experience) -> list[str]:
    return list(entry.steps.values_list("act", flat=True))


def test_an_entry_is_written_returned_mended_and_confirmed(personas: Personas, kind: ExperienceKind) -> None:
    student, own, counselor = personas.student.student, personas.student.user, personas.counselor.user
    draft = make_entry(student, kind, send=False)
    assert (draft.state, verbs(draft), acts(draft)) == ("draft", ["hsbp.experience.logged"], [])
    assert not waiting_for(counselor)

    sent = change_experience(draft, kind, told(student.district, reflection="Loud."), edition=1, send=True, actor=own)
    assert list(waiting_for(counselor)) == [sent]
    assert Notification.objects.filter(user=counselor, code="hsbp.experience_waits").count() == 1
    # A teacher of the student could confirm it too; it does not wait for them first.
    assert not waiting_for(personas.teacher.user) and list(also_waiting(personas.teacher.user)) == [sent]

    returned = return_experience(sent, note="Who showed you around?", actor=counselor)
    again = change_experience(
        returned, kind, told(student.district, contact="Ana Ruiz"), edition=returned.edition, send=True, actor=own
    )
    with pytest.raises(DomainError, match="changed since you opened it"):
        confirm_experience(again, edition=sent.edition, actor=counselor)
    confirmed = confirm_experience(again, edition=again.edition, actor=counselor)
    assert confirm_experience(again, edition=again.edition, actor=personas.teacher.user) == confirmed
    assert (confirmed.confirmed_by, confirmed.waiting_since) == (counselor, None)
    assert acts(confirmed) == ["sent", "returned", "sent", "confirmed"]
    assert verbs(confirmed) == [f"hsbp.experience.{act}" for act in ("logged", "sent", "returned", "sent", "confirmed")]
    told_student = Notification.objects.filter(user=own).values_list("code", flat=True)
    assert sorted(told_student) == ["hsbp.experience_confirmed", "hsbp.experience_returned"]


def test_what_is_confirmed_stays_also_in_the_database(personas: Personas, kind: ExperienceKind) -> None:
    student = personas.student.student
    entry = make_entry(student, kind, confirmed_by=personas.counselor.user)
    with pytest.raises(InvalidTransition):
        change_experience(entry, kind, told(student.district), edition=entry.edition, actor=personas.student.user)
    with pytest.raises(InvalidTransition):
        take_back_experience(entry, actor=personas.student.user)
    for change in ({"hours": Decimal("8.0")}, {"state": "draft"}, {"organization": "Elsewhere"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Experience.objects.filter(pk=entry.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Experience.objects.filter(pk=entry.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        ExperienceStep.objects.filter(experience=entry).update(note="Something else")

    counselor = personas.counselor.user
    with pytest.raises(DomainError, match="Say why"):
        withdraw_experience(entry, note=" ", actor=counselor)
    gone = withdraw_experience(entry, note="It was another Sofia.", actor=counselor)
    assert withdraw_experience(entry, note="It was another Sofia.", actor=counselor) == gone
    assert (gone.state, acts(gone)) == ("withdrawn", ["sent", "confirmed", "withdrawn"])
    assert AuditEvent.objects.get(verb="hsbp.experience.withdrawn").payload == {"note": "It was another Sofia."}


def test_a_reflection_is_added_once_to_what_staff_recorded(personas: Personas, kind: ExperienceKind) -> None:
    student, own = personas.student.student, personas.student.user
    (entry,) = record_experience(
        [student], kind, told(student.district, reflection=""), posting=uuid.uuid4(), actor=personas.teacher.user
    )
    assert (entry.state, entry.confirmed_by, acts(entry)) == ("confirmed", personas.teacher.user, ["recorded"])
    with pytest.raises(NotAllowed):
        add_reflection(entry, reflection="Not mine", actor=personas.counselor.user)
    add_reflection(entry, reflection="I want to weld.", actor=own)
    add_reflection(entry, reflection="I want to weld.", actor=own)
    with pytest.raises(DomainError, match="has a reflection already"):
        add_reflection(entry, reflection="Or not.", actor=own)
    assert acts(entry) == ["recorded", "reflected"]


def test_a_speaker_is_recorded_once_for_a_whole_class(personas: Personas, kind: ExperienceKind) -> None:
    teacher, posting = personas.teacher.user, uuid.uuid4()
    others = [make_student(personas.school) for _ in range(3)]
    for student in others:
        make_relationship(personas.teacher.person, student, RelationshipKind.ADVISER)
    everybody = [personas.student.student, *others]
    said = told(personas.district)
    assert len(record_experience(everybody, kind, said, posting=posting, actor=teacher)) == 4
    assert record_experience(everybody, kind, said, posting=posting, actor=teacher) == []
    # Somebody who came late is added to the same recording.
    late = make_student(personas.school)
    make_relationship(personas.teacher.person, late, RelationshipKind.ADVISER)
    assert [
        one.student for one in record_experience([*everybody, late], kind, said, posting=posting, actor=teacher)
    ] == [late]
    assert AuditEvent.objects.filter(verb="hsbp.experience.recorded").count() == 5
    stranger = make_student(personas.school)
    with pytest.raises(NotAllowed):
        record_experience([stranger], kind, said, posting=uuid.uuid4(), actor=teacher)
    assert not Experience.objects.filter(student=stranger).exists()


def test_nobody_confirms_for_their_own_child_or_in_another_district(personas: Personas, kind: ExperienceKind) -> None:
    student = personas.student.student
    entry = make_entry(student, kind)
    parent = make_account_holder(personas.district, "Petra Ramirez")
    make_role(parent, Role.COUNSELOR, personas.school)
    make_relationship(parent, student, RelationshipKind.COUNSELOR)
    make_guardian(parent, student, portal=False)
    assert parent.user is not None
    strangers = [
        parent.user,
        personas.student.user,
        personas.family.user,
        personas.registrar.user,
        personas.principal.user,
    ]
    for user in (*strangers, personas.other_district_administrator.user):
        with pytest.raises(NotAllowed):
            confirm_experience(entry, edition=entry.edition, actor=user)
        with pytest.raises(NotAllowed):
            record_experience([student], kind, told(student.district), posting=uuid.uuid4(), actor=user)
    assert not waiting_for(parent.user)
    elsewhere = make_kind(personas.other_district, personas.other_district_administrator.user)
    with pytest.raises(DomainError, match="your district offers"):
        make_entry(student, elsewhere)


def test_an_entry_must_hang_together_before_it_is_sent(personas: Personas, kind: ExperienceKind) -> None:
    student = personas.student.student
    tomorrow = clock.today(personas.district) + dt.timedelta(days=1)
    draft = make_entry(student, kind, send=False, day=tomorrow)
    with pytest.raises(DomainError, match="still to come"):
        change_experience(
            draft, kind, told(student.district, day=tomorrow), edition=1, send=True, actor=personas.student.user
        )
    with pytest.raises(DomainError, match="where it was"):
        make_entry(student, kind, organization="  ")
    with pytest.raises(DomainError, match="do not fit"):
        make_entry(student, kind, hours=Decimal("24.5"))
    with pytest.raises(DomainError, match="before the first"):
        make_entry(student, kind, ends_on=clock.today(personas.district) - dt.timedelta(days=1))
    take_back_experience(draft, actor=personas.student.user)
    assert not Experience.objects.exists()


def test_the_same_form_sent_twice_is_one_entry(personas: Personas, kind: ExperienceKind) -> None:
    student, posting = personas.student.student, uuid.uuid4()

    def send() -> Experience:
        said = told(student.district)
        return log_experience(student, kind, said, posting=posting, send=True, actor=personas.student.user)

    assert send() == send()
    assert AuditEvent.objects.filter(verb="hsbp.experience.sent").count() == 1


# --- Kinds and aims ---------------------------------------------------------------------------------------------------


def test_a_later_aim_never_rewrites_an_earlier_year(personas: Personas, kind: ExperienceKind) -> None:
    administrator, year = personas.administrator.user, clock.school_year(clock.today(personas.district))
    first = make_target(kind, administrator, grade="11", count=1)
    assert make_target(kind, administrator, grade="11", count=1) == first
    following = make_target(kind, administrator, grade="11", count=2, year=year + 1)
    first.refresh_from_db()
    assert (first.last_year, following.first_year, following.last_year) == (year, year + 1, None)
    with pytest.raises(DomainError, match="this school year or later"):
        make_target(kind, administrator, grade="11", count=5, year=year - 1)
    with pytest.raises(DomainError, match="another aim begins"):
        make_target(kind, administrator, grade="11", count=5)
    for change in ({"count": 5}, {"last_year": year + 3}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExperienceTarget.objects.filter(pk=first.pk).update(**change)
    end_target(following, actor=administrator)
    end_target(following, actor=administrator)
    assert list(ExperienceTarget.objects.all()) == [first]
    assert [event.payload for event in AuditEvent.objects.filter(verb="hsbp.experience_target.ended")] == [
        {"aim": "Job shadow: 2, each of 2 hours or more (Grade 11)"}
    ]


def test_an_aim_that_held_before_this_year_is_ended_and_kept(personas: Personas, kind: ExperienceKind) -> None:
    year = clock.school_year(clock.today(personas.district))
    old = ExperienceTarget.objects.create(
        district=personas.district, kind=kind, grade="10", count=1, first_year=year - 2, set_at=clock.now()
    )
    make_target(kind, personas.administrator.user, count=3)
    old.refresh_from_db()
    assert old.last_year == year - 1
    assert [line.text for line in lines_of(personas.student.student)] == ["Job shadow: 0 of 3 (2 hours or longer)"]


def test_a_line_says_how_far_and_which_entries_count(personas: Personas, kind: ExperienceKind) -> None:
    student, counselor = personas.student.student, personas.counselor.user
    make_target(kind, personas.administrator.user)
    make_target(kind, personas.administrator.user, grade="11", count=5)
    make_entry(student, kind, confirmed_by=counselor)
    make_entry(student, kind, confirmed_by=counselor, hours=Decimal("1.0"))
    make_entry(student, kind)
    (line,) = lines_of(student)
    assert (line.text, line.is_reached) == ("Job shadow: 1 of 2 (2 hours or longer)", False)
    assert sorted(one.word for one in line.entries) == ["Counts", "Not confirmed yet", "Too short"]
    make_target(kind, personas.administrator.user, school=personas.school, count=1, hours="0")
    (line,) = lines_of(student)
    assert (line.text, line.is_reached) == ("Job shadow: 2 of 1", True)


def test_kinds_are_the_districts_own(personas: Personas, kind: ExperienceKind) -> None:
    administrator = personas.administrator.user
    assert begin_kinds(personas.district, actor=administrator) == []
    boats = add_kind(personas.district, name="Boat day", translations={"es": "Día de barco"}, actor=administrator)
    assert add_kind(personas.district, name="Boat day", actor=administrator) == boats
    with pytest.raises(DomainError, match="is taken"):
        add_kind(personas.district, name="Another", code="boat-day", actor=administrator)
    retired = change_kind(boats, name="Boat day", is_active=False, actor=administrator)
    with pytest.raises(DomainError, match="your district offers"):
        make_entry(personas.student.student, retired)
    for user in (personas.principal.user, personas.other_district_administrator.user):
        with pytest.raises(Exception, match="^$|whole district"):
            add_kind(personas.district, name="Not theirs", actor=user)
        with pytest.raises(Exception, match="^$|whole district"):
            set_target(personas.district, kind, Aim(1, Decimal(0)), grades=["10"], first_year=2099, actor=user)
    assert ExperienceKind.objects.filter(district=personas.district, is_active=True).count() == 7
