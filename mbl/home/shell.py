"""What the frame of every page shows for the person who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from mbl.core.brand import derive, stylesheet_url
from mbl.core.middleware import idle_seconds
from mbl.core.models import District, User
from mbl.core.ui.shell import Account, NavItem, Shell, ShellDistrict
from mbl.demo import door
from mbl.home import menu
from profiles.access import Standing, standing
from profiles.words import ROLE_WORDS

T = TypeVar("T")


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor. ``own_shell`` is the frame of pages that everybody has: rail for staff, tabs for families.

    ``demo_url`` is where a visitor chooses whom to be, where the demonstration is open.
    Counts are asked for only where a frame prints them; a fragment for htmx has none.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        demo_url = reverse("demo:people") if door.is_open(request) else ""
        frame = Shell(data_use_url=reverse("home:data-use"))
        return {**frame.as_context(), "own_shell": "shells/public.html", "demo_url": demo_url}
    now = standing(user)
    frame = Shell(
        district=_district(now.home_district),
        account=_account(user, now),
        notices_url=reverse("core:messages"),
        search_url=reverse("home:search") if now.is_staff else "",
        density=user.density if now.is_staff else "comfortable",
        idle_seconds=idle_seconds(request),
        keep_alive_url=reverse("core:keep-alive"),
        single_keys=user.single_key_shortcuts,
        data_use_url=reverse("home:data-use"),
    )
    own = "shells/staff.html" if now.is_staff or not (now.is_student or now.is_family) else "shells/family.html"
    return {
        **frame.as_context(),
        "own_shell": own,
        "nav": _once(lambda: menu.groups(request, user, now)),
        "notices_count": _once(user.notifications.filter(read_at=None).count),
    }


def _once(ask: Callable[[], T]) -> Callable[[], T]:
    """Templates call it when they print it, and the answer is kept."""
    return cache(ask)


def _district(district: District | None) -> ShellDistrict | None:
    if district is None:
        return None
    if not district.brand_color:
        return ShellDistrict(district.name)
    return ShellDistrict(
        district.name,
        brand_stylesheet=stylesheet_url(district.brand_color),
        accent=derive(district.brand_color).has_accent,
    )


def _account(user: User, now: Standing) -> Account:
    links = (
        NavItem(_("Language, notices, shortcuts"), reverse("core:account"), "settings"),
        NavItem(_("Change password"), reverse("account_change_password"), "lock"),
        NavItem(_("What we store and why"), reverse("home:data-use"), "shield"),
    )
    roles = dict.fromkeys(str(ROLE_WORDS[held.role]) for held in now.roles)
    return Account(
        name=str(user),
        initials=user.initials,
        role=", ".join(roles),
        links=links,
        sign_out_url=reverse("account_logout"),
    )
