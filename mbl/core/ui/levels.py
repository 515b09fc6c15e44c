"""Scales of mastery levels as they are drawn: a mark, the district's word, and a tint; never the number alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from mbl.core.ui.text import Text

# From the lowest to the highest level, by the length of the scale. Neighbours differ in shape and in lightness.
SHAPES = {
    1: ("full",),
    2: ("half", "full"),
    3: ("quarter", "half", "full"),
    4: ("quarter", "half", "full", "plus"),
    5: ("quarter", "half", "most", "full", "plus"),
    6: ("eighth", "quarter", "half", "most", "full", "plus"),
}
TINTS = {
    1: ("4",),
    2: ("1", "4"),
    3: ("1", "2b", "4"),
    4: ("1", "2", "3", "4"),
    5: ("1", "2", "2b", "3", "4"),
    6: ("1", "1b", "2", "2b", "3", "4"),
}

# Scales may be longer than there are marks; neighbours then share one, and the word tells them apart.
_MOST = max(SHAPES)


def mark(position: int, length: int) -> tuple[str, str]:
    """Shape and tint of a level; ``position`` counts from 1 at the lowest of ``length``."""
    row = min(length, _MOST)
    index = position - 1 if length <= _MOST else round((position - 1) * (row - 1) / (length - 1))
    return SHAPES[row][index], TINTS[row][index]


@dataclass(frozen=True)
class DrawnLevel:
    """One level ready to print: ``shape`` names its mark (``level-<shape>``), ``tint`` its level colour."""

    position: int
    word: Text
    shape: str
    tint: str

    @property
    def icon(self) -> str:
        return f"level-{self.shape}"


@dataclass(frozen=True)
class LevelScale:
    """A district's words from the lowest level up, one or more, and its word for work without a level."""

    words: Sequence[Text]
    none_word: Text

    def __post_init__(self) -> None:
        if not self.words:
            raise ValueError("A scale without levels cannot be drawn.")

    def draw(self, position: int | None) -> DrawnLevel:
        """The mark and word of a level; 0 or None is "not yet". Positions count from 1 at the lowest."""
        if not position:
            return DrawnLevel(0, self.none_word, "dash", "0")
        if not 1 <= position <= len(self.words):
            raise ValueError(f"This scale has levels 1 to {len(self.words)}, not {position}.")
        return DrawnLevel(position, self.words[position - 1], *mark(position, len(self.words)))

    @property
    def legend(self) -> list[DrawnLevel]:
        return [self.draw(position) for position in range(len(self.words) + 1)]
