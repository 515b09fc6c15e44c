"""Accounts, people, roles and relations of a generated district."""

from __future__ import annotations

from dataclasses import dataclass

from mbl.core.models import District, User
from mbl.demo.generator.bulk import Bulk, choose, day, text
from mbl.demo.generator.shape import FAMILIES_WITH_AN_ACCOUNT, LEFT_THIS_YEAR, SLOTS, Shape
from mbl.demo.names import origins
from profiles.models import (
    Person,
    ProgramParticipation,
    RaceEthnicity,
    Relationship,
    RoleAssignment,
    School,
    SchoolEnrollment,
    Student,
)
from profiles.rules.names import names_of
from profiles.states import Program, RelationshipKind, Role, SchoolKind

# How students are spread: origin of the name, and so the codes their families reported.
ORIGINS = {
    "european": 0.41,
    "slavic": 0.045,
    "latino": 0.255,
    "african_american": 0.05,
    "east_african": 0.03,
    "vietnamese": 0.03,
    "chinese": 0.03,
    "filipino": 0.035,
    "korean": 0.015,
    "south_asian": 0.035,
    "japanese": 0.01,
    "arabic": 0.015,
    "pacific": 0.02,
    "native": 0.02,
}
# A further part reports two races beside each other.
TWO_OR_MORE = 0.09
NOT_HISPANIC = "10"
# What families of each origin report: the letters of a roster's flags, as the importer stores them.
RACES = {
    "hispanic": "H",
    "european": "W",
    "slavic": "W",
    "arabic": "W",
    "african_american": "B",
    "east_african": "B",
    "vietnamese": "A",
    "chinese": "A",
    "filipino": "A",
    "korean": "A",
    "south_asian": "A",
    "japanese": "A",
    "pacific": "P",
    "native": "N",
}


@dataclass(frozen=True)
class People:
    """First primary keys of the blocks written: person = first + number."""

    schools: int
    staff: int
    staff_users: int
    students: int
    student_people: int
    student_users: int


def write_people(bulk: Bulk, district: District, shape: Shape) -> People:
    """Everybody and where they belong."""
    _names(bulk)
    schools = _schools(bulk, district, shape)
    staff_users, staff = _staff(bulk, district, shape, schools)
    student_users, student_people, students = _students(bulk, district, shape, schools)
    _families(bulk, district, shape, students)
    _caseloads(bulk, district, shape, students, staff)
    _protected(bulk, district, shape, students)
    return People(schools, staff, staff_users, students, student_people, student_users)


def _names(bulk: Bulk) -> None:
    """Every combination of given and family name, with the forms that a person keeps, by origin and number."""
    rows = []
    for origin, names in origins().items():
        givens = [(name, "F") for name in names.girls] + [(name, "M") for name in names.boys]
        for i, family in enumerate(names.families):
            for j, (given, gender) in enumerate(givens):
                forms = names_of(given, family).as_fields()
                rows.append(
                    {
                        "origin": origin,
                        "family": i,
                        "given": j,
                        "given_name": given,
                        "family_name": family,
                        "gender": gender,
                        **forms,
                    }
                )
    bulk.table(
        "gen_name",
        rows,
        origin="text",
        family="int",
        given="int",
        given_name="text",
        family_name="text",
        gender="text",
        display_name="text",
        sort_name="text",
        search_text="text",
    )
    bulk.cursor.execute("CREATE UNIQUE INDEX ON gen_name (origin, family, given)")
    sizes = [
        {"origin": origin, "families": len(names.families), "givens": len(names.girls) + len(names.boys)}
        for origin, names in origins().items()
    ]
    bulk.table("gen_origin", sizes, origin="text", families="int", givens="int")


