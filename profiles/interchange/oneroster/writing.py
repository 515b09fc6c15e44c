"""Write a roster: one method a kind, in the order of their references, in few statements whatever the number of rows.

New rows are copied in, changed rows updated from a copied table. Nothing is deleted: what is gone becomes inactive, or
ends with yesterday, and its external id remembers the run that no longer saw it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import DateField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext as _

from mbl.core import clock
from mbl.core.imports.changes import Changes
from mbl.core.imports.writing import reserve_ids, uuids
from mbl.core.models import District, User
from profiles.interchange.oneroster import spec
from profiles.interchange.oneroster.comparing import Difference
from profiles.interchange.oneroster.staging import EnrollmentRow, Staged
from profiles.interchange.oneroster.staging import User as UserRow
from profiles.models import (
    AcademicSession,
    Course,
    ExternalId,
    Person,
    ProgramParticipation,
    RaceEthnicity,
    Relationship,
    RoleAssignment,
    RosterRole,
    School,
    SchoolEnrollment,
    Section,
    SectionEnrollment,
    SectionTeacher,
    Student,
)
from profiles.rules.names import names_of
from profiles.rules.roster import HIGH_SCHOOL, SUGGESTED, graduation_year
from profiles.states import RelationshipKind, Role, SchoolKind

DAY = dt.timedelta(days=1)
# Below so many changed seats, only their sections are read for what is there.
_FEW = 5000


class Writer:
    """Writes the differences of one run. Call ``write`` inside its transaction, with the district locked."""

    def __init__(
        self,
        staged: Staged,
        differences: dict[str, Difference],
        regrouped: Sequence[str] = (),
        *,
        district: District,
        actor: User | None,
        changes: Changes,
    ) -> None:
        self.staged = staged
        self.differences = differences
        # Known users whose roles alone have changed.
        self.regrouped = regrouped
        self.district = district
        self.actor = actor
        self.run = changes.run
        self.changes = changes
        self.today = clock.today(district)
        self.yesterday = self.today - DAY
        # sourcedId -> primary key, of each kind.
        self.ids: dict[str, dict[str, int]] = {
            kind: {key: known.object_id for key, known in difference.known.items()}
            for kind, difference in differences.items()
        }
        self._students: dict[int, int] = {}
        self._uuids = uuids()

    def write(self) -> None:
        self._orgs()
        self._sessions()
        self._courses()
        self._users()
        self._demographics()
        self._programs()
        self._guardians()
        self._classes()
        self._enrollments()

    # --- External ids -------------------------------------------------------------------------------------------------

    def _remember(self, kind: str, object_kind: str | dict[str, str] = "") -> None:
        """Note the new ids, the new hashes, and which ids this run no longer saw."""
        difference = self.differences[kind]
        ids = self.ids[kind]
        default = object_kind if isinstance(object_kind, str) else ""
        kinds = object_kind if isinstance(object_kind, dict) else {}
        created = [key for key in difference.created if key in ids]
        self.changes.copy_rows(
            ExternalId,
            ("district_id", "system", "kind", "value", "object_kind", "object_id", "content_hash"),
            (
                (self.district.pk, self.staged.system, kind, key, kinds.get(key, default), ids[key],
                 difference.hashes[key])
                for key in created
            ),
        )  # fmt: skip
        self.changes.update_rows(
            ExternalId,
            ("object_kind", "object_id", "content_hash", "absent_since_id"),
            [
                (difference.known[key].pk, kinds.get(key, default), ids[key], difference.hashes[key], None)
                for key in difference.updated
            ],
        )
        gone = [difference.known[key].pk for key in difference.withdrawn]
        if gone:
            self.changes.update(ExternalId.objects.filter(pk__in=gone), absent_since=self.run)

    def _gone(self, kind: str) -> list[int]:
        """Objects that nothing in the roster names any more."""
        difference = self.differences[kind]
        ids = self.ids[kind]
        still = {ids[key] for key in difference.hashes if key in ids}
        return [pk for key in difference.withdrawn if (pk := difference.known[key].object_id) not in still]

    # --- orgs ---------------------------------------------------------------------------------------------------------

    def _orgs(self) -> None:
        difference, ids = self.differences["orgs"], self.ids["orgs"]
        rows = self.staged.orgs
        written = (*difference.created, *difference.updated)
        object_kinds = {key: "school" if rows[key].kind == "school" else "org" for key in written}
        schools = [key for key in written if rows[key].kind == "school"]
        # Orgs that are no school are remembered by their id alone; one that has become a school has none yet.
        ids.update({key: 0 for key in written if key not in ids or rows[key].kind != "school"})
        by_code = dict(School.objects.filter(district=self.district).values_list("code", "pk"))
        new = [key for key in schools if not ids[key] and self._school_code(key) not in by_code]
        for key, pk in zip(new, reserve_ids(School, len(new)), strict=True):
            ids[key] = pk
        self.changes.copy_rows(
            School,
            ("id", "public_id", "district_id", "code", "state_code", "name", "kind", "address", "phone", "is_active"),
            (
                (ids[key], next(self._uuids), self.district.pk, self._school_code(key),
                 _state_code(rows[key].identifier), rows[key].name, SchoolKind.HIGH.value, "", "", True)
                for key in new
            ),
        )  # fmt: skip
        for key in schools:
            ids[key] = ids[key] or by_code[self._school_code(key)]
        known = [key for key in schools if key not in new]
        self.changes.update_rows(School, ("name", "is_active"), [(ids[key], rows[key].name, True) for key in known])
        coded = [(ids[key], code) for key in known if (code := _state_code(rows[key].identifier))]
        self.changes.update_rows(School, ("state_code",), coded)
        self.changes.update(School.objects.filter(pk__in=self._gone("orgs")), is_active=False)
        self._remember("orgs", object_kinds)

    def _school_code(self, key: str) -> str:
        return self.staged.orgs[key].identifier or key[:60]

    # --- academicSessions ---------------------------------------------------------------------------------------------

    def _sessions(self) -> None:
        difference, ids = self.differences["academicSessions"], self.ids["academicSessions"]
        rows = self.staged.sessions
        ids.update(zip(difference.created, reserve_ids(AcademicSession, len(difference.created)), strict=True))
        columns = ("title", "kind", "school_year", "starts_on", "ends_on", "parent_id")

        def cells(key: str) -> tuple[str | int | dt.date | None, ...]:
            row = rows[key]
            return (row.title, row.kind, row.school_year, row.starts_on, row.ends_on, ids.get(row.parent))

        self.changes.copy_rows(
            AcademicSession,
            ("id", "public_id", "district_id", *columns),
            ((ids[key], next(self._uuids), self.district.pk, *cells(key)) for key in difference.created),
        )
        self.changes.update_rows(AcademicSession, columns, [(ids[key], *cells(key)) for key in difference.updated])
        self._remember("academicSessions", "session")

    # --- courses ------------------------------------------------------------------------------------------------------

    def _courses(self) -> None:
        """One course of the catalog a code, whatever the number of ids that schools give it."""
        difference, ids = self.differences["courses"], self.ids["courses"]
        rows = self.staged.courses
        written = (*difference.created, *difference.updated)
        by_code = dict(Course.objects.filter(district=self.district).values_list("code", "pk"))
        renamed = []
        for key in difference.updated:
            # A new code for the same id is the same course, unless the catalog has that code already.
            if rows[key].code not in by_code:
                by_code[rows[key].code] = ids[key]
                renamed.append((ids[key], rows[key].code))
        self.changes.update_rows(Course, ("code",), renamed)
        new = list(dict.fromkeys(rows[key].code for key in difference.created if rows[key].code not in by_code))
        titles = {rows[key].code: rows[key].title for key in reversed(written)}
        fresh = dict(zip(new, reserve_ids(Course, len(new)), strict=True))
        self.changes.copy_rows(
            Course,
            ("id", "public_id", "district_id", "code", "title", "is_active"),
            ((pk, next(self._uuids), self.district.pk, code, titles[code], True) for code, pk in fresh.items()),
        )
        by_code |= fresh
        ids.update({key: by_code[rows[key].code] for key in written})
        known = {by_code[code]: title for code, title in titles.items() if code not in fresh}
        self.changes.update_rows(Course, ("title", "is_active"), [(pk, title, True) for pk, title in known.items()])
        self.changes.update(Course.objects.filter(pk__in=self._gone("courses")), is_active=False)
        self._remember("courses", "course")

    # --- users --------------------------------------------------------------------------------------------------------

    def _users(self) -> None:
        difference, ids = self.differences["users"], self.ids["users"]
        rows = self.staged.users
        new = difference.created
        changed = [*difference.updated, *self.regrouped]
        ids.update(zip(new, reserve_ids(Person, len(new)), strict=True))
        self.changes.copy_rows(
            Person,
            ("id", "public_id", "district_id", "given_name", "middle_name", "family_name", "preferred_name",
             "pronouns", "display_name", "sort_name", "search_text", "gender", "email", "phone", "language",
             "is_active"),
            (self._new_person(ids[key], rows[key]) for key in new),
        )  # fmt: skip
        kept = self._staff_by_hand([ids[key] for key in (*changed, *difference.withdrawn)])
        self._change_persons(changed, kept)
        self._students = dict(Student.objects.filter(district=self.district).values_list("person_id", "pk"))
        as_students = [key for key in new if rows[key].is_student]
        self._add_students(as_students)
        self._change_students([key for key in changed if rows[key].is_student])
        self._teachers([*new, *changed])
        if self.staged.has_roles:
            left = [ids[key] for key in changed if not rows[key].is_student]
            self._end_studies(Student.objects.filter(person__in=left, is_active=True).exclude(school=None))
            self._roles()
        else:
            self._suggestions(new, changed)
        self._withdraw_persons(difference.withdrawn, kept)
        self._remember("users", "person")

    def _new_person(self, pk: int, row: UserRow) -> tuple[int | str | bool, ...]:
        names = names_of(row.given, row.family, middle=row.middle, preferred=row.preferred)
        return (pk, next(self._uuids), self.district.pk, row.given, row.middle, row.family, row.preferred, row.pronouns,
                names.display_name, names.sort_name, names.search_text, "", row.email, row.phone, "",
                row.enabled)  # fmt: skip

    def _change_persons(self, keys: Sequence[str], kept: set[int]) -> None:
        ids, rows = self.ids["users"], self.staged.users
        told = {
            pk: (preferred, pronouns)
            for pk, preferred, pronouns in Person.objects.filter(pk__in=[ids[key] for key in keys]).values_list(
                "pk", "preferred_name", "pronouns"
            )
        }
        changes = []
        for key in keys:
            row, pk = rows[key], ids[key]
            # What the roster leaves empty stays: people may have told it to the school here.
            preferred, pronouns = row.preferred or told[pk][0], row.pronouns or told[pk][1]
            names = names_of(row.given, row.family, middle=row.middle, preferred=preferred)
            if not row.enabled and pk in kept:
                self._warn_kept(key)
            active = row.enabled or pk in kept
            changes.append((pk, row.given, row.middle, row.family, preferred, pronouns, names.display_name,
                            names.sort_name, names.search_text, row.email, row.phone, active))  # fmt: skip
        self.changes.update_rows(
            Person,
            ("given_name", "middle_name", "family_name", "preferred_name", "pronouns", "display_name", "sort_name",
             "search_text", "email", "phone", "is_active"),
            changes,
        )  # fmt: skip

    def _add_students(self, keys: Sequence[str]) -> None:
        """Students and their present enrollment."""
        ids, rows = self.ids["users"], self.staged.users
        taken = self._taken_numbers()
        begins = self._enrolled_from()
        new, enrolled = [], []
        for key, pk in zip(keys, reserve_ids(Student, len(keys)), strict=True):
            row = rows[key]
            local_id, ssid = self._free_numbers(key, row, pk, taken)
            school = self._school(row)
            self._students[ids[key]] = pk
            new.append((pk, next(self._uuids), self.district.pk, ids[key], school, row.grade, ssid, local_id,
                        self._graduation(row.grade), True))  # fmt: skip
            if school is not None:
                first = min(row.begins_on or begins, row.ends_on or self.today)
                enrolled.append((self.district.pk, pk, school, row.grade, first, row.ends_on, ""))
        self.changes.copy_rows(
            Student,
            ("id", "public_id", "district_id", "person_id", "school_id", "grade", "ssid", "local_id",
             "graduation_year", "is_active"),
            new,
        )  # fmt: skip
        self.changes.copy_rows(
            SchoolEnrollment,
            ("district_id", "student_id", "school_id", "grade", "starts_on", "ends_on", "exit_reason"),
            enrolled,
        )

    def _change_students(self, keys: Sequence[str]) -> None:
        """New school, grade or numbers. What the roster leaves empty stays as it is."""
        ids, rows = self.ids["users"], self.staged.users
        self._add_students([key for key in keys if ids[key] not in self._students])
        before = {
            person: (pk, school, grade, ssid, local_id, year, active)
            for person, pk, school, grade, ssid, local_id, year, active in Student.objects.filter(
                person__in=[ids[key] for key in keys]
            ).values_list("person", "pk", "school", "grade", "ssid", "local_id", "graduation_year", "is_active")
        }
        taken = self._taken_numbers() if keys else {}
        changes, moved = [], []
        for key in keys:
            row = rows[key]
            pk, old_school, old_grade, old_ssid, old_local_id, year, was_active = before[ids[key]]
            local_id, ssid = self._free_numbers(key, row, pk, taken)
            school = self._school(row) or old_school
            grade = row.grade or old_grade
            changes.append(
                (pk, school, grade, ssid or old_ssid, local_id or old_local_id, year or self._graduation(grade), True)
            )
            if school is not None and (school, grade, True) != (old_school, old_grade, was_active):
                moved.append((pk, school, grade))
        self.changes.update_rows(
            Student,
            ("school_id", "grade", "ssid", "local_id", "graduation_year", "is_active"),
            changes,
        )
        self._move(moved)
        last_days = {before[ids[key]][0]: day for key in keys if (day := rows[key].ends_on)}
        running = SchoolEnrollment.objects.filter(student__in=last_days).order_by("student", "-starts_on")
        self.changes.update_rows(
            SchoolEnrollment,
            ("ends_on",),
            [(one.pk, max(one.starts_on, last_days[one.student_id])) for one in running.distinct("student")],
        )

    def _move(self, moved: Sequence[tuple[int, int, str]]) -> None:
        """The open enrollment ends yesterday and the next begins today; one that began today is replaced."""
        if not moved:
            return
        of_them = SchoolEnrollment.objects.filter(student__in=[pk for pk, _school, _grade in moved])
        self.changes.delete(of_them.filter(starts_on__gte=self.today))
        self.changes.update(of_them.filter(ends_on=None), ends_on=self.yesterday)
        self.changes.copy_rows(
            SchoolEnrollment,
            ("district_id", "student_id", "school_id", "grade", "starts_on", "exit_reason"),
            ((self.district.pk, pk, school, grade, self.today, "") for pk, school, grade in moved),
        )

    def _teachers(self, keys: Iterable[str]) -> None:
        """Teachers of the roster have the role at their schools; a role that a person gave is left alone."""
        ids, rows = self.ids["users"], self.staged.users
        people = {ids[key]: rows[key] for key in keys}
        if not people:
            return
        running = RoleAssignment.objects.filter(person__in=people, role=Role.TEACHER).filter(
            Q(ends_on=None) | Q(ends_on__gte=self.today, source=self.staged.system)
        )
        held: dict[tuple[int, int | None], tuple[int, str]] = {}
        last_days: dict[int, dt.date | None] = {}
        for pk, person, school, source, ends_on in running.values_list("pk", "person", "school", "source", "ends_on"):
            held[person, school] = (pk, source)
            last_days[pk] = ends_on
        wanted = {
            (person, self.ids["orgs"][school]): last_day
            for person, row in people.items()
            if row.enabled
            for school, last_day in row.teaches
        }
        over = [pk for place, (pk, source) in held.items() if source == self.staged.system and place not in wanted]
        self._end_roles(over)
        self.changes.update_rows(
            RoleAssignment,
            ("ends_on",),
            [
                (pk, wanted[place])
                for place, (pk, source) in held.items()
                if place in wanted and source == self.staged.system and wanted[place] != last_days[pk]
            ],
        )
        giver = self.actor.pk if self.actor else None
        self.changes.copy_rows(
            RoleAssignment,
            ("public_id", "person_id", "role", "school_id", "starts_on", "ends_on", "given_by_id", "reason", "source"),
            (
                (next(self._uuids), person, Role.TEACHER.value, school, self.today, wanted[person, school], giver, "",
                 self.staged.system)
                for person, school in sorted(wanted)
                if (person, school) not in held and (person, None) not in held
            ),
        )  # fmt: skip

    def _roles(self) -> None:
        """What ``roles.csv`` says people are, kept for those who give roles."""
        difference, ids, rows = self.differences[spec.ROLES], self.ids[spec.ROLES], self.staged.roles
        ids.update(zip(difference.created, reserve_ids(RosterRole, len(difference.created)), strict=True))
        columns = ("person_id", "school_id", "role", "is_primary", "starts_on", "ends_on")

        def cells(key: str) -> tuple[int | str | bool | dt.date | None, ...]:
            row = rows[key]
            # Other places than schools have no row of their own.
            school = self.ids["orgs"].get(row.org) or None
            return self.ids["users"][row.user], school, row.role, row.is_primary, row.begins_on, row.ends_on

        self.changes.copy_rows(
            RosterRole,
            ("id", "source", *columns),
            ((ids[key], self.staged.system, *cells(key)) for key in difference.created),
        )
        self.changes.update_rows(RosterRole, columns, [(ids[key], *cells(key)) for key in difference.updated])
        gone = RosterRole.objects.filter(pk__in=self._gone(spec.ROLES))
        self.changes.update(gone, ends_on=Least(F("ends_on"), Value(self.yesterday)))
        self._remember(spec.ROLES, "rosterrole")

    def _suggestions(self, new: Sequence[str], changed: Sequence[str]) -> None:
        """The same for 1.1, which says it in ``users.csv``: only what nobody gets by a roster is worth keeping."""
        ids, rows = self.ids["users"], self.staged.users
        before: dict[int, set[tuple[int | None, str]]] = {}
        noted = RosterRole.objects.in_force(self.today).filter(
            source=self.staged.system, person__in=[ids[key] for key in changed]
        )
        over = []
        wanted: dict[int, set[tuple[int | None, str]]] = {
            ids[key]: {(self.ids["orgs"][school], rows[key].roles[0]) for school in rows[key].schools}
            or {(None, rows[key].roles[0])}
            for key in (*new, *changed)
            if rows[key].roles and rows[key].roles[0] in SUGGESTED
        }
        for pk, person, school, role in noted.values_list("pk", "person", "school", "role"):
            before.setdefault(person, set()).add((school, role))
            if (school, role) not in wanted.get(person, set()):
                over.append(pk)
        self.changes.update(RosterRole.objects.filter(pk__in=over), ends_on=self.yesterday)
        self.changes.copy_rows(
            RosterRole,
            ("person_id", "school_id", "role", "is_primary", "source"),
            (
                (person, school, role, True, self.staged.system)
                for person, places in wanted.items()
                for school, role in sorted(places - before.get(person, set()), key=str)
            ),
        )

    def _cut(self) -> Greatest:
        """Yesterday; for what begins only today, the day before it begins: it was never in force."""
        return Greatest(ExpressionWrapper(F("starts_on") - DAY, output_field=DateField()), Value(self.yesterday))

    def _end_roles(self, pks: Sequence[int]) -> None:
        if pks:
            self.changes.update(RoleAssignment.objects.filter(pk__in=pks), ends_on=self._cut())

    def _withdraw_persons(self, keys: Sequence[str], kept: set[int]) -> None:
        """Gone from the roster: no sign-in, no open enrollment, no role the roster gave. The record stays."""
        people = [self.ids["users"][key] for key in keys]
        if not people:
            return
        for key in keys:
            if self.ids["users"][key] in kept:
                self._warn_kept(key)
        self.changes.update(Person.objects.filter(pk__in=people).exclude(pk__in=kept), is_active=False)
        self._end_studies(Student.objects.filter(person__in=people))
        roles = RoleAssignment.objects.filter(person__in=people, source=self.staged.system, ends_on=None)
        self._end_roles(list(roles.values_list("pk", flat=True)))

    def _end_studies(self, students: QuerySet[Student]) -> None:
        pks = list(students.values_list("pk", flat=True))
        self.changes.update(Student.objects.filter(pk__in=pks), is_active=False)
        self.changes.update(
            SchoolEnrollment.objects.filter(student__in=pks, ends_on=None),
            ends_on=Greatest(F("starts_on"), Value(self.yesterday)),
            exit_reason="roster",
        )

    def _staff_by_hand(self, people: Sequence[int]) -> set[int]:
        """Those who hold a role that a person gave: a roster does not lock them out."""
        roles = RoleAssignment.objects.in_force(self.today).filter(person__in=people, source="")
        return set(roles.values_list("person", flat=True)) if people else set()

    def _warn_kept(self, key: str) -> None:
        sentence = _("%(id)s is no longer active in the roster and has a role here. End it on the page People.")
        self.staged.issues.warning("OR_STAFF_KEPT", sentence % {"id": key}, file="users.csv")

    def _school(self, row: UserRow) -> int | None:
        return self.ids["orgs"][row.schools[0]] if row.schools else None

    def _graduation(self, grade: str) -> int | None:
        return graduation_year(grade, clock.school_year(self.today)) if grade in HIGH_SCHOOL else None

    def _enrolled_from(self) -> dt.date:
        """A roster does not say since when: the first day of this year's sessions, or today."""
        years = AcademicSession.objects.filter(
            district=self.district, school_year=clock.school_year(self.today), starts_on__lte=self.today
        )
        first = years.order_by("starts_on").values_list("starts_on", flat=True).first()
        return first or self.today

    def _taken_numbers(self) -> dict[tuple[str, str], int]:
        """Which student has which number: ("ssid" or "local_id", number) -> student."""
        taken: dict[tuple[str, str], int] = {}
        for pk, ssid, local_id in Student.objects.filter(district=self.district).values_list("pk", "ssid", "local_id"):
            taken["ssid", ssid] = taken["local_id", local_id] = pk
        return taken

    def _free_numbers(self, key: str, row: UserRow, pk: int, taken: dict[tuple[str, str], int]) -> tuple[str, str]:
        """The row's numbers, without those that another student has."""
        numbers = {"local_id": row.local_id, "ssid": row.ssid}
        for kind, number in numbers.items():
            if number and taken.setdefault((kind, number), pk) != pk:
                sentence = _("The number of %(id)s is already that of another student here, so it was left out.")
                self.staged.issues.warning("OR_NUMBER_TAKEN", sentence % {"id": key}, file="users.csv", line=row.line)
                numbers[kind] = ""
        return numbers["local_id"], numbers["ssid"]

    # --- demographics -------------------------------------------------------------------------------------------------

    def _demographics(self) -> None:
        """Birth date and gender are identity; race and ethnicity flags never replace what came in detail."""
        difference, ids, rows = self.differences["demographics"], self.ids["demographics"], self.staged.demographics
        users = self.ids["users"]
        keys = [*difference.created, *difference.updated]
        ids.update({key: users[key] for key in keys})
        identity = [key for key in keys if rows[key].birth_date or rows[key].gender]
        before = {
            pk: (born, gender)
            for pk, born, gender in Person.objects.filter(pk__in=[ids[key] for key in identity]).values_list(
                "pk", "birth_date", "gender"
            )
        }
        self.changes.update_rows(
            Person,
            ("birth_date", "gender"),
            [
                (ids[key], rows[key].birth_date or before[ids[key]][0], rows[key].gender or before[ids[key]][1])
                for key in identity
            ],
        )
        told = {
            student: rows[key]
            for key in keys
            if (student := self._students.get(ids[key])) and (rows[key].races or rows[key].ethnicity)
        }
        stored = RaceEthnicity.objects.filter(student__in=told).values_list("student", "pk", "source")
        sources = {student: (pk, source) for student, pk, source in stored} if told else {}
        self.changes.copy_rows(
            RaceEthnicity,
            ("district_id", "student_id", "ethnicity_codes", "race_codes", "source", "reported_on"),
            (
                (self.district.pk, student, row.ethnicity, row.races, self.staged.system[:60], self.today)
                for student, row in told.items()
                if student not in sources
            ),
        )
        self.changes.update_rows(
            RaceEthnicity,
            ("ethnicity_codes", "race_codes", "reported_on"),
            [
                (sources[student][0], row.ethnicity, row.races, self.today)
                for student, row in told.items()
                if student in sources and sources[student][1] == self.staged.system[:60]
            ],
        )
        self._remember("demographics", "person")

    # --- programs -----------------------------------------------------------------------------------------------------

    def _programs(self) -> None:
        """A flag says neither since when nor until when: today, and the day before it is gone. Back again is a new
        interval (T49)."""
        difference, ids = self.differences[spec.PROGRAMS], self.ids[spec.PROGRAMS]
        rows, users = self.staged.programs, self.ids["users"]
        begun = [*difference.created, *difference.updated]
        places = {key: (self._students[users[rows[key].user]], rows[key].program) for key in begun}
        there = ProgramParticipation.objects.filter(ends_on=None, student__in={place[0] for place in places.values()})
        running = {(student, program): pk for pk, student, program in there.values_list("pk", "student", "program")}
        new = [key for key in begun if places[key] not in running]
        ids.update({key: running[place] for key, place in places.items() if place in running})
        ids.update(zip(new, reserve_ids(ProgramParticipation, len(new)), strict=True))
        gone = ProgramParticipation.objects.filter(
            pk__in=self._gone(spec.PROGRAMS), ends_on=None, source=self.staged.system[:60]
        )
        self.changes.delete(gone.filter(starts_on=self.today))
        self.changes.update(gone, ends_on=self.yesterday)
        self.changes.copy_rows(
            ProgramParticipation,
            ("id", "district_id", "student_id", "program", "starts_on", "source"),
            ((ids[key], self.district.pk, *places[key], self.today, self.staged.system[:60]) for key in new),
        )
        self._remember(spec.PROGRAMS, "program")

    # --- guardians ----------------------------------------------------------------------------------------------------

    def _guardians(self) -> None:
        """Family links open nothing until somebody has verified them; a verified one is not ended by a roster."""
        difference, ids = self.differences[spec.GUARDIANS], self.ids[spec.GUARDIANS]
        users = self.ids["users"]
        wanted = {}
        for key in (*difference.created, *difference.updated):
            student_key, person_key = key.split("|")
            if student := self._students.get(users[student_key]):
                wanted[key] = (users[person_key], student)
        current = {
            (person, student): pk
            for pk, person, student in Relationship.objects.filter(
                kind=RelationshipKind.GUARDIAN, ends_on=None, student__in=[student for _p, student in wanted.values()]
            ).values_list("pk", "person", "student")
        }
        new = [key for key, pair in wanted.items() if pair not in current]
        for key, pk in zip(new, reserve_ids(Relationship, len(new)), strict=True):
            ids[key] = pk
        self.changes.copy_rows(
            Relationship,
            ("id", "public_id", "district_id", "person_id", "student_id", "kind", "portal", "label", "starts_on",
             "source"),
            (
                (ids[key], next(self._uuids), self.district.pk, *wanted[key], RelationshipKind.GUARDIAN.value, False,
                 self.staged.guardians[key], self.today, self.staged.system[:60])
                for key in new
            ),
        )  # fmt: skip
        ids.update({key: current[pair] for key, pair in wanted.items() if pair in current})
        gone = Relationship.objects.filter(pk__in=self._gone(spec.GUARDIANS), ends_on=None)
        for of_student, of_person in gone.filter(portal=True).values_list("student__public_id", "person__public_id"):
            sentence = _("A verified family link is gone from the roster and was kept: person %(person)s, "
                         "student %(student)s. End it on the page People if it is over.")  # fmt: skip
            values = {"person": of_person, "student": of_student}
            self.staged.issues.warning("OR_FAMILY_KEPT", sentence % values, file="users.csv")
        self.changes.update(gone.filter(portal=False), ends_on=self._cut())
        self._remember(spec.GUARDIANS, "relationship")

    # --- classes and enrollments --------------------------------------------------------------------------------------

    def _classes(self) -> None:
        difference, ids = self.differences["classes"], self.ids["classes"]
        rows = self.staged.classes
        ids.update(zip(difference.created, reserve_ids(Section, len(difference.created)), strict=True))
        columns = ("course_id", "school_id", "session_id", "code", "title", "is_active")

        def cells(key: str) -> tuple[int | str | bool, ...]:
            row = rows[key]
            places = (self.ids["courses"][row.course], self.ids["orgs"][row.school])
            return (*places, self.ids["academicSessions"][row.session], row.code, row.title, True)

        self.changes.copy_rows(
            Section,
            ("id", "public_id", "district_id", *columns),
            ((ids[key], next(self._uuids), self.district.pk, *cells(key)) for key in difference.created),
        )
        self.changes.update_rows(Section, columns, [(ids[key], *cells(key)) for key in difference.updated])
        self.changes.update(Section.objects.filter(pk__in=self._gone("classes")), is_active=False)
        self._remember("classes", "section")

    def _enrollments(self) -> None:
        difference = self.differences["enrollments"]
        rows = self.staged.enrollments
        teaching = {key: rows[key].is_teacher for key in (*difference.created, *difference.updated)}
        self._students_of_classes([key for key, is_teacher in teaching.items() if not is_teacher])
        taught = self._kinds_of_known(difference)
        for teaches in (False, True):
            model = SectionTeacher if teaches else SectionEnrollment
            written = self._enroll(model, [key for key, now in teaching.items() if now is teaches])
            # Gone, or a student's row that is a teacher's now: the other table holds the old one.
            over = [*difference.withdrawn, *(key for key in difference.updated if teaching[key] is not teaches)]
            gone = {difference.known[key].object_id for key in over if taught[key] is teaches} - written
            if gone:
                self.changes.update(
                    model.objects.filter(pk__in=gone), ends_on=Least(F("ends_on"), Value(self.yesterday))
                )
        self._remember("enrollments", {key: _enrollment_kind(teaches) for key, teaches in teaching.items()})

    def _kinds_of_known(self, difference: Difference) -> dict[str, bool]:
        """Whether a known enrollment was a teacher's: two tables share one file."""
        if not difference.withdrawn and not difference.updated:
            return {}
        asked = [difference.known[key].pk for key in (*difference.withdrawn, *difference.updated)]
        found = ExternalId.objects.filter(pk__in=asked).values_list("value", "object_kind")
        return {key: kind == _enrollment_kind(True) for key, kind in found}

    def _students_of_classes(self, keys: Sequence[str]) -> None:
        """Somebody who is no student by role and attends a class is one from now on."""
        users, rows = self.ids["users"], self.staged.enrollments
        if not self._students:
            self._students = dict(Student.objects.filter(district=self.district).values_list("person_id", "pk"))
        people = dict.fromkeys(pk for key in keys if (pk := users[rows[key].user]) not in self._students)
        for person, pk in zip(people, reserve_ids(Student, len(people)), strict=True):
            self._students[person] = pk
        self.changes.copy_rows(
            Student,
            ("id", "public_id", "district_id", "person_id", "grade", "ssid", "local_id", "is_active"),
            ((self._students[pk], next(self._uuids), self.district.pk, pk, "", "", "", True) for pk in people),
        )

    def _enroll(self, model: type[SectionTeacher] | type[SectionEnrollment], keys: Sequence[str]) -> set[int]:
        """Seats in sections; the primary keys that the roster holds now."""
        teaches = model is SectionTeacher
        ids, rows = self.ids["enrollments"], self.staged.enrollments
        sections, users, students = self.ids["classes"], self.ids["users"], self._students
        who = "person_id" if teaches else "student_id"
        places: dict[str, tuple[int, int]] = {}
        for key in keys:
            row = rows[key]
            person = users[row.user]
            places[key] = (sections[row.klass], person if teaches else students[person])
        # Known from elsewhere, or under an id that the roster has since replaced: the same seat is the same row.
        seats = model.objects.filter(section__district=self.district)
        if len(keys) < _FEW:
            seats = seats.filter(section__in={section for section, _holder in places.values()})
        current = {
            (section, holder): pk
            for pk, section, holder in seats.values_list("pk", "section_id", who).iterator(chunk_size=10_000)
        }
        fresh = [key for key in keys if places[key] not in current]
        ids.update(zip(fresh, reserve_ids(model, len(fresh)), strict=True))
        extra = ("is_primary",) if teaches else ()

        def cells(row: EnrollmentRow) -> tuple[dt.date | bool | None, ...]:
            dates = (row.begins_on, row.ends_on)
            return (*dates, row.is_primary) if teaches else dates

        self.changes.copy_rows(
            model,
            ("id", "section_id", who, "starts_on", "ends_on", *extra),
            ((ids[key], *places[key], *cells(rows[key])) for key in fresh),
        )
        known = [key for key in keys if places[key] in current]
        for key in known:
            ids[key] = current[places[key]]
        self.changes.update_rows(
            model, ("starts_on", "ends_on", *extra), [(ids[key], *cells(rows[key])) for key in known]
        )
        return {ids[key] for key in keys}


def _enrollment_kind(teaches: bool) -> str:
    return "sectionteacher" if teaches else "sectionenrollment"


def _state_code(identifier: str) -> str:
    return identifier if len(identifier) == 4 and identifier.isdigit() else ""
