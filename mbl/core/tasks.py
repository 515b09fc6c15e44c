"""Celery's side of jobs: run one, find the lost ones, tell the world that a worker lives."""

import logging
import time
from typing import Any

import redis
from celery import Task, shared_task
from celery.signals import heartbeat_sent, worker_ready
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from mbl.core import drafts, exports, jobs, notify  # noqa: F401  (notify handles jobs)
from mbl.core.imports.undo import forget_changes
from mbl.core.logs import set_request_id

log = logging.getLogger(__name__)

# A worker writes this key every few seconds; when it is gone, no worker lives.
WORKER_KEY = "mbl:worker-alive"
_ALIVE_SECONDS = 15
_BEAT_SECONDS = 4.0
_last_beat = 0.0


@shared_task(name="core.run_job", bind=True)
def run_job(self: "Task[[int], None]", job_id: int) -> None:
    set_request_id(str((self.request.headers or {}).get("request_id") or self.request.id or "")[:36])
    jobs.run(job_id)


@shared_task(name="core.reap_jobs")
def reap_jobs() -> None:
    rung = jobs.reap()
    if rung:
        log.info("%s jobs were rung again", rung)


@shared_task(name="core.tidy")
def tidy() -> None:
    """Each night: drafts that nobody came back to, exported files of last week, sessions that have ended, and what rows
    were before imports that can no longer be taken back."""
    drafts.purge(timezone.now())
    forget_changes(timezone.now())
    exports.purge(timezone.now())
    SessionStore.clear_expired()


@worker_ready.connect
def _reap_at_start(sender: Any = None, **_: Any) -> None:
    _say_alive()
    sender.app.send_task("core.reap_jobs", retry=False)


@heartbeat_sent.connect
def _say_alive(**_: Any) -> None:
    """Runs in the worker's own loop every two seconds, so a loop that hangs falls silent."""
    global _last_beat
    if time.monotonic() - _last_beat < _BEAT_SECONDS:
        return
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            client.set(WORKER_KEY, "1", ex=_ALIVE_SECONDS)
        _last_beat = time.monotonic()
    except redis.RedisError as error:
        log.warning("The worker could not say that it lives: %s", type(error).__name__)
