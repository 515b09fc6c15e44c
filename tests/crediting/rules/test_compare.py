"""What is different between two editions of standards."""

from uuid import UUID, uuid4

import pytest

from crediting.rules.compare import Change, Edition, compare


def one(code: str, statement: str = "Words", above: UUID | None = None, guid: UUID | None = None) -> Edition:
    return Edition(guid or uuid4(), code, code, statement, above, "", code)


A, B, C = uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (one("1", guid=A), one("1", guid=A), None),
        (one("1", "Two  words", guid=A), one("1", "Two words", guid=A), None),
        (one("1", "Old", guid=A), one("1", "New", guid=A), (Change.REWORDED,)),
        (one("1", guid=A), one("2", guid=A), (Change.RECODED,)),
        (one("1", guid=A), one("1", guid=A, above=B), (Change.MOVED,)),
        (one("1", "Old", guid=A), one("2", "New", guid=A), (Change.REWORDED, Change.RECODED)),
        # Another identifier, the same code: the same standard.
        (one("1", "Old", guid=A), one("1", "New", guid=B), (Change.REWORDED,)),
    ],
)
def test_a_standard_that_both_have(old: Edition, new: Edition, changes: tuple[Change, ...] | None) -> None:
    found = compare([old], [new], {})
    assert [difference.changes for difference in found] == ([changes] if changes else [])


def test_what_one_edition_lacks() -> None:
    added, removed = compare([one("1", guid=A)], [one("2", guid=B)], {})
    assert (added.changes, added.new and added.new.code) == ((Change.ADDED,), "2")
    assert (removed.changes, removed.old and removed.old.code) == ((Change.REMOVED,), "1")


def test_a_link_of_the_publisher_counts_before_a_code() -> None:
    (first, second) = compare([one("1", "Old", guid=A)], [one("1", "Other", guid=B), one("9", "New", guid=C)], {A: C})
    assert first.changes == (Change.ADDED,)
    assert second.changes == (Change.REWORDED, Change.RECODED)


def test_a_code_that_several_have_matches_nobody() -> None:
    found = compare([one("1", guid=A)], [one("1", guid=B), one("1", guid=C)], {})
    assert [difference.changes for difference in found] == [(Change.ADDED,), (Change.ADDED,), (Change.REMOVED,)]


def test_what_stands_below_the_same_has_not_moved() -> None:
    old = [one("1", guid=A), one("1.1", above=A)]
    new = [one("1", guid=B), one("1.1", above=B)]
    assert compare(old, new, {}) == []
