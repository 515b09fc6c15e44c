"""``GET /health/``: do database and broker answer, does a worker live? Never raises, and answers in two seconds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mbl.core.tasks import WORKER_KEY
from mbl.core.views.programs import for_programs

DEADLINE = 1.5
# Checks that hang (a host that does not answer) hold their thread until the system gives up.
_threads = ThreadPoolExecutor(max_workers=9, thread_name_prefix="health")


@for_programs
@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """``{"status", "database", "broker", "worker"}``, each ``ok`` or ``down``; 200, or 503 when one is down."""
    fine = look()
    words = {"status": all(fine.values()), **fine}
    return JsonResponse(
        {name: "ok" if is_fine else "down" for name, is_fine in words.items()},
        status=200 if all(fine.values()) else 503,
    )


def look() -> dict[str, bool]:
    """Whether ``database``, ``broker`` and ``worker`` answer, known in two seconds at most."""
    checks: dict[str, Callable[[], bool]] = {"database": _database, "broker": _broker, "worker": _worker}
    asked = {name: _threads.submit(check) for name, check in checks.items()}
    wait(asked.values(), timeout=DEADLINE)
    fine = {name: answer.done() and answer.exception() is None and answer.result() for name, answer in asked.items()}
    for answer in asked.values():
        answer.cancel()
    return fine


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    finally:
        connection.close()


def _broker() -> bool:
    with _redis() as client:
        return bool(client.ping())


def _worker() -> bool:
    with _redis() as client:
        return bool(client.exists(WORKER_KEY))


def _redis() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
