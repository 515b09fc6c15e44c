"""Tells one request of ``stories.yaml`` or ``projects.yaml``: each step an action by the person who takes it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from crediting.actions.appeals import make_appeal, uphold_refusal
from crediting.actions.decisions import award_credit, refuse_credit, reverse_award
from crediting.actions.evidence import add_evidence, attach_evidence
from crediting.actions.judgements import JudgedStandard, confirm_result, record_judgements
from crediting.actions.requests import create_request, return_request, submit_request, withdraw_request
from crediting.models import CreditRequest, Decision, Standard
from crediting.rules.facts import Purpose
from crediting.states import EvidenceKind
from mbl.core import files
from mbl.core.models import User
from mbl.demo.story import witnesses
from mbl.demo.story.cast import DATA
from mbl.demo.story.events import Event, event_of
from mbl.demo.story.stage import Stage
from mbl.demo.story.telling import school_day
from transcripts.actions.issue import issue_transcript
from transcripts.actions.revoke import revoke_transcript
from transcripts.models import Transcript

# Between beginning a request and sending it.
DAYS_TO_WRITE = 4
DRAFT_BEGUN = 3


@dataclass
class RequestStory:
    """What is told of one request; keys are those of ``stories.yaml``."""

    stage: Stage
    student: str
    course: str
    method: str
    title: str
    assessor: str
    steps: Sequence[Mapping[str, Any]]
    kind: str = ""
    purpose: str = "either"
    plan: str = ""
    standards: Sequence[str] = ()
    evidence: Sequence[Mapping[str, Any]] = ()
    result: Mapping[str, Any] | None = None
    _request: CreditRequest | None = field(default=None, init=False)

    def events(self) -> Iterator[Event]:
        """Every action in the order of its time."""
        begun = self._day_of(self.steps[0]) + DAYS_TO_WRITE if self.steps else DRAFT_BEGUN
        yield self._event(begun, 0, self._begin)
        for number, piece in enumerate(self.evidence):
            yield self._event(begun - 1, 20 * number, partial(self._show, piece))
        for number, step in enumerate(self.steps):
            yield self._event(self._day_of(step), 45 + 7 * number, partial(self._take, step))

    @staticmethod
    def _day_of(step: Mapping[str, Any]) -> int:
        return int(next(iter(step.values())))

    def _event(self, days_ago: int, minutes: int, act: Callable[[], object]) -> Event:
        return event_of(self.stage, days_ago, minutes, act, about=f"{self.student}, {self.course}: {self.title}")

    # --- The steps ---------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        student = self.stage.student(self.student)
        result = dict(self.result) if self.result else None
        if result:
            result["taken_on"] = str(school_day(self.stage.today, result.pop("days")))
        self._request = create_request(
            student=student,
            course=self.stage.course(self.course),
            method=self.method,
            kind=self.kind,
            purpose=Purpose(self.purpose),
            title=self.title,
            plan=self.plan,
            standards=self._standards(self.standards),
            assessor=self.stage.person(self.assessor),
            result=result,
            actor=self._author,
        )

    def _show(self, piece: Mapping[str, Any]) -> None:
        file = None
        if name := piece.get("file"):
            upload = SimpleUploadedFile(name, (DATA / "evidence" / name).read_bytes(), content_type="image/png")
            file = files.check_upload(upload)
        evidence = add_evidence(
            student=self.stage.student(self.student),
            kind=EvidenceKind(piece["kind"]),
            title=piece["title"],
            body=piece.get("body", ""),
            url=piece.get("url", ""),
            file=file,
            alt_text=piece.get("alt", ""),
            reflection=piece.get("reflection", ""),
            actor=self._author,
        )
        attach_evidence(self.request, evidence, standards=self._standards(piece.get("shows", ())), actor=self._author)

    def _take(self, step: Mapping[str, Any]) -> None:
        verb = next(iter(step))
        reason = step.get("reason", "")
        by = self.stage.user(step.get("by", self.assessor))
        match verb:
            case "send":
                submit_request(self.request, actor=self._author, answer=step.get("answer", ""))
            case "add":
                for piece in step["evidence"]:
                    self._show(piece)
            case "withdraw":
                withdraw_request(self.request, reason=reason, actor=self._author)
            case "return":
                return_request(self.request, reason=reason, actor=by)
            case "judge":
                record_judgements(self.request, rows=self._judged(step["levels"]), actor=by)
            case "confirm":
                assert self.result is not None
                confirm_result(
                    self.request,
                    instrument=self.result["instrument"],
                    level=self.result["level"],
                    taken_on=school_day(self.stage.today, self.result["days"]),
                    actor=by,
                )
            case "award":
                award_credit(self.request, reason=reason, actor=by)
            case "refuse":
                refuse_credit(self.request, reason=reason, actor=by)
            case "reverse":
                reverse_award(self._decision(), reason=reason, actor=by)
            case "award again":
                award_credit(self.request, reason=reason, replaces=self._decision(), actor=by)
            case "transcript":
                self._issue(step["recipient"], by, replaces=None)
            case "replace transcript":
                self._issue(step["recipient"], by, replaces=self._transcript())
            case "revoke transcript":
                revoke_transcript(self._transcript(), reason=reason, actor=by)
            case "appeal":
                make_appeal(self._decision(), statement=step["statement"], actor=by)
            case "uphold":
                uphold_refusal(self._decision().appeal, reason=reason, actor=by)
            case "ask witness":
                witnesses.ask(self.request, step, actor=by)
            case "witness says":
                witnesses.say(self.request, step)
            case "match words":
                witnesses.match(self.request, self._standards(step["standards"]), actor=by)
            case _:
                raise ValueError(f"Nobody knows how to {verb}.")

    def _issue(self, recipient: str, by: User, *, replaces: Transcript | None) -> None:
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"{self.student} {self.course} {recipient} {replaces}")
        issue_transcript(
            self.stage.student(self.student), recipient=recipient, replaces=replaces, issue_key=key, actor=by
        )

    def _transcript(self) -> Transcript:
        """The newest one of the student."""
        return Transcript.objects.filter(student=self.stage.student(self.student)).order_by("-issued_at", "-pk")[0]

    @property
    def request(self) -> CreditRequest:
        assert self._request is not None
        return CreditRequest.objects.get(pk=self._request.pk)

    @property
    def _author(self) -> User:
        return self.stage.user(self.student)

    def _decision(self) -> Decision:
        return Decision.objects.filter(request=self._request).order_by("-decided_at", "-pk")[0]

    def _standards(self, codes: Sequence[str]) -> list[Standard]:
        return [self.stage.standards[code] for code in codes]

    def _judged(self, levels: Mapping[str, Sequence[str]]) -> list[JudgedStandard]:
        return [
            JudgedStandard(self.stage.standards[code], self.stage.levels[word], comment)
            for code, (word, comment) in levels.items()
        ]
