"""A system that gives everybody new ids: who is who, by the state's number, then the district's, then a staff e-mail.

Never by name. It is offered when the rails ring, pair by pair, and done when a person confirms the run.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from mbl.core.imports import Issues
from mbl.core.imports.changes import Changes
from profiles.interchange.oneroster.comparing import Difference
from profiles.interchange.oneroster.staging import Staged
from profiles.models import ExternalId, Person, Student

# Followed by what hangs on a user's id.
KINDS = ("users", "demographics")


def renewed(staged: Staged, users: Difference) -> dict[str, tuple[str, str]]:
    """New id -> the id that is gone, and what says that both are the same person. Doubtful pairs are left out."""
    gone = {users.known[key].object_id: key for key in users.withdrawn}
    by: dict[tuple[str, str], list[str]] = {}
    for person, ssid, local_id in Student.objects.filter(person__in=gone).values_list("person", "ssid", "local_id"):
        for kind, number in (("ssid", ssid), ("local_id", local_id)):
            by.setdefault((kind, number), []).append(gone[person])
    staff = Person.objects.filter(pk__in=gone, student=None).exclude(email="")
    for person, email in staff.values_list("pk", "email"):
        by.setdefault(("email", email), []).append(gone[person])
    found: dict[str, tuple[str, str]] = {}
    taken: set[str] = set()
    for key in sorted(users.created):
        row = staged.users[key]
        numbers = [("ssid", row.ssid), ("local_id", row.local_id)]
        if not row.is_student and not row.family_role:
            numbers.append(("email", row.email))
        for kind, number in numbers:
            old = by.get((kind, number), []) if number else []
            if len(old) == 1 and old[0] not in taken:
                taken.add(old[0])
                found[key] = (old[0], kind)
                break
    return found


def tell(pairs: dict[str, tuple[str, str]], issues: Issues, *, file: str, confirmed: bool) -> None:
    """What is offered, or was done, and each pair."""
    words = {
        "ssid": _("the state student ID"),
        "local_id": _("the district's number"),
        "email": _("the e-mail address"),
    }
    sentence = (
        _("%(count)d people had other ids before; they keep their records under the new ones.")
        if confirmed
        else _("%(count)d of the new people are here under ids that are gone. Confirm, and they keep their records.")
    )
    issues.warning("OR_RENEWED_IDS", sentence % {"count": len(pairs)}, file=file, column="sourcedId")
    for new, (old, kind) in pairs.items():
        sentence = _("%(new)s is %(old)s, by %(what)s.") % {"new": new[:80], "old": old[:80], "what": words[kind]}
        issues.info("OR_RENEWED_ID", sentence, file=file, column="sourcedId")


def rekey(pairs: dict[str, tuple[str, str]], differences: dict[str, Difference], changes: Changes) -> None:
    """Give known people, and what hangs on their ids, the new ids. Compare again afterwards."""
    for kind in KINDS:
        known = differences[kind].known
        rows = [(known[old].pk, new) for new, (old, _kind) in pairs.items() if old in known and new not in known]
        changes.update_rows(ExternalId, ("value",), rows)
