"""OneRoster 1.1 and 1.2 CSV, complete or changes: schools, sessions, people, courses, classes and who is in them.

``import_oneroster`` reads a folder or zip, compares it with what earlier runs brought, and writes the differences in
one transaction. The same bytes twice write nothing. A roster gives nobody more than the role of teacher at a school.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from mbl.core import audit, clock
from mbl.core.imports import ImportResult, Issues, runs
from mbl.core.imports.changes import Changes
from mbl.core.imports.guard import Alarm, Rails, alarms, rails_of
from mbl.core.imports.opening import Refused, open_package
from mbl.core.models import District, ImportRun, User
from profiles.interchange.oneroster import manifest, school_data_sync, spec
from profiles.interchange.oneroster.comparing import Difference, KnownIds, compare
from profiles.interchange.oneroster.completing import complete
from profiles.interchange.oneroster.reading import Reader
from profiles.interchange.oneroster.rekeying import rekey, renewed, tell
from profiles.interchange.oneroster.staging import Staged
from profiles.interchange.oneroster.writing import Writer
from profiles.models import ExternalId, Student
from profiles.verbs import RosterImported

KIND = "oneroster"
COUNTED = (*spec.KINDS, spec.PROGRAMS, spec.GUARDIANS)
SDS_KIND = "sds"

Progress = Callable[[int, int], None]


def import_oneroster(
    source: Path,
    *,
    district: District,
    actor: User | None,
    dry_run: bool = False,
    confirmed: bool = False,
    full_snapshot: bool = False,
    edition: str = "1.1",
    progress: Progress | None = None,
) -> ImportResult:
    """Bring a roster, or what changed in it, into ``district``: OneRoster, or School Data Sync by its headers.

    ``confirmed``: somebody has seen that this run changes unusually much. ``full_snapshot``: somebody says that the
    files are complete, and where there is no manifest that they are OneRoster ``edition``. ``progress`` is told rows
    read, of how many.
    """
    issues = Issues()
    sha256 = ""
    kind = KIND
    make: type[Reader]
    try:
        with open_package(source) as package:
            sha256 = package.sha256
            is_sds = manifest.NAME not in package and school_data_sync.looks_like(package)
            if is_sds:
                kind, make = SDS_KIND, school_data_sync.SchoolDataSyncReader
                described = school_data_sync.describe(package, issues)
            else:
                kind, make = KIND, Reader
                described = manifest.read(package, issues, full_snapshot=full_snapshot, edition=edition)
            staged = None
            if described is not None:
                reader = make(
                    package,
                    described,
                    issues,
                    known=KnownIds(district, described.system),
                    state_code=district.state_code,
                    on=clock.today(district),
                    ssid_column=str(district.settings.get("oneroster_ssid_column", "")),
                    progress=progress,
                )
                staged = reader.read()
    except Refused as refused:
        for issue in refused.issues:
            issues.add(issue)
        staged = None

    def refuse(counts: Counter[str] | None = None) -> ImportResult:
        result = runs.refusal(issues)
        result.rejected = _counts(counts or Counter())
        return runs.record(result, kind=kind, file_name=source.name, sha256=sha256, district=district, actor=actor)

    def begin() -> ImportRun:
        return runs.begin(kind=kind, file_name=source.name, sha256=sha256, district=district, actor=actor)

    if staged is None:
        return refuse()
    if staged.must_stop:
        return refuse(staged.rejected)
    with transaction.atomic():
        # Two imports at once: the second waits here and then finds nothing left to do.
        District.objects.select_for_update(no_key=True).get(pk=district.pk)
        differences = {counted: compare(staged, counted, district) for counted in COUNTED}
        ringing = alarms_of(staged, differences, rails_of(district))
        pairs = renewed(staged, differences["users"]) if any(alarm.kind == "users" for alarm in ringing) else {}
        changes = None
        if pairs:
            tell(pairs, issues, file="users.csv", confirmed=confirmed)
        if pairs and confirmed:
            changes = Changes(begin())
            rekey(pairs, differences, changes)
            differences = {counted: compare(staged, counted, district) for counted in COUNTED}
        regrouped = complete(staged, differences, district, on=clock.today(district))
        result = _result(staged, differences)
        stopped = not confirmed and _ring(ringing, issues)
        trial = stopped or dry_run
        if not trial:
            earlier = runs.last_applied(kind=kind, district=district)
            if earlier is not None and earlier.sha256 == sha256 and not result.changes:
                issues.info("SAME_BYTES", _("These bytes were applied before. There was nothing to do."))
                result.run, result.issues, result.applied = str(earlier.public_id), list(issues), True
                return result
        changes = changes or Changes(begin())
        run = changes.run
        if result.changes:
            Writer(staged, differences, regrouped, district=district, actor=actor, changes=changes).write()
        result.issues = list(issues)
        if not trial:
            result.applied = True
            if result.changes:
                _tell(run, result, district, actor)
            return runs.finish(run, result)
        runs.take_back(run, result)
    result.refused = stopped
    if stopped:
        result.created = result.updated = result.withdrawn = {}
    return runs.record(result, kind=kind, file_name=source.name, sha256=sha256, district=district, actor=actor)


def _tell(run: ImportRun, result: ImportResult, district: District, actor: User | None) -> None:
    payload = RosterImported(
        run=str(run.public_id),
        created=sum(result.created.values()),
        updated=sum(result.updated.values()),
        withdrawn=sum(result.withdrawn.values()),
    )
    audit.record(payload, actor=actor, district=district, target=run)


def alarms_of(staged: Staged, differences: dict[str, Difference], rails: Rails) -> list[Alarm]:
    """What of this run is unusual enough to ask first."""
    return alarms(
        present={kind: difference.present for kind, difference in differences.items()},
        withdrawn={kind: len(difference.withdrawn) for kind, difference in differences.items()},
        created={kind: len(difference.created) for kind, difference in differences.items()},
        moved={"users": _moved(staged, differences)},
        watched=frozenset({"users"}),
        rails=rails,
    )


def _moved(staged: Staged, differences: dict[str, Difference]) -> int:
    """Students who would change their school."""
    users, schools = differences["users"], differences["orgs"].known
    asked = {users.known[key].object_id: key for key in users.updated if staged.users[key].schools}
    if not asked:
        return 0
    count = 0
    for person, school in Student.objects.filter(person__in=asked, school__isnull=False).values_list(
        "person", "school"
    ):
        wanted = schools.get(staged.users[asked[person]].schools[0])
        count += wanted is None or wanted.object_id != school
    return count


def _ring(found: list[Alarm], issues: Issues) -> bool:
    sentences = {
        "MANY_WITHDRAWN": _("%(count)d of %(of)d in %(kind)s would be gone. Check the export, then confirm."),
        "MANY_NEW": _("%(count)d in %(kind)s would be new beside %(of)d. Check the export, then confirm."),
        "MANY_MOVED": _("%(count)d students of %(of)d people would change school. Check the export, then confirm."),
    }
    for alarm in found:
        values = {"count": alarm.count, "of": alarm.of, "kind": f"{alarm.kind}.csv"}
        issues.error(alarm.code, sentences[alarm.code] % values, file=f"{alarm.kind}.csv")
    return bool(found)


def _result(staged: Staged, differences: dict[str, Difference]) -> ImportResult:
    return ImportResult(
        created=_counts({kind: len(found.created) for kind, found in differences.items()}),
        updated=_counts({kind: len(found.updated) for kind, found in differences.items()}),
        unchanged=_counts({kind: found.unchanged for kind, found in differences.items()}),
        withdrawn=_counts({kind: len(found.withdrawn) for kind, found in differences.items()}),
        rejected=_counts(staged.rejected),
    )


def _counts(found: Counter[str] | dict[str, int]) -> dict[str, int]:
    """In the format's own order, kinds with nothing left out."""
    return {kind: found[kind] for kind in COUNTED if found.get(kind)}


def person_pk(district: District, oneroster_id: str) -> int | None:
    """The person whom the newest roster calls ``oneroster_id`` (for commands)."""
    return (
        ExternalId.objects.filter(district=district, system__startswith="oneroster", kind="users", value=oneroster_id)
        .order_by("-pk")
        .values_list("object_id", flat=True)
        .first()
    )
