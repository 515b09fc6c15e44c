"""Where the students of an aim for experiences are counted, and whether its groups may be shown.

Places part the students of the year: a grade of all schools that set no aim of their own, or a grade of one that did.
So an aim has one place, and the places of a school add up to the school, and all of them to the district, whose
counts the equity report shows.

An aim is set by somebody who may know which student reaches it, and it could be set so that only one does, or only one
does not. So no group is shown unless at least ten reached it and ten did not, or nobody is on one side; nor beside
another count of the year from which it differs by fewer than ten students.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from equity.rules.differencing import Reported, Students, may_be_shown, tells_of_few


def place_of(grade: str, school: str, own: Collection[str]) -> str:
    """The place of a student; ``own`` are the codes of schools that set an aim of their own this year."""
    return f"grade:{grade}@{school}" if school in own else f"grade:{grade}"


def places(grades: Sequence[str], own: Collection[str]) -> dict[str, tuple[str, str]]:
    """Every place with its grade and its school, which is empty for all schools without an aim of their own."""
    found = {place_of(grade, "", ()): (grade, "") for grade in grades}
    return found | {place_of(grade, school, own): (grade, school) for school in sorted(own) for grade in grades}


def groups_may_be_shown(
    counted: Students, reached: Students, *, shown: Sequence[Students], reported: Reported, least: int = 10
) -> bool:
    """Whether groups of ``reached`` among ``counted`` may be shown to who read ``shown`` and the equity report."""
    return not tells_of_few([], [counted, reached], least=least) and may_be_shown(
        [reached], shown=shown, reported=reported, least=least
    )
