"""Adopt a framework, as the state's standards or the district's own, and end an adoption (T74)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from crediting.models import Framework, FrameworkAdoption
from crediting.states import AdoptionBody, SubjectArea
from crediting.verbs.catalog import (
    AdoptionEnded,
    FrameworkAdopted,
    FrameworkShown,
    FrameworkWithheld,
)
from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.models import User
from mbl.core.words import visible


@transaction.atomic
def adopt_framework(
    framework: Framework,
    *,
    body: AdoptionBody,
    adopted_by: str,
    adopted_on: dt.date,
    subjects: Collection[SubjectArea],
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    grades: Collection[str] = (),
    actor: User | None,
) -> FrameworkAdoption:
    """Record that ``adopted_by`` adopted the framework for ``subjects`` and the days given, both inclusive.

    Saying the same again answers the first record. Days that another adoption of the framework covers are refused.
    """
    framework = Framework.objects.select_for_update(no_key=True).select_related("district").get(pk=framework.pk)
    if not visible(adopted_by):
        raise DomainError(_("Say who adopted these standards, such as the state or the board."), field="adopted_by")
    if not subjects:
        raise DomainError(_("Choose at least one subject area that these standards are for."), field="subjects")
    if ends_on is not None and ends_on < starts_on:
        raise DomainError(_("The last day is before the first."), field="ends_on")
    wanted = {
        "body": str(body),
        "adopted_by": adopted_by.strip(),
        "adopted_on": adopted_on,
        "subjects": sorted(str(subject) for subject in subjects),
        "grades": sorted(grades),
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    for known in framework.adoptions.all():
        if {name: getattr(known, name) for name in wanted} == wanted:
            return known
        if (known.ends_on is None or starts_on <= known.ends_on) and (ends_on is None or known.starts_on <= ends_on):
            raise DomainError(
                _("These standards are already adopted on some of these days. End that adoption first."),
                field="starts_on",
            )
    adoption = FrameworkAdoption.objects.create(framework=framework, **wanted)
    audit.record(
        FrameworkAdopted(
            body=str(body),
            adopted_by=adoption.adopted_by,
            adopted_on=adopted_on,
            starts_on=starts_on,
            ends_on=ends_on,
            subjects=", ".join(adoption.subjects),
        ),
        actor=actor,
        district=framework.district,
        target=framework,
    )
    return adoption


@transaction.atomic
def end_adoption(adoption: FrameworkAdoption, *, last_day: dt.date, actor: User) -> FrameworkAdoption:
    """Set the last day of an adoption. What was judged under it stays as it was."""
    adoption = (
        FrameworkAdoption.objects.select_for_update(of=["self"])
        .select_related("framework__district")
        .get(pk=adoption.pk)
    )
    if adoption.ends_on == last_day:
        return adoption
    if last_day < adoption.starts_on:
        raise DomainError(_("The last day is before the first."), field="last_day")
    adoption.ends_on = last_day
    adoption.save(update_fields=["ends_on"])
    audit.record(
        AdoptionEnded(ends_on=last_day),
        actor=actor,
        district=adoption.framework.district,
        target=adoption.framework,
    )
    return adoption


@transaction.atomic
def withhold_framework(framework: Framework, *, withheld: bool, actor: User) -> Framework:
    """Stop publishing an adopted framework, or publish it again. Its licence goes into the audit entry."""
    framework = (
        Framework.objects.select_for_update(no_key=True, of=("self",)).select_related("district").get(pk=framework.pk)
    )
    if framework.is_withheld == withheld:
        return framework
    framework.is_withheld = withheld
    framework.save(update_fields=["is_withheld"])
    said = FrameworkWithheld if withheld else FrameworkShown
    audit.record(said(licence=framework.licence or "-"), actor=actor, district=framework.district, target=framework)
    return framework
