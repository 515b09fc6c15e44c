"""``GET /metrics`` for Prometheus: how the product does, without a word about anybody.

Labels are names of routes, kinds of jobs and states, all written in the code; never an address, an id or a name.
Requests are counted in every process. gunicorn's processes keep their counts in files of one folder
(``mbl.gunicorn_hooks`` makes it), so that whichever of them is asked answers for all. What the database knows is asked
at each scrape, so it is the same whoever answers.
"""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from mbl.core.states import JobState
from mbl.core.version import product_version
from mbl.core.views import health
from mbl.core.views.programs import for_programs

PATH = "/metrics"
# Answered before the address is resolved, or by WhiteNoise.
UNRESOLVED = {PATH: "core:metrics", "/health/": "core:health"}
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
# A database that is busy answers people first.
PATIENCE_MS = 2000
# Set by whoever came through a proxy, so the address we see is not the one who asks.
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")

_own = CollectorRegistry()
_requests = Counter("mbl_http_requests", "Requests answered.", ["route", "method", "status"], registry=_own)
_seconds = Histogram(
    "mbl_http_request_seconds", "Seconds until the answer began.", ["route"], buckets=SECONDS, registry=_own
)


class Measured:
    """The outermost middleware: times every request, and answers ``/metrics`` under any host name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = metrics(request) if request.path_info == PATH else self.get_response(request)
        route = route_of(request)
        method = request.method if request.method in METHODS else "other"
        _requests.labels(route, method, f"{response.status_code // 100}xx").inc()
        _seconds.labels(route).observe(time.perf_counter() - began)
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the route; ``static``, or ``none`` where there is no such page."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name
    if request.path_info in UNRESOLVED:
        return UNRESOLVED[request.path_info]
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


@for_programs
@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For programs on this machine, and for those that know ``METRICS_TOKEN``."""
    if not may_ask(request):
        return HttpResponse(
            "Metrics are for programs on this machine, or with METRICS_TOKEN in “Authorization: Bearer …”.\n",
            status=403,
            content_type="text/plain; charset=utf-8",
        )
    counted = _own
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    state = CollectorRegistry()
    state.register(State())
    return HttpResponse(
        generate_latest(counted) + generate_latest(state),
        content_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )


def may_ask(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    if settings.METRICS_TOKEN and constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return True
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class State(Collector):
    """What stands in the database, and who answers."""

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("mbl_build", "The version that runs.", {"version": product_version()})
        answers = health.look()
        for name, is_up in answers.items():
            yield GaugeMetricFamily(f"mbl_{name}_up", f"Whether the {name} answers (1) or not (0).", float(is_up))
        if answers["database"]:
            # Too busy just now, or gone since: the next scrape asks again.
            with suppress(Error):
                yield from self._asked()

    def _asked(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("mbl_jobs", "Jobs by kind and state.", labels=["kind", "state"])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE_MS])
            cursor.execute("SELECT kind, state, count(*) FROM core_job GROUP BY kind, state ORDER BY kind, state")
            for kind, job_state, number in cursor.fetchall():
                jobs.add_metric([kind, job_state], number)
            cursor.execute(
                """
                SELECT coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE state = %s)), 0),
                       coalesce(sum(greatest(total - done, 0)) FILTER (WHERE kind = 'core.email_notices'), 0)
                FROM core_job WHERE state IN (%s, %s)
                """,
                [JobState.WAITING, JobState.WAITING, JobState.RUNNING],
            )
            oldest, unsent = cursor.fetchone()
        yield jobs
        yield GaugeMetricFamily("mbl_job_oldest_waiting_seconds", "How long the oldest waiting job waits.", oldest)
        yield GaugeMetricFamily("mbl_notices_unsent", "Notices whose e-mail has not gone out yet.", unsent)
