"""Whether the parts of a policy file agree: the codes it uses exist, dates are in order, nothing is written twice.

The shape has been checked before (``schema``). What is only blank is not a fault here: ``readiness`` asks for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from crediting.rules.deadlines import Unit
from crediting.rules.policy.build import number
from crediting.rules.policy.conditions import Event
from crediting.rules.policy.document import Document, Path, Problem, where
from crediting.rules.policy.marks import LETTER_MARKS, OTHER_MARKS
from crediting.rules.policy.terms import COMPLETED, TableOf
from crediting.states import Method

_PERIODS = frozenset({"student", "school_year"})
_TRIES = _PERIODS | {"course", "day"}
# Days of a request that every deadline may count from.
EVENTS = (*map(str, Event), "test", "course_end")
_GROUPS = ("all_of", "any_of", "none_of")
_ONE_MARK = frozenset({"value", "basis", "counts_in_gpa"})
# What says an amount by itself; up_to may stand alone or limit one of them.
_BASES = ("exactly", "as_requested", "per", *TableOf)


def disagreements(read: Document, *, faulty: Collection[str] = ()) -> Iterator[Problem]:
    """Every fault, in no order. ``faulty``: rules and caps of a wrong shape, as ``rules[2]``; they are left out."""
    yield from _Agreement(read, faulty).faults()


class _Agreement:
    """One reading of a document: the codes it declares, and what refers to them."""

    def __init__(self, read: Document, faulty: Collection[str]) -> None:
        value: dict[str, Any] = read.value
        self.read, self.value, self.faulty = read, value, faulty
        self.courses = {course["code"] for course in value["courses"]}
        self.rules = {str(rule.get("code")) for rule in value["rules"] if isinstance(rule, dict)}
        self.levels: list[str] = value["scale"]["levels"]
        self.own = [method["code"] for method in (value.get("other_methods") or {}).get("methods", [])]
        self.facts = {fact["name"]: fact["kind"] for fact in value.get("facts", [])}
        self.periods = {period["kind"] for period in value.get("calendar", [])}
        self.deadlines = {deadline["code"] for deadline in value.get("deadlines", [])}
        self.sources: list[str] = value.get("sources", [])

    def faults(self) -> Iterator[Problem]:
        yield from self._dates()
        yield from self._conditions(("when",), self.value.get("when", []))
        yield from self._deadlines()
        for part in ("courses", "rules", "facts", "caps", "deadlines"):
            yield from self._written_twice(part, "name" if part == "facts" else "code")
        yield from self._totals()
        for index, code in enumerate(self.own):
            if code in set(Method) or code in self.own[:index]:
                yield self._fault(("other_methods", "methods", index, "code"), "agree.twice", code=code)
        for index, rule in self._sound("rules"):
            yield from self._rule(("rules", index), rule)
        for index, cap in self._sound("caps"):
            yield from self._cap(("caps", index), cap)
        yield from self._known(
            ("moderation",), "rules", self.value.get("moderation") or {}, self.rules, "agree.unknown_rule", "rule"
        )
        for code, school in self.value.get("schools", {}).items():
            here: Path = ("schools", code)
            yield from self._known(here, "closed_rules", school, self.rules, "agree.unknown_rule", "rule")
            yield from self._known(here, "closed_courses", school, self.courses, "agree.unknown_course", "course")
            yield from self._conditions((*here, "when"), school.get("when", []))

    def _sound(self, part: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The entries of a list whose shape is right."""
        for index, entry in enumerate(self.value.get(part, [])):
            if where((part, index)) not in self.faulty:
                yield index, entry

    def _fault(self, path: Path, code: str, /, **params: str | int | None) -> Problem:
        return self.read.problem(path, code, **params)

    def _known(
        self, path: Path, part: str, value: dict[str, Any], known: set[str], code: str, name: str
    ) -> Iterator[Problem]:
        for index, one in enumerate(value.get(part, ())):
            if one not in known:
                yield self._unknown((*path, part, index), code, name, one, known)

    def _unknown(self, path: Path, code: str, name: str, one: str, known: Iterable[str]) -> Problem:
        """A code that nothing has, with the one that was probably meant."""
        near = get_close_matches(one, sorted(known), n=1)
        if near:
            return self._fault(path, f"{code}_near", **{name: one, "near": near[0]})
        return self._fault(path, code, **{name: one})

    # --- Dates ---

    def _dates(self) -> Iterator[Problem]:
        places: list[Path] = [("effective", "from"), ("effective", "to"), ("adopted", "on")]
        for index, _ in enumerate(self.value.get("calendar", [])):
            places += [("calendar", index, key) for key in ("from", "to", "since")]
        for index, _ in enumerate(self.value.get("school_days", {}).get("closed", [])):
            places.append(("school_days", "closed", index))
        found: dict[Path, dt.date] = {}
        for place in places:
            written = self._at(place)
            if written is None:
                continue
            try:
                found[place] = dt.date.fromisoformat(written)
            except ValueError:
                yield self._fault(place, "agree.no_such_day", found=written)
                continue
            if not 1990 <= found[place].year <= 2200:
                yield self._fault(place, "agree.far_day", found=written)
        for place in places:
            if place[-1] != "to":
                continue
            starts, ends = found.get((*place[:-1], "from")), found.get(place)
            if starts and ends and ends < starts:
                yield self._fault(place, "agree.ends_before_start", start=str(starts), end=str(ends))
        yield from self._periods_apart(found)

    def _at(self, place: Path) -> str | None:
        value: Any = self.value
        for step in place:
            if isinstance(value, dict):
                value = value.get(str(step))
            elif isinstance(value, list):
                value = value[int(step)]
        return value if isinstance(value, str) else None

    def _periods_apart(self, days: dict[Path, dt.date]) -> Iterator[Problem]:
        """Periods of one kind, set at one time for one school, never overlap: a day is in one of them at most."""
        last: dict[tuple[str, ...], dt.date] = {}
        calendar = self.value.get("calendar", [])
        order = [index for index in range(len(calendar)) if ("calendar", index, "from") in days]
        for index in sorted(order, key=lambda index: days["calendar", index, "from"]):
            kind, start = calendar[index]["kind"], days["calendar", index, "from"]
            one = (kind, calendar[index].get("since", ""), *sorted(calendar[index].get("schools", ())))
            if one in last and start <= last[one]:
                yield self._fault(("calendar", index, "from"), "agree.periods_overlap", kind=kind, start=str(start))
            last[one] = max(last.get(one, start), days.get(("calendar", index, "to"), start))

    # --- Deadlines ---

    def _deadlines(self) -> Iterator[Problem]:
        for index, deadline in enumerate(self.value.get("deadlines", [])):
            here: Path = ("deadlines", index)
            yield from self._windows((*here, "windows"), deadline["windows"])
            for school, windows in deadline.get("schools", {}).items():
                yield from self._windows((*here, "schools", school), windows)
        within = self.value.get("school_days", {}).get("within")
        if within is not None:
            yield from self._period(("school_days", "within"), within)
        zone = self.value.get("time_zone")
        if zone is not None and zone not in available_timezones():
            yield self._fault(("time_zone",), "agree.no_such_zone", found=zone)

    def _windows(self, path: Path, windows: list[dict[str, Any]]) -> Iterator[Problem]:
        days = {name for name, kind in self.facts.items() if kind == "date"}
        anchors = {*EVENTS, *days, *(f"{kind}_{end}" for kind in self.periods for end in ("start", "end"))}
        for index, window in enumerate(windows):
            keys = set(window)
            counted = len(keys & {"after", "before"}) == 1 and len(keys & set(Unit)) == 1 and len(keys) == 2
            if not (counted or keys in ({"nth", "weekday", "month"}, {"month", "day"})) or window.get("nth") == 0:
                yield self._fault((*path, index), "agree.window_how")
            for key in keys & {"after", "before"}:
                if window[key] not in anchors:
                    known = ", ".join(sorted(anchors))
                    yield self._fault((*path, index, key), "agree.unknown_anchor", anchor=window[key], known=known)

    def _period(self, path: Path, kind: str) -> Iterator[Problem]:
        if kind not in self.periods:
            known = ", ".join(sorted(self.periods)) or "–"
            yield self._fault(path, "agree.unknown_period", period=kind, known=known)

    def _deadline(self, path: Path, code: str | None) -> Iterator[Problem]:
        if code is not None and code not in self.deadlines:
            known = ", ".join(sorted(self.deadlines)) or "–"
            yield self._fault(path, "agree.unknown_deadline", deadline=code, known=known)

    def _written_twice(self, part: str, key: str) -> Iterator[Problem]:
        seen: set[str] = set()
        for index, entry in self._sound(part):
            if entry[key] in seen:
                yield self._fault((part, index, key), "agree.twice", code=entry[key])
            seen.add(entry[key])

    def _totals(self) -> Iterator[Problem]:
        """A number that is added up, of numbers that are not."""
        added_up = {fact["name"] for fact in self.value.get("facts", []) if "total" in fact}
        for index, fact in enumerate(self.value.get("facts", [])):
            if "total" in fact and fact["kind"] != "number":
                yield self._fault(("facts", index, "kind"), "agree.total_not_number", fact=fact["name"])
            for at, one in enumerate(fact.get("total", ())):
                name, here = one if isinstance(one, str) else one["name"], ("facts", index, "total", at)
                if name in added_up:
                    yield self._fault(here, "agree.total_of_total", fact=name)
                elif name in self.facts:
                    yield from self._fact(here, name, number=True)

    # --- Rules ---

    def _rule(self, path: Path, rule: dict[str, Any]) -> Iterator[Problem]:
        method, kinds = rule["method"], rule.get("kinds")
        if method not in set(Method) and method not in self.own:
            methods = {*map(str, Method), *self.own}
            yield self._unknown((*path, "method"), "agree.unknown_method", "method", method, methods)
        if method == Method.LOCAL_ASSESSMENT and not kinds:
            yield self._fault(path, "agree.kinds_missing")
        elif kinds and method != Method.LOCAL_ASSESSMENT and (method in self.own or method in set(Method)):
            yield self._fault((*path, "kinds"), "agree.kinds_only_local", method=method)
        if rule["courses"] != "all":
            yield from self._known(path, "courses", rule, self.courses, "agree.unknown_course", "course")
        codes = rule.get("course_code")
        for course in codes if isinstance(codes, dict) else ():
            if course not in self.courses:
                here: Path = (*path, "course_code", course)
                yield self._unknown(here, "agree.unknown_course", "course", course, self.courses)
        yield from self._conditions((*path, "when"), rule.get("when", []))
        yield from self._conditions((*path, "keeps_while"), rule.get("keeps_while", []))
        yield from self._deadline((*path, "decide_by"), rule.get("decide_by"))
        yield from self._deadline((*path, "choose_by"), rule.get("choose_by"))
        if isinstance(rule.get("effective"), dict):
            yield from self._period((*path, "effective", "end_of"), rule["effective"]["end_of"])
        if rule.get("source", "") not in ("", *self.sources):
            known = ", ".join(self.sources) or "–"
            yield self._fault((*path, "source"), "agree.unknown_source", source=rule["source"], known=known)
        if method == Method.NEXT_COURSE and not any(_mentions(one, "completed") for one in rule.get("when", [])):
            yield self._fault(path, "agree.next_course_names_none")
        if rule.get("credit"):
            yield from self._credit((*path, "credit"), rule["credit"])
        yield from self._marks((*path, "mark"), rule, rule.get("mark"))

    def _marks(self, path: Path, rule: dict[str, Any], mark: Any) -> Iterator[Problem]:
        """One mark, or the ways in which it is found."""
        if not isinstance(mark, dict) or set(mark) <= _ONE_MARK:
            yield from self._mark(path, mark)
            return
        if stray := set(mark) & {"value", "counts_in_gpa"}:
            yield self._fault((*path, min(stray)), "agree.mark_or_ways", key=min(stray))
        for level in mark.get("by_level", {}):
            if level not in self.levels:
                yield self._unknown_level((*path, "by_level", level), level)
        yield from self._mark((*path, "default"), mark.get("default"))
        for key in ("by_purpose", "by_level"):
            for name, one in mark.get(key, {}).items():
                yield from self._mark((*path, key, name), one)
        for index, one in enumerate(mark.get("choice", [])):
            yield from self._mark((*path, "choice", index), one)
        yield from self._deadline((*path, "choose_by"), mark.get("choose_by"))
        if "by_score" in mark and "by_fact" in mark:
            yield self._fault((*path, "by_fact"), "agree.one_mark_table")
        for key in ("by_score", "by_fact"):
            if key in mark:
                yield from self._mark_table((*path, key), mark[key])
        if source := mark.get("from"):
            yield from self._mark_from(path, rule, source, mark.get("basis"))

    def _mark_table(self, path: Path, table: dict[str, Any]) -> Iterator[Problem]:
        words = any("is" in row for row in table["rows"])
        if "fact" in table:
            yield from self._fact((*path, "fact"), table["fact"], number=not words)
        for index, row in enumerate(table["rows"]):
            said = row["mark"] if isinstance(row["mark"], dict) else {"value": row["mark"]}
            usual = {"basis": table["basis"]} if "basis" in table else {}
            yield from self._mark((*path, "rows", index, "mark"), usual | said)
        yield from self._word_rows(path, table["rows"]) if words else self._rows(path, table["rows"])

    def _mark_from(self, path: Path, rule: dict[str, Any], source: str, basis: str | None) -> Iterator[Problem]:
        if not basis:
            yield self._fault((*path, "from"), "agree.letter_needs_basis", mark=source)
        if source != COMPLETED:
            yield from self._fact((*path, "from"), source, number=False)
        elif not any(_mentions(one, "completed") for one in rule.get("when", [])):
            yield self._fault((*path, "from"), "agree.mark_from_no_course")

    def _mark(self, path: Path, mark: Any) -> Iterator[Problem]:
        if not isinstance(mark, dict):
            return
        if "value" not in mark:
            yield self._fault(path, "shape.missing", key="value")
        elif mark["value"] in LETTER_MARKS and not mark.get("basis"):
            yield self._fault(path, "agree.letter_needs_basis", mark=mark["value"])
        elif mark["value"] not in (*LETTER_MARKS, *OTHER_MARKS) and mark.get("counts_in_gpa") is not False:
            yield self._fault((*path, "value"), "agree.own_mark", mark=mark["value"])

    # --- Amounts and caps ---

    def _credit(self, path: Path, credit: dict[str, Any]) -> Iterator[Problem]:
        bases = [base for base in _BASES if base in credit]
        limited = "up_to" in credit
        if len(bases) > 1 or (not bases and not limited) or (bases == ["exactly"] and limited):
            yield self._fault(path, "agree.one_amount", known=", ".join((*_BASES, "up_to")))
        if "per" in credit:
            yield from self._fact((*path, "per", "fact"), credit["per"]["fact"], number=True)
        for of in TableOf:
            if of in credit:
                yield from self._table((*path, of), credit[of], of)
        if "less" in credit:
            yield from self._selection((*path, "less"), credit["less"])
        least, most = credit.get("at_least"), credit.get("up_to")
        if least is not None and most not in (None, "course") and Decimal(least) > Decimal(most):
            yield self._fault((*path, "at_least"), "agree.least_above_most", least=str(least), most=str(most))

    def _table(self, path: Path, table: dict[str, Any], of: TableOf) -> Iterator[Problem]:
        if of == TableOf.FACT:
            words = any("is" in row for row in table["rows"])
            yield from self._fact((*path, "fact"), table["fact"], number=not words)
            if words:
                yield from self._word_rows(path, table["rows"])
                return
        if of == TableOf.STANDARDS and table["level"] not in self.levels:
            yield self._unknown_level((*path, "level"), table["level"])
        if of == TableOf.LANGUAGE:
            seen: set[str] = set()
            for index, row in enumerate(table["rows"]):
                if row["level"] not in table["levels"]:
                    levels = ", ".join(table["levels"])
                    yield self._fault(
                        (*path, "rows", index, "level"), "agree.table_level", level=row["level"], levels=levels
                    )
                elif row["level"] in seen:
                    yield self._fault((*path, "rows", index, "level"), "agree.twice", code=row["level"])
                seen.add(row["level"])
            return
        yield from self._rows(path, table["rows"])

    def _word_rows(self, path: Path, rows: list[dict[str, Any]]) -> Iterator[Problem]:
        """Rows of words say is, every one, and no word twice."""
        seen: set[str] = set()
        for index, row in enumerate(rows):
            if "is" not in row or set(row) & {"from", "to"}:
                yield self._fault((*path, "rows", index), "agree.row_is")
                continue
            if (said := str(row.get("is"))) in seen:
                yield self._fault((*path, "rows", index, "is"), "agree.twice", code=said)
            seen.add(said)

    def _rows(self, path: Path, rows: list[dict[str, Any]]) -> Iterator[Problem]:
        """Rows of numbers stand from low to high and do not overlap."""
        end: Decimal | None = None
        for index, row in enumerate(rows):
            here: Path = (*path, "rows", index)
            first, last = number(row.get("from")), number(row.get("to"))
            if first is not None and last is not None and last < first:
                yield self._fault((*here, "to"), "agree.row_backwards", first=str(first), last=str(last))
            if index and first is None:
                yield self._fault(here, "agree.row_starts")
            elif first is not None and end is not None and first <= end:
                yield self._fault(here, "agree.rows_overlap")
            end = last if last is not None else first

    def _cap(self, path: Path, cap: dict[str, Any]) -> Iterator[Problem]:
        if ("at_most" in cap) == ("share" in cap):
            yield self._fault(path, "agree.cap_limit")
        if (
            "share" in cap
            and cap.get("share_of") != "subject"
            and "total" not in self.value.get("required_credits", {})
        ):
            yield self._fault((*path, "share"), "agree.share_of_what")
        per = cap.get("per", "student")
        if per not in _PERIODS | self.periods:
            known = ", ".join(sorted(_PERIODS | self.periods))
            yield self._fault((*path, "per"), "agree.unknown_period", period=per, known=known)
        if (cap.get("then") == "note") != ("note" in cap):
            yield self._fault(path, "agree.cap_note")
        named = cap.get("of", {}).get("rules", ())
        gives = {rule.get("gives", "credit") for _, rule in self._sound("rules") if rule["code"] in named}
        if gives and "credit" not in gives and cap.get("counting", "credits") == "credits":
            yield self._fault(path, "agree.cap_counts_nothing")
        yield from self._selection((*path, "of"), cap.get("of", {}))
        yield from self._conditions((*path, "when"), cap.get("when", []))

    def _selection(self, path: Path, selection: dict[str, Any]) -> Iterator[Problem]:
        yield from self._known(path, "rules", selection, self.rules, "agree.unknown_rule", "rule")
        yield from self._known(path, "courses", selection, self.courses, "agree.unknown_course", "course")
        methods = {*map(str, Method), *self.own}
        yield from self._known(path, "methods", selection, methods, "agree.unknown_method", "method")

    # --- Conditions ---

    def _conditions(self, path: Path, conditions: list[dict[str, Any]]) -> Iterator[Problem]:
        for index, one in enumerate(conditions):
            ((kind, said),) = one.items()
            yield from self._condition((*path, index, kind), kind, said)

    def _condition(self, path: Path, kind: str, said: Any) -> Iterator[Problem]:
        if kind in _GROUPS:
            yield from self._conditions(path, said)
        elif kind == "at_least":
            yield from self._conditions((*path, "of"), said["of"])
            if said["count"] > len(said["of"]):
                yield self._fault((*path, "count"), "agree.more_than_parts", count=said["count"], of=len(said["of"]))
        elif kind == "standards":
            if said["level"] not in self.levels:
                yield self._unknown_level((*path, "level"), said["level"])
            if said.get("named") and said.get("at_least", 1) > len(said["named"]):
                count, of = said["at_least"], len(said["named"])
                yield self._fault((*path, "at_least"), "agree.more_than_parts", count=count, of=of)
            if "share" in said and ("mean" in said or ("named" in said and "at_least" in said)):
                yield self._fault(path, "agree.one_measure")
        elif kind == "fact":
            numbers = any(key in said for key in ("at_least", "at_most", "spend"))
            yield from self._fact((*path, "name"), said["name"], number=numbers)
            if sum(key in said for key in ("is", "one_of")) + any(key in said for key in ("at_least", "at_most")) > 1:
                yield self._fault(path, "agree.one_comparison")
        elif kind == "total":
            for index, one in enumerate(said["of"]):
                name = one if isinstance(one, str) else one["name"]
                if name in self.facts:
                    yield from self._fact((*path, "of", index), name, number=True)
        elif kind == "attempts":
            if said.get("per", "course") not in _TRIES | self.periods:
                known = ", ".join(sorted(_TRIES | self.periods))
                yield self._fault((*path, "per"), "agree.unknown_period", period=said["per"], known=known)
        elif kind == "completed":
            if not said.get("any_of") and not said.get("listed"):
                yield self._fault(path, "agree.completed_what")
        elif kind == "awarded":
            selection = {key: value for key, value in said.items() if key != "credits"}
            yield from self._selection(path, selection)
        elif kind == "request":
            yield from self._selection(path, said)
        elif kind == "window":
            yield from self._period(path, said if isinstance(said, str) else said["kind"])
        elif kind == "deadline":
            yield from self._deadline(path, said if isinstance(said, str) else said["code"])
        elif kind == "days":
            yield from self._days(path, said)

    def _days(self, path: Path, said: dict[str, Any]) -> Iterator[Problem]:
        found: list[dt.date] = []
        for key in ("from", "to"):
            try:
                found += [dt.date.fromisoformat(said[key])] if key in said else []
            except ValueError:
                yield self._fault((*path, key), "agree.no_such_day", found=said[key])
        if found != sorted(found):
            yield self._fault((*path, "to"), "agree.ends_before_start", start=said["from"], end=said["to"])

    def _fact(self, path: Path, name: str, *, number: bool) -> Iterator[Problem]:
        if name not in self.facts:
            yield self._fault(path, "agree.unknown_fact", fact=name, known=", ".join(self.facts) or "–")
        elif number and self.facts[name] != "number":
            yield self._fault(path, "agree.fact_not_number", fact=name)

    def _unknown_level(self, path: Path, level: str) -> Problem:
        return self._fault(path, "agree.unknown_level", level=level, levels=", ".join(self.levels))


