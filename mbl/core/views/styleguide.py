"""``/styleguide/``: every component of the UI kit with its states, its parameters and the text that makes it.

Public, and independent of the database: the examples are made here. Each entry's markup is a small template in
``templates/core/styleguide/``, shown as it is written.
"""

import datetime as dt
import inspect
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from mbl.core import figures
from mbl.core.templatetags import ui
from mbl.core.ui import parts, tokens
from mbl.core.ui.icons import ICONS
from mbl.core.ui.levels import LevelScale
from mbl.core.ui.shell import Account, NavGroup, NavItem, Shell, ShellDistrict
from mbl.core.ui.tables import Column, Columns
from mbl.core.ui.text import Text
from mbl.core.ui.tones import Kind, Tone


@dataclass(frozen=True)
class Entry:
    """One component: the name it has in four places, and what it is for."""

    name: str
    purpose: Text

    @property
    def template(self) -> str:
        return f"core/styleguide/{self.name}.html"

    @property
    def signature(self) -> str:
        """The tag's parameters, as a template writes them."""
        parameters = inspect.signature(getattr(ui, self.name)).parameters.values()
        shown = [_parameter(one) for one in parameters if one.name not in {"context", "content"}]
        return f"{self.name} {', '.join(shown)}"

    @property
    def explanation(self) -> SafeString:
        """The tag's docstring; what it sets as code is code here."""
        words = " ".join((inspect.getdoc(getattr(ui, self.name)) or "").split())
        return mark_safe(re.sub(r"``(.+?)``", r"<code>\1</code>", escape(words)))  # noqa: S308

    @property
    def source(self) -> str:
        template: Any = get_template(self.template)
        return str(template.template.source).strip()


def _parameter(one: inspect.Parameter) -> str:
    kind = getattr(one.annotation, "__name__", "") if isinstance(one.annotation, type) else str(one.annotation)
    kind = kind.replace("str | django.utils.functional.Promise", "words")
    kind = re.sub(r"\b[\w.]+\.(?=\w)", "", kind)
    default = "" if one.default is inspect.Parameter.empty else f" = {one.default!r}"
    return f"{'*' if one.kind is one.VAR_POSITIONAL else ''}{one.name}: {kind}{default}"


ENTRIES = (
    Entry("icon", gettext_lazy("A drawing beside a word.")),
    Entry("page_head", gettext_lazy("The question of the page and its answer in a sentence.")),
    Entry("status_badge", gettext_lazy("A state, in its one word; a badge only where it needs a look.")),
    Entry("action", gettext_lazy("A link or button. One primary action per view.")),
    Entry("panel", gettext_lazy("A white card named by its heading.")),
    Entry("filter_bar", gettext_lazy("Saved views with counts, and a form over the list.")),
    Entry("data_table", gettext_lazy("Rows of 25; cards where the table is narrow.")),
    Entry("field", gettext_lazy("One form field: label, hint, control, error.")),
    Entry("choice_cards", gettext_lazy("A choice whose options need a text.")),
    Entry("error_summary", gettext_lazy("Everything that must be fixed, on top.")),
    Entry("notice", gettext_lazy("A message in the flow of the page.")),
    Entry("toast", gettext_lazy("What was just done, with its way back.")),
    Entry("facts", gettext_lazy("Three to five key numbers, or a quiet list of pairs.")),
    Entry("meter", gettext_lazy("A count with its bar, for a table cell.")),
    Entry("checklist", gettext_lazy("Required items, each with its state.")),
    Entry("level_mark", gettext_lazy("A mastery level: mark and word, never the number alone.")),
    Entry("rubric_row", gettext_lazy("One standard to judge, with the full text of every level.")),
    Entry("change_pair", gettext_lazy("Old beside new.")),
    Entry("thread", gettext_lazy("A story in the order it happened.")),
    Entry("decision", gettext_lazy("A comment and the verdict on it.")),
    Entry("credit_bar", gettext_lazy("Earned, in progress, planned, still to plan.")),
    Entry("why_panel", gettext_lazy("How a result came about.")),
    Entry("worked_out", gettext_lazy("By which rule a status was worked out, and from data of which day.")),
    Entry("steps", gettext_lazy("Where the reader is in a wizard.")),
    Entry("next_step", gettext_lazy("The one thing to do now.")),
    Entry("empty_state", gettext_lazy("Why nothing is here, and the way to change it.")),
    Entry("job_progress", gettext_lazy("Long work that may be left alone.")),
    Entry("dialog", gettext_lazy("A short side task that also has a page of its own.")),
    Entry("credit_tile", gettext_lazy("One mastery credit of a transcript.")),
    Entry("mastery_grid", gettext_lazy("Students by standards, one Tab stop.")),
    Entry("interval", gettext_lazy("A rate and how much chance could move it.")),
    Entry("figure", gettext_lazy("A chart under a sentence, with its numbers.")),
)

