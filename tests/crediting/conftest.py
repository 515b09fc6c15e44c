"""The personas of Northfield with a course that can be credited; Southport has one of its own beside it."""

import pytest

from crediting.models import Framework
from profiles.models import Course
from tests.factories.crediting import Ground, make_ground
from tests.factories.policies import fill_catalog
from tests.factories.standards import adopt, bring_geometry
from tests.personas import Personas


@pytest.fixture
def ground(personas: Personas) -> Ground:
    """Geometry, two people decide."""
    make_ground(personas.other_school)
    return make_ground(personas.school)


@pytest.fixture
def ground_of_one(personas: Personas) -> Ground:
    """Geometry, the teacher who assessed may award."""
    return make_ground(personas.school, two_roles=False, roles=("teacher", "credit_manager"))


@pytest.fixture
def courses(personas: Personas) -> dict[str, Course]:
    """Northfield's courses by code, with the usual scale; Southport has the same."""
    fill_catalog(personas.other_district)
    return fill_catalog(personas.district)


@pytest.fixture
def geometry(personas: Personas) -> Framework:
    """Sixteen geometry standards that the state adopted, in Northfield; Southport has its own copy."""
    adopt(bring_geometry(personas.other_district))
    return adopt(bring_geometry(personas.district))
