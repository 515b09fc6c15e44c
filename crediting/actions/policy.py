"""Policies: load a file as a draft, publish a version, close one. Published means frozen (R2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.translation import gettext as _

from crediting.actions.scales import DEFAULT_CODE, DEFAULT_LEVELS, create_default_scale
from crediting.models import PolicyCourse, PolicySeries, PolicyVersion
from crediting.queries import policy as queries
from crediting.rules.policy.document import Problem
from crediting.rules.policy.loader import PolicyFile, parse
from crediting.states import POLICY, PolicyState
from crediting.verbs.policies import (
    PolicyClosed,
    PolicyDraftDiscarded,
    PolicyDrafted,
    PolicyPublished,
)
from crediting.words import day as in_words
from crediting.words import sentence
from mbl.core import audit, clock
from mbl.core.decisions import Reason
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from mbl.core.transitions import Already
from profiles.models import Course


class FileProblems(DomainError):
    """The file cannot be taken over; ``problems`` has each fault with its line and column."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        said = {"line": first.line, "problem": sentence(first.reason)}
        super().__init__(_("Line %(line)s: %(problem)s") % said)
        self.problems = tuple(problems)


class NotReady(DomainError):
    """The version cannot be published yet; ``reasons`` say what is missing, each in a sentence."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(" ".join(sentence(reason) for reason in reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Loaded:
    """A version with this text. ``created``: a new draft; neither flag: the text was there already."""

    version: PolicyVersion
    created: bool = False
    updated: bool = False


@transaction.atomic
def load_policy(district: District, *, text: str, actor: User | None) -> Loaded:
    """Take over a policy file as the draft of its series; a draft that is there gets the new text.

    The same text again changes nothing, whether it is a draft or published by now. ``FileProblems`` with every fault.
    A district without a scale gets the usual one with the first policy that names it.
    """
    read = parse(text)
    if not isinstance(read, PolicyFile):
        raise FileProblems(read)
    terms = read.terms
    usual = (DEFAULT_CODE, tuple(level.code for level in DEFAULT_LEVELS))
    if (terms.scale, terms.levels) == usual and not district.scales.exists():
        create_default_scale(district, actor=actor)
    series, _created = PolicySeries.objects.get_or_create(
        district=district, code=terms.series.lower(), defaults={"title": terms.title}
    )
    series = PolicySeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    same = series.versions.filter(sha256=read.sha256).order_by("-number").first()
    if same is not None:
        return Loaded(same)
    draft = series.versions.filter(state=PolicyState.DRAFT).first()
    created = draft is None
    if draft is None:
        newest = series.versions.aggregate(number=Max("number"))["number"] or 0
        draft = PolicyVersion(series=series, number=newest + 1, created_by=actor)
    return Loaded(write_draft(draft, read, actor=actor), created=created, updated=not created)


def write_draft(draft: PolicyVersion, read: PolicyFile, *, actor: User | None) -> PolicyVersion:
    """The draft with the text of ``read``. The caller holds the lock of its series."""
    terms = read.terms
    after = clock.day_after(terms.effective_to) if terms.effective_to else None
    draft.title = terms.title
    draft.document, draft.source, draft.sha256 = read.document, read.source, read.sha256
    draft.adopted_on, draft.board_reference = terms.adopted_on, terms.board_reference
    draft.effective = DateRange(terms.effective_from, after)
    draft.classes = sorted(terms.classes)
    draft.save()
    audit.record(
        PolicyDrafted(policy=draft.series.code, version=draft.number, sha256=read.sha256),
        actor=actor,
        district=draft.series.district,
        target=draft,
    )
    return draft


@transaction.atomic
def publish_policy(version: PolicyVersion, *, actor: User | None) -> PolicyVersion:
    """Put a draft in force on its dates. ``NotReady`` names what is missing or in the way; published stays published.

    Two people who publish clashing versions take turns at the series or at the course, and the second is told.
    """
    series = PolicySeries.objects.select_for_update(no_key=True).get(pk=version.series_id)
    found = PolicyVersion.objects.select_for_update(no_key=True).filter(pk=version.pk).first()
    if found is None:
        raise DomainError(_("Somebody threw this draft away. There is nothing to publish."))
    version = found
    version.series = series
    state = POLICY.after("publish", version.state)
    if isinstance(state, Already):
        return version
    unmet = [criterion.reason for criterion in queries.checklist(version) if not criterion.met]
    if unmet:
        raise NotReady(unmet)
    try:
        with transaction.atomic():
            _open_courses(version)
            version.state = state
            version.published_by, version.published_at = actor, clock.now()
            version.save(update_fields=["state", "published_by", "published_at"])
            PolicySeries.objects.filter(pk=series.pk).update(title=version.title)
    except IntegrityError as error:
        raise NotReady(_clashes(version)) from error
    audit.record(
        PolicyPublished(
            policy=series.code,
            version=version.number,
            first=queries.first_day(version).isoformat(),
            last=_iso(queries.last_day(version)),
        ),
        actor=actor,
        district=series.district,
        target=version,
    )
    return version


def _open_courses(version: PolicyVersion) -> None:
    terms = queries.terms_of(version)
    district = version.series.district
    courses = Course.objects.filter(district=district, code__in=list(terms.courses)).order_by("pk")
    PolicyCourse.objects.bulk_create(
        [
            PolicyCourse(
                district=district,
                version=version,
                course=course,
                methods=sorted({rule.method for rule in terms.rules_for(course.code)}),
                effective=version.effective,
                classes=version.classes,
            )
            for course in courses
        ]
    )


def _clashes(version: PolicyVersion) -> list[Reason]:
    """What somebody else published in the meantime, seen now that the database has refused."""
    unmet = [criterion.reason for criterion in queries.checklist(version) if not criterion.met]
    return unmet or [Reason("ready.published_meanwhile.missing", {}, "R3")]


@transaction.atomic
def close_policy(version: PolicyVersion, *, last_day: dt.date, actor: User | None) -> PolicyVersion:
    """Set the last day of a published version without one. Once; the same day again changes nothing.

    Refused where a decision rests on the version for work shown after that day: the past stays as it was (EC21).
    """
    version = PolicyVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    version.series = PolicySeries.objects.select_related("district").get(pk=version.series_id)
    if version.state != PolicyState.PUBLISHED:
        raise DomainError(_("A draft has no end to set. Change its file instead."))
    known = queries.last_day(version)
    if known == last_day:
        return version
    if known is not None:
        raise DomainError(
            _("This version already ends on %(day)s. A published end is not moved.") % {"day": in_words(str(known))},
            field="last_day",
        )
    if last_day < (first := queries.first_day(version)):
        raise DomainError(
            _("The last day cannot be before the first, %(day)s.") % {"day": in_words(str(first))}, field="last_day"
        )
    latest = version.decisions.aggregate(day=Max("demonstrated_on"))["day"]
    if latest is not None and latest > last_day:
        raise DomainError(
            _("A decision under this version rests on work shown on %(day)s. Choose that day or a later one.")
            % {"day": in_words(str(latest))},
            field="last_day",
        )
    version.effective = DateRange(first, clock.day_after(last_day))
    version.save(update_fields=["effective"])
    PolicyCourse.objects.filter(version=version).update(effective=version.effective)
    audit.record(
        PolicyClosed(policy=version.series.code, version=version.number, last=last_day.isoformat()),
        actor=actor,
        district=version.series.district,
        target=version,
    )
    return version


@transaction.atomic
def discard_draft(version: PolicyVersion, *, actor: User) -> None:
    """Throw a draft away; a second call does nothing. A published version stays (R2)."""
    PolicySeries.objects.select_for_update(no_key=True).get(pk=version.series_id)
    locked = PolicyVersion.objects.select_for_update(no_key=True).select_related("series__district")
    found = locked.filter(pk=version.pk).first()
    if found is None:
        return
    version = found
    if version.state != PolicyState.DRAFT:
        raise DomainError(_("This version is published. It stays, because decisions may rest on it."))
    audit.record(
        PolicyDraftDiscarded(policy=version.series.code, version=version.number, sha256=version.sha256),
        actor=actor,
        district=version.series.district,
        target=version,
    )
    version.delete()


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
