"""Forms for parts of a document (a policy, a case) from one description of each part.

A description says what is asked for; the document's own shape is checked by its schema alone. What was typed is kept as
it is where it does not fit, so that nobody loses it, and a fault is shown at the input whose name is the fault's place:
``when[2].standards.level``.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crediting.rules.policy.document import Problem
from crediting.words import sentence
from mbl.core.decisions import Reason
from mbl.core.words import visible

Text = str | Promise
Written = dict[str, Any]
Choices = Callable[[Written], Iterable[tuple[str, Text]]]

BLANK_ROWS = 2
_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?")


def join(name: str, key: str) -> str:
    """The name of what stands under ``key`` of ``name``; an empty key is the thing itself."""
    return f"{name}.{key}" if name and key else name or key


def number_of(text: str) -> int | Decimal | str:
    """The number that was typed, or the text where it is none. What stands in quotes is text: ``"0.0"``."""
    if len(text) > 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    if not _NUMBER.fullmatch(text):
        return text
    return Decimal(text) if "." in text else int(text)


def in_quotes(value: Any, read: Callable[[str], Any]) -> str:
    """The value as it is typed, so that it is read as the same: text that looks like something else in quotes."""
    text = _shown(value)
    return f'"{text}"' if isinstance(value, str) and text and read(text) != value else text


@dataclass
class Block:
    """What stands together on the page: inputs and blocks in their order. ``menu`` offers kinds to add below it."""

    kind: str
    name: str = ""
    label: Text = ""
    help: Text = ""
    items: list[BoundField | Block] = field(default_factory=list)
    menu: Sequence[tuple[Text, Sequence[tuple[str, Text]]]] = ()
    is_open: bool = False
    is_first: bool = False

    @property
    def is_block(self) -> bool:
        return True

    @property
    def has_errors(self) -> bool:
        return any(one.has_errors if isinstance(one, Block) else bool(one.errors) for one in self.items)


class ShapeForm(forms.Form):
    """The inputs for ``value``, drawn from its description. ``whole`` is the document that choices come from."""

    def __init__(
        self, asks: Sequence[Ask], value: Any, *, whole: Written, problems: Iterable[Problem] = (), at: str = ""
    ) -> None:
        super().__init__(initial={})
        self.whole = whole
        self.top = Block("top")
        draw_all(self, self.top, asks, "", value)
        self._errors = self._placed(problems, at)

    def put(self, block: Block, name: str, ask: Ask, one: forms.Field, value: Any) -> None:
        one.label, one.help_text, one.required = cast(Any, ask.label), cast(Any, ask.help), False
        self.fields[name] = one
        self.initial[name] = value
        block.items.append(self[name])

    def _placed(self, problems: Iterable[Problem], at: str) -> ErrorDict:
        """Each fault at its input, at the nearest around it, or above the form."""
        found = ErrorDict()
        for problem in problems:
            where, reason = problem.where, problem.reason
            if reason.code == "shape.missing":
                where = join(where, str(reason.params["key"]))
            name = self._nearest(where, at)
            found.setdefault(name, ErrorList()).append(self._said(name, reason))
        return found

    def _said(self, name: str, reason: Reason) -> str:
        """The fault in the words of the page: the input's label where the file would have its key."""
        if name not in self.fields:
            return sentence(reason)
        if reason.code in ("shape.missing", "shape.too_short"):
            return _("“%(label)s”: fill this in.") % {"label": self.fields[name].label}
        if "key" in reason.params:
            reason = replace(reason, params={**reason.params, "key": str(self.fields[name].label)})
        return sentence(reason)

    def _nearest(self, where: str, at: str) -> str:
        if not where.startswith(at.rstrip(".")):
            return "__all__"
        name = where.removeprefix(at)
        while name and name not in self.fields:
            below = next((other for other in self.fields if other.startswith((f"{name}.", f"{name}["))), None)
            if below:
                return below
            # Always shorter: what somebody typed as a name may have any characters.
            name = name[: max(name.rfind("."), name.rfind("["), 0)]
        return name or "__all__"


@dataclass(frozen=True)
class Ask(ABC):
    """One thing that is asked for, under ``key`` of what it belongs to."""

    key: str
    label: Text
    help: Text = ""

    @abstractmethod
    def read(self, data: QueryDict, name: str) -> Any:
        """What was typed, None where nothing was."""

    @abstractmethod
    def draw(self, form: ShapeForm, block: Block, name: str, value: Any) -> None:
        """Put the inputs for it onto ``block``, filled with ``value``."""


