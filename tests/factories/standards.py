"""Sixteen items of the high school geometry standards, imported and adopted."""

from __future__ import annotations

import datetime as dt

from crediting.actions.import_standards import import_case
from crediting.actions.standards import adopt_framework
from crediting.models import Framework
from crediting.states import AdoptionBody, SubjectArea
from mbl.core.models import District
from tests.conftest import ROOT
from tests.factories.profiles import LONG_AGO

EXCERPT = ROOT / "tests" / "fixtures" / "case" / "ccss-geometry-excerpt.cfpackage.json"
SAMPLE = ROOT / "crediting" / "data" / "sample-standards.cfpackage.json"


def bring_geometry(district: District) -> Framework:
    """The excerpt, imported and not adopted."""
    import_case(EXCERPT, district=district, actor=None)
    return Framework.objects.get(district=district, guid="c29cf087-dafc-5701-a182-a0e671e5fedf")


def adopt(
    framework: Framework,
    *,
    body: AdoptionBody = AdoptionBody.STATE,
    subject: SubjectArea = SubjectArea.MATH,
    first: dt.date = LONG_AGO,
    last: dt.date | None = None,
) -> Framework:
    adopt_framework(
        framework,
        body=body,
        adopted_by="State",
        adopted_on=LONG_AGO,
        subjects=[subject],
        starts_on=first,
        ends_on=last,
        actor=None,
    )
    return framework
