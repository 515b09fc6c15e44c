"""gunicorn's own settings file: ``gunicorn mbl.wsgi -c python:mbl.gunicorn_hooks …``.

Its processes count requests in files of one folder, made new at each start; see ``mbl.core.metrics``.
"""

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from gunicorn import glogging

from mbl.core.logs import without_secrets

PREFIX = "mbl-metrics-"
logger_class = "mbl.gunicorn_hooks.Logger"


class AccessFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class Logger(glogging.Logger):  # type: ignore[misc]  # gunicorn has no types
    """The access log names the address and the page one came from: both may hold the secret of a one-time link."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.access_log.handlers:
            handler.setFormatter(AccessFormatter(self.access_fmt))


def on_starting(server: Any) -> None:
    """Before any process of ours is started and before the product is loaded."""
    _remove_left_behind()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def _remove_left_behind() -> None:
    """The folders of servers that were killed; somebody else's stay."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        if folder.stat().st_uid == os.getuid() and pid.isdigit() and not _is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