def read_all(asks: Sequence[Ask], data: QueryDict, name: str) -> Any:
    """What was typed for all of them, by key; one without a key is the value itself."""
    if len(asks) == 1 and not asks[0].key:
        return asks[0].read(data, name)
    found: Written = {}
    for one in asks:
        said = one.read(data, join(name, one.key))
        if said is not None:
            # Without a key it is only a heading around some of the keys.
            found |= {one.key: said} if one.key else said
    return found or None


def draw_all(form: ShapeForm, block: Block, asks: Sequence[Ask], name: str, value: Any) -> None:
    for one in asks:
        inner = value.get(one.key) if one.key and isinstance(value, dict) else value if not one.key else None
        one.draw(form, block, join(name, one.key), inner)


def described(asks: Sequence[Ask]) -> set[str]:
    """The keys that the description knows."""
    return {key for one in asks for key in ([one.key] if one.key else described(getattr(one, "asks", ())))}


def _typed(data: QueryDict, name: str) -> str:
    return visible(str(data.get(name, "")).replace("\r\n", "\n"))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


# --- Single inputs ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line(Ask):
    """Text on one line."""

    def read(self, data: QueryDict, name: str) -> Any:
        return _typed(data, name) or None

    def draw(self, form: ShapeForm, block: Block, name: str, value: Any) -> None:
        form.put(block, name, self, forms.CharField(widget=self.widget()), value)

    def widget(self) -> forms.Widget:
        return forms.TextInput()


@dataclass(frozen=True)
class Area(Line):
    """Text of any length."""

    rows: int = 5

    def widget(self) -> forms.Widget:
        return forms.Textarea(attrs={"rows": self.rows})


@dataclass(frozen=True)
class Day(Line):
    """A day of the calendar."""

    def widget(self) -> forms.Widget:
        return forms.DateInput(attrs={"type": "date"})


@dataclass(frozen=True)
class Number(Line):
    """A number, whole or with places; another word where the description's help says so."""

    def read(self, data: QueryDict, name: str) -> Any:
        typed = _typed(data, name)
        return number_of(typed) if typed else None

    def widget(self) -> forms.Widget:
        return forms.TextInput(attrs={"inputmode": "decimal", "size": 8})


@dataclass(frozen=True)
class Fact(Line):
    """A value of any kind: a number, yes or no, a day or a word."""

    def read(self, data: QueryDict, name: str) -> Any:
        typed = _typed(data, name)
        return value_of(typed) if typed else None

    def draw(self, form: ShapeForm, block: Block, name: str, value: Any) -> None:
        super().draw(form, block, name, in_quotes(value, value_of))


def value_of(text: str) -> bool | int | Decimal | str:
    """Yes or no, a number, or text."""
    return _TRUTH[text.lower()] if text.lower() in _TRUTH else number_of(text)


_TRUTH = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True)
class Yes(Ask):
    """A tick: true, or not said."""

    value: Any = True

    def read(self, data: QueryDict, name: str) -> Any:
        return self.value if name in data else None

    def draw(self, form: ShapeForm, block: Block, name: str, value: Any) -> None:
        form.put(block, name, self, forms.BooleanField(), value == self.value)


@dataclass(frozen=True)
class Choice(Ask):
    """One of several, or none. ``blank`` is the word for none."""

    choices: Choices = lambda whole: ()
    blank: Text = ""

    def read(self, data: QueryDict, name: str) -> Any:
        return _typed(data, name) or None

    def draw(self, form: ShapeForm, block: Block, name: str, value: Any) -> None:
        offered = _with(list(self.choices(form.whole)), [value] if value is not None else [])
        listed = [("", self.blank or _("Not said")), *offered]
        form.put(block, name, self, forms.ChoiceField(choices=listed), value)


@dataclass(frozen=True)
class YesNo(Choice):
    """Yes, no, or not said."""

    choices: Choices = lambda whole: (("yes", _("Yes")), ("no", _("No")))

    def read(self, data: QueryDict, name: str) -> Any:
        return _TRUTH.get(_typed(data, name))

    def draw(self, form: ShapeForm, block: Block, name: str, value: Any) -> None:
        super().draw(form, block, name, _shown(value) or None)


