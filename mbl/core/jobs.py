"""Long work that survives any restart.

The ``Job`` row is the truth and the broker only rings the bell. A worker claims a row with one conditional update that
raises its fencing number, renews the lease while it works, and writes its result only while the number is still its
own. A worker that was killed loses its lease, and the reaper rings for the row again::

    @job_handler("transcripts.render")
    def render(job: Job, progress: Progress) -> None:
        data = pdf.render(...)                      # long, outside any transaction
        with transaction.atomic():
            fenced(job)                             # a worker that lost its lease writes nothing
            attach_pdf(transcript, data, actor=job.owner)
        progress.finished(transcript.get_absolute_url())
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mbl.core.errors import DomainError
from mbl.core.logs import current_request_id
from mbl.core.models import District, Job, User
from mbl.core.states import JobState
from mbl.core.words import error_text

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
# A waiting job whose bell was not heard is rung again after this many seconds.
RING_AGAIN = 20
# A handler that reports nothing for this long loses its lease, although its process lives.
QUIET_SECONDS = 15 * 60
SHOW_EVERY = 0.5
RINGS_AT_ONCE = 500
# A broker that takes the call and says nothing costs seconds; it is left alone until then (monotonic seconds).
_hangs_until = 0.0

Handler = Callable[[Job, "Progress"], None]
_handlers: dict[str, Handler] = {}


class LostLease(Exception):
    """Another worker has the job now; this one stops without a trace."""


class TryLater(Exception):
    """The world outside is not ready (a mail server that is down): the job waits and is tried again."""

    def __init__(self, seconds: int = 60) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def job_handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of ``kind``. It must be safe to run twice."""

    def register(handler: Handler) -> Handler:
        if kind in _handlers:
            raise ValueError(f"The job {kind} has two handlers.")
        _handlers[kind] = handler
        return handler

    return register


def handlers() -> dict[str, Handler]:
    """Every registered handler by kind."""
    return dict(_handlers)


# --- Asking for work ------------------------------------------------------------------------------------------------


def enqueue(
    kind: str,
    *,
    owner: User | None,
    district: District | None,
    label: str,
    params: Mapping[str, Any],
    dedupe_key: str = "",
    total: int = 0,
) -> Job:
    """Write the job in the caller's transaction and ring on commit. An open job with the same key is the same job."""
    if kind not in _handlers:
        raise ValueError(f"Nobody handles jobs of the kind {kind}.")
    while True:
        if dedupe_key and (open_job := _open_jobs().filter(dedupe_key=dedupe_key).first()):
            return open_job
        try:
            with transaction.atomic():
                job = Job.objects.create(
                    kind=kind,
                    owner=owner,
                    district=district,
                    label=label[:200],
                    params=dict(params),
                    dedupe_key=dedupe_key,
                    total=total,
                    rung_at=timezone.now(),
                )
        except IntegrityError:
            if not dedupe_key:
                raise
            continue  # somebody else wrote it first: take theirs
        transaction.on_commit(partial(ring, job.pk))
        return job


def _open_jobs() -> QuerySet[Job]:
    return Job.objects.filter(state__in=[JobState.WAITING, JobState.RUNNING])


def stop(job: Job, said: str) -> bool:
    """End an open job for good; its owner reads ``said``. Whoever works on it loses the lease and writes nothing more.

    False where it had ended already.
    """
    return bool(
        _open_jobs().filter(pk=job.pk).update(state=JobState.STOPPED, problem=said, finished_at=Now(), lease_until=None)
    )


def ring(job_id: int) -> bool:
    """Tell the workers. A broker that is down is logged; the reaper rings again."""
    global _hangs_until
    started = time.monotonic()
    if started < _hangs_until:
        return False
    try:
        current_app.send_task("core.run_job", args=[job_id], retry=False, headers={"request_id": current_request_id()})
    except Exception as error:
        log.warning("The broker did not take job %s (%s); it is rung again later.", job_id, type(error).__name__)
        if time.monotonic() - started > 1:
            _hangs_until = time.monotonic() + RING_AGAIN
        return False
    return True


# --- Doing it -------------------------------------------------------------------------------------------------------


