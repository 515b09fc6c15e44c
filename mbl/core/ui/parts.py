"""Typed values for the components of ``mbl.core.templatetags.ui``: plain facts, ready to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import takewhile

from mbl.core.ui.icons import ICONS
from mbl.core.ui.levels import DrawnLevel, LevelScale
from mbl.core.ui.text import Text
from mbl.core.ui.tones import Kind, Tone


def known_icon(name: str) -> str:
    """The name, if the product has that icon."""
    if name not in ICONS:
        raise ValueError(f"There is no icon “{name}”. Add it to mbl/core/ui/icons.py and run build_icons.")
    return name


@dataclass(frozen=True)
class Link:
    """A link that stands alone, beside a heading or under a text."""

    label: Text
    url: str
    icon: str = ""


@dataclass(frozen=True)
class Chip:
    """A saved view of a list with its count; ``None`` where the count would be too dear to compute."""

    label: Text
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class Choice:
    """The label of a choice with a text that explains it: use as the second half of a Django choice."""

    label: Text
    text: Text = ""

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True)
class Fact:
    """A key number or word with its unit in small text. ``url`` opens the rows beneath the number."""

    label: Text
    value: object
    unit: Text = ""
    url: str = ""


class Done(StrEnum):
    """Where an item of a checklist stands. The page prints the word of its own domain beside it."""

    DONE = "done"
    DUE = "due"
    OVERDUE = "overdue"
    MISSING = "missing"
    LATER = "later"


DONE_ICON = {
    Done.DONE: "circle-check",
    Done.DUE: "clock",
    Done.OVERDUE: "alert-triangle",
    Done.MISSING: "alert-triangle",
    Done.LATER: "circle-dashed",
}


@dataclass(frozen=True)
class ChecklistItem:
    """A required item. ``state_word`` is read aloud and, without ``when``, printed; ``url`` opens rule and evidence."""

    word: Text
    state: Done | str
    state_word: Text
    when: Text = ""
    why: Text = ""
    url: str = ""

    @property
    def icon(self) -> str:
        return DONE_ICON[Done(self.state)]


@dataclass(frozen=True)
class ThreadEntry:
    """One thing that happened. ``voice`` sets the text in the serif of quoted people; ``about`` names standards."""

    actor: str
    at: date | datetime | None
    text: str = ""
    icon: str = "message"
    tone: Tone | str = Tone.QUIET
    voice: bool = False
    level: DrawnLevel | None = None
    about: Sequence[str] = ()
    links: Sequence[Link] = ()


@dataclass(frozen=True)
class Verdict:
    """One answer of a decision form: the button submits ``name=value`` with the comment."""

    value: str
    label: Text
    kind: Kind | str = Kind.PLAIN
    icon: str = ""
    key: str = ""
    disabled_reason: Text = ""


@dataclass(frozen=True)
class CreditAmounts:
    """Credits of one total, in the four states of ``ui.md`` section 11."""

    earned: Decimal
    in_progress: Decimal
    planned: Decimal
    still_to_plan: Decimal

    @property
    def total(self) -> Decimal:
        return self.earned + self.in_progress + self.planned + self.still_to_plan


@dataclass(frozen=True)
class WhyAttempt:
    """One judgement behind a level, and whether the rule used it."""

    at: date
    level: DrawnLevel
    used: bool


@dataclass(frozen=True)
class Why:
    """How a result came about: the rule in a sentence, what it used, its one line of arithmetic, its source."""

    subject: str
    rule: Text
    outcome: Text = ""
    level: DrawnLevel | None = None
    detail: str = ""
    attempts: Sequence[WhyAttempt] = ()
    arithmetic: Text = ""
    rule_id: str = ""
    citation: str = ""
    as_of: date | None = None
    links: Sequence[Link] = ()


@dataclass(frozen=True)
class Step:
    """One page of a wizard; a done step with a ``url`` can be gone back to."""

    label: Text
    url: str = ""


@dataclass(frozen=True)
class Empty:
    """Why a list is empty: names the rule that emptied it and the way to change it."""

    heading: Text
    reason: Text
    link: Link | None = None
    icon: str = "circle-check"


@dataclass(frozen=True)
class JobProgress:
    """Long work as its owner sees it. ``url`` answers the same component again; polled while ``running``.

    ``problem`` is the sentence of a job that stopped: what happened, what is safe, what to do.
    """

    title: Text
    url: str
    running: bool
    done: int = 0
    total: int = 0
    sentence: Text = ""
    problem: Text = ""
    result: Link | None = None
    started: datetime | None = None


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Change:
    """One line of an old or new version."""

    text: str
    kind: ChangeKind | str = ChangeKind.SAME

    def __post_init__(self) -> None:
        ChangeKind(self.kind)


@dataclass(frozen=True)
class ChangeSide:
    """One version: what it is called, its lines, or the person's own words, and a note beneath."""

    label: Text
    lines: Sequence[Change] = ()
    voice: str = ""
    note: Text = ""
    link: Link | None = None


@dataclass(frozen=True)
class RubricLevel:
    """One level of a criterion: the value its radio button sends, its mark and word, and its full text."""

    value: str
    level: DrawnLevel
    text: str


@dataclass(frozen=True)
class RubricCriterion:
    """One standard to judge with its levels from the lowest up."""

    code: str
    title: str
    levels: Sequence[RubricLevel]
    url: str = ""
    lang: str = ""


@dataclass(frozen=True)
class MasteryCredit:
    """One mastery credit of a transcript. ``domain`` is the position of its domain, from 1."""

    title: str
    level_word: Text
    advanced: bool
    domain: int
    when: Text = ""
    url: str = ""
    lang: str = ""


# Letters of a code that stand over a column without a break, and where codes may be parted.
HEAD_LENGTH = 14
SEPARATORS = ".:/- "


def short_codes(codes: Sequence[str]) -> list[str]:
    """Codes as they fit over columns: ``HSA-REI.B.3`` of ``CCSS.Math.Content.HSA-REI.B.3``.

    What all of them begin with is dropped up to a separator, and no more of it than makes the longest one fit.
    """
    shortest, longest = (pick(map(len, codes), default=0) for pick in (min, max))
    shared = takewhile(lambda letters: len(set(letters)) == 1, zip(*codes, strict=False))
    ends = [at for at, (letter, *_) in enumerate(shared, start=1) if letter in SEPARATORS and at < shortest]
    cut = 0
    if len(codes) > 1 and longest > HEAD_LENGTH and ends:
        cut = next((at for at in ends if longest - at <= HEAD_LENGTH), ends[-1])
    return [code[cut:] for code in codes]


@dataclass(frozen=True)
class GridColumn:
    """One standard across the grid."""

    code: str
    title: str
    url: str = ""


@dataclass(frozen=True)
class GridCell:
    """One student on one standard: position on the scale (0: not yet), attempts, and the page that says why."""

    position: int
    attempts: int
    url: str


@dataclass(frozen=True)
class GridRow:
    name: str
    cells: Sequence[GridCell]
    url: str = ""


@dataclass(frozen=True)
class Grid:
    """Students by standards. Each row has one cell a column, in the columns' order."""

    scale: LevelScale
    columns: Sequence[GridColumn]
    rows: Sequence[GridRow]
    row_word: Text
    current: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"{row.name} has {len(row.cells)} cells for {len(self.columns)} columns.")

    @property
    def heads(self) -> list[tuple[GridColumn, str]]:
        """Each column with its code as it fits over it."""
        short = short_codes([column.code for column in self.columns])
        return list(zip(self.columns, short, strict=True))