SHELLS = ("staff", "focus", "family", "public", "document")


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component on one page."""
    return render(request, "core/styleguide.html", examples() | {"entries": ENTRIES, "shells": SHELLS})


@login_not_required
@require_safe
def shell(request: HttpRequest, name: str) -> HttpResponse:
    """One shell with an invented person in it."""
    if name not in SHELLS:
        raise Http404
    context = examples() | _sample_shell(name).as_context()
    return render(request, f"core/styleguide/shell_{name}.html", context)


class SampleForm(forms.Form):
    """Fields of every sort."""

    title = forms.CharField(label=gettext_lazy("What is it called?"), max_length=120)
    reflection = forms.CharField(
        label=gettext_lazy("What did you learn while making it?"),
        help_text=gettext_lazy("A few sentences are enough. You can write in any language."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    term = forms.ChoiceField(
        label=gettext_lazy("Term"), choices=[("", gettext_lazy("Choose a term")), ("f", gettext_lazy("Fall 2026"))]
    )
    finished = forms.DateField(
        label=gettext_lazy("When did you finish it?"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    work = forms.FileField(
        label=gettext_lazy("The work itself"), help_text=gettext_lazy("Up to 50 MB."), required=False
    )
    agree = forms.BooleanField(label=gettext_lazy("My teacher may show it to the class"), required=False)


class ChoiceForm(forms.Form):
    way = forms.ChoiceField(
        label=gettext_lazy("How do you want to show it?"),
        help_text=gettext_lazy("Your district allows these two for this course."),
        widget=forms.RadioSelect,
        initial="portfolio",
        choices=[
            (
                "portfolio",
                parts.Choice(gettext_lazy("Portfolio"), gettext_lazy("Several works, each with a reflection.")),
            ),
            (
                "test",
                parts.Choice(gettext_lazy("Assessment"), gettext_lazy("One sitting at school, on a day you choose.")),
            ),
        ],
    )


class FilterForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Find by name or ID"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    grade = forms.ChoiceField(
        label=gettext_lazy("Grade"),
        required=False,
        choices=[("", gettext_lazy("All grades")), ("9", "9"), ("10", "10")],
    )
    changed = forms.BooleanField(label=gettext_lazy("Changed since I last looked"), required=False)


class RubricForm(forms.Form):
    level = forms.ChoiceField(widget=forms.RadioSelect, choices=[(str(n), str(n)) for n in range(1, 5)])
    note = forms.CharField(label=gettext_lazy("Why this level (the student will read it)"), required=False)


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("Comment to the student"),
        help_text=gettext_lazy("A family copy goes out in the home language."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


@dataclass(frozen=True)
class _Row:
    name: str
    place: str
    reason: str
    tone: str
    detail: str
    days: int
    done: int
    total: int
    pace: str
    pace_tone: str

    @property
    def on_pace(self) -> bool:
        return self.pace_tone == "ok"


def examples() -> dict[str, Any]:
    """What the entries' templates print. Every name and figure is invented."""
    scale = _scale()
    rows = _rows()
    columns = Columns(
        Column("tick", _("Select"), kind="tick", card="hidden"),
        Column("student", _("Student"), kind="header", sort=True),
        Column("why", _("Why it is here"), card="wide"),
        Column("wait", _("Waiting"), kind="number", sort=True, card="corner"),
        Column("items", _("Plan items due"), card_label=_("Plan items")),
        Column("pace", _("Graduation"), card="end"),
        Column("open", _("Open"), kind="actions", card="hidden"),
    )
    broken = SampleForm({"title": "", "term": "", "reflection": _("I went back to the creek three more times.")})
    criterion = _criterion(scale)
    return {
        "icon_names": sorted(ICONS),
        "tones": list(Tone),
        "kinds": list(Kind),
        "columns": columns,
        "page": Paginator(rows * 5, 6).page(2),
        "empty_page": Paginator([], 25).page(1),
        "empty": parts.Empty(
            heading=_("Nothing is waiting for you"),
            reason=_(
                "Evidence shows up here when a student in your classes sends it. "
                "You see only students in Algebra 2 and Advisory."
            ),
            link=parts.Link(_("Show all my school’s evidence"), "#"),
            icon="clipboard-check",
        ),
        "chips": [
            parts.Chip(_("Needs me"), "?show=me", 37, current=True),
            parts.Chip(_("Waiting on student"), "?show=student", 61),
            parts.Chip(_("Waiting on family"), "?show=family", 24),
            parts.Chip(_("All"), "?show=all", 412),
        ],
        "filter_form": FilterForm(auto_id="filter_%s"),
        "form": SampleForm(auto_id="sample_%s"),
        "broken": broken,
        "choice_form": ChoiceForm(),
        "pairs": [
            parts.Fact(_("Credits"), "18.5", _("earned of 24"), url="#credits"),
            parts.Fact(_("This year"), "5.5", _("in progress")),
            parts.Fact(_("Still to plan"), "0.0"),
            parts.Fact(_("Pathway"), _("Planned"), _("for June 2027")),
        ],
        "family_pairs": [
            parts.Fact(_("Signed"), _("Version 5, Feb 5")),
            parts.Fact(_("Language"), _("English")),
            parts.Fact(_("Last contact"), _("Oct 2, conference")),
        ],
        "checklist_items": [
            parts.ChecklistItem(_("Yearly update with staff"), parts.Done.DONE, _("done"), _("Nov 9")),
            parts.ChecklistItem(_("Course plan meets 24 credits"), "done", _("done"), _("Nov 9"), url="#"),
            parts.ChecklistItem(_("Financial aid items"), "due", _("due"), _("7 of 10")),
            parts.ChecklistItem(
                _("Board adoption date"), "missing", _("Missing"), why=_("Add the date the board adopted this version.")
            ),
            parts.ChecklistItem(_("Family signature"), "later", _("Later, grade 12")),
        ],
        "scale": scale,
        "other_scales": [
            LevelScale([_("Not met"), _("Met")], _("Not yet")),
            LevelScale(["1", "2", "3", "4", "5", "6"], _("Not yet")),
        ],
        "criterion": criterion,
        "rubric_form": RubricForm({"c1-level": "3", "c1-note": _("Each claim is tied to a source.")}, prefix="c1"),
        "rubric_open": RubricForm(prefix="c2"),
        "rubric_broken": RubricForm({}, prefix="c3"),
        "old_goal": parts.ChangeSide(_("Version 5, approved Feb 3"), voice=_("Study business at a four-year college.")),
        "new_goal": parts.ChangeSide(
            _("Version 6, sent Nov 9"),
            voice=_("Become a union electrician, and take business classes later."),
            note=_("Reason given: “My job shadow at the shipyard in October.”"),
        ),
        "old_courses": parts.ChangeSide(
            _("Version 5"),
            [
                parts.Change(_("English 12 · 1.0")),
                parts.Change(_("Marketing 2 · 1.0"), "removed"),
                parts.Change(_("Physics · 1.0"), "changed"),
            ],
        ),
        "new_courses": parts.ChangeSide(
            _("Version 6"),
            [
                parts.Change(_("English 12 · 1.0")),
                parts.Change(_("Construction Trades 2 (CTE) · 1.0"), "added"),
                parts.Change(_("Applied Physics (CTE equivalency, lab science) · 1.0"), "changed"),
            ],
        ),
        "entries_of_thread": _story(scale),
        "comment_form": CommentForm({"note-comment": _("The trades plan looks strong.")}, prefix="note"),
        "verdicts": [
            parts.Verdict("approve", _("Approve plan"), Kind.PRIMARY, icon="check", key="a"),
            parts.Verdict("return", _("Return"), icon="arrow-back-up", key="r"),
            parts.Verdict("ask", _("Ask family"), key="f"),
        ],
        "amounts": parts.CreditAmounts(Decimal("14.5"), Decimal("6.0"), Decimal("2.5"), Decimal("1.0")),
        "why": _why(scale),
        "wizard_steps": [
            parts.Step(_("Upload"), "#"),
            parts.Step(_("Match columns"), "#"),
            parts.Step(_("Check")),
            parts.Step(_("Save")),
        ],
        "running_job": parts.JobProgress(
            _("Making 212 transcripts"), "#", running=False, done=148, total=212, sentence=_("About 1 minute left.")
        ),
        "stopped_job": parts.JobProgress(
            _("Making 3 transcripts"),
            "#",
            running=False,
            problem=_("One student has no state number, so nothing was issued. Add the number and start again."),
        ),
        "credits": [
            parts.MasteryCredit(_("Argue from evidence"), _("Advanced"), True, 1, _("May 2026"), "#"),
            parts.MasteryCredit(_("Write for a purpose"), _("Foundational"), False, 1, _("Jan 2026"), "#"),
            parts.MasteryCredit(_("Statistics in context"), _("Advanced"), True, 2, _("May 2026")),
            parts.MasteryCredit(_("Earth systems"), _("Foundational"), False, 3, _("Jun 2025")),
        ],
        "grid": _grid(scale),
        "hidden": figures.Hidden(_("Hidden: fewer than 10 students")),
        **_figures(),
        "swatches": [
            (name, value) for name, value in vars(tokens).items() if name.isupper() and isinstance(value, str)
        ],
        "product": settings.PRODUCT_NAME,
    }