class Progress:
    """How a handler tells its owner where it is; each call also renews the lease."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._shown_at = 0.0
        self._lost = threading.Event()
        self.heard_at = time.monotonic()
        self.result_url = ""

    def set(self, done: int, total: int | None = None) -> None:
        """``done`` of ``total``. Call it as often as you like, outside transactions. Raises ``LostLease``."""
        self.heard_at = time.monotonic()
        if self._lost.is_set():
            raise LostLease
        self._job.done = done
        if total is not None:
            self._job.total = total
        is_last = done >= self._job.total
        if is_last or self.heard_at - self._shown_at >= SHOW_EVERY:
            self._shown_at = self.heard_at
            self._write(done=self._job.done, total=self._job.total)

    def finished(self, result_url: str = "") -> None:
        """Where the result is; the job is done when its handler returns."""
        self.result_url = result_url

    def renew(self) -> None:
        """Keep the lease. Raises ``LostLease``."""
        self._write()

    def _write(self, **changes: int) -> None:
        if not _mine(self._job).update(heartbeat_at=Now(), lease_until=_lease_end(), **changes):
            self._lost.set()
            raise LostLease


def fenced(job: Job) -> None:
    """Call it first in the transaction that writes the result: locks the row and raises ``LostLease`` for a zombie."""
    fence = Job.objects.select_for_update().filter(pk=job.pk, state=JobState.RUNNING).values_list("fence", flat=True)
    if fence.first() != job.fence:
        raise LostLease


def run(job_id: int) -> None:
    """Claim the job and do it. Returns quietly when it is done, taken, or nobody's."""
    job = claim(job_id)
    if job is None:
        return
    progress = Progress(job)
    try:
        with translation.override(_language(job)), _kept_alive(job, progress):
            _handlers[job.kind](job, progress)
        _finish(job, progress)
    except LostLease:
        log.warning("Job %s (%s): the lease was lost; nothing more is written.", job.public_id, job.kind)
    except TryLater as later:
        _mine(job).update(lease_until=_after(later.seconds))
    except DomainError as error:
        with translation.override(_language(job)):
            _stop(job, error_text(error))
    except (OperationalError, InterfaceError):
        # The database went away under us. The lease runs out, and the job is tried again.
        log.warning("Job %s (%s): the database went away.", job.public_id, job.kind, exc_info=True)
    except Exception:
        log.exception("Job %s (%s) failed", job.public_id, job.kind)
        with translation.override(_language(job)):
            _stop(
                job,
                _(
                    "Something went wrong on our side, and this was not finished. Try again. If it happens again, give "
                    "this number to the person who runs the system: %(reference)s."
                )
                % {"reference": str(job.public_id)[:8]},
            )


def claim(job_id: int) -> Job | None:
    """Take a waiting job, or one whose worker has gone silent. Exactly one worker gets it."""
    free = Job.objects.filter(Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lt=Now()), pk=job_id)
    if free.filter(attempts__gte=MAX_ATTEMPTS).exists():
        give_up(free)
        return None
    taken = free.update(
        state=JobState.RUNNING,
        fence=F("fence") + 1,
        attempts=F("attempts") + 1,
        lease_until=_lease_end(),
        heartbeat_at=Now(),
        started_at=Coalesce("started_at", Now()),
        problem="",
    )
    return Job.objects.select_related("owner", "district").get(pk=job_id) if taken == 1 else None


def give_up(jobs: QuerySet[Job]) -> int:
    """Stop jobs that were tried too often; their owners read why."""
    stopped = 0
    for job in jobs.filter(attempts__gte=MAX_ATTEMPTS).select_related("owner", "district")[:RINGS_AT_ONCE]:
        with translation.override(_language(job)):
            problem = _(
                "This was started %(count)d times and never came to its end. Try again later. If it happens again, "
                "give this number to the person who runs the system: %(reference)s."
            ) % {"count": job.attempts, "reference": str(job.public_id)[:8]}
        log.error("Job %s (%s) given up after %s attempts", job.public_id, job.kind, job.attempts)
        stopped += Job.objects.filter(pk=job.pk, fence=job.fence, state=job.state).update(
            state=JobState.STOPPED, problem=problem, finished_at=Now(), lease_until=None
        )
    return stopped


def reap() -> int:
    """Ring again for jobs whose bell or whose worker was lost; the number rung."""
    lapsed = Q(state=JobState.RUNNING, lease_until__lt=Now())
    unheard = Q(state=JobState.WAITING) & (Q(rung_at=None) | Q(rung_at__lt=_after(-RING_AGAIN)))
    give_up(Job.objects.filter(lapsed))
    rows = Job.objects.filter(lapsed | unheard).order_by(F("rung_at").asc(nulls_first=True), "pk")
    due = list(rows.values_list("pk", flat=True)[:RINGS_AT_ONCE])
    Job.objects.filter(pk__in=due).update(rung_at=Now())
    return sum(map(ring, due))


def _finish(job: Job, progress: Progress) -> None:
    done = max(job.total, job.done)
    changes = {"done": done, "total": done, "result_url": progress.result_url[:300]}
    if not _mine(job).update(state=JobState.DONE, finished_at=Now(), lease_until=None, **changes):
        raise LostLease


def _stop(job: Job, problem: str) -> None:
    _mine(job).update(state=JobState.STOPPED, problem=problem, finished_at=Now(), lease_until=None)


def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, fence=job.fence, state=JobState.RUNNING)


def _after(seconds: int) -> ExpressionWrapper[Any]:
    """The database's clock, ``seconds`` from now: workers on several machines share it."""
    span = Value(dt.timedelta(seconds=seconds), output_field=DurationField())
    return ExpressionWrapper(Now() + span, output_field=DateTimeField())


def _lease_end() -> ExpressionWrapper[Any]:
    return _after(settings.JOB_LEASE_SECONDS)


def _language(job: Job) -> str:
    if job.owner and job.owner.language:
        return job.owner.language
    return job.district.language if job.district else settings.LANGUAGE_CODE


@contextmanager
def _kept_alive(job: Job, progress: Progress) -> Iterator[None]:
    """Renew the lease from a thread, for handlers that compute long without a word (a PDF)."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(settings.JOB_LEASE_SECONDS / 3):
                if time.monotonic() - progress.heard_at > QUIET_SECONDS:
                    return
                try:
                    progress.renew()
                except LostLease:
                    return
                except (OperationalError, InterfaceError):
                    connection.close()
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"lease-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
