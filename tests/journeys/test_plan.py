"""A plan from its first word to the family's signature, through the pages, as each person meets them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from hsbp.models import FamilySignature, Plan
from mbl.core.models import AuditEvent, Notification, User
from tests.factories.profiles import make_course
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, f"{url} answered {answer.status_code}."
    return answer.content.decode()


def heard(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("code", flat=True))


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', html)
    assert found is not None, f"The page has no field {name}."
    return found[1]


def test_a_plan_is_written_returned_answered_approved_and_signed(personas: Personas) -> None:
    student, student_id = personas.student.student, personas.student.student.public_id
    make_course(personas.district, "Construction Trades 2", code="TRD201")
    ours, school, home = personas.student.client(), personas.counselor.client(), personas.family.client()

    def page(name: str, *more: str) -> str:
        return reverse(f"hsbp:{name}", args=[student_id, *more])

    # The student writes: goals as typed, then a course from the catalog; and sends.
    opened = read(ours, page("section", "goals"))
    goal = "Become a union electrician."
    ours.post(
        page("section", "goals"),
        {"after_high_school": goal, "edition": hidden(opened, "edition")},
        headers={"X-Autosave": "1"},
    )
    ours.post(page("course-add"), {"grade": "12", "code": "trd201"})
    assert goal in read(ours, reverse("hsbp:plan"))
    assert goal not in read(home, reverse("hsbp:plan"))
    ours.post(page("send"), {"answer": ""})
    assert heard(personas.counselor.user) == ["hsbp.sent"]

    # The counselor finds it on the caseload, reads it and returns it with a question.
    assert "Sofia Ramirez" in read(school, reverse("hsbp:caseload"))
    review = read(school, page("review"))
    assert goal in review and "Construction Trades 2" in review
    school.post(
        page("review"),
        {"revision": hidden(review, "revision"), "comment": "Which pathway leads there?", "verdict": "return"},
    )
    assert heard(personas.student.user) == ["hsbp.returned"]

    # The student answers by choosing a pathway, and sends again.
    assert "Which pathway leads there?" in read(ours, reverse("hsbp:plan"))
    opened = read(ours, page("section", "pathway"))
    ours.post(
        page("section", "pathway"),
        {
            "options": ["cte_sequence"],
            "reason": "It leads to the apprenticeship.",
            "edition": hidden(opened, "edition"),
        },
    )
    ours.post(page("send"), {"answer": "I chose the career courses."})

    # The counselor approves; the family hears of it in its own language, reads the copy and signs.
    User.objects.filter(pk=personas.family.user.pk).update(language="es")
    review = read(school, page("review"))
    assert "I chose the career courses." in review
    school.post(page("review"), {"revision": hidden(review, "revision"), "comment": "Good plan.", "verdict": "approve"})
    assert heard(personas.family.user) == ["hsbp.approved_child"]
    assert Notification.objects.get(user=personas.family.user).language == "es"
    copied = home.post(page("copies"), {"language": "es"})
    assert home.get(copied["Location"]).content.startswith(b"%PDF-")
    signing = read(home, page("sign"))
    home.post(page("sign"), {"typed_name": "Elena Ramirez", "revision": hidden(signing, "revision")})

    # What stands at the end.
    plan = Plan.objects.get(student=student)
    assert (plan.state, plan.latest, plan.waiting_since, plan.family_since) == ("approved", plan.approved, None, None)
    assert plan.latest is not None and plan.latest.number == 2
    signature = FamilySignature.objects.get()
    assert (signature.revision, signature.language, signature.typed_name) == (plan.latest, "es", "Elena Ramirez")
    assert "hsbp.signed" in heard(personas.counselor.user) and "hsbp.signed" in heard(personas.student.user)
    told = AuditEvent.objects.filter(student_id=student_id, verb__startswith="hsbp.").order_by("pk")
    assert list(told.values_list("verb", flat=True)) == [
        "hsbp.plan.changed",
        "hsbp.plan.changed",
        "hsbp.plan.sent",
        "hsbp.plan.returned",
        "hsbp.plan.changed",
        "hsbp.plan.commented",
        "hsbp.plan.sent",
        "hsbp.plan.approved",
        "hsbp.plan.copied",
        "hsbp.plan.signed",
    ]
