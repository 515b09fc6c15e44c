"""A version beside the one that was approved: only what differs, old and new, section by section."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crediting.rules.numbers import credits_text
from hsbp.models import PlanRevision
from hsbp.queries.document import CatalogCourse, Year, catalog_of, day_of, year_of
from hsbp.rules.content import AID_ITEMS, GRADES, ChangeKind, Content, Section, changes, read
from hsbp.words import (
    AID_WORDS,
    COURSES_WORDS,
    FIELD_WORDS,
    SECTION_WORDS,
    Text,
    activity_word,
    change_sentence,
    pathway_word,
)
from mbl.core.ui import parts
from profiles.models import Student

# A stable name and what people read.
Named = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """One part of the plan, old beside new; ``is_changed`` parts are shown open."""

    heading: Text
    old: parts.ChangeSide
    new: parts.ChangeSide
    is_changed: bool


@dataclass(frozen=True)
class Comparison:
    """Two versions. ``base`` is None for a plan that was never approved: then every part is new."""

    base: PlanRevision | None
    revision: PlanRevision
    parts: tuple[Part, ...]
    sentences: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def changed(self) -> list[Part]:
        return [part for part in self.parts if part.is_changed]

    @property
    def same(self) -> list[Part]:
        return [part for part in self.parts if not part.is_changed]


def compare(
    student: Student,
    base: PlanRevision | None,
    revision: PlanRevision,
    *,
    approved_on: dt.date | None = None,
    sent_on: dt.date | None = None,
) -> Comparison:
    """One trip: the catalog's names and credits."""
    old, new = read(base.content) if base is not None else Content(), read(revision.content)
    catalog = catalog_of(student, [old, new])
    labels = (_approved(base, approved_on), _sent(revision, sent_on))
    titles = {code: course.title for code, course in catalog.items()}
    found = (
        *(_words(name, getattr(old, name), getattr(new, name), labels) for name in _TEXTS),
        *(_courses(grade, old, new, catalog, labels) for grade in GRADES),
        _pathway(old, new, labels),
        _lines(Section.ACTIVITIES, _activities(old), _activities(new), labels),
        _lines(Section.AID, _aid(old), _aid(new), labels),
        _lines(Section.MASTERY, _mastery(old, titles), _mastery(new, titles), labels),
    )
    return Comparison(
        base=base,
        revision=revision,
        parts=tuple(part for part in found if part is not None),
        sentences=tuple(change_sentence(change, titles) for change in changes(old, new)),
        unknown=tuple(
            line.code for grade in GRADES for line in year_of(new, grade, catalog).courses if line.is_unknown
        ),
    )


_TEXTS = ("after_high_school", "career", "education", "interests", "inventory")
_Labels = tuple[str, str]


def _approved(revision: PlanRevision | None, on: dt.date | None) -> str:
    if revision is None:
        return _("No approved version yet")
    if on is None:
        return _("Version %(number)s") % {"number": revision.number}
    values = {"number": revision.number, "date": date_format(on, "DATE_FORMAT")}
    return _("Version %(number)s, approved %(date)s") % values


def _sent(revision: PlanRevision, on: dt.date | None) -> str:
    if on is None:
        return _("Version %(number)s") % {"number": revision.number}
    return _("Version %(number)s, sent %(date)s") % {
        "number": revision.number,
        "date": date_format(on, "DATE_FORMAT"),
    }


def _words(name: str, old: str, new: str, labels: _Labels) -> Part | None:
    if not old and not new:
        return None
    return Part(FIELD_WORDS[name], _voice(labels[0], old), _voice(labels[1], new), old != new)


def _voice(label: str, text: str) -> parts.ChangeSide:
    return parts.ChangeSide(label, voice=text, note="" if text else _("Nothing written."))


def _courses(
    grade: str, old: Content, new: Content, catalog: Mapping[str, CatalogCourse], labels: _Labels
) -> Part | None:
    before, after = _planned(year_of(old, grade, catalog)), _planned(year_of(new, grade, catalog))
    return _pair(str(COURSES_WORDS[grade]), before, after, labels)


def _planned(year: Year) -> list[Named]:
    """Each course once under a name of its own; one that stands there twice is two lines."""
    seen: dict[str, int] = {}
    lines = []
    for line in year.courses:
        name = line.code or line.title
        seen[name] = seen.get(name, 0) + 1
        text = line.title if line.credits is None else f"{line.title} · {credits_text(line.credits)}"
        if line.is_unknown:
            text = _("%(course)s (code %(code)s is not in the catalog)") % {"course": text, "code": line.code}
        lines.append((f"{name} {seen[name]}", text))
    return lines


def _pathway(old: Content, new: Content, labels: _Labels) -> Part | None:
    part = _lines(
        Section.PATHWAY,
        [(code, pathway_word(code)) for code in old.pathways],
        [(code, pathway_word(code)) for code in new.pathways],
        labels,
    )
    reason = (old.pathway_reason, new.pathway_reason)
    if part is None and not any(reason):
        return None
    lines = (part.old.lines, part.new.lines) if part is not None else ((), ())
    sides = [
        parts.ChangeSide(label, lines=side, voice=words, note="" if side or words else _("None chosen."))
        for label, side, words in zip(labels, lines, reason, strict=True)
    ]
    is_changed = (part is not None and part.is_changed) or reason[0] != reason[1]
    return Part(SECTION_WORDS[Section.PATHWAY], sides[0], sides[1], is_changed)


def _activities(content: Content) -> list[Named]:
    return [
        (one.title, ", ".join(part for part in (one.title, activity_word(one.kind), one.years, one.text) if part))
        for one in content.activities
    ]


def _aid(content: Content) -> list[Named]:
    return [(item, _aid_line(item, content.aid[item])) for item in AID_ITEMS if item in content.aid]


def _aid_line(item: str, day: str) -> str:
    on: dt.date | None = day_of(day)
    title = str(AID_WORDS[item][0])
    return f"{title}, {date_format(on, 'DATE_FORMAT')}" if on else title


def _mastery(content: Content, titles: Mapping[str, str]) -> list[Named]:
    return [(code, titles.get(code, code)) for code in content.mastery_intended]


def _lines(section: Section, old: Sequence[Named], new: Sequence[Named], labels: _Labels) -> Part | None:
    return _pair(str(SECTION_WORDS[section]), old, new, labels)


def _pair(heading: str, old: Sequence[Named], new: Sequence[Named], labels: _Labels) -> Part | None:
    if not old and not new:
        return None
    was, now = dict(old), dict(new)
    before = [_line(text, ChangeKind.REMOVED if name not in now else _kind(now[name], text)) for name, text in old]
    after = [_line(text, ChangeKind.ADDED if name not in was else _kind(was[name], text)) for name, text in new]
    return Part(heading, _side(labels[0], before), _side(labels[1], after), list(old) != list(new))


def _side(label: str, lines: list[parts.Change]) -> parts.ChangeSide:
    return parts.ChangeSide(label, lines=lines, note="" if lines else _("Nothing written yet."))


def _kind(other: str, text: str) -> str:
    return "same" if other == text else ChangeKind.CHANGED


def _line(text: str, kind: str) -> parts.Change:
    return parts.Change(text, str(kind))
