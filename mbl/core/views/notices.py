"""What the product told this person."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from mbl.core.http import AuthenticatedRequest, go, page, paginate
from mbl.core.models import Notification
from mbl.core.ui.parts import Empty
from mbl.core.ui.tables import Column, Columns

COLUMNS = Columns(
    Column("text", gettext_lazy("Message"), kind="header"),
    Column("state", gettext_lazy("State"), card="corner"),
    Column("when", gettext_lazy("When")),
)
EMPTY = Empty(
    gettext_lazy("No messages yet"),
    gettext_lazy("When somebody answers you or decides something for you, it is written here."),
)


@require_safe
def messages(request: AuthenticatedRequest) -> HttpResponse:
    """``/messages/``: newest first, in the language each was told in."""
    mine = request.user.notifications.all()
    unread = mine.filter(read_at=None).count()
    lede = ngettext("%(count)s message is new.", "%(count)s messages are new.", unread) % {"count": unread}
    context = {
        "page": paginate(request, mine),
        "unread": unread,
        "lede": lede if unread else _("You have read everything."),
        "columns": COLUMNS,
        "empty": EMPTY,
    }
    return page(request, "core/messages.html", context, partial="list")


@require_safe
def open_notice(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Go to what the message is about. Reading it is marked by a POST only."""
    notice = get_object_or_404(Notification, public_id=public_id, user=request.user)
    return HttpResponseRedirect(notice.url or reverse("core:messages"))


@require_POST
def mark_read(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Mark one as read and go to what it is about."""
    notice = get_object_or_404(Notification, public_id=public_id, user=request.user)
    Notification.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    return go(request, notice.url or reverse("core:messages"))


@require_POST
def mark_all_read(request: AuthenticatedRequest) -> HttpResponse:
    request.user.notifications.filter(read_at=None).update(read_at=timezone.now())
    return go(request, reverse("core:messages"), _("All messages are marked as read."))
