"""Compare a reading with what earlier runs brought: what is new, what changed, what is no longer there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mbl.core.imports.writing import content_hash
from mbl.core.models import District
from profiles.interchange.oneroster.spec import GUARDIANS
from profiles.interchange.oneroster.staging import Staged
from profiles.models import ExternalId, Student


class Known(NamedTuple):
    """An id that an earlier run brought: its row, the object it names, and the hash of the fields as last read."""

    pk: int
    object_id: int
    content_hash: str
    is_absent: bool


class Difference(NamedTuple):
    """Ids of one kind by what has to be done with them."""

    created: list[str]
    updated: list[str]
    unchanged: int
    withdrawn: list[str]
    hashes: dict[str, str]
    known: dict[str, Known]

    @property
    def present(self) -> int:
        """How many were there before."""
        return sum(not known.is_absent for known in self.known.values())


class KnownIds(Mapping[str, frozenset[str]]):
    """The present ids of each kind from earlier runs, read when somebody asks.

    "schools" are the orgs that are one, "students" the users who are one.
    """

    def __init__(self, district: District, system: str) -> None:
        self._district = district
        self._rows = ExternalId.objects.filter(district=district, system=system, absent_since=None)
        self._read: dict[str, frozenset[str]] = {}

    def __getitem__(self, kind: str) -> frozenset[str]:
        if kind not in self._read:
            if kind == "schools":
                rows = self._rows.filter(kind="orgs", object_kind="school")
            elif kind == "students":
                students = Student.objects.filter(district=self._district).values("person")
                rows = self._rows.filter(kind="users", object_id__in=students)
            else:
                rows = self._rows.filter(kind=kind)
            self._read[kind] = frozenset(rows.values_list("value", flat=True))
        return self._read[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def compare(staged: Staged, kind: str, district: District) -> Difference:
    """One query. A row that was rejected now and known before stays as it was."""
    known = {
        value: Known(pk, object_id, stored_hash, absent is not None)
        for value, pk, object_id, stored_hash, absent in ExternalId.objects.filter(
            district=district, system=staged.system, kind=kind
        )
        .values_list("value", "pk", "object_id", "content_hash", "absent_since")
        .iterator(chunk_size=10_000)
    }
    if kind == GUARDIANS:
        hashes = {key: content_hash(label) for key, label in staged.guardians.items()}
        # Family links are read from users.csv; where that was not sent, nothing is known to be gone.
        seen: set[str] | None = set(hashes) | _unread_links(staged, known) if "users" in staged.full else None
    else:
        if kind == "users" and staged.has_roles:
            hashes = {key: content_hash(*user.identity) for key, user in staged.users.items()}
        else:
            # The line number is no part of the row.
            hashes = {key: content_hash(*row[1:]) for key, row in staged.rows(kind).items()}
        seen = staged.seen.get(kind, set()) if kind in staged.full else None
    created, updated, unchanged = [], [], 0
    for key, fresh in hashes.items():
        before = known.get(key)
        if before is None:
            created.append(key)
        elif before.content_hash != fresh or before.is_absent:
            updated.append(key)
        else:
            unchanged += 1
    marked = staged.gone.get(kind, set())
    withdrawn = [
        key
        for key, before in known.items()
        if not before.is_absent and (key not in seen if seen is not None else key in marked and key not in hashes)
    ]
    return Difference(created, updated, unchanged, withdrawn, hashes, known)


def _unread_links(staged: Staged, known: Mapping[str, Known]) -> set[str]:
    """Links of people whose row is there and was rejected: nothing is known about them now."""
    unread = staged.seen.get("users", set()) - staged.users.keys()
    return {key for key in known if not unread.isdisjoint(key.split("|"))}
