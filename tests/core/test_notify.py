"""Telling people: once, in their language, and by e-mail without a word about a student."""

import smtplib
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from mbl.core import jobs, notify
from mbl.core.models import District, Job, Notification, User
from mbl.core.notify import notice, tell, tell_all
from mbl.core.states import JobState
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.core import make_district, make_user

pytestmark = pytest.mark.django_db

notice("tests.awarded", _("%(student)s earned %(credits)s credits."), subject=_("A credit is decided"))
# A sentence Django itself has in Spanish.
notice("tests.translated", _("Yes"), subject=_("No"))


@pytest.fixture
def district() -> District:
    return make_district("Northfield")


def told(user: User, district: District, key: str = "award:7") -> None:
    tell(
        user,
        "tests.awarded",
        {"student": "Ada", "credits": "0.500"},
        district=district,
        url="/requests/7/",
        subject=district,
        dedupe_key=key,
    )


def send_mail() -> None:
    for job in Job.objects.filter(kind="core.email_notices", state=JobState.WAITING):
        jobs.run(job.pk)


def test_the_same_happening_is_told_once(district: District) -> None:
    user = make_user(email="ana@example.org")

    told(user, district)
    told(user, district)
    send_mail()

    row = Notification.objects.get()
    assert (row.text, row.url, row.subject_kind) == ("Ada earned 0.500 credits.", "/requests/7/", "district")
    assert len(mail.outbox) == 1


def test_everybody_reads_their_own_language(district: District) -> None:
    english, spanish, quiet = make_user(), make_user(language="es"), make_user(is_active=False)

    tell_all(
        [english, spanish, spanish, quiet],
        "tests.translated",
        {},
        district=district,
        url="",
        subject=None,
        dedupe_key="x",
    )

    assert {(row.user, row.text, row.language) for row in Notification.objects.all()} == {
        (english, "Yes", "en"),
        (spanish, "Sí", "es"),
    }


def test_many_people_take_as_many_trips_as_one(district: District) -> None:
    one, many = [make_user(email="a@example.org")], [make_user(email=f"p{n}@example.org") for n in range(30)]

    for people, key in ((one, "one"), (many, "many")):
        with assert_queries(3):
            tell_all(people, "tests.translated", {}, district=district, url="", subject=None, dedupe_key=key)


def test_an_email_holds_a_link_and_no_word_about_the_student(district: District) -> None:
    told(make_user(email="ana@example.org", language="es"), district)
    send_mail()

    message: Any = mail.outbox[0]
    assert message.to == ["ana@example.org"]
    whole = message.subject + message.body + message.alternatives[0][0]
    assert "Ada" not in whole
    assert "0.500" not in whole
    assert f"/messages/{Notification.objects.get().public_id}/" in message.body
    assert '<html lang="es">' in message.alternatives[0][0]


@pytest.mark.parametrize("wishes", [{"email": ""}, {"email": "ana@example.org", "email_notices": False}])
def test_who_has_no_address_or_wants_no_mail_gets_none(district: District, wishes: dict[str, Any]) -> None:
    told(make_user(**wishes), district)
    send_mail()

    assert Notification.objects.count() == 1
    assert mail.outbox == []


def test_a_mail_server_that_is_down_is_tried_later(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    told(make_user(email="ana@example.org"), district)
    with monkeypatch.context() as patched:
        patched.setattr(mail.EmailMessage, "send", _raise(ConnectionRefusedError()))
        send_mail()
    job = Job.objects.get(kind="core.email_notices")
    assert job.state == JobState.RUNNING
    assert Notification.objects.get().emailed_at is None

    Job.objects.update(lease_until=timezone.now() - timezone.timedelta(seconds=1))  # type: ignore[attr-defined]
    jobs.run(job.pk)

    assert len(mail.outbox) == 1
    assert Notification.objects.get().emailed_at is not None


def test_one_address_that_does_not_exist_keeps_no_other_from_its_mail(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_user(email="gone@example.org"), make_user(email="here@example.org")]
    tell_all(people, "tests.translated", {}, district=district, url="", subject=None, dedupe_key="x")
    send, refused = mail.EmailMessage.send, smtplib.SMTPRecipientsRefused({})

    def picky(message: mail.EmailMessage, fail_silently: bool = False) -> int:
        if message.to == ["gone@example.org"]:
            raise refused
        return send(message, fail_silently)

    monkeypatch.setattr(mail.EmailMessage, "send", picky)
    send_mail()

    assert [message.to for message in mail.outbox] == [["here@example.org"]]
    assert Job.objects.get(kind="core.email_notices").state == JobState.DONE


def _raise(error: Exception) -> Any:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    return fail


def test_the_mail_goes_out_only_when_the_action_is_committed(
    district: District, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        told(make_user(email="ana@example.org"), district)

    assert len(callbacks) == 1
    assert mail.outbox == []


def test_the_list_is_the_persons_own_and_paged(client: Client, district: District) -> None:
    user, stranger = make_user(), make_user()
    for number in range(30):
        told(user, district, str(number))
    tell(stranger, "tests.translated", {}, district=district, url="", subject=None, dedupe_key="y")
    client.force_login(user)

    with assert_no_writes():
        text = client.get("/messages/").content.decode()

    assert text.count("Ada earned 0.500 credits.") == 25
    assert "30 messages are new." in text
    assert "1 to 25 of 30" in text


def test_a_long_list_takes_as_many_trips_as_a_short_one(client: Client, district: District) -> None:
    user = make_user()
    client.force_login(user)
    told(user, district, "first")
    client.get("/messages/")

    for extra in (0, 24):
        for number in range(extra):
            told(user, district, str(number))
        with assert_queries(7):
            client.get("/messages/")


def test_opening_a_message_marks_it_by_a_post_and_leads_to_its_subject(client: Client, district: District) -> None:
    user = make_user()
    told(user, district)
    row = Notification.objects.get()
    client.force_login(user)

    with assert_no_writes():
        assert client.get(f"/messages/{row.public_id}/")["Location"] == "/requests/7/"
    assert client.post(f"/messages/{row.public_id}/read/")["Location"] == "/requests/7/"

    row.refresh_from_db()
    assert row.read_at is not None
    assert "You have read everything." in client.get("/messages/").content.decode()


def test_nobody_opens_or_marks_the_message_of_another(client: Client, district: District) -> None:
    told(make_user(), district)
    row = Notification.objects.get()
    client.force_login(make_user())

    assert client.get(f"/messages/{row.public_id}/").status_code == 404
    assert client.post(f"/messages/{row.public_id}/read/").status_code == 404
    client.post("/messages/read/")

    row.refresh_from_db()
    assert row.read_at is None


def test_all_can_be_marked_at_once(client: Client, district: District) -> None:
    user = make_user()
    told(user, district, "1")
    told(user, district, "2")
    client.force_login(user)

    client.post("/messages/read/")

    assert not user.notifications.filter(read_at=None).exists()


def test_a_kind_of_message_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        notice("tests.awarded", "Again", subject="Again")
    assert "tests.awarded" in notify.notices()