def _scale() -> LevelScale:
    return LevelScale(
        [
            pgettext("level", "Beginning"),
            pgettext("level", "Developing"),
            pgettext("level", "Proficient"),
            pgettext("level", "Extending"),
        ],
        pgettext("level", "Not yet"),
    )


def _rows() -> list[_Row]:
    submitted, on_pace = _("Submitted for review"), _("On pace")
    return [
        _Row(
            "Aaliyah Brooks-Thompson",
            _("Grade 12"),
            submitted,
            "attention",
            _("4 changes: pathway, 2 courses, goal"),
            12,
            9,
            9,
            on_pace,
            "ok",
        ),
        _Row(
            "Đặng Minh Châu",
            _("Grade 11"),
            _("Family question"),
            "attention",
            _("Guardian asked about Running Start"),
            9,
            7,
            8,
            on_pace,
            "ok",
        ),
        _Row(
            "Mateo Villanueva Ríos",
            _("Grade 12"),
            _("Credit missing"),
            "urgent",
            _("0.5 Civics; a mastery request is possible"),
            8,
            8,
            9,
            _("Off pace"),
            "urgent",
        ),
        _Row(
            "Oksana Hrytsenko",
            _("Grade 10"),
            submitted,
            "info",
            _("1 change: course plan grade 12"),
            6,
            5,
            7,
            on_pace,
            "ok",
        ),
        _Row(
            "Sienna Kalani Ropati",
            _("Grade 12"),
            _("Mastery credit awarded"),
            "award",
            _("0.5 English: plan needs to show it"),
            5,
            9,
            9,
            on_pace,
            "ok",
        ),
        _Row(
            "Ifrah Warsame",
            _("Grade 9"),
            _("No changes since last approval"),
            "",
            "",
            4,
            3,
            5,
            _("Check plan"),
            "attention",
        ),
    ]


