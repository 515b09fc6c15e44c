"""Three years of course history: ledger rows of the classes a student has finished."""

from __future__ import annotations

from crediting.models import LedgerEntry
from crediting.states import EntryKind
from mbl.core.models import District
from mbl.demo.generator.bulk import Bulk, text
from mbl.demo.generator.people import People
from mbl.demo.generator.shape import SLOTS, YEARS_OF_HISTORY, Shape

# A mark by the upper end of its share; what is left fails.
MARKS = [("A", 0.24), ("A-", 0.36), ("B+", 0.46), ("B", 0.60), ("B-", 0.68), ("C+", 0.75), ("C", 0.84), ("C-", 0.88),
         ("D+", 0.905), ("D", 0.935)]  # fmt: skip
ALGEBRA_IN_GRADE_8 = 0.22


def write_history(bulk: Bulk, district: District, shape: Shape, people: People) -> int:
    """Rows of grades 9 to 11, and of algebra in grade 8 for some. Answers how many."""
    # Marks of one student hang together: a row's luck moves around the student's own, spread over the whole range.
    drawn = (
        "CROSS JOIN LATERAL (SELECT 0.5 + 1.3 * (0.6 * pg_temp.share(student, 'steady') "
        "+ 0.4 * pg_temp.share(n, 'mark') - 0.5) AS luck) AS drawn"
    )
    mark = "CASE " + " ".join(f"WHEN luck < {end} THEN {text(mark)}" for mark, end in MARKS) + " ELSE 'F' END"
    grade = f"({shape.grade_of('student')} - back)"
    credits = "CASE WHEN slots.half = 0 THEN 0.5 ELSE slots.credits END"
    number = f"(((student * {YEARS_OF_HISTORY} + back - 1) * {SLOTS} + slots.slot) * 2 + term - 1)"
    return bulk.insert(
        LedgerEntry,
        f"FROM generate_series(0, {shape.students - 1}) AS student "
        f"CROSS JOIN generate_series(1, {YEARS_OF_HISTORY}) AS back "
        f"CROSS JOIN LATERAL (SELECT {grade} AS grade) AS past "
        "JOIN gen_slot AS slots ON slots.grade = greatest(9, past.grade) "
        "AND slots.variant = mod(pg_temp.draw(student * 64 + past.grade * 8 + slots.slot, 'variant'), slots.variants) "
        "CROSS JOIN generate_series(1, 2) AS term "
        f"CROSS JOIN LATERAL (SELECT {number} AS n) AS row {drawn} "
        f"JOIN profiles_school AS school ON school.id = {people.schools} + {shape.school_of('student')} "
        "WHERE slots.half IN (0, term) AND (past.grade >= 9 OR past.grade = 8 AND slots.code = 'MAT101' "
        f"AND pg_temp.share(student, 'algebra') < {ALGEBRA_IN_GRADE_8})",
        first=bulk.reserve(LedgerEntry, shape.students * YEARS_OF_HISTORY * SLOTS * 2),
        district_id=str(district.pk),
        student_id=f"{people.students} + student",
        kind=text(EntryKind.COURSE),
        course_id="slots.course",
        course_code="slots.code",
        course_title="slots.title",
        subject="slots.subject",
        state_course_code="slots.state_code",
        school_id="school.id",
        school_name="school.name",
        school_year=f"{shape.year.ending} - back",
        term="'Semester ' || term",
        term_order="term",
        grade="lpad(past.grade::text, 2, '0')",
        mark=mark,
        credits_attempted=credits,
        credits_earned=f"CASE WHEN luck < {MARKS[-1][1]} THEN {credits} ELSE 0 END",
        earned_on=f"CASE term WHEN 1 THEN make_date({shape.year.ending} - back, 1, 29) "
        f"ELSE make_date({shape.year.ending} - back, 6, 17) END",
        source="'generated'",
    )
