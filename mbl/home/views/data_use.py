"""What is kept about people here and why, in plain words, for anybody (RCW 28A.604.020-.030)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mbl.core.http import page
from mbl.core.models import User
from profiles.access import standing


@login_not_required
@require_safe
def data_use(request: HttpRequest) -> HttpResponse:
    """The same text for everybody; who is signed in also reads whom to write to."""
    user = request.user
    district = standing(user).home_district if isinstance(user, User) else None
    return page(request, "home/data_use.html", {"office": district})
