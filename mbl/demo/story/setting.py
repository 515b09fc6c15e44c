"""Sets a district of the demonstration up, on the days on which it would have been done: schools, two rosters, staff,
catalog, standards, policies, course history, families."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path
from string import Template

from crediting.actions.catalog import add_course, set_course_standards
from crediting.actions.history import post_course_history
from crediting.actions.import_standards import import_case
from crediting.actions.policy import load_policy, publish_policy
from crediting.actions.scales import create_default_scale
from crediting.actions.standards import adopt_framework
from crediting.models import Framework
from crediting.rules.catalog import CourseDetails
from crediting.states import AdoptionBody, SubjectArea
from mbl.core import clock
from mbl.core.imports import ImportResult
from mbl.core.models import District
from mbl.demo.story import history, oneroster, recorded
from mbl.demo.story.cast import DATA, CastDistrict
from mbl.demo.story.stage import Stage
from mbl.demo.story.telling import moment, told_at
from mbl.demo.story.world import build
from mbl.demo.years import Year
from profiles.actions.people import add_person, set_student_facts
from profiles.actions.relationships import assign_counselor, verify_guardian
from profiles.actions.roles import give_role
from profiles.actions.schools import add_school, create_district
from profiles.interchange.oneroster import import_oneroster
from profiles.models import Relationship
from profiles.states import RelationshipKind, Role, SchoolKind

ZONE = "America/Los_Angeles"
# Where the export of the demonstration keeps the state student number.
SETTINGS = {"oneroster_ssid_column": "userIds.SSID"}
# Between a test day and its awards on the record.
A_WEEK = dt.timedelta(days=7)


class SetupFailed(Exception):
    """The demonstration's own data was refused: something of ours is broken."""


@dataclass(frozen=True)
class Package:
    """A package of standards, what the district adopted it for, and the courses that teach it by starts of codes."""

    file: str
    subject: SubjectArea
    courses: dict[str, tuple[str, ...]]
    adopted_on: dt.date
    body: AdoptionBody = AdoptionBody.STATE
    adopted_by: str = "Washington State"


PACKAGES = (
    Package(
        "math-high-school-excerpt",
        SubjectArea.MATH,
        {"MAT101": ("HSA-CED", "HSA-REI", "HSA-SSE.A"), "MAT201": ("HSG",), "MAT301": ("HSA",)},
        dt.date(2011, 7, 20),
    ),
    Package(
        "ela-high-school-excerpt",
        SubjectArea.ENGLISH,
        {"ENG101": ("RL.", "RI.", "W.", "SL."), "ENG201": ("RI.", "RL.", "W.", "SL.")},
        dt.date(2011, 7, 20),
    ),
    Package(
        "science-high-school-excerpt",
        SubjectArea.SCIENCE,
        {"SCI101": ("HS-LS1-", "HS-LS2-"), "SCI110": ("HS-LS2-", "HS-ESS2-", "HS-ESS3-", "HS-ETS1-")},
        dt.date(2013, 10, 4),
    ),
    Package(
        "wa-social-studies-2019-excerpt",
        SubjectArea.SOCIAL_STUDIES,
        {"SOC401": ("C1", "C2", "C4"), "SOC402": ("G1", "G3", "E2", "E3", "E4", "H2", "H3", "H4")},
        dt.date(2019, 9, 1),
    ),
    Package(
        "community-place-based",
        SubjectArea.ELECTIVE,
        {"CPL101": ("CPL",)},
        dt.date(2025, 6, 9),
        AdoptionBody.LOCAL,
        "Cedar Falls Board of Directors",
    ),
)
POLICIES = {
    "cedar-falls": ("2402-v1", "2403-v1", "2403-v2", "2404-v1", "2405-v1", "2490-v1"),
    "sagebrush-flats": ("sagebrush-2402",),
}


def set_up(cast_district: CastDistrict) -> Stage:
    """The district from nothing to this fall, ready for the stories."""
    nowhere = District(timezone=ZONE)
    today = clock.today(nowhere)
    world = build(cast_district, clock.school_year(today))
    last_summer = Year(world.school_year - 1).starts_on - dt.timedelta(days=30)
    with told_at(moment(last_summer, nowhere)):
        district = create_district(
            code=cast_district.code,
            name=cast_district.name,
            state_code=cast_district.state_code,
            timezone=ZONE,
            actor=None,
            is_demo=True,
        )
        for name in ("address", "phone", "brand_color"):
            setattr(district, name, getattr(cast_district, name))
        district.settings = SETTINGS
        district.save()
        stage = Stage(cast_district, district, today, world)
        _add_administrators(stage)
        _add_schools(stage)
    with told_at(moment(Year(world.school_year - 1).starts_on, nowhere)):
        _read_roster(stage, world.school_year - 1)
        _add_staff(stage)
        _fill_catalog(stage)
        _read_standards(stage)
        create_default_scale(district, actor=stage.administrator)
        _publish_policies(stage)
        _share_out_caseloads(stage, back=1)
        _open_families(stage)
    with told_at(moment(min(world.year.starts_on, today), nowhere)):
        _read_roster(stage, world.school_year)
        _post_history(stage)
        recorded.post_awards(stage, back=1)
        recorded.record_programs(stage)
        _record_first_days(stage)
        _share_out_caseloads(stage, back=0)
        _open_families(stage)
    with told_at(moment(min(world.year.first_half_test_on + A_WEEK, today), nowhere)):
        recorded.post_awards(stage, back=0)
    return stage