def _criterion(scale: LevelScale) -> parts.RubricCriterion:
    texts = (
        _("States an opinion with little support from the work or sources."),
        _("Makes a claim and gives some relevant evidence; links are partly explained."),
        _("Makes precise claims, chooses strong evidence and explains how each piece supports the claim."),
        _("Anticipates counterclaims and weighs the limits of the evidence as well as its strength."),
    )
    return parts.RubricCriterion(
        "ELA W.11-12.1",
        _("Argument: claims supported by evidence"),
        [parts.RubricLevel(str(at), scale.draw(at), text) for at, text in enumerate(texts, start=1)],
        url="#",
    )


def _story(scale: LevelScale) -> list[parts.ThreadEntry]:
    return [
        parts.ThreadEntry(
            _("Attempt 1"), dt.date(2026, 10, 3), _("Asked for stronger evidence."), "send", level=scale.draw(2)
        ),
        parts.ThreadEntry(
            "Ms. Sandoval",
            dt.date(2026, 10, 5),
            _("Which claim does the storm data support?"),
            "arrow-back-up",
            "attention",
            voice=True,
        ),
        parts.ThreadEntry(
            _("Creek restoration lead"),
            dt.date(2026, 11, 12),
            _("She answered every question from the floor with her own data."),
            "heart-handshake",
            "ok",
            voice=True,
        ),
        parts.ThreadEntry(
            _("Attempt 2"),
            dt.date(2026, 11, 16),
            _("New data from three visits."),
            "send",
            "award",
            about=["ELA W.11-12.1", "NGSS HS-ESS3-4"],
        ),
    ]


def _why(scale: LevelScale) -> parts.Why:
    return parts.Why(
        subject="Castellanos, Diego",
        detail=_("S-IC.5 Compare two treatments"),
        level=scale.draw(3),
        rule=_("The newest judgement counts (math department, policy version 3, section 5)."),
        attempts=[
            parts.WhyAttempt(dt.date(2026, 9, 22), scale.draw(1), used=False),
            parts.WhyAttempt(dt.date(2026, 10, 20), scale.draw(2), used=False),
            parts.WhyAttempt(dt.date(2026, 11, 12), scale.draw(3), used=True),
        ],
        rule_id="R7",
        citation="WAC 180-51-051(4)(d)",
        as_of=dt.date(2026, 11, 21),
        links=[parts.Link(_("Open the evidence"), "#"), parts.Link(_("What if the next one is Extending?"), "#")],
    )


