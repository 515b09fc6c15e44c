"""Adopting a framework: by whom, for what, on which days."""

from __future__ import annotations

import datetime as dt

import pytest

from crediting.actions.import_standards import import_case
from crediting.actions.standards import adopt_framework, end_adoption
from crediting.models import Framework
from crediting.states import AdoptionBody, SubjectArea
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent
from tests.factories.standards import SAMPLE
from tests.personas import Personas

pytestmark = pytest.mark.django_db


@pytest.mark.rule("T74")
def test_an_adoption_names_who_and_when_and_is_recorded_once(personas: Personas, geometry: Framework) -> None:
    import_case(SAMPLE, district=personas.district, actor=None)
    sample = Framework.objects.get(district=personas.district, title__startswith="Sample")
    wanted = {
        "body": AdoptionBody.LOCAL,
        "adopted_by": "Board of directors",
        "adopted_on": dt.date(2026, 8, 12),
        "subjects": [SubjectArea.ELECTIVE],
        "starts_on": dt.date(2026, 9, 1),
        "actor": personas.administrator.user,
    }
    first = adopt_framework(sample, **wanted)  # type: ignore[arg-type]
    again = adopt_framework(sample, **wanted)  # type: ignore[arg-type]
    assert first == again
    (event,) = AuditEvent.objects.filter(verb="crediting.framework.adopted", actor=personas.administrator.account)
    assert (event.payload["adopted_by"], event.payload["adopted_on"]) == ("Board of directors", "2026-08-12")
    faults: list[dict[str, object]] = [{"adopted_by": " "}, {"subjects": []}, {"ends_on": dt.date(2026, 8, 1)}]
    for missing in faults:
        with pytest.raises(DomainError):
            adopt_framework(sample, **wanted | missing)  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="already adopted on some of these days"):
        adopt_framework(sample, **wanted | {"starts_on": dt.date(2027, 1, 1)})  # type: ignore[arg-type]
    end_adoption(first, last_day=dt.date(2026, 12, 31), actor=personas.administrator.user)
    adopt_framework(sample, **wanted | {"starts_on": dt.date(2027, 1, 1)})  # type: ignore[arg-type]