@dataclass(frozen=True)
class Many(Ask):
    """Any number of several. ``everything`` is the word for all of them, now and later."""

    choices: Choices = lambda whole: ()
    everything: Text = ""

    def read(self, data: QueryDict, name: str) -> Any:
        ticked = data.getlist(name)
        return "all" if self.everything and "all" in ticked else ticked or None

    def draw(self, form: ShapeForm, block: Block, name: str, value: Any) -> None:
        ticked = [value] if isinstance(value, str) else list(value or [])
        offered = _with(list(self.choices(form.whole)), [one for one in ticked if one != "all"])
        if self.everything:
            offered = [("all", self.everything), *offered]
        if offered:
            one = forms.MultipleChoiceField(choices=offered, widget=forms.CheckboxSelectMultiple)
            form.put(block, name, self, one, ticked)


@dataclass(frozen=True)
class Lines(Ask):
    """Several things, one on each line."""

    of: Callable[[str], Any] = str

    def read(self, data: QueryDict, name: str) -> Any:
        found = [self.of(line.strip()) for line in _typed(data, name).split("\n") if line.strip()]
        return found or None

    def draw(self, form: ShapeForm, block: Block, name: str, value: Any) -> None:
        listed = value if isinstance(value, list) else [] if value is None else [value]
        text = "\n".join(in_quotes(one, number_of) if self.of is number_of else _shown(one) for one in listed)
        widget = forms.Textarea(attrs={"rows": max(2, min(8, len(listed) + 1))})
        form.put(block, name, self, forms.CharField(widget=widget), text)


def word_code(text: str) -> str:
    """``Tribal government`` as policies write it: ``tribal_government``."""
    return re.sub(r"\W+", "_", text.lower()).strip("_")


def _with(offered: list[tuple[str, Text]], chosen: Iterable[Any]) -> list[tuple[str, Text]]:
    """The choices, and what was chosen although it is none: nothing disappears without a word."""
    known = {value for value, _label in offered}
    return offered + [(str(one), str(one)) for one in chosen if one not in known]


# --- Things with parts ------------------------------------------------------------------------------------------------

Fold = Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Part(Ask):
    """Several inputs under one key. ``unfold`` spreads what may be written in short; ``fold`` shortens it again."""

    asks: tuple[Ask, ...] = ()
    fold: Fold = _same
    unfold: Fold = _same
    is_open: bool = False

    def read(self, data: QueryDict, name: str) -> Any:
        found = read_all(self.asks, data, name)
        return None if found is None else self.fold(found)

    def draw(self, form: ShapeForm, block: Block, name: str, value: Any) -> None:
        said = value is not None if self.key else any(one.key in (value or ()) for one in self.asks)
        inner = Block("part", name, self.label, self.help, is_open=self.is_open or said)
        draw_all(form, inner, self.asks, name, None if value is None else self.unfold(value))
        block.items.append(inner)


@dataclass(frozen=True)
class Rows(Ask):
    """A table: a line for each thing of a list. With ``by`` a mapping: its column holds the key of each."""

    asks: tuple[Ask, ...] = ()
    by: Text = ""
    one: Text = ""
    fold: Fold = _same
    unfold: Fold = _same

    def read(self, data: QueryDict, name: str) -> Any:
        rows = []
        for number in _numbers(data, name):
            at = f"{name}[{number}]"
            said = read_all(self.asks, data, at)
            key = _typed(data, f"{at}#") if self.by else ""
            if said is not None or key:
                rows.append((key, None if said is None else self.fold(said)))
        if not rows:
            return None
        return dict(rows) if self.by else [said for _key, said in rows]

    def draw(self, form: ShapeForm, block: Block, name: str, value: Any) -> None:
        table = Block("rows", name, self.label, self.help, is_open=bool(value))
        rows = list(value.items()) if isinstance(value, dict) else [("", one) for one in value or []]
        for number, (key, said) in enumerate([*rows, *[("", None)] * BLANK_ROWS], start=1):
            at = f"{name}[{number}]"
            line = Block("row", at, self.one or self.label, is_open=number <= len(rows))
            if self.by:
                form.put(line, f"{at}#", Line("", self.by), forms.CharField(), key)
            draw_all(form, line, self.asks, at, None if said is None else self.unfold(said))
            table.items.append(line)
        block.items.append(table)