def _schools(bulk: Bulk, district: District, shape: Shape) -> int:
    first = bulk.reserve(School, shape.schools)
    kinds = f"CASE WHEN n = {shape.schools - 1} THEN {text(SchoolKind.ALTERNATIVE)} ELSE {text(SchoolKind.HIGH)} END"
    places = [
        "Alder",
        "Birch",
        "Camas",
        "Dogwood",
        "Elder",
        "Fir",
        "Hemlock",
        "Larch",
        "Madrona",
        "Maple",
        "Salal",
        "Tamarack",
        "Vine Maple",
        "Willow",
    ]
    words = "ARRAY[" + ", ".join(text(place) for place in places) + "]"
    lands = "ARRAY['Ridge', 'Creek', 'Valley', 'Point']"
    bulk.insert(
        School,
        f"FROM generate_series(0, {shape.schools - 1}) AS n",
        first=first,
        district_id=str(district.pk),
        code="lpad((1001 + n)::text, 4, '0')",
        state_code="lpad((1001 + n)::text, 4, '0')",
        name=f"({words})[1 + mod(n, {len(places)})] || ' ' || ({lands})[1 + mod(n / {len(places)}, 4)] || "
        f"CASE WHEN n = {shape.schools - 1} THEN ' Academy' ELSE ' High School' END",
        kind=kinds,
    )
    return first


def _write_people(
    bulk: Bulk,
    district: District,
    kind: str,
    rows: str,
    count: int,
    *,
    family: str,
    given: str,
    account: str = "true",
    **columns: str,
) -> tuple[int, int]:
    """Accounts where ``account`` says so, and people, for the numbers ``n`` of ``rows``. Answers the first keys.

    The family name is drawn from the number ``family``, so that a child and a parent share it; the given name from
    ``given``.
    """
    users, people = bulk.reserve(User, count), bulk.reserve(Person, count)
    named = f"""
        FROM (SELECT n, {family}::bigint AS family_number, {given}::bigint AS given_number FROM {rows}) AS row
        CROSS JOIN LATERAL (SELECT {choose("row.family_number", "origin", ORIGINS)} AS origin) AS drawn
        JOIN gen_origin USING (origin)
        JOIN gen_name AS name ON name.origin = drawn.origin
            AND name.family = mod(pg_temp.draw(row.family_number, 'family'), gen_origin.families)
            AND name.given = mod(pg_temp.draw(row.given_number, 'given'), gen_origin.givens)
    """
    login = f"{text(f'{district.code}-{kind}-')} || n"
    bulk.insert(
        User,
        f"{named} WHERE {account}",
        first=users,
        public_id=f"pg_temp.uid({text(kind + '-user')}, n)",
        login_name=login,
        display_name="name.display_name",
        password=f"'!' || {login}",
    )
    bulk.insert(
        Person,
        named,
        first=people,
        public_id=f"pg_temp.uid({text(kind)}, n)",
        district_id=str(district.pk),
        user_id=f"CASE WHEN {account} THEN {users} + n END",
        given_name="name.given_name",
        family_name="name.family_name",
        display_name="name.display_name",
        sort_name="name.sort_name",
        search_text="name.search_text",
        gender="CASE WHEN pg_temp.share(row.given_number, 'x') < 0.012 THEN 'X' ELSE name.gender END",
        **columns,
    )
    return users, people


def _staff(bulk: Bulk, district: District, shape: Shape, schools: int) -> tuple[int, int]:
    """Everybody who works there; teachers and counselors with their roles (the others get theirs by an action)."""
    numbers = f"generate_series(0, {shape.staff - 1}) AS n"
    users, people = _write_people(
        bulk, district, "staff", numbers, shape.staff, family="n + 900000000", given="n + 900000000"
    )
    counselors, others = shape.teachers, shape.teachers + shape.counselors
    bulk.insert(
        RoleAssignment,
        f"FROM generate_series(0, {others - 1}) AS n",
        first=bulk.reserve(RoleAssignment, others),
        person_id=f"{people} + n",
        role=f"CASE WHEN n < {counselors} THEN {text(Role.TEACHER)} ELSE {text(Role.COUNSELOR)} END",
        school_id=f"{schools} + CASE WHEN n < {counselors} THEN n / {SLOTS * shape.teachers_a_slot} "
        f"ELSE (n - {counselors}) / {shape.counselors_a_school} END",
        starts_on=day(shape.years[0].starts_on),
    )
    return users, people


