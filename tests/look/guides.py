"""The pictures in ``docs/guides/``: which screen, as whom, how large."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

COLORS = 128


@dataclass(frozen=True)
class Shot:
    """One picture: ``file`` is its name without ending; sizes in CSS pixels."""

    file: str
    screen: str
    persona: str = ""
    language: str = "en"
    width: int = 1180
    height: int = 760


PHONE = (390, 760)
SHOTS = [
    Shot("demo", "demo:people"),
    Shot("student-home", "home:home", "student", width=PHONE[0], height=PHONE[1]),
    Shot("student-request", "crediting:request", "student", width=PHONE[0], height=PHONE[1]),
    Shot("student-ask", "crediting:request-new", "student", width=PHONE[0], height=PHONE[1]),
    Shot("student-credits", "crediting:credits", "student", width=PHONE[0], height=PHONE[1]),
    Shot("family-home", "home:home", "family-spanish", "es", width=PHONE[0], height=PHONE[1]),
    Shot("family-transcript", "transcripts:own", "family", width=PHONE[0], height=PHONE[1]),
    Shot("student-project", "crediting:project", "student", width=PHONE[0], height=PHONE[1]),
    Shot("student-experiences", "hsbp:experiences", "student", width=PHONE[0], height=PHONE[1]),
    Shot("teacher-queue", "crediting:queue", "teacher"),
    Shot("teacher-assess", "crediting:request-assess", "teacher", height=900),
    Shot("teacher-grid", "crediting:class-grid", "teacher"),
    Shot("teacher-project", "crediting:project-part", "teacher"),
    Shot("teacher-common-task", "crediting:common-task", "teacher"),
    Shot("teacher-grades", "crediting:class-grades", "teacher"),
    Shot("teacher-example", "crediting:anchor", "teacher"),
    Shot("manager-proposed", "crediting:award-proposals", "credit-manager"),
    Shot("manager-queue", "crediting:decisions", "credit-manager"),
    Shot("manager-decision", "crediting:decision", "credit-manager", height=900),
    Shot("registrar-preview", "transcripts:transcript-new", "registrar", height=900),
    Shot("registrar-register", "transcripts:transcripts", "registrar"),
    Shot("registrar-transfer", "crediting:transfer-line", "registrar", height=900),
    Shot("verify", "transcripts:verify-code"),
    Shot("principal-decisions", "crediting:decisions", "principal"),
    Shot("administrator-policy", "crediting:policy", "administrator", height=900),
    Shot("administrator-try", "crediting:policy-try", "administrator", height=900),
    Shot("administrator-people", "profiles:people", "administrator"),
    Shot("administrator-import", "profiles:import-run", "administrator"),
    Shot("policy-public", "crediting:policy-public"),
    Shot("student-plan", "hsbp:plan", "student", width=PHONE[0], height=PHONE[1]),
    Shot("counselor-home", "home:home", "counselor"),
    Shot("counselor-caseload", "hsbp:caseload", "counselor"),
    Shot("counselor-review", "hsbp:review", "counselor", height=900),
    Shot("administrator-home", "home:home", "administrator"),
    Shot("equity", "equity:report", "administrator", height=1080),
    Shot("administrator-aims", "equity:participation", "administrator"),
    Shot("audit", "profiles:audit", "administrator"),
]


def shrink(path: Path) -> None:
    """Few colors are enough for a page, and a third of the bytes."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
