"""Writing a policy in the browser: start a draft, change one part of it, change its text.

Every change goes through the same reader as a file, and whoever saves second is told what came first.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from crediting.actions.policy import FileProblems, load_policy, write_draft
from crediting.actions.scales import DEFAULT_CODE, DEFAULT_LEVELS
from crediting.models import PolicySeries, PolicyVersion
from crediting.queries import policy as queries
from crediting.rules.policy import document, writing
from crediting.rules.policy.loader import PolicyFile, parse
from crediting.rules.policy.parts import Place, Written, fingerprint
from crediting.rules.policy.schema import SCHEMA_NAME
from crediting.states import PolicyState
from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.models import District, User


class ChangedMeanwhile(DomainError):
    """Somebody else saved the same part since this person opened it. Nothing was changed."""


class HasDraft(DomainError):
    """The policy has a draft already; ``draft`` is where to go on."""

    def __init__(self, draft: PolicyVersion) -> None:
        said = {"policy": draft.series.code, "number": draft.number}
        super().__init__(
            _("Policy %(policy)s has a draft already, version %(number)s. Change that one, or throw it away first.")
            % said,
            field="series",
        )
        self.draft = draft


@dataclass(frozen=True)
class Start:
    """What a new draft is called, when it begins, who decides."""

    series: str
    title: str
    first_day: dt.date
    roles: tuple[str, ...]
    two_roles: bool


@transaction.atomic
def start_draft(district: District, start: Start, *, sample: str, actor: User) -> PolicyVersion:
    """A draft with nothing decided in it, or with the content of ``sample``, the text of another policy."""
    heading: Written = {
        "series": start.series,
        "title": start.title,
        "effective": {"from": start.first_day.isoformat()},
    }
    approval = {"roles": list(start.roles), "two_roles": start.two_roles}
    if sample:
        text = writing.with_parts(sample, heading | {"adopted": None, "approval": approval})
    else:
        nothing: Written = {"courses": [], "rules": []}
        text = writing.text_of(
            {"schema": SCHEMA_NAME} | heading | {"approval": approval, "scale": _usual_scale(district)} | nothing
        )
    for series in PolicySeries.objects.select_for_update(no_key=True).filter(
        district=district, code=start.series.lower()
    ):
        _refuse_second_draft(series)
    return load_policy(district, text=text, actor=actor).version


def _usual_scale(district: District) -> Written:
    """The district's scale, or the one it gets with its first policy."""
    codes = list(district.scales.order_by("code").values_list("code", flat=True).distinct())
    code = DEFAULT_CODE if DEFAULT_CODE in codes or not codes else codes[0]
    levels = queries.levels_of(district, code) or tuple(level.code for level in DEFAULT_LEVELS)
    return {"code": code, "levels": list(levels)}


@transaction.atomic
def start_next_version(version: PolicyVersion, *, actor: User) -> PolicyVersion:
    """A draft with the text of ``version``, not adopted yet, that begins after it; ``HasDraft`` where there is one."""
    series = _locked_series(version)
    _refuse_second_draft(series)
    last = queries.last_day(version)
    after = last or max(clock.today(series.district), queries.first_day(version))
    first = after + dt.timedelta(days=1)
    adopted = {key: value for key, value in (version.document.get("adopted") or {}).items() if key == "by" and value}
    text = writing.with_parts(version.source, {"effective": {"from": first.isoformat()}, "adopted": adopted or None})
    return load_policy(series.district, text=text, actor=actor).version


@transaction.atomic
def change_part(
    version: PolicyVersion, place: Place, value: Written | None, *, seen: str, actor: User
) -> PolicyVersion:
    """Put ``value`` at ``place`` of a draft. ``seen`` is the fingerprint of what stood there when the person opened it.

    ``ChangedMeanwhile`` where it is another one by now; ``FileProblems`` where the policy would not be readable.
    """
    draft = _locked_draft(version)
    written = document.read(draft.source).value
    if fingerprint(place.of(written)) not in (seen, fingerprint(value or {})):
        raise ChangedMeanwhile(_("Somebody else has saved this part since you opened it. Yours is kept below."))
    return _write(draft, writing.with_parts(draft.source, place.put(written, value)), actor=actor)


@transaction.atomic
def move_rule(version: PolicyVersion, code: str, *, before: str, actor: User) -> PolicyVersion:
    """Put a rule of a draft before another, or last where ``before`` is empty. Said twice, it stands there once.

    Of rules that give the same, the first decides.
    """
    draft = _locked_draft(version)
    rules = document.read(draft.source).value["rules"]
    moved = [rule for rule in rules if rule["code"] == code]
    others = [rule for rule in rules if rule["code"] != code]
    codes = [rule["code"] for rule in others]
    if not moved or before not in ("", *codes):
        raise DomainError(_("Somebody else has changed the rules since you opened the page. Nothing was moved."))
    at = codes.index(before) if before else len(others)
    return _write(draft, writing.with_parts(draft.source, {"rules": [*others[:at], *moved, *others[at:]]}), actor=actor)


@transaction.atomic
def change_text(version: PolicyVersion, text: str, *, seen: str, actor: User) -> PolicyVersion:
    """Give a draft another text. ``seen`` is the hash of the text that the person opened."""
    draft = _locked_draft(version)
    if draft.sha256 != seen and draft.source != text:
        raise ChangedMeanwhile(_("Somebody else has saved this draft since you opened it. Your text is kept below."))
    return _write(draft, text, actor=actor)


def _write(draft: PolicyVersion, text: str, *, actor: User) -> PolicyVersion:
    read = parse(text)
    if not isinstance(read, PolicyFile):
        raise FileProblems(read)
    if read.terms.series.lower() != draft.series.code:
        said = {"policy": draft.series.code, "other": read.terms.series}
        raise DomainError(
            _("This draft belongs to policy %(policy)s, and the text says %(other)s. Load it as another policy.") % said
        )
    return draft if read.sha256 == draft.sha256 else write_draft(draft, read, actor=actor)


def _locked_series(version: PolicyVersion) -> PolicySeries:
    PolicySeries.objects.select_for_update(no_key=True).get(pk=version.series_id)
    return PolicySeries.objects.select_related("district").get(pk=version.series_id)


def _refuse_second_draft(series: PolicySeries) -> None:
    draft = series.versions.filter(state=PolicyState.DRAFT).first()
    if draft is not None:
        raise HasDraft(draft)


def _locked_draft(version: PolicyVersion) -> PolicyVersion:
    """The draft as it is now. Its series is locked, so that nobody publishes it meanwhile."""
    series = _locked_series(version)
    draft = PolicyVersion.objects.select_for_update(no_key=True).filter(pk=version.pk).first()
    if draft is None:
        raise DomainError(_("Somebody threw this draft away. Nothing was saved."))
    if draft.state != PolicyState.DRAFT:
        raise DomainError(
            _("This version was published meanwhile, and its text stays as it is. Start a new version from it.")
        )
    draft.series = series
    return draft