def _students(bulk: Bulk, district: District, shape: Shape, schools: int) -> tuple[int, int, int]:
    numbers = f"generate_series(0, {shape.students - 1}) AS n"
    grade = shape.grade_of("n")
    users, people = _write_people(
        bulk,
        district,
        "student",
        numbers,
        shape.students,
        family="n",
        given="n",
        birth_date=f"make_date({shape.year.ending - 15} - ({grade} - 9), 1 + mod(pg_temp.draw(n, 'month'), 12)::int, "
        "1 + mod(pg_temp.draw(n, 'day'), 28)::int)",
        language="CASE WHEN pg_temp.share(n, 'language') < 0.12 THEN 'es' ELSE 'en' END",
    )
    left = f"pg_temp.share(n, 'left') < {LEFT_THIS_YEAR}"
    students = bulk.reserve(Student, shape.students)
    bulk.insert(
        Student,
        f"FROM {numbers}",
        first=students,
        district_id=str(district.pk),
        person_id=f"{people} + n",
        school_id=f"{schools} + {shape.school_of('n')}",
        grade=f"lpad({grade}::text, 2, '0')",
        ssid="(1000000000 + n * 7 + mod(pg_temp.draw(n, 'ssid'), 7))::text",
        local_id="lpad(n::text, 7, '0')",
        grade_9_entry=f"make_date({shape.year.ending - 1} - ({grade} - 9), 9, 2)",
        graduation_year=f"{shape.year.ending + 3} - ({grade} - 9)",
        is_active=f"NOT ({left})",
    )
    back = len(shape.years) - 1
    years = f"generate_series(0, {back}) AS back"
    then = f"({shape.year.ending} - back)"
    left = f"pg_temp.share(s, 'left') < {LEFT_THIS_YEAR}"
    bulk.insert(
        SchoolEnrollment,
        f"FROM generate_series(0, {shape.students - 1}) AS s CROSS JOIN {years} "
        f"CROSS JOIN LATERAL (SELECT s * {back + 1} + back AS n) AS row",
        first=bulk.reserve(SchoolEnrollment, shape.students * (back + 1)),
        district_id=str(district.pk),
        student_id=f"{students} + s",
        school_id=f"{schools} + {shape.school_of('s')}",
        grade=f"lpad(({shape.grade_of('s')} - back)::text, 2, '0')",
        starts_on=f"make_date({then} - 1, 9, 2)",
        ends_on=f"CASE WHEN back > 0 THEN make_date({then}, 6, 17) WHEN {left} THEN make_date({then} - 1, 10, 14) END",
        exit_reason=f"CASE WHEN back = 0 AND {left} THEN 'moved' ELSE '' END",
    )
    return users, people, students


def _families(bulk: Bulk, district: District, shape: Shape, students: int) -> None:
    """One guardian a student, of the same family name; a part of them with an account and the portal open."""
    numbers = f"generate_series(0, {shape.students - 1}) AS n"
    account = f"pg_temp.share(n, 'portal') < {FAMILIES_WITH_AN_ACCOUNT}"
    _, people = _write_people(
        bulk,
        district,
        "family",
        numbers,
        shape.students,
        family="n",
        given="n + 500000000",
        account=account,
        language="CASE WHEN pg_temp.share(n, 'language') < 0.18 THEN 'es' ELSE 'en' END",
    )
    bulk.insert(
        Relationship,
        f"FROM {numbers}",
        first=bulk.reserve(Relationship, shape.students),
        district_id=str(district.pk),
        person_id=f"{people} + n",
        student_id=f"{students} + n",
        kind=text(RelationshipKind.GUARDIAN),
        portal=account,
        starts_on=day(shape.years[0].starts_on),
    )


