"""From "I can do this" to a credit on the record, each step through the pages, in English and in Spanish.

The student, the family, the teacher and the credit manager follow the links and send the forms that they find.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from crediting.models import CreditRequest, LedgerEntry
from mbl.core.models import Notification
from tests.factories.crediting import Ground, make_ground
from tests.journeys.browsing import problems, words
from tests.personas import Persona, Personas

pytestmark = pytest.mark.django_db


@dataclass
class Reader:
    """Somebody at a page: reads it, follows its links, sends its forms."""

    client: Client
    path: str = "/"
    source: str = ""

    @property
    def words(self) -> str:
        return words(self.source)

    def open(self, path: str) -> Reader:
        answer: Any = self.client.get(path, follow=True)
        assert answer.status_code == 200, f"{path} answered {answer.status_code}"
        self.path = answer.redirect_chain[-1][0] if answer.redirect_chain else path
        self.source = answer.content.decode()
        return self

    def follow(self, pattern: str) -> Reader:
        """Open the first link of the page whose address fits."""
        found = [link for link in re.findall(r'href="([^"#]+)"', self.source) if re.search(pattern, link)]
        assert found, f"{self.path} has no link to {pattern}"
        link = found[0].replace("&amp;", "&")
        return self.open(link if link.startswith("/") else self.path.split("?")[0] + link)

    def send(self, path: str = "", **fields: Any) -> Reader:
        """Send the form of the page, or the one that posts to ``path``, with what stands hidden in it."""
        hidden = dict(re.findall(r'<input type="hidden" name="(key|replaces)" value="([^"]*)"', self.source))
        answer: Any = self.client.post(path or self.path, {**hidden, **fields}, follow=True)
        assert answer.redirect_chain, f"{path or self.path} was not taken: {problems(answer.content.decode())}"
        assert answer.status_code == 200
        self.path, self.source = answer.redirect_chain[-1][0], answer.content.decode()
        return self


def reader(persona: Persona, language: str) -> Reader:
    user = persona.user
    user.language = language
    user.save()
    return Reader(persona.client())


def picture() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(data, "JPEG")
    return SimpleUploadedFile("IMG_2041.jpg", data.getvalue(), "image/jpeg")


def told(persona: Persona, code: str) -> Notification:
    return Notification.objects.get(user=persona.user, code=code)


WORDS = {
    "en": {
        "next": "Show what you already know",
        "teacher": "sent you",
        "asks": "asks for more",
        "earned": "You earned 1.0 credits in Geometry",
        "decided": "How this was decided",
        "level": "Proficient",
    },
    "es": {
        "next": "Muestre lo que ya sabe",
        "teacher": "“Demostraciones”",
        "asks": "pide",
        "earned": "1.0 créditos",
        "decided": "Cómo se decidió esto",
        "level": "proficient-es",
    },
}


@pytest.mark.rule("R7", "R12", "R15", "R17", "R32")
@pytest.mark.rule("R11", partial=True)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_student_shows_mastery_and_the_credit_stands_on_the_record(personas: Personas, language: str) -> None:
    say = WORDS[language]
    ground = make_ground(personas.school, more="reflection: required")
    student = reader(personas.student, language)
    family = reader(personas.family, language)
    teacher = reader(personas.teacher, language)
    manager = reader(personas.credit_manager, language)

    # The student asks: course, way, what will be shown.
    assert f'lang="{language}"' in student.open("/").source
    student.follow(r"^/requests/new/").follow(rf"course={ground.course.public_id}")
    assert "LOCAL_ASSESSMENT.portfolio" in student.source
    student.open(f"{student.path}&way=LOCAL_ASSESSMENT.portfolio")
    student.send(
        title="Demostraciones",
        plan="Mostraré dos demostraciones.",
        standards=[str(standard.public_id) for standard in ground.standards[:2]],
        assessor=str(personas.teacher.person.public_id),
    )
    request = CreditRequest.objects.get()
    assert student.path == f"/requests/{request.public_id}/"

    # A photo from the phone, straight into the request; then it is sent.
    student.follow(r"^/evidence/new/\?request=").follow(r"kind=photo")
    student.send(
        title="Mi página",
        alt_text="Una página con dos demostraciones",
        reflection="Aprendí a dar razones.",
        file=picture(),
    )
    student.send(f"/requests/{request.public_id}/send/")
    assert say["teacher"] in told(personas.teacher, "crediting.sent").text

    # The teacher judges one standard, and asks for more.
    teacher.open("/queue/").follow(rf"/requests/{request.public_id}/assess/")
    assert "Aprendí a dar razones." in teacher.source and 'alt="Una página con dos demostraciones"' in teacher.source
    first, second = (f"level-{standard.public_id}" for standard in ground.standards[:2])
    teacher.send(**{first: "proficient", "verdict": "return", "reason": "¿Por qué son iguales los ángulos?"})

    # The student reads it on the first page, answers, and sends again.
    assert "¿Por qué son iguales los ángulos?" in student.open("/").words
    student.follow(rf"/requests/{request.public_id}/")
    assert say["asks"] in student.words
    student.send(f"/requests/{request.public_id}/send/", answer="Porque son opuestos por el vértice.")

    # The teacher sees the answer, judges all of it, and the request waits for a decision.
    teacher.open(f"/requests/{request.public_id}/assess/")
    assert "Porque son opuestos por el vértice." in teacher.words
    teacher.send(**{first: "proficient", second: "extending", f"comment-{ground.standards[1].public_id}": "Muy claro."})
    assert "Muy claro." in student.open(f"/requests/{request.public_id}/").words

    # Somebody else decides.
    manager.open("/decisions/").follow(rf"/decisions/{request.public_id}/")
    assert "WAC 180-51-051" in manager.words
    manager.send(reason="Los dos estándares se demuestran.", verdict="award")

    # It stands on the record; student and family are told, and read how it was decided.
    entry = LedgerEntry.objects.get()
    assert (entry.credits_earned, entry.mark, entry.decision is not None) == (Decimal("1.000"), "P", True)
    assert say["earned"] in told(personas.student, "crediting.awarded").text
    child = told(personas.family, "crediting.awarded_child")
    assert child.language == language and "Sofia Ramirez" in child.text
    family.open(child.url)
    assert say["decided"] in family.words and "Los dos estándares se demuestran." in family.words
    assert say["level"] in family.words and "Tomas Reed" in family.words and "Chris Moreno" in family.words
    assert "1.0" in student.open("/credits/").words
    student.follow(r"^/decided/")
    assert say["decided"] in student.words


@pytest.mark.rule("R10b")
def test_in_a_school_with_one_role_the_teacher_awards_what_they_assessed(personas: Personas) -> None:
    ground = make_ground(
        personas.school,
        schools=f"{{{personas.school.code}: {{roles: [teacher], two_roles: false}}}}",
    )
    request = _sent(personas, ground)
    teacher = reader(personas.teacher, "en").open("/queue/").follow(rf"/requests/{request.public_id}/assess/")
    levels = {f"level-{standard.public_id}": "proficient" for standard in ground.standards[:2]}
    teacher.send(**levels, verdict="award", decision_reason="Both are shown.")
    assert "The policy let the teacher who assessed the work decide." in teacher.words
    family = reader(personas.family, "en").open(told(personas.family, "crediting.awarded_child").url)
    assert "The policy let the teacher who assessed the work decide." in family.words


@pytest.mark.rule("R17", "R31")
def test_a_refusal_and_a_reversal_are_read_by_the_family_with_their_reasons(personas: Personas) -> None:
    ground = make_ground(personas.school)
    request = _sent(personas, ground)
    teacher = reader(personas.teacher, "en").open(f"/requests/{request.public_id}/assess/")
    teacher.send(**{f"level-{standard.public_id}": "proficient" for standard in ground.standards[:2]})
    manager = reader(personas.credit_manager, "en").open(f"/decisions/{request.public_id}/")
    manager.send(reason="Shown.", verdict="award")
    family = reader(personas.family, "en")
    family.open(told(personas.family, "crediting.awarded_child").url)
    decided = family.path

    manager.open(decided).follow(r"/reverse/$").send(reason="It was another student's work.")
    assert "It was another student’s work." in family.open(decided).words.replace("'", "’")
    assert "It no longer counts." in family.words
    manager.send(reason="Not the student's own.", though_met="on", verdict="refuse")
    refused = told(personas.family, "crediting.not_awarded_child")
    assert "Not the student's own." in family.open(refused.url).words
    assert "0.0 credits" in family.open("/").words


def _sent(personas: Personas, ground: Ground) -> CreditRequest:
    """A request sent through the pages."""
    student = reader(personas.student, "en")
    student.open(f"/requests/new/?course={ground.course.public_id}&way=LOCAL_ASSESSMENT.portfolio")
    student.send(
        title="Proofs",
        plan="",
        standards=[str(standard.public_id) for standard in ground.standards[:2]],
        assessor=str(personas.teacher.person.public_id),
    )
    request = CreditRequest.objects.get()
    student.follow(r"^/evidence/new/\?request=").follow(r"kind=text")
    student.send(title="Proof", body="Because they are opposite.")
    student.send(f"/requests/{request.public_id}/send/")
    return request
