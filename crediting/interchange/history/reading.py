"""Read the parts of a history row: the student, the place, the course and the ending, each once however often it comes.

Every part answers a number, or -1 where the row cannot be taken, and remarks that each of its rows repeats.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crediting.actions.history import Posting
from crediting.models import CourseTerms
from crediting.rules.credits import of_hours, printed
from crediting.rules.history import (
    OUTSIDE,
    UNITS,
    CourseFacts,
    Ending,
    Marks,
    Place,
    TermName,
    designations_of,
    is_state_code,
    number_of,
    school_year_of,
    subject_of,
    term_of,
    whole_of,
)
from crediting.states import EntryKind
from mbl.core import clock
from mbl.core.imports.tables import BadDate, Dates
from mbl.core.models import District
from mbl.core.states import Severity
from profiles.models import AcademicSession, Course, School, Student
from profiles.rules.roster import grade_of

# The columns that each part is read from, in this order.
STUDENT = ("student_id", "ssid")
PLACE = ("district_code", "school_year", "term_id", "term", "term_end", "location", "school_name")
COURSE = ("course_code", "course_title", "state_code", "designations")
ENDING = ("mark", "attempted", "earned", "grade", "college_hours", "college_unit")

REJECTED = -1
_NULL = frozenset({"NULL", "null", "Null"})
MOST_CREDITS = Decimal(5)
_YES, _NO = frozenset({"1", "1.0", "Y", "TRUE", "True"}), frozenset({"", "0", "0.0", "N", "FALSE", "False"})
_STEP = Decimal("0.01")
_SLACK = Decimal("0.001")
_GRADES = ("07", "08", "09", "10", "11", "12")
# PowerSchool counts its years from here: TERMID 3601 is a term of the year that began in 2026.
_FIRST_TERM_YEAR = 1990


@dataclass(frozen=True)
class Remark:
    severity: Severity
    code: str
    message: str
    column: str = ""


@dataclass
class Part:
    """What one part of a row is."""

    number: int = REJECTED
    # Of a place: what an ending needs to know of it, the day and whether it is elsewhere, in one number.
    era: int = 0
    remarks: list[Remark] = field(default_factory=list)

    def error(self, code: str, message: str, column: str = "") -> None:
        self.remarks.append(Remark(Severity.ERROR, code, message, column))

    def warning(self, code: str, message: str, column: str = "") -> None:
        self.remarks.append(Remark(Severity.WARNING, code, message, column))

    def info(self, code: str, message: str, column: str = "") -> None:
        self.remarks.append(Remark(Severity.INFO, code, message, column))


# Cells of the file; those of an ending are followed by the era of its place.
Cells = tuple[Any, ...]


class Parts(dict[Cells, Part]):
    """Parts by their cells, read when they are first asked for."""

    def __init__(self, read: Callable[[Cells], Part]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cells: Cells) -> Part:
        part = self[cells] = self._read(tuple("" if cell in _NULL else cell for cell in cells))
        return part


class Reader:
    """Knows the district: its students, schools, calendar, catalog and marks, each read once."""

    def __init__(
        self, district: District, posting: Posting, marks: Marks, dates: Dates, flags: Sequence[str] = ()
    ) -> None:
        self.district = district
        self.posting = posting
        self.marks = marks
        self.dates = dates
        # Designation letters that have columns of their own, in the order of those columns.
        self.flags = flags
        self.this_year = clock.school_year(clock.today(district))
        self.students, self.places = Parts(self._student), Parts(self._place)
        self.courses, self.endings = Parts(self._course), Parts(self._ending)
        self._by_local_id: dict[str, int] = {}
        self._by_ssid: dict[str, int] = {}
        students = Student.objects.filter(district=district).order_by("pk").values_list("pk", "local_id", "ssid")
        for pk, local_id, ssid in students.iterator():
            if local_id:
                self._by_local_id[local_id] = pk
            if ssid:
                self._by_ssid[ssid] = pk
        self._without_zeros: dict[str, list[str]] | None = None
        self._schools: dict[str, School] = {}
        for school in School.objects.filter(district=district).order_by("pk"):
            self._schools[school.code] = school
            if school.state_code:
                self._schools[school.state_code] = school
        self._terms = {
            (year, title.casefold()): ends_on
            for year, title, ends_on in AcademicSession.objects.filter(district=district).values_list(
                "school_year", "title", "ends_on"
            )
        }
        self._catalog = {
            course.code: course for course in Course.objects.filter(district=district).select_related("terms")
        }

    # --- Whose --------------------------------------------------------------------------------------------------------

    def _student(self, cells: Cells) -> Part:
        part = Part()
        local_id, ssid = cells
        pk = self._by_local_id.get(local_id) if local_id else None
        if local_id and pk is None:
            pk = self._padded(local_id, part)
        of_state = self._by_ssid.get(ssid) if ssid else None
        if pk is not None and of_state is not None and pk != of_state:
            part.error("HISTORY_STUDENT_DIFFERS", _("The student number and the state ID belong to two students. "
                       "Correct one of them where the file comes from."), "ssid")  # fmt: skip
            return part
        found = pk if pk is not None else of_state
        if found is None:
            if "E+" in (local_id + ssid).upper():
                sentence = _(
                    "A spreadsheet has shortened the student's number (%(id)s). Export the file again, and do not save "
                    "it from a spreadsheet."
                )
                part.error("HISTORY_ID_DAMAGED", sentence % {"id": local_id or ssid}, "student_id")
            else:
                sentence = _(
                    "No student here has the number %(id)s. Bring the roster first; graduates may be missing there."
                )
                part.error("HISTORY_STUDENT_UNKNOWN", sentence % {"id": local_id or ssid or "–"}, "student_id")
            return part
        part.number = found
        return part

    def _padded(self, local_id: str, part: Part) -> int | None:
        """The student whose number the cell is without its leading zeros, if there is exactly one."""
        if self._without_zeros is None:
            self._without_zeros = {}
            for known in self._by_local_id:
                if known.startswith("0") and known.isdigit():
                    self._without_zeros.setdefault(known.lstrip("0"), []).append(known)
        number = whole_of(local_id)
        found = self._without_zeros.get(str(number), []) if number is not None else []
        if len(found) != 1:
            return None
        sentence = _("The number %(id)s was read as %(whole)s: a spreadsheet takes leading zeros away.")
        part.warning("HISTORY_ZEROS_LOST", sentence % {"id": local_id, "whole": found[0]}, "student_id")
        return self._by_local_id[found[0]]

    # --- Where --------------------------------------------------------------------------------------------------------

    def _place(self, cells: Cells) -> Part:
        part = Part()
        place = self._read_place(cells, part)
        if place is not None:
            part.number = self.posting.place(place)
            part.era = place.earned_on.toordinal() * 2 + (place.kind == EntryKind.TRANSFER)
        return part

    def _read_place(self, cells: Cells, part: Part) -> Place | None:
        district_code, year_cell, term_id, term_cell, end_cell, location, school_name = cells
        own = self.district.state_code
        if district_code and own and district_code.isdigit() and district_code.zfill(5) != own:
            sentence = _("The row is of the district %(code)s, and this one is %(own)s.")
            part.error("HISTORY_OTHER_DISTRICT", sentence % {"code": district_code[:10], "own": own}, "district_code")
            return None
        year = school_year_of(year_cell) if year_cell else _year_of_term(term_id)
        if year is None:
            sentence = _("“%(value)s” is no school year. Write the year it ends in, such as 2027.")
            part.error("HISTORY_YEAR", sentence % {"value": (year_cell or term_id)[:20]}, "school_year")
            return None
        if year > self.this_year:
            sentence = _("The school year %(year)s has not begun, so nothing of it can be history.")
            part.error("HISTORY_YEAR_AHEAD", sentence % {"year": f"{year - 1}-{year % 100:02d}"}, "school_year")
            return None
        try:
            stated = self.dates.read(end_cell.split(" ")[0], "term_end")
        except BadDate:
            sentence = _(
                "“%(value)s” is no date. Write it as 2026-01-29 or 1/29/2026, the same way in the whole column."
            )
            part.error("HISTORY_DATE", sentence % {"value": end_cell[:20]}, "term_end")
            return None
        term = term_of(term_cell, year)
        if stated and not dt.date(year - 1, 7, 1) <= stated <= dt.date(year, 8, 31):
            sentence = _("The term ended on %(day)s, which is not in the school year %(year)s.")
            values = {"day": stated.isoformat(), "year": f"{year - 1}-{year % 100:02d}"}
            part.warning("HISTORY_DATE_OUTSIDE", sentence % values, "term_end")
        place = Place(
            school_year=year,
            term=term.name,
            term_order=term.order,
            earned_on=stated or self._last_day(year, term),
            stated=stated,
            location="",
            school_name=school_name[:200],
        )
        return self._at_school(place, location, part)

    def _last_day(self, year: int, term: TermName) -> dt.date:
        return self._terms.get((year, term.name.casefold()), term.ends_on)

    def _at_school(self, place: Place, location: str, part: Part) -> Place:
        number = whole_of(location)
        code = f"{number:04d}" if number is not None and number < 10_000 else location[:60]
        if code == OUTSIDE:
            if not place.school_name:
                sentence = _("The course was taken elsewhere, and the file does not say where.")
                part.warning("HISTORY_TRANSFER_SCHOOL", sentence, "school_name")
            name = place.school_name or _("Another school")
            return replace(place, location=OUTSIDE, school_name=name, kind=EntryKind.TRANSFER)
        school = self._schools.get(location) or self._schools.get(code)
        if school is not None:
            return replace(place, location=school.code, school_name=school.name, school=school.pk)
        if location or place.school_name:
            sentence = _("No school here has the code %(code)s. The row keeps what the file says.")
            part.warning("HISTORY_SCHOOL_UNKNOWN", sentence % {"code": location or place.school_name[:40]}, "location")
        name = place.school_name or (_("School %(code)s") % {"code": code} if code else self.district.name)
        return replace(place, location=code, school_name=name)

    # --- What ---------------------------------------------------------------------------------------------------------

    def _course(self, cells: Cells) -> Part:
        part = Part()
        code, title, state_code, designations, *flags = cells
        known = self._catalog.get(code)
        title = title or (known.title if known else code)
        if not title:
            part.error("HISTORY_COURSE_MISSING", _("The row names no course."), "course_code")
            return part
        for column, cell, most in (
            ("course_code", code, 30),
            ("course_title", title, 200),
            ("state_code", state_code, 20),
        ):
            if len(cell) > most:
                sentence = _("The cell has %(length)s characters; there is room for %(most)s.")
                part.error("HISTORY_TOO_LONG", sentence % {"length": len(cell), "most": most}, column)
                return part
        number = whole_of(state_code)
        if number is not None and len(str(number)) == 4 and not is_state_code(state_code):
            sentence = _(
                "The state course code %(code)s was read as 0%(code)s: a spreadsheet takes leading zeros away."
            )
            part.warning("HISTORY_ZEROS_LOST", sentence % {"code": number}, "state_code")
            state_code = f"{number:05d}"
        elif state_code and not is_state_code(state_code):
            sentence = _("The state course code %(code)s does not have five digits. The row keeps it.")
            part.warning("HISTORY_STATE_CODE", sentence % {"code": state_code}, "state_code")
        if code and known is None:
            sentence = _("The catalog has no course %(code)s. The row stands on the record all the same.")
            part.info("HISTORY_COURSE_UNKNOWN", sentence % {"code": code}, "course_code")
        for letter, flag in zip(self.flags, flags, strict=True):
            if flag in _YES:
                designations += f" {letter}"
            elif flag not in _NO:
                sentence = _("“%(value)s” is neither 0 nor 1, so the designation %(letter)s was left out.")
                part.warning("HISTORY_FLAG", sentence % {"value": flag[:10], "letter": letter}, "designations")
        terms: CourseTerms | None = getattr(known, "terms", None)
        subject = terms.subject if terms else subject_of(state_code)
        facts = CourseFacts(
            code, title, subject, state_code, known.pk if known else None, designations_of(designations)
        )
        part.number = self.posting.course(facts)
        return part

    # --- How it ended -------------------------------------------------------------------------------------------------

    def _ending(self, cells: Cells) -> Part:
        part = Part()
        mark_cell, attempted_cell, earned_cell, grade_cell, hours_cell, unit_cell, era = cells
        ended_on, is_transfer = dt.date.fromordinal(era // 2), bool(era % 2)
        mark = " ".join(mark_cell.upper().split())
        if len(mark) > 5:
            sentence = _("“%(mark)s” is longer than any mark.")
            part.error("HISTORY_MARK", sentence % {"mark": mark[:20]}, "mark")
            return part
        hours = self._number(hours_cell, "college_hours", part)
        attempted = self._number(attempted_cell, "attempted", part)
        earned = self._number(earned_cell, "earned", part)
        unit = UNITS.get(unit_cell.upper(), "") if hours is not None else ""
        if hours is not None and not unit:
            sentence = _("College hours need their kind: quarter or semester.")
            part.error("HISTORY_COLLEGE_UNIT", sentence, "college_unit")
        if any(remark.severity == Severity.ERROR for remark in part.remarks):
            return part
        earns = self.marks.earns(mark, ended_on)
        if hours is not None:
            exact = printed(of_hours(hours, UNITS[unit_cell.upper()]))
            attempted = exact if attempted is None else attempted
            earned = (exact if earns else Decimal(0)) if earned is None else earned
            if abs(attempted - exact) > _SLACK:
                sentence = _("%(hours)s college hours are %(exact)s credits, and the row says %(credits)s.")
                values = {"hours": hours.normalize(), "exact": exact, "credits": attempted}
                part.warning("HISTORY_COLLEGE_CREDITS", sentence % values, "attempted")
                hours, unit = None, ""
        if attempted is None or earned is None:
            part.error("HISTORY_CREDITS", _("Credits attempted and earned are both needed."), "attempted")
            return part
        ending = Ending(
            mark=mark,
            attempted=attempted,
            earned=earned,
            grade=self._grade(grade_cell, part),
            is_numeric=self.marks.has_points(mark, ended_on),
            college_hours=hours,
            college_unit=str(unit),
            # No mark is a course in progress.
            is_known=self.marks.is_known(mark, ended_on, is_transfer=is_transfer) if mark else not earned,
        )
        self._judge(ending, earns, part)
        part.number = self.posting.ending(ending)
        return part

    def _number(self, cell: str, column: str, part: Part) -> Decimal | None:
        if not cell:
            return None
        number = number_of(cell)
        if number is None or number < 0 or number >= 1000:
            sentence = _("“%(value)s” is no number of credits. Write it as 0.5.")
            part.error("HISTORY_CREDITS", sentence % {"value": cell[:20]}, column)
            return None
        if "," in cell:
            sentence = _("%(value)s was read as %(number)s.")
            part.warning("HISTORY_DECIMAL_COMMA", sentence % {"value": cell, "number": number}, column)
        return number.quantize(Decimal("0.001"))

    def _grade(self, cell: str, part: Part) -> str:
        grade = grade_of(cell) or ""
        if grade not in _GRADES:
            sentence = _("Courses on a high school record are of grades 7 to 12; this one says “%(grade)s”.")
            part.warning("HISTORY_GRADE", sentence % {"grade": cell[:10]}, "grade")
        return grade

    def _judge(self, ending: Ending, earns: bool | None, part: Part) -> None:
        if ending.earned > ending.attempted + _SLACK:
            sentence = _("More credit was earned (%(earned)s) than attempted (%(attempted)s).")
            values = {"earned": ending.earned, "attempted": ending.attempted}
            part.warning("HISTORY_EARNED_OVER_ATTEMPTED", sentence % values, "earned")
        if ending.attempted > MOST_CREDITS:
            sentence = _("%(credits)s credits for one course are unusually many.")
            part.warning("HISTORY_CREDITS_MANY", sentence % {"credits": ending.attempted}, "attempted")
        if ending.college_hours is None and (ending.attempted % _STEP or ending.earned % _STEP):
            sentence = _("%(credits)s credits are finer than a hundredth.")
            part.warning("HISTORY_CREDITS_STEP", sentence % {"credits": ending.attempted}, "attempted")
        if earns and not ending.earned:
            sentence = _("The mark %(mark)s passes, and no credit was earned.")
            part.warning("HISTORY_PASS_WITHOUT_CREDIT", sentence % {"mark": ending.mark}, "earned")
        if earns is False and ending.earned:
            sentence = _("The mark %(mark)s does not pass, and credit was earned.")
            part.warning("HISTORY_FAIL_WITH_CREDIT", sentence % {"mark": ending.mark}, "earned")


def _year_of_term(term_id: str) -> int | None:
    number = whole_of(term_id)
    return _FIRST_TERM_YEAR + number // 100 + 1 if number is not None and 100 <= number < 20_000 else None