def _caseloads(bulk: Bulk, district: District, shape: Shape, students: int, staff: int) -> None:
    bulk.insert(
        Relationship,
        f"FROM generate_series(0, {shape.students - 1}) AS n",
        first=bulk.reserve(Relationship, shape.students),
        public_id="pg_temp.uid('caseload', n)",
        district_id=str(district.pk),
        person_id=f"{staff} + {shape.counselor_of('n')}",
        student_id=f"{students} + n",
        kind=text(RelationshipKind.COUNSELOR),
        starts_on=day(shape.year.starts_on),
    )


def _protected(bulk: Bulk, district: District, shape: Shape, students: int) -> None:
    """Race and ethnicity as reported, and dated programs, more common where life is harder: shares are not equal."""
    origin = choose("n", "origin", ORIGINS)
    own = "CASE origin " + " ".join(f"WHEN {text(key)} THEN {text(code)}" for key, code in RACES.items()) + " END"
    second = f"CASE WHEN origin = 'european' THEN {text(RACES['native'])} ELSE {text(RACES['european'])} END"
    numbers = f"(SELECT n, {origin} AS origin FROM generate_series(0, {shape.students - 1}) AS n) AS row"
    bulk.insert(
        RaceEthnicity,
        f"FROM {numbers}",
        first=bulk.reserve(RaceEthnicity, shape.students),
        district_id=str(district.pk),
        student_id=f"{students} + n",
        ethnicity_codes=f"CASE WHEN origin = 'latino' THEN ARRAY[{text(RACES['hispanic'])}] "
        f"ELSE ARRAY[{text(NOT_HISPANIC)}] END",
        race_codes=f"CASE WHEN origin = 'latino' THEN ARRAY[{text(RACES['european'])}] "
        f"WHEN pg_temp.share(n, 'two') < {TWO_OR_MORE} THEN ARRAY[{own}, {second}] ELSE ARRAY[{own}] END",
        source="'generated'",
        reported_on=day(shape.years[0].starts_on),
    )
    shares = {
        Program.LOW_INCOME: "CASE WHEN origin IN ('latino', 'east_african', 'native', 'pacific', 'african_american') "
        "THEN 0.58 ELSE 0.31 END",
        Program.MULTILINGUAL: "CASE WHEN origin IN ('latino', 'east_african', 'slavic', 'vietnamese', 'arabic') "
        "THEN 0.27 ELSE 0.03 END",
        Program.SPECIAL_EDUCATION: "0.14",
        Program.SECTION_504: "0.06",
        Program.MIGRANT: "CASE WHEN origin = 'latino' THEN 0.08 ELSE 0.002 END",
        Program.HOMELESS: "0.035",
        Program.FOSTER: "0.007",
        Program.HIGHLY_CAPABLE: "CASE WHEN origin IN ('latino', 'native', 'pacific', 'african_american') "
        "THEN 0.03 ELSE 0.09 END",
        Program.MILITARY: "0.05",
    }
    for position, (program, share) in enumerate(shares.items()):
        bulk.insert(
            ProgramParticipation,
            f"FROM {numbers} WHERE pg_temp.share(n, {text(program)}) < {share}",
            first=bulk.reserve(ProgramParticipation, shape.students),
            district_id=str(district.pk),
            student_id=f"{students} + n",
            program=text(program),
            # In the program all along, since last year, or from last year until this fall.
            starts_on=f"make_date({shape.year.ending} - 1 - mod(pg_temp.draw(n, 'since'), 3)::int, 9, 2)",
            ends_on=f"CASE WHEN pg_temp.share(n, 'until{position}') < 0.06 "
            f"THEN make_date({shape.year.ending} - 1, 10, 1) END",
        )
