"""Standards, courses and policies: read by everybody of the district, changed by its administrator."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crediting.actions.catalog import add_course
from crediting.actions.local_standards import add_standard, write_framework
from crediting.actions.policy import close_policy, load_policy, publish_policy
from crediting.actions.policy_drafts import start_next_version
from crediting.actions.sequences import list_pair, write_sequence
from crediting.models import Framework, FrameworkSource, PolicyVersion
from crediting.rules.catalog import CourseDetails
from crediting.rules.policy.writing import with_parts
from crediting.states import SubjectArea
from tests.access.matrix import Row
from tests.conftest import ROOT
from tests.factories.crediting import make_framework, make_ground
from tests.factories.graduation import make_graduation
from tests.factories.profiles import LONG_AGO, make_course
from tests.factories.replays import make_replay
from tests.personas import Personas

DRAFT = (ROOT / "tests" / "fixtures" / "policies" / "d4-math.yaml").read_text()


def a_framework(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_framework(personas.district)[0].framework.public_id}


def a_source(personas: Personas) -> Mapping[str, Any]:
    source = FrameworkSource.objects.create(district=personas.district, address="https://case.example.org/1")
    return {"public_id": source.public_id}


def an_adoption(personas: Personas) -> Mapping[str, Any]:
    framework = make_framework(personas.district)[0].framework
    return {"public_id": framework.public_id, "starts_on": framework.adoptions.get().starts_on.isoformat()}


def a_standard(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_framework(personas.district)[0].public_id}


def a_course(personas: Personas) -> Mapping[str, Any]:
    details = CourseDetails("Geometry", Decimal("1.0"), SubjectArea.MATH)
    return {
        "public_id": add_course(personas.district, code=uuid.uuid4().hex[:8], details=details, actor=None).public_id
    }


def a_pair(personas: Personas) -> Mapping[str, Any]:
    course, higher = (make_course(personas.district, code=uuid.uuid4().hex[:8]) for _each in range(2))
    pair = list_pair(course, higher=higher, rationale="Each standard grows.", actor=None)
    return {"public_id": course.public_id, "pair": pair.public_id}


def a_sequence(personas: Personas) -> Mapping[str, Any]:
    steps = [[make_course(personas.district, code=uuid.uuid4().hex[:8]).code] for _each in range(2)]
    return {"public_id": write_sequence(personas.district, title=uuid.uuid4().hex, steps=steps, actor=None).public_id}


def a_draft(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": load_policy(personas.district, text=DRAFT, actor=None).version.public_id}


def a_replay(personas: Personas) -> Mapping[str, Any]:
    account = personas.administrator.account
    assert account is not None
    return {"public_id": make_replay(make_ground(personas.school).version, account).public_id}


def a_rule(personas: Personas) -> Mapping[str, Any]:
    version = load_policy(personas.district, text=DRAFT, actor=None).version
    return {"public_id": version.public_id, "code": version.document["rules"][0]["code"]}


def a_second_version(personas: Personas) -> Mapping[str, Any]:
    first = make_ground(personas.school).version
    account = personas.administrator.account
    assert account is not None
    return {"public_id": start_next_version(first, actor=account).public_id}


def a_second_public_version(personas: Personas) -> Mapping[str, Any]:
    first = make_ground(personas.school).version
    later = with_parts(first.source, {"effective": {"from": "2090-01-01"}})
    close_policy(first, last_day=dt.date(2089, 12, 31), actor=None)
    second = publish_policy(load_policy(personas.district, text=later, actor=None).version, actor=None)
    return {"code": personas.district.code, "public_id": second.public_id}


def a_published_version(personas: Personas) -> Mapping[str, Any]:
    version: PolicyVersion = make_ground(personas.school).version
    return {"code": personas.district.code, "public_id": version.public_id}


def a_local_framework(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": local_framework(personas).public_id}


def a_local_standard(personas: Personas) -> Mapping[str, Any]:
    account = personas.administrator.account
    assert account is not None
    return {"public_id": add_standard(local_framework(personas), code="L.1", statement="Say", actor=account).public_id}


def a_graduation_standard(personas: Personas) -> Mapping[str, Any]:
    account = personas.administrator.account
    assert account is not None
    return {"public_id": make_graduation(personas.district, account).academic[0].public_id}


def local_framework(personas: Personas) -> Framework:
    account = personas.administrator.account
    assert account is not None
    return write_framework(
        personas.district,
        title=f"Local {uuid.uuid4().hex[:8]}",
        adopted_by="Board",
        adopted_on=LONG_AGO,
        subjects=[SubjectArea.ARTS],
        starts_on=LONG_AGO,
        actor=account,
    )


def a_published_framework(personas: Personas) -> Mapping[str, Any]:
    return {"identifier": str(make_framework(personas.district)[0].framework.guid)}


def a_case_object(personas: Personas) -> Mapping[str, Any]:
    """What the read service answers needs no more than an identifier; here one that nothing has."""
    return {"identifier": "00000000-0000-4000-8000-000000000000"}


CASE_PARTS = (
    "document",
    "package",
    "item",
    "item-associations",
    "association",
    "rubric",
    "CFAssociationGroupings",
    "CFConcepts",
    "CFItemTypes",
    "CFLicenses",
    "CFSubjects",
)

STRANGERS: dict[str, int] = dict.fromkeys(("other_district_administrator", "other_district_student"), 404)
# A page of one's own district: the other administrator has one too.
ADMINISTRATORS: dict[str, int] = dict.fromkeys(("administrator", "other_district_administrator"), 200)

ROWS = [
    Row("crediting:standards", others=200),
    Row("crediting:standards-find", query="?q=a", others=200),
    Row("crediting:standards-pick", query="?q=a", others=200),
    Row("crediting:framework", a_framework, others=200, also=STRANGERS),
    Row("crediting:standard", a_standard, others=200, also=STRANGERS),
    Row("crediting:framework-adopt", a_framework, others=403, administrator=200, also=STRANGERS),
    Row("crediting:sources", others=403, also=ADMINISTRATORS),
    Row("crediting:source-look", a_source, method="POST", others=403, administrator=302, also=STRANGERS),
    Row("crediting:source-stop", a_source, method="POST", others=403, administrator=302, also=STRANGERS),
    Row("crediting:framework-new", others=403, also=ADMINISTRATORS),
    Row("crediting:framework-compare", a_framework, others=200, also=STRANGERS),
    Row("crediting:framework-moves", a_framework, others=403, administrator=200, also=STRANGERS),
    Row("crediting:framework-withhold", a_framework, method="POST", others=403, administrator=302, also=STRANGERS),
    Row("crediting:item-new", a_local_framework, others=403, administrator=200, also=STRANGERS),
    Row("crediting:framework-graduation", a_local_framework, others=403, administrator=200, also=STRANGERS),
    Row("crediting:graduation-links", a_graduation_standard, others=403, administrator=200, also=STRANGERS),
    Row("crediting:item-edit", a_local_standard, others=403, administrator=200, also=STRANGERS),
    Row("crediting:item-withdraw", a_local_standard, method="POST", others=403, administrator=302, also=STRANGERS),
    Row("crediting:adoption-end", an_adoption, others=403, administrator=200, also=STRANGERS),
    # Published frameworks are for everybody; each persona gets the same answer to the same identifier.
    Row("crediting:case-documents", others=200, anonymous=200),
    Row("crediting:case-of-district-documents", lambda s: {"code": s.district.code}, others=200, anonymous=200),
    Row("crediting:case-package", a_published_framework, others=200, anonymous=200),
    Row("crediting:case-document", a_published_framework, others=200, anonymous=200),
    *(
        Row(f"crediting:case-{part}", a_case_object, others=404, anonymous=404)
        for part in CASE_PARTS
        if part not in {"package", "document"}
    ),
    *(
        Row(
            f"crediting:case-of-district-{part}",
            lambda s: {"code": s.district.code, **a_case_object(s)},
            others=404,
            anonymous=404,
        )
        for part in CASE_PARTS
    ),
    Row("crediting:catalog", others=200),
    Row("crediting:course", a_course, others=200, also=STRANGERS),
    Row("crediting:course-new", others=403, also=ADMINISTRATORS),
    Row("crediting:course-edit", a_course, others=403, administrator=200, also=STRANGERS),
    Row("crediting:catalog-starter", others=403, also=ADMINISTRATORS),
    Row("crediting:catalog-file", others=403, also=ADMINISTRATORS),
    Row("crediting:pair-new", a_course, others=403, administrator=200, also=STRANGERS),
    Row("crediting:pair-end", a_pair, method="POST", others=403, administrator=302, also=STRANGERS),
    Row("crediting:sequences", others=200),
    Row("crediting:sequence-new", others=403, also=ADMINISTRATORS),
    Row("crediting:sequence-edit", a_sequence, others=403, administrator=200, also=STRANGERS),
    Row("crediting:sequence-remove", a_sequence, method="POST", others=403, administrator=302, also=STRANGERS),
    Row("crediting:course-standards", a_course, others=403, administrator=200, also=STRANGERS),
    Row("crediting:policies", others=403, also=ADMINISTRATORS),
    Row("crediting:policy-new", others=403, also=ADMINISTRATORS),
    # Drafts are nobody else's business, so nobody else learns that there is one.
    Row("crediting:policy", a_draft, others=404, administrator=200),
    Row("crediting:policy-file", a_draft, others=404, administrator=200),
    Row("crediting:policy-publish", a_draft, method="POST", others=404, administrator=409),
    Row("crediting:policy-close", a_draft, method="POST", others=404, administrator=422),
    Row("crediting:policy-discard", a_draft, method="POST", others=404, administrator=302),
    Row("crediting:policy-start", others=403, also=ADMINISTRATORS),
    Row("crediting:policy-next", a_draft, method="POST", others=404, administrator=302),
    Row("crediting:policy-part", lambda s: {**a_draft(s), "part": "equity"}, others=404, administrator=200),
    Row("crediting:policy-courses", a_draft, others=404, administrator=200),
    Row("crediting:policy-rule-new", a_draft, others=404, administrator=200),
    Row("crediting:policy-rule", a_rule, others=404, administrator=200),
    Row("crediting:policy-rule-move", a_rule, method="POST", others=404, administrator=302),
    Row("crediting:policy-as-text", a_draft, others=404, administrator=200),
    Row("crediting:policy-try", a_draft, others=404, administrator=200),
    Row("crediting:policy-replay", a_draft, others=404, administrator=200),
    Row("crediting:policy-replay", a_draft, method="POST", others=404, administrator=422),
    Row("crediting:replay", a_replay, others=404, administrator=200),
    Row("crediting:replay-file", a_replay, others=404, administrator=200),
    Row("crediting:replay-stop", a_replay, method="POST", others=404, administrator=302),
    # A first version has none before it.
    Row("crediting:policy-differences", a_second_version, others=404, administrator=200),
    # Anybody may read what is published (R8).
    Row("crediting:policy-public-differences", a_second_public_version, others=200, anonymous=200),
    Row("crediting:policy-public", lambda s: {"code": s.district.code}, others=200, anonymous=200),
    Row("crediting:policy-public-version", a_published_version, others=200, anonymous=200),
    Row("crediting:policy-public-file", a_published_version, others=200, anonymous=200),
]