def _add_administrators(stage: Stage) -> None:
    for known in stage.cast_staff:
        if Role.ADMINISTRATOR in known.roles:
            person = add_person(stage.district, given_name=known.given, family_name=known.family, actor=None)
            give_role(person, Role.ADMINISTRATOR, actor=None, reason="First administrator")
            stage.added[known.id] = person
            stage.administrator = stage.user(known.id)


def _add_schools(stage: Stage) -> None:
    for known in stage.cast_schools:
        add_school(
            stage.district,
            name=known.name,
            code=known.code,
            state_code=known.code,
            kind=SchoolKind(known.kind),
            address=known.address,
            phone=known.phone,
            actor=stage.administrator,
        )


def _read_roster(stage: Stage, school_year: int) -> None:
    with tempfile.TemporaryDirectory(prefix="mbl-roster-") as name:
        folder = Path(name) / f"oneroster-{Year(school_year).title}"
        folder.mkdir()
        oneroster.write(stage.world, folder, school_year=school_year)
        result = import_oneroster(folder, district=stage.district, actor=stage.administrator, confirmed=True)
    _must_have_applied(result)
    stage.forget()


def _must_have_applied(result: ImportResult) -> None:
    if not result.applied or result.rejected_rows:
        raise SetupFailed("; ".join(issue.message for issue in result.issues[:5]))


def _add_staff(stage: Stage) -> None:
    """Those who are not on the roster, with their roles at each of their schools."""
    for known in stage.cast_staff:
        given = [Role(role) for role in known.roles if role != Role.ADMINISTRATOR]
        if not given:
            continue
        person = add_person(stage.district, given_name=known.given, family_name=known.family, actor=stage.administrator)
        stage.added[known.id] = person
        stage.user(known.id)
        for role in given:
            for school in (known.school, *known.also_at):
                give_role(person, role, school=stage.schools[school], actor=stage.administrator)


def _fill_catalog(stage: Stage) -> None:
    for known in stage.world.courses.values():
        if known.half_credits:
            details = CourseDetails(
                title=known.title,
                credits=known.credits,
                subject=SubjectArea(known.subject),
                state_course_code=known.state_code,
                is_cadr=known.is_cadr,
                is_lab=known.is_lab,
                grades=tuple(f"{grade:02d}" for grade in known.grades),
            )
            add_course(stage.district, code=known.code, details=details, actor=stage.administrator)
    stage.forget()


def _read_standards(stage: Stage) -> None:
    eligible = {"cedar-falls": PACKAGES, "sagebrush-flats": PACKAGES[:3]}[stage.cast_district.code]
    for package in eligible:
        source = DATA / "standards" / f"{package.file}.cfpackage.json"
        before = set(Framework.objects.filter(district=stage.district).values_list("pk", flat=True))
        _must_have_applied(import_case(source, district=stage.district, actor=stage.administrator))
        framework = Framework.objects.filter(district=stage.district).exclude(pk__in=before).get()
        adopt_framework(
            framework,
            body=package.body,
            adopted_by=package.adopted_by,
            adopted_on=package.adopted_on,
            subjects=[package.subject],
            starts_on=package.adopted_on,
            actor=stage.administrator,
        )
    stage.forget()
    for package in eligible:
        for code, starts in package.courses.items():
            taught = [
                standard for key, standard in stage.standards.items() if key.startswith(starts) and standard.is_leaf
            ]
            set_course_standards(stage.course(code), standards=taught, actor=stage.administrator)


def _publish_policies(stage: Stage) -> None:
    year = stage.world.school_year
    years = {"last": year - 2, "this": year - 1, "next": year}
    for name in POLICIES[stage.cast_district.code]:
        text = (DATA / "policies" / f"{name}.yaml").read_text(encoding="utf-8")
        loaded = load_policy(stage.district, text=Template(text).substitute(years), actor=stage.administrator)
        publish_policy(loaded.version, actor=stage.administrator)


def _post_history(stage: Stage) -> None:
    by_system = {learner.id: stage.student(learner.id) for learner in stage.world.learners}
    post_course_history(
        history.course_rows(stage.world, students=by_system, schools=stage.schools, courses=stage.courses),
        district=stage.district,
        source=f"oneroster:{oneroster.SYSTEM}",
        actor=stage.administrator,
    )


def _record_first_days(stage: Stage) -> None:
    """When the students with a part entered grade 9: it says which requirements are theirs, and no roster has it."""
    for known in stage.cast_students:
        if known.grade >= 9:
            first = Year(stage.world.school_year - (known.grade - 9)).starts_on
            set_student_facts(stage.student(known.id), grade_9_entry=first, actor=stage.administrator)


def _share_out_caseloads(stage: Stage, *, back: int) -> None:
    """For everybody who is at the school of their counselor in the fall of that many years ago."""
    for learner in stage.world.learners:
        counselor = stage.counselor_of(learner)
        if counselor and stage.world.school_of(learner, learner.grade - back) is learner.school:
            assign_counselor(stage.person(counselor), stage.student(learner.id), actor=stage.administrator)


def _open_families(stage: Stage) -> None:
    """Families with a part may see the record of their children: the school has verified who they are."""
    for family in stage.cast_families:
        if family.id not in stage.people:
            continue  # the child came later
        relations = Relationship.objects.filter(
            person=stage.person(family.id), kind=RelationshipKind.GUARDIAN, ends_on=None, portal=False
        )
        for relation in relations:
            verify_guardian(relation, basis="Enrollment form of this year", actor=stage.administrator)
        stage.user(family.id)
