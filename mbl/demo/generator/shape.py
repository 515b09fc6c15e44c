"""How large a generated district is and who goes where: arithmetic on a student's number, in Python and in SQL."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mbl.demo.years import Year

GRADES = (9, 10, 11, 12)
SLOTS = 6  # courses a student takes at a time
CLASS_SIZE = 28
SECTIONS_A_TEACHER = 5
CASELOAD = 400
STUDENTS_A_SCHOOL = 1500
YEARS_OF_HISTORY = 3
FAMILIES_WITH_AN_ACCOUNT = 0.2
LEFT_THIS_YEAR = 0.015


def up(a: int, b: int) -> int:
    """``a`` / ``b``, rounded up."""
    return -(-a // b)


@dataclass(frozen=True)
class Shape:
    """``students`` spread evenly over schools and grades: student ``n`` is in school ``n mod schools``, in grade
    ``9 + (n / schools) mod 4``, and is number ``n / (4 * schools)`` of that school and grade."""

    students: int
    today: dt.date

    @property
    def schools(self) -> int:
        return max(2, up(self.students, STUDENTS_A_SCHOOL))

    @property
    def cohort(self) -> int:
        """Students of one grade at one school, at most."""
        return up(self.students, len(GRADES) * self.schools)

    @property
    def parallel(self) -> int:
        """Sections beside each other for one slot of one grade at one school."""
        return up(self.cohort, CLASS_SIZE)

    @property
    def teachers_a_slot(self) -> int:
        return up(len(GRADES) * self.parallel, SECTIONS_A_TEACHER)

    @property
    def teachers(self) -> int:
        return self.schools * SLOTS * self.teachers_a_slot

    @property
    def counselors_a_school(self) -> int:
        return up(len(GRADES) * self.cohort, CASELOAD)

    @property
    def counselors(self) -> int:
        return self.schools * self.counselors_a_school

    @property
    def staff(self) -> int:
        """Teachers, then counselors, then principal, registrar and credit manager of each school, then two
        administrators of the district."""
        return self.teachers + self.counselors + 3 * self.schools + 2

    @property
    def year(self) -> Year:
        return Year(self.today.year + 1 if self.today.month >= 7 else self.today.year)

    @property
    def years(self) -> list[Year]:
        """The years of history and the present one."""
        return [Year(self.year.ending - back) for back in range(YEARS_OF_HISTORY, -1, -1)]

    # --- the same, for SQL -------------------------------------------------------------------------------------------

    def school_of(self, n: str) -> str:
        return f"mod({n}, {self.schools})"

    def grade_of(self, n: str) -> str:
        return f"(9 + mod({n} / {self.schools}, 4))"

    def place_of(self, n: str) -> str:
        return f"({n} / {4 * self.schools})"

    def section_of(self, n: str, slot: str) -> str:
        """Which of the parallel sections: shifted by slot, so that classmates differ from class to class."""
        place = self.place_of(n)
        return f"mod({place} + {slot} * ({place} / {self.parallel}), {self.parallel})"

    def section_number(self, school: str, grade: str, slot: str, section: str, half: str) -> str:
        return f"(((({school} * 4 + {grade} - 9) * {SLOTS} + {slot}) * {self.parallel} + {section}) * 3 + {half})"

    @property
    def sections(self) -> int:
        """How many numbers sections may have."""
        return self.schools * len(GRADES) * SLOTS * self.parallel * 3

    def teacher_of(self, school: str, slot: str, grade: str, section: str) -> str:
        within = f"mod(({grade} - 9) * {self.parallel} + {section}, {self.teachers_a_slot})"
        return f"(({school} * {SLOTS} + {slot}) * {self.teachers_a_slot} + {within})"

    def counselor_of(self, n: str) -> str:
        place = f"mod({self.place_of(n)}, {self.counselors_a_school})"
        return f"({self.teachers} + {self.school_of(n)} * {self.counselors_a_school} + {place})"
