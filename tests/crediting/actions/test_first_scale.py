"""A district that has no scale yet gets the usual one with its first policy, so that nothing else has to be set up."""

import pytest

from crediting.actions.policy import load_policy
from crediting.actions.scales import Level, create_scale
from crediting.models import Scale
from tests.factories.core import make_district
from tests.factories.policies import D4

pytestmark = pytest.mark.django_db


def test_the_first_policy_brings_the_usual_scale() -> None:
    district, other = make_district(), make_district()

    load_policy(district, text=D4, actor=None)
    load_policy(district, text=D4, actor=None)

    (scale,) = Scale.objects.all()
    assert (scale.district, scale.code) == (district, "mastery")
    assert [level.word for level in scale.levels.all()] == ["Beginning", "Developing", "Proficient", "Extending"]
    assert not other.scales.exists()


def test_a_district_with_a_scale_of_its_own_keeps_to_it() -> None:
    district = make_district()
    create_scale(district, code="own", name="Own", levels=[Level("a", "A"), Level("b", "B")], actor=None)

    load_policy(district, text=D4, actor=None)

    assert [scale.code for scale in district.scales.all()] == ["own"]


def test_a_policy_with_other_levels_brings_none() -> None:
    district = make_district()

    load_policy(district, text=D4.replace("developing, proficient", "proficient"), actor=None)

    assert not district.scales.exists()
