"""A mathematics policy as a file, and the courses and scale it needs."""

from __future__ import annotations

from decimal import Decimal

from crediting.actions.catalog import add_course
from crediting.actions.scales import create_default_scale
from crediting.rules.catalog import CourseDetails
from crediting.states import SubjectArea
from mbl.core.models import District
from profiles.models import Course
from tests.conftest import ROOT

D4_FILE = ROOT / "tests" / "fixtures" / "policies" / "d4-math.yaml"
D4 = D4_FILE.read_text(encoding="utf-8")

TITLES = {"MAT101": "Algebra 1", "MAT201": "Geometry", "ENG101": "English 9"}


def fill_catalog(district: District) -> dict[str, Course]:
    """The usual scale, the two courses of ``D4`` and one that no policy names, by code."""
    create_default_scale(district, actor=None)
    return {
        code: add_course(
            district,
            code=code,
            details=CourseDetails(title, Decimal("1.0"), SubjectArea.ENGLISH if code == "ENG101" else SubjectArea.MATH),
            actor=None,
        )
        for code, title in TITLES.items()
    }