def _mentions(condition: dict[str, Any], kind: str) -> bool:
    """Whether a condition, or one inside it, is of the kind."""
    ((own, said),) = condition.items()
    if own in _GROUPS:
        return any(_mentions(one, kind) for one in said)
    return own == kind or (own == "at_least" and any(_mentions(one, kind) for one in said["of"]))


# --- Warnings ---------------------------------------------------------------------------------------------------------


def holes(read: Document) -> Iterator[Problem]:
    """Where a table of amounts or marks leaves something out, so that a result there cannot be decided. Not a fault."""
    for index, rule in enumerate(read.value["rules"]):
        if isinstance(mark := rule.get("mark"), dict):
            for key in ("by_score", "by_fact"):
                if key in mark and not any("is" in row for row in mark[key]["rows"]):
                    yield from _gaps(read, ("rules", index, "mark", key), mark[key]["rows"], rule["code"])
        for of in TableOf:
            table = (rule.get("credit") or {}).get(of)
            if not table:
                continue
            path: Path = ("rules", index, "credit", of)
            if of == TableOf.LANGUAGE:
                rows = [row["level"] for row in table["rows"]]
                first = min((table["levels"].index(row) for row in rows if row in table["levels"]), default=0)
                left_out = [level for level in table["levels"][first:] if level not in rows]
                if left_out:
                    yield read.problem(path, "warn.table_levels", levels=", ".join(left_out), rule=rule["code"])
                continue
            if any("is" in row for row in table["rows"]):
                kinds = {fact["name"]: fact.get("choices", []) for fact in read.value.get("facts", [])}
                named = {row["is"] for row in table["rows"]}
                if left_out := [one for one in kinds.get(table["fact"], ()) if one not in named]:
                    yield read.problem(path, "warn.table_levels", levels=", ".join(left_out), rule=rule["code"])
                continue
            whole = of in (TableOf.LEVEL, TableOf.STANDARDS)
            yield from _gaps(read, path, table["rows"], rule["code"], step=1 if whole else 0)
            if (last := table["rows"][-1].get("to")) is not None:
                yield read.problem((*path, "rows"), "warn.table_ends", last=str(last), rule=rule["code"])


def _gaps(read: Document, path: Path, rows: list[dict[str, Any]], rule: str, *, step: int = 0) -> Iterator[Problem]:
    """Where more than ``step`` lies between two rows."""
    for at, (above, below) in enumerate(pairwise(rows)):
        end, begin = number(above.get("to")), number(below.get("from"))
        if end is not None and begin is not None and begin - end > step:
            yield read.problem((*path, "rows", at + 1), "warn.table_hole", after=str(end), before=str(begin), rule=rule)
