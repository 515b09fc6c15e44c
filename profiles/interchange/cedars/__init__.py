"""CEDARS files B, C, D, I, J, K, L and M: what every district of the state sends to the state, read here.

Tab-delimited without quotes, or commas with quotes. No layout has been compared with a file that a system really
wrote, and the page says so. Rows are told apart by what they say (student, place, day), so the same file twice writes
nothing, in any order. What is not in a file is never deleted; a program that is open and no longer listed ends.

``register_file`` adds a letter: course catalogs (D) belong to the app of courses.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from mbl.core import audit
from mbl.core.imports import ImportResult, Issues, runs
from mbl.core.imports.changes import Changes
from mbl.core.imports.guard import Alarm, alarms, rails_of
from mbl.core.imports.opening import Package, Refused, open_package
from mbl.core.imports.tables import Table
from mbl.core.models import District, User
from profiles.interchange.cedars import layouts, protected, students
from profiles.interchange.cedars.context import Context, Handler
from profiles.verbs import CedarsImported

KIND = "cedars"
_handlers: dict[str, Handler] = {}
# In this order: people before what is said about them.
ORDER = "BCDIJKLM"


def register_file(letter: str, handler: Handler) -> None:
    _handlers[letter] = handler


register_file("B", students.district_students)
register_file("C", students.school_students)
register_file("I", protected.attributes_and_programs)
register_file("J", protected.bilingual)
register_file("K", protected.special_education)
register_file("L", protected.ethnicity)
register_file("M", protected.race)


def import_cedars(
    source: Path,
    *,
    district: District,
    actor: User | None,
    dry_run: bool = False,
    confirmed: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ImportResult:
    """Read a file, or a folder or zip of them, into ``district``."""
    issues = Issues()
    sha256 = ""
    result = ImportResult()
    try:
        with open_package(source) as package:
            sha256 = package.sha256
            tables, whole = _tables(package, district, issues)
            if issues.errors or not tables:
                return _refuse(issues, result, source, sha256, district, actor)
            with transaction.atomic():
                District.objects.select_for_update(no_key=True).get(pk=district.pk)
                run = runs.begin(kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)
                context = Context(district, issues, result, Changes(run), whole=whole)
                for done, letter in enumerate(sorted(tables, key=ORDER.index)):
                    _handlers[letter](context, tables[letter])
                    if progress:
                        progress(done + 1, len(tables))
                stopped = not confirmed and _ring(_alarms(context), issues)
                result.issues = list(issues)
                if not stopped and not dry_run:
                    result.applied = True
                    earlier = runs.last_applied(kind=KIND, district=district)
                    if not result.changes and earlier is not None and earlier.sha256 == sha256:
                        transaction.set_rollback(True)
                        issues.info("SAME_BYTES", _("These bytes were applied before. There was nothing to do."))
                        result.run, result.issues = str(earlier.public_id), list(issues)
                        return result
                    if result.changes:
                        told = CedarsImported(run=str(run.public_id), files=", ".join(sorted(tables)),
                                              changed=result.changes)  # fmt: skip
                        audit.record(told, actor=actor, district=district, target=run)
                    return runs.finish(run, result)
                runs.take_back(run, result)
    except Refused as refused:
        for issue in refused.issues:
            issues.add(issue)
        return _refuse(issues, result, source, sha256, district, actor)
    result.refused = stopped
    if stopped:
        result.created = result.updated = result.withdrawn = {}
    return runs.record(result, kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)


def _refuse(
    issues: Issues, result: ImportResult, source: Path, sha256: str, district: District, actor: User | None
) -> ImportResult:
    result.refused, result.issues = True, list(issues)
    return runs.record(result, kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=actor)


def _tables(package: Package, district: District, issues: Issues) -> tuple[dict[str, list[Table]], frozenset[str]]:
    """The files by letter, and the letters of which there is a whole district's. An unreadable file stops the run."""
    found: dict[str, list[Table]] = {}
    whole = set()
    for name in package.names:
        text = package.text(name)
        told = layouts.read_name(name)
        header, delimiter = layouts.header_of(text)
        letter = layouts.letter_of(told, header, district)
        if not letter or letter not in _handlers:
            sentence = _(
                "%(file)s is not one of the files B, C, D, I, J, K, L and M by its name or its headings. "
                "A course history (file H) is brought as one."
            )
            issues.error("CE_FILE_UNKNOWN", sentence % {"file": name}, file=name)
            continue
        if told is None:
            sentence = _("The name does not follow the manual; by its headings it was read as file %(letter)s.")
            issues.info("CE_FILE_NAME", sentence % {"letter": letter}, file=name)
        elif district.state_code and told.district != district.state_code:
            if told.district.zfill(5) != district.state_code:
                sentence = _("The file is of the district %(found)s. Yours is %(code)s. Choose its own files.")
                values = {"found": told.district, "code": district.state_code}
                issues.error("CE_OTHER_DISTRICT", sentence % values, file=name)
                continue
            sentence = _("The district's code %(found)s in the name lost its leading zero.")
            issues.warning("CE_LOST_ZERO", sentence % {"found": told.district}, file=name)
        layout = layouts.layouts()[letter]
        columns = layouts.columns_for(layout, header, district, told.school_year if told else 0)
        table = Table(text, columns, issues, delimiter=delimiter, quoted=delimiter == ",")
        if table.is_usable and table.is_only_header():
            sentence = _("%(file)s holds no row. A file without rows is not taken over.")
            issues.error("CE_HEADER_ONLY", sentence % {"file": name}, file=name)
        found.setdefault(letter, []).append(table)
        if told is not None and not told.school.strip("0"):
            whole.add(letter)
    return found, frozenset(whole)


def _alarms(context: Context) -> list[Alarm]:
    return alarms(
        present=context.present,
        withdrawn=context.result.withdrawn,
        created=context.result.created,
        moved=context.moved,
        watched=frozenset({"students"}),
        rails=rails_of(context.district),
    )


def _ring(found: list[Alarm], issues: Issues) -> bool:
    sentences = {
        "MANY_WITHDRAWN": _("%(count)d of %(of)d in %(kind)s would be gone. Check the file, then confirm."),
        "MANY_NEW": _("%(count)d in %(kind)s would be new beside %(of)d. Check the file, then confirm."),
        "MANY_MOVED": _("%(count)d of %(of)d students would change school. Check the file, then confirm."),
    }
    for alarm in found:
        values = {"count": alarm.count, "of": alarm.of, "kind": alarm.kind}
        issues.error(alarm.code, sentences[alarm.code] % values)
    return bool(found)
