"""Versions of a template. A version is added and stays; checking it makes a new one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import District, User
from mbl.core.words import sentence
from profiles.access import Capability, may_in_district
from transcripts.models import TranscriptTemplate
from transcripts.queries.templates import default_template
from transcripts.rules.template import DEFAULT_CODE, problems
from transcripts.states import TranscriptKind
from transcripts.verbs import TemplateAdded


@transaction.atomic
def ensure_default(district: District, *, actor: User | None) -> TranscriptTemplate:
    """The district's sample layout, saved when it is first needed."""
    district = District.objects.select_for_update().get(pk=district.pk)
    found = TranscriptTemplate.objects.filter(district=district, code=DEFAULT_CODE).order_by("-version").first()
    if found is not None:
        return found
    template = default_template(district, clock.today(district))
    template.save()
    _record(template, actor)
    return template


@transaction.atomic
def add_template(
    district: District,
    *,
    code: str,
    document: Mapping[str, Any],
    actor: User | None,
    checked_by: User | None = None,
    effective_from: dt.date | None = None,
    first_class: int | None = None,
    last_class: int | None = None,
) -> TranscriptTemplate:
    """Add the next version of the template ``code``; the same terms again give the version that is there.

    ``checked_by`` has compared it with the state's current guide and stands for it; only somebody who manages the
    district's policy can. ``DomainError`` lists what is wrong.
    """
    if checked_by is not None:
        verdict = may_in_district(checked_by, Capability.MANAGE_POLICY, district)
        if isinstance(verdict, Denied):
            raise NotAllowed(verdict.reason)
    found = problems(document, is_checked=checked_by is not None)
    if found:
        raise DomainError("\n".join(sentence(reason) for reason in found))
    if first_class is not None and last_class is not None and first_class > last_class:
        raise DomainError(_("The first class is later than the last one."), field="first_class")
    district = District.objects.select_for_update().get(pk=district.pk)
    today = clock.today(district)
    newest = TranscriptTemplate.objects.filter(district=district, code=code).order_by("-version").first()
    template = TranscriptTemplate(
        district=district,
        code=code,
        version=newest.version + 1 if newest else 1,
        kind=TranscriptKind.STANDARD,
        title=document["title"],
        terms=dict(document),
        first_class=first_class,
        last_class=last_class,
        effective_from=effective_from or today,
        checked_by=checked_by,
        checked_on=today if checked_by else None,
    )
    if newest is not None and _means(newest) == _means(template):
        return newest
    template.save()
    _record(template, actor)
    return template


def _means(template: TranscriptTemplate) -> tuple[object, ...]:
    is_checked = template.checked_on is not None
    return (template.terms, template.first_class, template.last_class, template.effective_from, is_checked)


def _record(template: TranscriptTemplate, actor: User | None) -> None:
    payload = TemplateAdded(code=template.code, version=template.version, is_checked=template.checked_on is not None)
    audit.record(payload, actor=actor, district=template.district, target=template)
