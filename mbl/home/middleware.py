"""What follows from where somebody belongs: the district of a request and the clock its pages show."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from profiles.access import standing


class DistrictTime:
    """Times on pages are the district's own. ``request.district`` is where the person belongs, None for strangers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        district = standing(request.user).home_district if request.user.is_authenticated else None
        request.district = district  # type: ignore[attr-defined]
        if district is None:
            return self._answer(request)
        with timezone.override(ZoneInfo(district.timezone)):
            return self._answer(request)
