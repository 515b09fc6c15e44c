"""How the API is served: by session, a page at a time, and not too often. ``settings.REST_FRAMEWORK`` names these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.authentication import SessionAuthentication
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from mbl.core.models import User

if TYPE_CHECKING:  # it reads the settings that name this module
    from rest_framework.views import APIView

RATE = "240/min"


class SignedIn(SessionAuthentication):
    """The session of the browser. Who is not signed in gets 401, not 403: they may be somebody who may."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class PersonThrottle(SimpleRateThrottle):
    """So many requests a minute for one account, whichever address they come from: a school shares one."""

    scope = "api"
    rate = RATE

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return f"api:{request.user.pk}" if isinstance(request.user, User) else None


class Pages(CursorPagination):
    """A page and the addresses of its neighbours. A cursor stays right while rows are added."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    page_size_query_description = "Rows on a page, 200 at most."
    cursor_query_description = "Where the page begins; taken from `next` or `previous`."

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link | {"description": "The address of the next page; null on the last."},
                "previous": link | {"description": "The address of the page before; null on the first."},
                "results": schema,
            },
        }
