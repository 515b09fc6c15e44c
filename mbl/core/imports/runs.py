"""The stored record of runs: who read what, what it changed, and the issues. Written for dry runs and refusals too."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from mbl.core.imports.changes import seal
from mbl.core.imports.differences import examples
from mbl.core.imports.registry import adapter
from mbl.core.imports.result import ImportResult, Issue, Issues
from mbl.core.models import District, ImportIssue, ImportRun, User
from mbl.core.states import ImportState

_BATCH = 2000


def begin(*, kind: str, file_name: str, sha256: str, district: District, actor: User | None) -> ImportRun:
    """A run that is about to apply; ``finish`` gives it its final state. Call it inside the run's transaction."""
    return ImportRun.objects.create(
        kind=kind,
        file_name=file_name[:300],
        sha256=sha256,
        district=district,
        actor=actor,
        state=ImportState.CHECKED,
        started_at=timezone.now(),
    )


def finish(run: ImportRun, result: ImportResult) -> ImportResult:
    """Store the counts and issues of ``result`` with ``run``. Call it inside the run's transaction."""
    run.state = _state(result)
    seal(run)
    known = adapter(run.kind)
    result.examples = result.examples or examples(run, known.told if known else ())
    for name in ("created", "updated", "unchanged", "withdrawn", "rejected", "examples"):
        setattr(run, name, getattr(result, name))
    run.finished_at = timezone.now()
    run.save()
    ImportIssue.objects.bulk_create(
        [
            ImportIssue(
                run=run,
                severity=issue.severity,
                code=issue.code[:60],
                file=issue.file[:200],
                line=issue.line,
                column=issue.column[:100],
                message=issue.message,
            )
            for issue in result.issues
        ],
        batch_size=_BATCH,
    )
    result.run = str(run.public_id)
    return result


def record(
    result: ImportResult, *, kind: str, file_name: str, sha256: str, district: District, actor: User | None
) -> ImportResult:
    """Store a run that wrote nothing else: a dry run or a refusal."""
    return finish(begin(kind=kind, file_name=file_name, sha256=sha256, district=district, actor=actor), result)


def take_back(run: ImportRun, result: ImportResult) -> None:
    """End a trial: keep a few rows in words, and roll back what the transaction wrote. ``record`` it afterwards."""
    known = adapter(run.kind)
    result.examples = examples(run, known.told if known else ())
    transaction.set_rollback(True)


def refusal(issues: Issues | list[Issue]) -> ImportResult:
    """Nothing was written; the issues say why."""
    return ImportResult(refused=True, issues=list(issues))


def last_applied(*, kind: str, district: District) -> ImportRun | None:
    """The newest run of this kind that was applied: the same bytes again have nothing to do."""
    return ImportRun.objects.filter(kind=kind, district=district, state=ImportState.APPLIED).first()


def _state(result: ImportResult) -> ImportState:
    if result.applied:
        return ImportState.APPLIED
    return ImportState.REFUSED if result.refused else ImportState.CHECKED
