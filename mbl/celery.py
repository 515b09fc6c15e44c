"""The Celery application; its settings are the ``CELERY_`` block of ``mbl.settings``."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import worker_ready, worker_shutdown

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mbl.settings")

app = Celery("mbl")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def _marker() -> Path | None:
    """Tells whoever watches the worker (the supervisor, a container's health check) that it takes work."""
    path = os.environ.get("WORKER_READY_FILE", "").strip()
    return Path(path) if path else None


@worker_ready.connect
def _mark_ready(**_: object) -> None:
    if marker := _marker():
        marker.touch()


@worker_shutdown.connect
def _mark_stopped(**_: object) -> None:
    if marker := _marker():
        marker.unlink(missing_ok=True)
