"""Times on pages are those of the reader's own district."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from mbl.core.models import District
from mbl.home.middleware import DistrictTime
from tests.personas import Persona, Personas

pytestmark = pytest.mark.django_db
NOON_UTC = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def seen_by(persona: Persona) -> tuple[object, str]:
    request = HttpRequest()
    request.user = persona.viewer

    def answer(inner: HttpRequest) -> HttpResponse:
        return HttpResponse(timezone.localtime(NOON_UTC).strftime("%H:%M"))

    response = DistrictTime(answer)(request)
    assert isinstance(response, HttpResponse)
    return getattr(request, "district", "unset"), response.content.decode()


def test_each_district_reads_its_own_clock(personas: Personas) -> None:
    District.objects.filter(pk=personas.other_district.pk).update(timezone="America/New_York")
    assert seen_by(personas.teacher) == (personas.district, "04:00")
    assert seen_by(personas.other_district_administrator) == (personas.other_district, "07:00")
    assert timezone.get_current_timezone() == ZoneInfo("UTC")


def test_strangers_have_no_district(personas: Personas) -> None:
    assert seen_by(personas.anonymous) == (None, "12:00")
