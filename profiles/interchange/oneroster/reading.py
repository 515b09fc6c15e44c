"""Read the files of a roster in the order in which they refer to each other; what is wrong with a row is an issue."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from operator import itemgetter

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mbl.core.clock import school_year
from mbl.core.imports import Issues
from mbl.core.imports.opening import Package
from mbl.core.imports.tables import BadDate, Dates, Row, Table
from profiles.interchange.oneroster import spec
from profiles.interchange.oneroster.manifest import Manifest
from profiles.interchange.oneroster.staging import (
    ClassRow,
    CourseRow,
    Demographic,
    EnrollmentRow,
    Org,
    RoleRow,
    Session,
    Staged,
    User,
    with_roles,
)
from profiles.rules.roster import SUGGESTED, grade_of
from profiles.states import SessionKind

_LONGEST_ID = 255
_SEATED = frozenset({spec.STUDENT, spec.TEACHER})
_SSID = re.compile(r"[1-9]\d{9}")
_FOUR_DIGITS = re.compile(r"\d{4}")
_MODIFIED = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})")
# Ten digits, or eleven with the country's 1 before them, or any number with its country after a plus.
_PHONE = re.compile(r"(1?\d{10}|\+\d{7,15})(x\d{1,6})?")
_PHONE_SIGNS = str.maketrans("", "", " -.()/\u00a0")
_REPORT_EVERY = 5000
# So many rows without a status are named.
_BLANKS = 20

Progress = Callable[[int, int], None]


class Reader:
    """One pass over one package. ``known`` answers which ids of a kind earlier runs brought, for files left out now.

    ``on`` is the district's day.
    ``state_code`` is the county-district code of the district that imports; another district's roster is refused.
    ``ssid_column`` names where the district's export keeps the state student id: ``identifier`` or ``userIds.TYPE``.
    """

    def __init__(
        self,
        package: Package,
        manifest: Manifest,
        issues: Issues,
        *,
        known: Mapping[str, frozenset[str]],
        state_code: str,
        on: dt.date,
        ssid_column: str = "",
        progress: Progress | None = None,
    ) -> None:
        self.package = package
        self.manifest = manifest
        self.issues = issues
        self.known = known
        self.state_code = state_code
        self.on = on
        self.ssid_column = ssid_column
        self.staged = Staged(
            system=manifest.system,
            full=frozenset(manifest.files) - manifest.deltas,
            issues=issues,
            has_roles=manifest.version == "1.2",
        )
        self._roles_of: dict[str, list[RoleRow]] = {}
        self._progress = progress
        self._done = self._total = 0
        self._tables: dict[str, Table] = {}
        # Schools by sourcedId; for a package without orgs.csv, those of earlier runs.
        self._schools: AbstractSet[str] = set()
        self._files = manifest.files

    def read(self) -> Staged:
        if self.manifest.deltas and not self.known["orgs"]:
            self.staged.must_stop = True
            sentence = _(
                "These files hold only what changed (delta), and nothing of this system was read here before. "
                "Export everything (bulk) first."
            )
            self.issues.error("OR_DELTA_FIRST", sentence, file="manifest.csv")
            return self.staged
        self._open_tables()
        if self._progress:
            self._total = sum(table.count_rows() for table in self._tables.values())
        self._read_orgs()
        self._read_sessions()
        self._read_roles()
        self._read_users()
        self._check_roles()
        self._read_demographics()
        self._read_courses()
        self._read_classes()
        self._read_enrollments()
        self._link_families()
        if self.manifest.deltas and self.issues.has("OR_REF_MISSING"):
            sentence = _(
                "The changes name things that are not here, so an earlier export was missed. Export everything (bulk)."
            )
            self.issues.warning("OR_DELTA_NEEDS_BULK", sentence, file="manifest.csv")
        return self.staged

    def _open_tables(self) -> None:
        for kind, name in self._files.items():
            table = Table(self.package.text(name), spec.columns_of(kind, self.manifest.version), self.issues)
            if not table.is_usable:
                self.staged.must_stop = True
                continue
            if kind in self.manifest.deltas:
                for column in ("status", "dateLastModified"):
                    if not table.has(column):
                        self.staged.must_stop = True
                        sentence = _("%(file)s holds changes (delta) and lacks the column %(column)s.")
                        values = {"file": name, "column": column}
                        self.issues.error("COLUMN_MISSING", sentence % values, file=name, line=1, column=column)
            else:
                self._stop_if_empty(table, name)
            self._tables[kind] = table

    def _stop_if_empty(self, table: Table, name: str) -> None:
        if table.is_usable and table.is_only_header():
            self.staged.must_stop = True
            sentence = _("%(file)s says it is complete and holds no row. Taking it over would empty what is there.")
            self.issues.error("OR_HEADER_ONLY", sentence % {"file": name}, file=name)

    # --- What all files share -----------------------------------------------------------------------------------------

    def _rows(self, kind: str) -> Iterator[tuple[int, str, Row]]:
        """Line, sourcedId and cells of each row worth reading on."""
        table = self._tables.get(kind)
        if table is None:
            return
        seen = self.staged.seen.setdefault(kind, set())
        status_at, modified_at = (table.columns.names.index(name) for name in ("status", "dateLastModified"))
        is_delta = kind in self.manifest.deltas
        gone = self.staged.gone.setdefault(kind, set()) if is_delta else None
        noted = False
        blank: list[int] = []
        for line, row in table.rows():
            self._done += 1
            if self._progress and self._done % _REPORT_EVERY == 0:
                self._progress(self._done, self._total)
            if not row:
                self.staged.rejected[kind] += 1
                continue
            key = row[0]
            status = row[status_at]
            if status or row[modified_at] or is_delta:
                self._check_modified(kind, line, row[modified_at])
            if status:
                if not noted and not is_delta:
                    sentence = _("The rows carry a status, which a complete export leaves empty.")
                    self._warn(kind, "OR_STATUS_IN_BULK", sentence, line, "status")
                noted = True
                if status.lower() in {"tobedeleted", "inactive"}:
                    if gone is not None and key:
                        gone.add(key)
                    if gone is None or status.lower() == "inactive":
                        sentence = _("The row is marked “%(status)s”, so it was read as no longer there.")
                        self._warn(kind, "OR_ROW_DELETED", sentence % {"status": status}, line, "status")
                    continue
                if status.lower() != "active":
                    sentence = _("The status “%(status)s” is unknown. The row was read as active.")
                    self._warn(kind, "OR_VALUE_UNKNOWN", sentence % {"status": status[:40]}, line, "status")
            elif noted or len(blank) < _BLANKS:
                blank.append(line)
            if not key or len(key) > _LONGEST_ID:
                sentence = _("The row has no sourcedId, or one longer than %(most)d characters.")
                self._reject(kind, "OR_ID_MISSING", sentence % {"most": _LONGEST_ID}, line, "sourcedId")
            elif key in seen:
                sentence = _("The sourcedId %(id)s was used further up. Only the first row counts.")
                self._reject(kind, "OR_ID_TWICE", sentence % {"id": key}, line, "sourcedId")
            else:
                seen.add(key)
                yield line, key, row
        if noted or is_delta:
            for line in blank[:_BLANKS]:
                sentence = _("The status is empty while other rows have one. The row was read as active.")
                self._warn(kind, "OR_STATUS_BLANK", sentence, line, "status")

    def _check_modified(self, kind: str, line: int, text: str) -> None:
        if not _MODIFIED.fullmatch(text):
            sentence = (
                _("dateLastModified is “%(value)s”. Write a moment such as 2026-11-21T08:00:00Z; it was not used.")
                if text
                else _("dateLastModified is empty although the row carries a status.")
            )
            self._warn(kind, "OR_MODIFIED", sentence % {"value": text[:40]}, line, "dateLastModified")

    def _places(self, kind: str, *columns: str) -> list[int]:
        names = spec.columns_of(kind, self.manifest.version).names
        return [names.index(column) for column in columns]

    def _reject(self, kind: str, code: str, message: str, line: int, column: str = "") -> None:
        self.staged.rejected[kind] += 1
        self.issues.error(code, message, file=self._files[kind], line=line, column=column)

    def _warn(self, kind: str, code: str, message: str, line: int | None = None, column: str = "") -> None:
        self.issues.warning(code, message, file=self._files[kind], line=line, column=column)

    def _info(self, kind: str, code: str, message: str, line: int | None = None, column: str = "") -> None:
        self.issues.info(code, message, file=self._files[kind], line=line, column=column)

    def _missing_reference(self, kind: str, line: int, column: str, value: str) -> None:
        if value:
            sentence = _("%(column)s names %(id)s, which is not in the roster.") % {"column": column, "id": value[:80]}
        else:
            sentence = _("%(column)s is empty, so it is not known where the row belongs.") % {"column": column}
        self._reject(kind, "OR_REF_MISSING", sentence, line, column)

    def _fits(self, kind: str, line: int, **texts: tuple[str, int]) -> bool:
        """Whether required texts are there and short enough to keep."""
        for column, (text, most) in texts.items():
            if not text:
                self._reject(kind, "OR_VALUE_MISSING", _("%(column)s is empty.") % {"column": column}, line, column)
                return False
            if len(text) > most:
                sentence = _("%(column)s is longer than %(most)d characters.")
                self._reject(kind, "OR_VALUE_TOO_LONG", sentence % {"column": column, "most": most}, line, column)
                return False
        return True

    def _accepted(self, kind: str) -> Mapping[str, object] | AbstractSet[str]:
        """The ids that a reference to ``kind`` may name: this package's, and those of earlier runs where it has not
        all of them."""
        if kind in self.staged.full:
            return self.staged.rows(kind)
        if kind not in self._files:
            return self.known[kind]
        return (self.known[kind] - self.staged.gone.get(kind, set())) | self.staged.rows(kind).keys()

    # --- orgs ---------------------------------------------------------------------------------------------------------

    def _read_orgs(self) -> None:
        orgs = self.staged.orgs
        if "orgs" not in self._files:
            self._schools = self.known["schools"]
            return
        for line, key, row in self._rows("orgs"):
            _key, name, kind, identifier, parent, *_rest = row
            if not self._fits("orgs", line, name=(name, 200)):
                continue
            if kind.lower() not in spec.ORG_TYPES:
                sentence = _("The type “%(value)s” is unknown.") % {"value": kind[:40]}
                self._reject("orgs", "OR_VALUE_UNKNOWN", sentence, line, "type")
                continue
            orgs[key] = Org(line, name, kind.lower(), identifier[:60], parent)
        own = self._own_district()
        codes: dict[str, str] = {}
        for key, org in list(orgs.items()):
            if org.kind == "school" and not (self._check_school(key, org, own) and self._own_code(key, org, codes)):
                del orgs[key]
        for org in orgs.values():
            if org.kind not in {"school", "district"} and org.parent and org.parent not in self._accepted("orgs"):
                sentence = _("parentSourcedId names %(id)s, which is not in the roster.") % {"id": org.parent[:80]}
                self._warn("orgs", "OR_PARENT_MISSING", sentence, org.line, "parentSourcedId")
        schools = {key for key, org in orgs.items() if org.kind == "school"}
        self._schools = schools if "orgs" in self.staged.full else schools | self.known["schools"]

    def _own_district(self) -> str:
        """The org that stands for the district itself. Another district's roster stops the run."""
        districts = {key: org for key, org in self.staged.orgs.items() if org.kind == "district"}
        if not districts:
            return ""
        file = self._files["orgs"]
        if self.state_code:
            for key, org in districts.items():
                if org.identifier.zfill(5) == self.state_code:
                    if org.identifier != self.state_code:
                        sentence = _("The district's code %(found)s lost its leading zero; it is %(code)s.")
                        values = {"found": org.identifier, "code": self.state_code}
                        self._warn("orgs", "OR_CODE_LOST_ZERO", sentence % values, org.line, "identifier")
                    return key
        if len(districts) == 1:
            key, org = next(iter(districts.items()))
            if self.state_code and org.identifier:
                self.staged.must_stop = True
                sentence = _(
                    "This roster is of the district with the code %(found)s. Yours is %(code)s. Choose its own export."
                )
                values = {"found": org.identifier, "code": self.state_code}
                self.issues.error("OR_OTHER_DISTRICT", sentence % values, file=file, line=org.line, column="identifier")
            return key
        self.staged.must_stop = True
        sentence = _("The roster names several districts, and none has the code of yours. Export your district alone.")
        self.issues.error("OR_SEVERAL_DISTRICTS", sentence, file=file, column="type")
        return ""

    def _check_school(self, key: str, org: Org, own: str) -> bool:
        parent = self.staged.orgs.get(org.parent)
        if parent is not None and parent.kind == "district" and org.parent != own:
            sentence = _("The school belongs to another district of the roster (%(id)s).") % {"id": org.parent}
            self._reject("orgs", "OR_OTHER_DISTRICT", sentence, org.line, "parentSourcedId")
            return False
        if parent is None and org.parent and org.parent not in self._accepted("orgs"):
            sentence = _("parentSourcedId names %(id)s, which is not in the roster. The school was put into yours.")
            self._warn("orgs", "OR_PARENT_MISSING", sentence % {"id": org.parent[:80]}, org.line, "parentSourcedId")
        elif not org.parent and not own:
            sentence = _("The roster does not say which district the school belongs to. It was put into yours.")
            self._warn("orgs", "OR_SCHOOL_WITHOUT_DISTRICT", sentence, org.line, "parentSourcedId")
        elif parent is not None and parent.kind == "school":
            sentence = _("The school stands under another school. It was put into your district.")
            self._warn("orgs", "OR_PARENT_IS_SCHOOL", sentence, org.line, "parentSourcedId")
        if not org.identifier:
            sentence = _("The school has no code; its sourcedId %(id)s serves as one.") % {"id": key}
            self._warn("orgs", "OR_SCHOOL_WITHOUT_CODE", sentence, org.line, "identifier")
        elif org.identifier.isdigit() and not _FOUR_DIGITS.fullmatch(org.identifier):
            sentence = _("The school's code %(code)s does not have four digits. A leading zero may be lost.")
            self._warn("orgs", "OR_SCHOOL_CODE", sentence % {"code": org.identifier}, org.line, "identifier")
        return True

    def _own_code(self, key: str, org: Org, codes: dict[str, str]) -> bool:
        """Whether no school further up has the code; two schools cannot share one."""
        code = org.identifier or key[:60]
        if codes.setdefault(code, key) == key:
            return True
        sentence = _("The code %(code)s is already that of %(id)s. Give each school its own.")
        values = {"code": code, "id": codes[code]}
        self._reject("orgs", "OR_SCHOOL_CODE_TWICE", sentence % values, org.line, "identifier")
        return False

    # --- academicSessions ---------------------------------------------------------------------------------------------

    def _read_sessions(self) -> None:
        kind = "academicSessions"
        if kind not in self._tables:
            return
        dates = Dates(self._tables[kind])
        sessions = self.staged.sessions
        for line, key, row in self._rows(kind):
            _key, title, word, start, end, parent, year, *_rest = row
            if not self._fits(kind, line, title=(title, 100)):
                continue
            type_ = spec.SESSION_TYPES.get(word.lower())
            if type_ is None:
                sentence = _("The type “%(value)s” is unknown.") % {"value": word[:40]}
                self._reject(kind, "OR_VALUE_UNKNOWN", sentence, line, "type")
                continue
            span = self._span(kind, line, dates, ("startDate", start), ("endDate", end))
            if span is None:
                continue
            starts_on, ends_on = span
            if starts_on is None or ends_on is None:
                column = "endDate" if starts_on else "startDate"
                self._reject(kind, "OR_VALUE_MISSING", _("%(column)s is empty.") % {"column": column}, line, column)
                continue
            ending = self._ending_year(line, year, starts_on, ends_on)
            sessions[key] = Session(line, title, type_, starts_on, ends_on, parent, ending)
        years = [(key, row) for key, row in sessions.items() if row.kind == SessionKind.SCHOOL_YEAR]
        for key, session in list(sessions.items()):
            sessions[key] = session._replace(parent=self._parent_session(key, session, years))
        _break_cycles(sessions)

    def _ending_year(self, line: int, text: str, starts_on: dt.date, ends_on: dt.date) -> int:
        """School years are named by their ending year (T51)."""
        kind = "academicSessions"
        possible = {school_year(starts_on), school_year(ends_on)}
        if text.isdigit() and int(text) in possible:
            return int(text)
        ending = school_year(starts_on)
        if text:
            sentence = _("The school year %(found)s does not fit the dates. It was read as %(year)d, its ending year.")
            self._warn(kind, "OR_SCHOOL_YEAR", sentence % {"found": text[:20], "year": ending}, line, "schoolYear")
        else:
            sentence = _("The school year is missing. It was taken from the dates: %(year)d.") % {"year": ending}
            self._warn(kind, "OR_SCHOOL_YEAR", sentence, line, "schoolYear")
        return ending

    def _parent_session(self, key: str, session: Session, years: list[tuple[str, Session]]) -> str:
        kind = "academicSessions"
        if session.kind == SessionKind.SCHOOL_YEAR:
            if session.parent:
                sentence = _("A school year stands under nothing else; its parent was left out.")
                self._warn(kind, "OR_PARENT_OF_YEAR", sentence, session.line, "parentSourcedId")
            return ""
        if session.parent and session.parent in self._accepted("academicSessions"):
            return session.parent
        around = [year for year, row in years if row.starts_on <= session.starts_on and session.ends_on <= row.ends_on]
        if session.parent:
            sentence = _("parentSourcedId names %(id)s, which is not in the roster.") % {"id": session.parent[:80]}
            self._warn(kind, "OR_PARENT_MISSING", sentence, session.line, "parentSourcedId")
        elif not around:
            sentence = _("The session stands under no school year, and none of the roster contains its dates.")
            self._warn(kind, "OR_SESSION_WITHOUT_YEAR", sentence, session.line, "parentSourcedId")
        return around[0] if around else ""

    def _span(
        self, kind: str, line: int, dates: Dates, first: tuple[str, str], last: tuple[str, str]
    ) -> tuple[dt.date | None, dt.date | None] | None:
        """Both dates in order; None when the row was rejected for them."""
        read: list[dt.date | None] = []
        for column, cell in (first, last):
            try:
                read.append(dates.read(cell, column))
            except BadDate:
                sentence = _("%(column)s is “%(value)s”. Write dates as 2026-11-21.")
                values = {"column": column, "value": cell[:30]}
                self._reject(kind, "OR_DATE", sentence % values, line, column)
                return None
        begins, ends = read
        if begins and ends and ends < begins:
            sentence = _("%(last)s is before %(first)s.") % {"last": last[0], "first": first[0]}
            self._reject(kind, "OR_DATES_ORDER", sentence, line, last[0])
            return None
        return begins, ends

    # --- roles --------------------------------------------------------------------------------------------------------

    def _read_roles(self) -> None:
        """``roles.csv`` of 1.2 says what people are; read before them, and checked against them afterwards."""
        kind = spec.ROLES
        if kind not in self._tables:
            return
        dates = Dates(self._tables[kind])
        orgs = self._accepted("orgs")
        pick = itemgetter(*self._places(kind, "userSourcedId", "roleType", "role", "orgSourcedId", "beginDate",
                                        "endDate"))  # fmt: skip
        for line, key, row in self._rows(kind):
            user, type_, word, org, begin, end = pick(row)
            role = word.lower()
            if role not in spec.USER_ROLES and not role.startswith("ext:"):
                sentence = _("The role “%(value)s” is unknown.") % {"value": word[:40]}
                self._reject(kind, "OR_VALUE_UNKNOWN", sentence, line, "role")
                continue
            if org not in orgs:
                self._missing_reference(kind, line, "orgSourcedId", org)
                continue
            span = self._span(kind, line, dates, ("beginDate", begin), ("endDate", end))
            if span is None:
                continue
            if type_.lower() not in spec.ROLE_TYPES:
                sentence = _("The role type “%(value)s” is unknown. It was read as secondary.") % {"value": type_[:40]}
                self._warn(kind, "OR_VALUE_UNKNOWN", sentence, line, "roleType")
            if span[1] and span[1] < self.on:
                sentence = _("The role %(role)s ended on %(day)s, so it opens nothing here.")
                self._info(kind, "OR_ROLE_OVER", sentence % {"role": word[:40], "day": span[1]}, line, "endDate")
            self.staged.roles[key] = RoleRow(line, user, role[:60], org, type_.lower() == "primary", *span)
            self._roles_of.setdefault(user, []).append(self.staged.roles[key])

    def _is_student(self, key: str, line: int) -> bool:
        rows = self._roles_of.get(key)
        if rows is None and spec.ROLES in self.staged.full:
            sentence = _("roles.csv has no role for %(id)s.") % {"id": key}
            self._warn("users", "OR_USER_WITHOUT_ROLE", sentence, line, "sourcedId")
        told = any(row.role == spec.STUDENT for row in rows or ())
        return told or (spec.ROLES not in self.staged.full and key in self.known["students"])

    def _check_roles(self) -> None:
        """Roles of people who are not in the roster are rejected; the others belong to their person."""
        kind = spec.ROLES
        if not self.staged.has_roles:
            return
        users, accepted = self.staged.users, self._accepted("users")
        for key, row in list(self.staged.roles.items()):
            if row.user not in accepted:
                del self.staged.roles[key]
                self._missing_reference(kind, row.line, "userSourcedId", row.user)
            elif row.role in SUGGESTED:
                self._suggest(kind, row.user, row.role, row.line)
        for user, rows in self._roles_of.items():
            if user in users:
                users[user] = with_roles(users[user], rows, self._schools, self.on)

    # --- users --------------------------------------------------------------------------------------------------------

    def _read_users(self) -> None:
        kind = "users"
        if kind not in self._tables:
            return
        users = self.staged.users
        orgs = self._accepted("orgs")
        local_ids: set[str] = set()
        has_roles = self.staged.has_roles
        without_grade = without_place = 0
        columns = ("enabledUser", "orgSourcedIds", "role", "givenName", "familyName", "userIds", "middleName",
                   "identifier", "email", "sms", "phone", "agentSourcedIds", "grades")  # fmt: skip
        pick = itemgetter(*self._places(kind, *columns))
        called = self._places(kind, "preferredGivenName", "preferredFamilyName", "pronouns") if has_roles else []
        for line, key, row in self._rows(kind):
            (enabled, org_ids, role, given, family, user_ids, middle, identifier, email, sms, phone, agents,
             grades) = pick(row)  # fmt: skip
            if not self._fits(kind, line, givenName=(given, 100), familyName=(family, 100)):
                continue
            found: tuple[str, ...] = ()
            if has_roles:
                is_student = self._is_student(key, line)
            else:
                role = role.lower()
                if role not in spec.USER_ROLES and not role.startswith("ext:"):
                    sentence = _("The role “%(value)s” is unknown.") % {"value": role[:40]}
                    self._reject(kind, "OR_VALUE_UNKNOWN", sentence, line, "role")
                    continue
                named = split_list(org_ids)
                present = [org for org in named if org in orgs]
                if not present:
                    self._missing_reference(kind, line, "orgSourcedIds", ", ".join(named))
                    continue
                if len(present) < len(named):
                    sentence = _("Some of orgSourcedIds are not in the roster.")
                    self._warn(kind, "OR_REF_PARTLY_MISSING", sentence, line, "orgSourcedIds")
                found = tuple(org for org in present if org in self._schools)
                is_student = role == spec.STUDENT
                if role in SUGGESTED:
                    self._suggest(kind, key, role, line)
            if enabled.lower() not in {"true", "false"}:
                sentence = _("enabledUser is “%(value)s”. It was read as true.") % {"value": enabled[:20]}
                self._warn(kind, "OR_VALUE_UNKNOWN", sentence, line, "enabledUser")
            grade = ""
            if is_student:
                grade = self._grade(line, grades)
                without_grade += not grade
                identifier = self._local_id(line, identifier, local_ids)
            preferred, preferred_family, pronouns = (row[at] for at in called) if called else ("", "", "")
            without_place += bool(preferred_family)
            if sms or phone:
                self._check_phone(line, "sms", sms)
                self._check_phone(line, "phone", phone)
            users[key] = User(
                line=line,
                enabled=enabled.lower() != "false",
                given=given,
                middle=middle[:100],
                family=family,
                email=self._email(line, email),
                phone=(phone or sms)[:40],
                local_id=identifier if is_student else "",
                ssid=self._ssid(line, row, user_ids, identifier) if is_student else "",
                grade=grade,
                agents=tuple(split_list(agents)),
                preferred=preferred[:100],
                pronouns=pronouns[:60],
                roles=(role,) if role else (),
                schools=found,
                teaches=tuple((org, None) for org in found) if role == spec.TEACHER else (),
            )
        if without_place:
            sentence = ngettext(
                "%(count)d person has a preferred last name. There is no place for it here; the legal one is shown.",
                "%(count)d people have a preferred last name. There is no place for it here; the legal one is shown.",
                without_place,
            )
            self._info(kind, "OR_NO_PLACE", sentence % {"count": without_place}, column="preferredFamilyName")
        if without_grade:
            sentence = ngettext(
                "%(count)d student has no grade. Set it with the command set_grades, or in your system.",
                "%(count)d students have no grade. Set them with the command set_grades, or in your system.",
                without_grade,
            )
            self._warn(kind, "OR_GRADE_MISSING", sentence % {"count": without_grade}, column="grades")

    def _suggest(self, kind: str, key: str, role: str, line: int) -> None:
        sentence = _("The roster calls %(id)s %(role)s. No role was given: do so on the page People.")
        values = {"id": key, "role": role}
        self._info(kind, "OR_ADMINISTRATOR_NOT_GIVEN", sentence % values, line, "role")

    def _check_phone(self, line: int, column: str, number: str) -> None:
        if number and not _PHONE.fullmatch(number.lower().translate(_PHONE_SIGNS)):
            sentence = _("%(column)s does not look like a telephone number. It was kept as it is.")
            self._warn("users", "OR_PHONE", sentence % {"column": column}, line, column)

    def _grade(self, line: int, text: str) -> str:
        grades = split_list(text)
        if not grades:
            return ""
        if len(grades) > 1:
            sentence = _("The student has several grades; the first one was taken.")
            self._warn("users", "OR_SEVERAL_GRADES", sentence, line, "grades")
        grade = grade_of(grades[0])
        if grade is None:
            sentence = _("The grade “%(value)s” is unknown, so it was left empty.") % {"value": grades[0][:20]}
            self._warn("users", "OR_GRADE_UNKNOWN", sentence, line, "grades")
        return grade or ""

    def _local_id(self, line: int, identifier: str, taken: set[str]) -> str:
        if not identifier:
            return ""
        if len(identifier) > 30 or identifier in taken:
            sentence = _("The identifier is used by another row or longer than 30 characters, so it was left out.")
            self._warn("users", "OR_IDENTIFIER", sentence, line, "identifier")
            return ""
        taken.add(identifier)
        return identifier

    def _ssid(self, line: int, row: Row, user_ids: str, identifier: str) -> str:
        """The state student id, from the column the district named; ten digits that do not begin with 0."""
        if not self.ssid_column:
            return ""
        if self.ssid_column == "identifier":
            value = identifier
        else:
            wanted = self.ssid_column.removeprefix("userIds.").lower()
            pairs = (part.strip("{} ").partition(":") for part in user_ids.split(","))
            value = next((found.strip() for type_, _colon, found in pairs if type_.strip().lower() == wanted), "")
        if value and not _SSID.fullmatch(value):
            sentence = _("The state student ID does not have ten digits, or begins with 0, so it was left out.")
            self._warn("users", "OR_SSID", sentence, line, self.ssid_column)
            return ""
        return value

    def _email(self, line: int, email: str) -> str:
        if not email:
            return ""
        try:
            validate_email(email)
        except ValidationError:
            sentence = _("The e-mail address cannot be one, so it was left out.")
            self._warn("users", "OR_EMAIL", sentence, line, "email")
            return ""
        return email.lower()

    def _link_families(self) -> None:
        """Who is family of whom, read both ways: a student's row may name the parent, or the parent's the student."""
        users = self.staged.users
        known = frozenset() if "users" in self.staged.full else self.known["users"]
        for key, user in users.items():
            for other_key in user.agents:
                other = users.get(other_key)
                if other is None and other_key in known:
                    self._link_known(key, user, other_key)
                elif other is None:
                    sentence = _("agentSourcedIds names %(id)s, which is not in the roster.") % {"id": other_key[:80]}
                    self._warn("users", "OR_AGENT_MISSING", sentence, user.line, "agentSourcedIds")
                elif user.is_student and other.family_role:
                    self.staged.guardians[f"{key}|{other_key}"] = other.family_role
                elif user.family_role and other.is_student:
                    self.staged.guardians[f"{other_key}|{key}"] = user.family_role
                else:
                    sentence = _("agentSourcedIds joins %(first)s and %(second)s, who are not student and family.")
                    values = {"first": key, "second": other_key}
                    self._warn("users", "OR_AGENT_NOT_FAMILY", sentence % values, user.line, "agentSourcedIds")

    def _link_known(self, key: str, user: User, other_key: str) -> None:
        """One of the two is known from an earlier run alone; a link that is there already stays as it is."""
        is_student, other_is = (one in self.known["students"] for one in (key, other_key))
        is_student = is_student or user.is_student
        if is_student != other_is and (is_student or user.family_role):
            link = f"{key}|{other_key}" if is_student else f"{other_key}|{key}"
            if link not in self.known[spec.GUARDIANS]:
                self.staged.guardians[link] = user.family_role or "guardian"

    # --- demographics -------------------------------------------------------------------------------------------------

    def _read_demographics(self) -> None:
        kind = "demographics"
        if kind not in self._tables:
            return
        dates = Dates(self._tables[kind])
        users = self._accepted("users")
        flags = dict(zip(spec.RACE_FLAGS, self._places(kind, *spec.RACE_FLAGS), strict=True))
        birth_at, sex_at, hispanic_at = self._places(kind, "birthDate", "sex", "hispanicOrLatinoEthnicity")
        for line, key, row in self._rows(kind):
            if key not in users:
                self._missing_reference(kind, line, "sourcedId", key)
                continue
            try:
                born = dates.read(row[birth_at], "birthDate")
            except BadDate:
                sentence = _("birthDate is no date, so it was left out. Write dates as 2026-11-21.")
                self._warn(kind, "OR_DATE", sentence, line, "birthDate")
                born = None
            sex = row[sex_at].lower()
            if sex and sex not in spec.SEX:
                sentence = _("The value of sex is unknown, so it was left out.")
                self._warn(kind, "OR_VALUE_UNKNOWN", sentence, line, "sex")
            hispanic = row[hispanic_at].lower()
            ethnicity = {"true": (spec.HISPANIC,), "false": (spec.NOT_HISPANIC,)}.get(hispanic, ())
            races = tuple(spec.RACE_FLAGS[flag] for flag, at in flags.items() if row[at].lower() == "true")
            self.staged.demographics[key] = Demographic(line, born, spec.SEX.get(sex, ""), ethnicity, races)

    # --- courses, classes ---------------------------------------------------------------------------------------------

    def _read_courses(self) -> None:
        kind = "courses"
        orgs = self._accepted("orgs")
        titles: dict[str, str] = {}
        for line, key, row in self._rows(kind):
            _key, title, org, _year, code, *_rest = row
            if not self._fits(kind, line, title=(title, 200)):
                continue
            if org not in orgs:
                self._missing_reference(kind, line, "orgSourcedId", org)
                continue
            if len(code) > 60:
                sentence = _("courseCode is longer than %(most)d characters.") % {"most": 60}
                self._reject(kind, "OR_VALUE_TOO_LONG", sentence, line, "courseCode")
                continue
            if code and titles.setdefault(code, title) != title:
                sentence = _("The course code %(code)s stands for two titles. The first one is kept.")
                self._warn(kind, "OR_COURSE_TWO_TITLES", sentence % {"code": code}, line, "courseCode")
            if not code:
                sentence = _("The course has no code; its sourcedId %(id)s serves as one.") % {"id": key[:60]}
                self._warn(kind, "OR_COURSE_WITHOUT_CODE", sentence, line, "courseCode")
            # Schools repeat a course of the catalog, each under an id of its own: one code is one course.
            self.staged.courses[key] = CourseRow(line, titles.get(code, title), code or key[:60])

    def _read_classes(self) -> None:
        kind = "classes"
        courses, orgs, sessions = self._accepted("courses"), self._accepted("orgs"), self._accepted("academicSessions")
        code_at = self._places(kind, "classCode")[0]
        for line, key, row in self._rows(kind):
            _key, title, course, type_, school, terms, *_rest = row
            if not self._fits(kind, line, title=(title, 200)):
                continue
            if type_ not in spec.CLASS_TYPES:
                self._check_class_type(line, type_)
            if course not in courses:
                self._missing_reference(kind, line, "courseSourcedId", course)
                continue
            if school not in orgs:
                self._missing_reference(kind, line, "schoolSourcedId", school)
                continue
            if school not in self._schools:
                sentence = _("schoolSourcedId names %(id)s, which is not a school.") % {"id": school}
                self._reject(kind, "OR_NOT_A_SCHOOL", sentence, line, "schoolSourcedId")
                continue
            named = split_list(terms)
            found = [term for term in named if term in sessions]
            if not found:
                self._missing_reference(kind, line, "termSourcedIds", ", ".join(named))
                continue
            if len(found) < len(named):
                sentence = _("Some of termSourcedIds are not in the roster.")
                self._warn(kind, "OR_REF_PARTLY_MISSING", sentence, line, "termSourcedIds")
            code = (row[code_at] or key)[:60]
            self.staged.classes[key] = ClassRow(line, title, code, course, school, self._session_of(found))

    def _check_class_type(self, line: int, type_: str) -> None:
        if type_.lower() in spec.CLASS_TYPES:
            sentence = _("The class type “%(value)s” is written %(right)s in the specification.")
            values = {"value": type_, "right": type_.lower()}
            self._info("classes", "OR_VALUE_CASE", sentence % values, line, "classType")
        else:
            sentence = _("The class type “%(value)s” is unknown. It was read as scheduled.") % {"value": type_[:40]}
            self._warn("classes", "OR_VALUE_UNKNOWN", sentence, line, "classType")

    def _session_of(self, terms: list[str]) -> str:
        """The one session a class is kept under: the parent that all its terms share, or the longest of them."""
        sessions = self.staged.sessions
        rows = [sessions[term] for term in terms if term in sessions]
        if len(terms) == 1 or not rows:
            return terms[0]
        parents = {row.parent for row in rows}
        if len(parents) == 1 and (parent := parents.pop()):
            return parent
        there = [term for term in terms if term in sessions]
        return max(there, key=lambda term: (sessions[term].ends_on - sessions[term].starts_on, term))

    # --- enrollments --------------------------------------------------------------------------------------------------

    def _read_enrollments(self) -> None:
        kind = "enrollments"
        if kind not in self._tables:
            return
        dates = Dates(self._tables[kind])
        classes, users, sessions = self.staged.classes, self.staged.users, self.staged.sessions
        known_classes, known_users = self._accepted("classes"), self._accepted("users")
        taken: dict[tuple[str, str, bool], str] = {}
        for line, key, row in self._rows(kind):
            _key, klass, school, user, role, primary, begin, end, *_rest = row
            role = role.lower()
            user_row = users.get(user)
            if user_row is not None and role not in user_row.roles and role in _SEATED and user_row.roles:
                sentence = _("%(id)s is %(role)s in users.csv and %(here)s in this class. No role was given for it.")
                values = {"id": user, "role": user_row.roles[0], "here": role}
                self._warn(kind, "OR_ROLE_DIFFERS", sentence % values, line, "role")
            if klass not in known_classes:
                self._missing_reference(kind, line, "classSourcedId", klass)
                continue
            if user not in known_users:
                self._missing_reference(kind, line, "userSourcedId", user)
                continue
            if role not in spec.ENROLLMENT_ROLES:
                sentence = _("The role “%(value)s” is unknown.") % {"value": role[:40]}
                self._reject(kind, "OR_VALUE_UNKNOWN", sentence, line, "role")
                continue
            if role not in _SEATED:
                sentence = _("The role %(role)s in a class opens nothing here, so the row was not taken over.")
                self._info(kind, "OR_ROLE_NOT_USED", sentence % {"role": role}, line, "role")
                continue
            begins_on = ends_on = None
            if begin or end:
                span = self._span(kind, line, dates, ("beginDate", begin), ("endDate", end))
                if span is None:
                    continue
                begins_on, ends_on = span
            class_row = classes.get(klass)
            if class_row is not None and class_row.school != school:
                sentence = _("schoolSourcedId differs from the school of the class. The class's school counts.")
                self._warn(kind, "OR_SCHOOL_DIFFERS", sentence, line, "schoolSourcedId")
            if class_row is not None and (begins_on or ends_on):
                session = sessions.get(class_row.session)
                if session and (
                    (begins_on and begins_on > session.ends_on) or (ends_on and ends_on < session.starts_on)
                ):
                    sentence = _("The dates lie outside the session of the class.")
                    self._warn(kind, "OR_OUTSIDE_SESSION", sentence, line, "beginDate")
            is_teacher = role == spec.TEACHER
            found = EnrollmentRow(line, klass, user, is_teacher, primary.lower() != "false", begins_on, ends_on)
            earlier = taken.setdefault((klass, user, is_teacher), key)
            if earlier is not key:
                self._choose_longer(earlier, key, found)
                continue
            self.staged.enrollments[key] = found

    def _choose_longer(self, earlier: str, key: str, row: EnrollmentRow) -> None:
        """Left and came back: one enrollment from the first day to the last."""
        first = self.staged.enrollments[earlier]
        begins = min(first.begins_on, row.begins_on) if first.begins_on and row.begins_on else None
        ends = max(first.ends_on, row.ends_on) if first.ends_on and row.ends_on else None
        self.staged.enrollments[earlier] = first._replace(begins_on=begins, ends_on=ends)
        sentence = _("The same person is in the class a second time (%(id)s). Both rows were read as one enrollment.")
        self._warn("enrollments", "OR_ENROLLED_TWICE", sentence % {"id": key}, row.line, "userSourcedId")


def split_list(cell: str) -> list[str]:
    """The parts of a list in one cell, in order and each once."""
    if "," not in cell:
        return [cell] if cell else []
    return list(dict.fromkeys(part for part in (piece.strip() for piece in cell.split(",")) if part))


def _break_cycles(sessions: dict[str, Session]) -> None:
    """Sessions that stand under each other in a ring lose the parent that closes it."""
    for start in list(sessions):
        path = {start}
        here = start
        while (parent := sessions[here].parent) in sessions:
            if parent in path:
                sessions[here] = sessions[here]._replace(parent="")
                break
            path.add(parent)
            here = parent