def _grid(scale: LevelScale) -> parts.Grid:
    columns = [
        parts.GridColumn("A-REI.4", _("Solve quadratic equations"), "#"),
        parts.GridColumn("F-IF.4", _("Interpret graphs"), "#"),
        parts.GridColumn("F-BF.1", _("Build functions"), "#"),
        parts.GridColumn("S-IC.5", _("Compare two treatments"), "#"),
    ]
    people = {
        "Abdi, Ayaan": (2, 3, 0, 2),
        "Alvarado, Camila": (0, 3, 1, 2),
        "Castellanos, Diego": (3, 3, 4, 3),
        "Đặng, Minh Châu": (2, 2, 2, 0),
    }
    rows = [
        parts.GridRow(
            name,
            [
                parts.GridCell(at, 1 + at % 3 if at else 0, f"?cell={person}.{column}")
                for column, at in enumerate(levels)
            ],
            "#",
        )
        for person, (name, levels) in enumerate(people.items())
    ]
    return parts.Grid(scale, columns, rows, row_word=_("Student"), current="?cell=2.3")


def _figures() -> dict[str, Any]:
    def percent(share: float) -> str:
        return f"{share:.0%}"

    first, second = _("Hispanic or Latino"), _("All others")
    return {
        "interval_head": figures.interval_scale(0.3, percent),
        "stages_figure": figures.stages(
            [
                figures.Stage(_("Told about it"), 0.62, 0.86),
                figures.Stage(_("Asked for it"), 0.17, 0.23),
                figures.Stage(_("Received credit"), figures.Hidden(_("Hidden")), 0.16),
            ],
            hidden_word=_("hidden"),
            percent=percent,
        ),
        "stages_legend": [figures.Key(first, tokens.SERIES[1]), figures.Key(second, tokens.SERIES[0])],
        "trend_figure": figures.trend(
            [
                figures.Series(first, [0.08, 0.10, figures.Hidden(_("Hidden")), 0.12]),
                figures.Series(second, [0.12, 0.13, 0.15, 0.16]),
            ],
            ["2022–23", "2023–24", "2024–25", "2025–26"],
            maximum=0.2,
            label_of=percent,
        ),
        "stacked_figure": figures.stacked_bars(
            [
                figures.Bar(
                    "Algebra 2",
                    [
                        figures.Part("", 6, tokens.LEVELS["1"]),
                        figures.Part("", 9, tokens.LEVELS["2"]),
                        figures.Part("", 10, tokens.LEVELS["3"]),
                        figures.Part("", 3, tokens.LEVELS["4"]),
                    ],
                ),
                figures.Bar("Biology", figures.Hidden(_("Hidden: fewer than 10 students"))),
            ],
            total=28,
        ),
    }


def _sample_shell(name: str) -> Shell:
    family = name == "family"
    first = (
        [
            NavItem(_("Home"), "#", "home", current=True),
            NavItem(_("My plan"), "#", "map-2"),
            NavItem(_("Evidence"), "#", "feather"),
            NavItem(_("Transcript"), "#", "certificate"),
            NavItem(_("Messages"), "#", "message", count=2),
        ]
        if family
        else [
            NavItem(_("Home"), "#", "home"),
            NavItem(_("Caseload"), "#", "users", count=37, current=True),
            NavItem(_("Credit requests"), "#", "clipboard-check", count=9),
            NavItem(_("Messages"), "#", "messages", count=3),
        ]
    )
    students = [
        NavItem(_("Mastery grid"), "#", "layout-grid"),
        NavItem(_("Transcripts"), "#", "certificate"),
        NavItem(_("Pathways"), "#", "route"),
    ]
    return Shell(
        nav=[NavGroup(_("Work"), first)] if family else [NavGroup(_("Work"), first), NavGroup(_("Students"), students)],
        district=ShellDistrict("Cedar Falls School District", school="Cedar Falls High School"),
        account=None
        if name in {"public", "document"}
        else Account("P. Nakamura", "PN", _("Counselor"), [NavItem(_("Settings"), "#", "settings")], "#"),
        notices_count=4,
        notices_url="" if family else "#",
        search_url="" if family else "#",
        help_url="#",
        density="compact" if name == "staff" else "comfortable",
        data_use_url="#",
        report_problem_url="#",
    )