def _numbers(data: QueryDict, name: str) -> list[int]:
    """The numbers of the rows that were sent, in order."""
    look = re.compile(re.escape(name) + r"\[(\d{1,3})\]")
    return sorted({int(found[1]) for sent in data if (found := look.match(sent))})


# --- Conditions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A kind of condition: its name on the menu, what it means, and what it asks for."""

    label: Text
    help: Text
    asks: tuple[Ask, ...] = ()
    fold: Fold = _same
    unfold: Fold = _same
    # What stands there when nothing is typed yet.
    empty: Any = field(default_factory=dict)


@dataclass(frozen=True)
class Conditions(Ask):
    """A list of conditions, each with its kind; groups hold such lists again."""

    kinds: Callable[[], Mapping[str, Kind]] = dict
    menu: Callable[[], Sequence[tuple[Text, Sequence[tuple[str, Text]]]]] = tuple

    def read(self, data: QueryDict, name: str) -> Any:
        return [
            {kind: self.body(data, f"{at}.{kind}", kind)}
            for number in _numbers(data, name)
            if (kind := data.get(at := f"{name}[{number}]", "")) in self.kinds()
        ] or None

    def body(self, data: QueryDict, name: str, kind: str) -> Any:
        known = self.kinds()[kind]
        said = read_all(known.asks, data, name) if known.asks else None
        return deepcopy(known.empty) if said is None else known.fold(said)

    def draw(self, form: ShapeForm, block: Block, name: str, value: Any) -> None:
        group = Block("conditions", name, self.label, self.help, menu=self.menu(), is_open=True)
        for number, written in enumerate(value or [], start=1):
            ((kind, said),) = written.items()
            known, at = self.kinds()[kind], f"{name}[{number}]"
            line = Block("condition", at, known.label, known.help, is_first=number == 1)
            form.put(line, at, self, forms.CharField(widget=forms.HiddenInput()), kind)
            draw_all(form, line, known.asks, f"{at}.{kind}", known.unfold(said))
            for inner in line.items:
                # What a condition asks for is never hidden.
                if isinstance(inner, Block):
                    inner.is_open = True
            group.items.append(line)
        block.items.append(group)


# --- Buttons that change the shape of what is typed, and save nothing -------------------------------------------------


def reshape(value: Written, wanted: str, data: QueryDict, kinds: Mapping[str, Kind]) -> str:
    """Add, remove or move a condition in ``value`` as the button ``wanted`` says; the name of what to look at next."""
    verb, _colon, name = wanted.partition(":")
    try:
        return _reshaped(value, verb, name, data, kinds)
    except (IndexError, KeyError, TypeError):
        # Another tab took away what the button stood at.
        return name


def _reshaped(value: Written, verb: str, name: str, data: QueryDict, kinds: Mapping[str, Kind]) -> str:
    if verb == "add":
        kind = data.get(f"kind:{name}", "")
        if kind in kinds:
            listed = _listed(value, name)
            listed.append({kind: deepcopy(kinds[kind].empty)})
            return f"{name}[{len(listed)}]"
        return name
    found = re.fullmatch(r"(.*)\[(\d{1,3})\]", name)
    if found is None:
        return name
    listed, place = _listed(value, found[1]), int(found[2]) - 1
    if verb == "remove" and place < len(listed):
        del listed[place]
        return found[1]
    if verb == "up" and 0 < place < len(listed):
        listed.insert(place - 1, listed.pop(place))
        return f"{found[1]}[{place}]"
    return name


def _listed(value: Any, name: str) -> list[Any]:
    """The list of conditions at ``name``, made where it is not there yet."""
    steps = list(_steps(name))
    for at, step in enumerate(steps):
        last = at == len(steps) - 1
        if isinstance(step, int):
            value = (list(value.values()) if isinstance(value, dict) else value)[step]
        elif last:
            if not isinstance(value.get(step), list):
                value[step] = []
            value = value[step]
        else:
            value = value.setdefault(step, {})
    return value if isinstance(value, list) else []


def _steps(name: str) -> Iterator[str | int]:
    for part in re.findall(r"[^.\[\]]+|\[\d+\]", name):
        yield int(part[1:-1]) - 1 if part.startswith("[") else part
