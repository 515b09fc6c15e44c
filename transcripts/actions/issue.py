"""Issue a transcript: copy every printed fact, give it a number and a check code, ask for the file."""

from __future__ import annotations

import secrets
import uuid

from django.db import connection, transaction
from django.utils.translation import gettext as _

from mbl.core import audit, clock, jobs
from mbl.core.codes import encode
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import District, Job, User
from mbl.core.words import sentence
from profiles.models import Student
from transcripts import access
from transcripts.actions.templates import ensure_default
from transcripts.models import Transcript, TranscriptLine
from transcripts.queries.standings import standing_of
from transcripts.queries.student_record import StudentRecord, student_record
from transcripts.rules.codes import number
from transcripts.rules.contents import Header, Line, Summary, freeze, thaw
from transcripts.states import Standing
from transcripts.verbs import TranscriptIssued

RENDER = "transcripts.render"


@transaction.atomic
def issue_transcript(
    student: Student,
    *,
    actor: User,
    issue_key: uuid.UUID,
    recipient: str = "",
    title: str = "",
    replaces: Transcript | None = None,
    seen: str = "",
    language: str = "en",
) -> Transcript:
    """Issue the student's record as it stands now, and start the file on commit.

    ``issue_key`` comes from the preview: sending one preview twice, from two tabs or by two registrars, for the same
    reader gives the first transcript. ``seen`` is the preview's digest: where the record has changed since, nothing is
    issued and the person is told to look again. ``replaces`` is superseded.

    ``DomainError`` where something blocks; ``NotAllowed`` for somebody who may not issue for this student.
    """
    verdict = access.may_issue(actor, student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    # One transcript at a time for a student, so that of two clicks the second finds the first.
    student = (
        Student.objects.select_for_update(of=["self"]).select_related("person", "school", "district").get(pk=student.pk)
    )
    recipient = " ".join(recipient.split())
    key = uuid.uuid5(issue_key, recipient.casefold())
    first = Transcript.objects.filter(issue_key=key, student=student).first()
    if first is not None:
        return first
    today = clock.today(student.district)
    record = student_record(student, on=today)
    if seen and seen != record.digest:
        raise DomainError(
            _("The record has changed since you opened this preview. Nothing was issued. Look at it again, then issue.")
        )
    if record.blocks:
        raise DomainError(" ".join(sentence(reason) for reason in record.blocks))
    replaced = _replaceable(replaces, student) if replaces is not None else None
    transcript = _write(
        record,
        key=key,
        actor=actor,
        recipient=recipient,
        title=title or _("Registrar"),
        replaced=replaced,
        language=language,
    )
    audit.record(
        TranscriptIssued(
            recipient=recipient or "–",
            template=str(transcript.template),
            lines=len(record.lines),
            supersedes=replaced.number if replaced else "",
        ),
        actor=actor,
        district=student.district,
        target=transcript,
        student=student,
    )
    draw(transcript, actor=actor)
    return transcript


def draw(transcript: Transcript, *, actor: User) -> Job:
    """Ask for the file; a job that is under way for it is the same job."""
    return jobs.enqueue(
        RENDER,
        owner=actor,
        district=transcript.district,
        label=_("Transcript %(number)s") % {"number": transcript.number},
        params={"transcript": str(transcript.public_id)},
        dedupe_key=f"{RENDER}:{transcript.public_id}",
        total=2,
    )


def _replaceable(replaces: Transcript, student: Student) -> Transcript:
    """The transcript to be superseded, if it is this student's and nothing has taken its place."""
    found = Transcript.objects.with_standing().filter(pk=replaces.pk, student=student).first()
    if found is None:
        raise DomainError(_("The transcript to be replaced belongs to another student."), field="replaces")
    if standing_of(found) == Standing.REPLACED:
        raise DomainError(
            _("The transcript %(number)s has already been replaced. Open the student's list to see by which.")
            % {"number": found.number},
            field="replaces",
        )
    return found


def _write(
    record: StudentRecord,
    *,
    key: uuid.UUID,
    actor: User,
    recipient: str,
    title: str,
    replaced: Transcript | None,
    language: str,
) -> Transcript:
    student, district = record.student, record.student.district
    assert student.school is not None, "a student without a school is blocked"
    template = record.template
    if template._state.adding:
        template = ensure_default(district, actor=actor)
    header, summary, facts = freeze(record.header), freeze(record.summary), [freeze(line) for line in record.lines]
    # The closed list is held at the door of the table, whoever made the facts (T3).
    thaw(Header, header), thaw(Summary, summary), [thaw(Line, one) for one in facts]
    now = clock.now()
    transcript = Transcript.objects.create(
        district=district,
        school=student.school,
        student=student,
        template=template,
        number=next_number(district, clock.school_year(clock.day_of(now, district))),
        code=encode(secrets.randbits(80)),
        header=header,
        summary=summary,
        recipient=recipient,
        language=language,
        issued_by=actor,
        issued_by_name=str(actor)[:200],
        issued_by_title=title[:100],
        issued_at=now,
        issue_key=key,
        supersedes=replaced,
    )
    TranscriptLine.objects.bulk_create(
        TranscriptLine(transcript=transcript, position=position, entry_id=entry, facts=one)
        for position, (entry, one) in enumerate(zip(record.entries, facts, strict=True), start=1)
    )
    return transcript


def next_number(district: District, school_year: int) -> str:
    """The district's next number of the year. Counted in one statement; a transaction that fails leaves no gap."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO transcripts_transcriptcounter AS counter (district_id, school_year, last) VALUES (%s, %s, 1)
            ON CONFLICT (district_id, school_year) DO UPDATE SET last = counter.last + 1
            RETURNING last
            """,
            [district.pk, school_year],
        )
        (count,) = cursor.fetchone()
    return number(district.code, school_year, count)
