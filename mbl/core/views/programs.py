"""Views that programs ask, answered before the middleware that gives pages their headers."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

R = TypeVar("R", bound=HttpResponse)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def for_programs(view: Callable[[HttpRequest], R]) -> Callable[[HttpRequest], R]:
    """A browser that opens the answer runs nothing of it and takes it for no other kind of file."""

    @wraps(view)
    def answer(request: HttpRequest) -> R:
        response = view(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return answer
