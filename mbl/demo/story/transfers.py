"""Two students who came from other schools: one with a year from Idaho, of which a part was refused and appealed, and
one who left in the middle of a term."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from crediting.actions.appeals import make_appeal
from crediting.actions.transfer import enter_transcript
from crediting.actions.transfer_decisions import Verdict, confirm_decision, decide_line
from crediting.models import TransferDecision, TransferLine
from crediting.rules.transfer_entry import LineDetails, SourceDetails
from crediting.states import GivenUnit, Recognition, Sending
from mbl.demo.story.events import Event, event_of
from mbl.demo.story.stage import Stage
from profiles.models import Student

HALF, ONE = Decimal("0.5"), Decimal(1)
IDAHO = SourceDetails(
    "Coeur d’Alene Valley High School", "Idaho", Sending.ACCREDITED, GivenUnit.SEMESTER, "Official transcript of June"
)
CAMP = SourceDetails("Larch Mountain Arts Camp", "Idaho", Sending.UNKNOWN, GivenUnit.CLOCK_HOURS, "Certificate")
LEFT = SourceDetails("Pine Prairie High School", "Washington", Sending.WASHINGTON_PUBLIC, GivenUnit.CREDIT, "Fax")


def stories(stage: Stage) -> list[FromIdaho | MidTerm]:
    return [FromIdaho(stage), MidTerm(stage)]


class FromIdaho:
    """Sofiya: courses recognized, a summer of drawing refused by two people, and the family's appeal."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def events(self) -> Iterator[Event]:
        for days, act, about in (
            (40, self._enter, "a transcript from Idaho"),
            (39, self._decide, "courses from Idaho"),
            (38, self._confirm, "a refusal confirmed"),
            (30, self._appeal, "an appeal about a camp"),
        ):
            yield event_of(self.stage, days, 30, act, about=about)

    @property
    def _student(self) -> Student:
        return self.stage.student("sofiya")

    def _enter(self) -> None:
        year = self.stage.world.school_year - 1
        courses = (("World History", "A-"), ("Biology", "B+"), ("Ceramics", "A"))
        typed = [
            LineDetails(title, year, ONE, ONE, term=term, grade="10", mark=mark)
            for title, mark in courses
            for term in ("S1", "S2")
        ]
        enter = partial(enter_transcript, self._student, actor=self.stage.user("george"))
        enter(source=IDAHO, lines=typed)
        enter(source=CAMP, lines=[LineDetails("Drawing from Life", year, Decimal(60), Decimal(60), mark="P")])

    def _decide(self) -> None:
        subjects = {"World History": "social_studies", "Biology": "science", "Ceramics": "arts"}
        for line in TransferLine.objects.filter(student=self._student).order_by("pk"):
            if line.course_title in subjects:
                verdict = Verdict(
                    Recognition.WHOLE, "As the policy says.", subject=subjects[line.course_title], mark=line.mark
                )
            else:
                why = "The certificate does not say what was taught, or by whom."
                verdict = Verdict(Recognition.REFUSED, why, subject="arts")
            decide_line(line, verdict=verdict, seen="", actor=self.stage.user("george"))

    @property
    def _refusal(self) -> TransferDecision:
        return TransferDecision.objects.get(line__student=self._student, kind=Recognition.REFUSED)

    def _confirm(self) -> None:
        confirm_decision(self._refusal, actor=self.stage.user("haugen"))

    def _appeal(self) -> None:
        words = "The teacher has written to us what they drew each week, with the hours. May we send it?"
        make_appeal(self._refusal, statement=words, actor=self.stage.user("olena"))


class MidTerm:
    """Malia left another school in October; her counselor has typed the lines, and nobody has decided yet."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def events(self) -> Iterator[Event]:
        yield event_of(self.stage, 4, 60, self._enter, about="lines of an unfinished term")

    def _enter(self) -> None:
        year = self.stage.world.school_year
        left = partial(LineDetails, term="S1", grade="10", mark="W", attended=Decimal(45), of_days=Decimal(90))
        typed = [
            left("Geometry", year, HALF, Decimal(0)),
            left("English 10", year, HALF, Decimal(0)),
            LineDetails("Yearbook", year - 1, HALF, HALF, term="S2", grade="09", mark="A"),
        ]
        enter_transcript(self.stage.student("malia"), source=LEFT, lines=typed, actor=self.stage.user("lundgren"))
