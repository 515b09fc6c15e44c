"""Columns of a table. The page writes its rows; head, card labels, order and alignment come from here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mbl.core.ui.text import Text

CellKind = Literal["text", "header", "number", "tick", "actions"]
# Where the cell goes when a narrow table turns its rows into cards.
CardPlace = Literal["line", "wide", "end", "corner", "hidden"]


@dataclass(frozen=True)
class Column:
    """One column.

    ``kind``: ``header`` names the row (exactly one a table), ``number`` aligns at the end, ``tick`` holds the row's
    checkbox, ``actions`` its buttons; the last two have a head for readers only. ``sort`` makes the head a link that
    orders by ``key``. ``card_label`` is what a card prints before the value: the label unless said otherwise.
    """

    key: str
    label: Text
    kind: CellKind = "text"
    sort: bool = False
    card: CardPlace = "line"
    card_label: Text | None = None

    @property
    def card_word(self) -> Text:
        if self.kind in {"header", "tick", "actions"} or self.card in {"wide", "end", "corner", "hidden"}:
            return self.card_label or ""
        return self.label if self.card_label is None else self.card_label

    @property
    def head_hidden(self) -> bool:
        return self.kind in {"tick", "actions"}

    @property
    def classes(self) -> str:
        names = {"number": "number", "tick": "data-table__tick"}.get(self.kind, "")
        place = "" if self.card == "line" else f"card-{self.card}"
        return f"{names} {place}".strip()


class Columns:
    """The columns of one table, by key: ``columns.wait`` in a template."""

    def __init__(self, *columns: Column) -> None:
        self._by_key = {column.key: column for column in columns}
        if len(self._by_key) != len(columns):
            raise ValueError("Two columns of a table have the same key.")
        if [column.kind for column in columns].count("header") != 1:
            raise ValueError("A table needs exactly one column of kind 'header': the one that names its rows.")

    def __getitem__(self, key: str) -> Column:
        return self._by_key[key]

    def __iter__(self) -> Iterator[Column]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def order(self, asked: str | None, *, default: str) -> str:
        """The order asked for in the address (``wait`` or ``-wait``) if a column offers it, else the default."""
        column = self._by_key.get((asked or "").removeprefix("-"))
        return asked if asked and column is not None and column.sort else default
