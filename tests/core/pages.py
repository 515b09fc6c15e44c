"""A few pages that do what the tests ask of them, under the real middleware."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.http import require_POST

from mbl.core.errors import DomainError, InvalidTransition, NotAllowed
from mbl.core.files import check_upload
from mbl.core.http import AuthenticatedRequest, forget_draft, go, showing_errors, typed_before
from mbl.core.states import JobState
from mbl.core.views.passive import passive
from mbl.urls import handler400, handler403, handler404, handler500
from mbl.urls import urlpatterns as real_urls

__all__ = ["handler400", "handler403", "handler404", "handler500"]

FORM = """<!doctype html><title>Note</title><form method="post">{% csrf_token %}{% form_owner %}{{ form }}</form>
{% for message in messages %}<p class="toast">{{ message }}</p>{% endfor %}"""


class NoteForm(forms.Form):
    note = forms.CharField(widget=forms.Textarea)
    topics = forms.MultipleChoiceField(choices=[("a", "Art"), ("b", "Band"), ("c", "Chess")], required=False)
    file = forms.FileField(required=False)


def note(request: AuthenticatedRequest) -> HttpResponse:
    """A form that keeps what was typed."""
    form = NoteForm(request.POST or None, request.FILES or None, initial=typed_before(request, "note"))
    if request.method == "POST" and form.is_valid():
        with showing_errors(form):
            if form.cleaned_data["file"]:
                check_upload(form.cleaned_data["file"])
            forget_draft(request.user, "note")
            return go(request, "/messages/", "Sent: " + form.cleaned_data["note"])
    text = engines["django"].from_string(FORM).render({"form": form, "messages": []}, request)
    return HttpResponse(text)


@require_POST
def decide(request: AuthenticatedRequest) -> HttpResponse:
    """An address that only takes a POST."""
    return go(request, "/messages/", "Decided: " + request.POST["comment"])


def refused(request: HttpRequest, public_id: UUID) -> HttpResponse:
    raise NotAllowed("Only the counselor of this student may do this.")


def moved_on(request: HttpRequest) -> HttpResponse:
    raise InvalidTransition("stop", JobState.DONE)


def wrong(request: HttpRequest) -> HttpResponse:
    raise DomainError("The date lies before the first day of school.")


def missing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    raise Http404


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("Ada Lovelace, born 1815")


@login_not_required
def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("server closed the connection unexpectedly")


@login_not_required
def asks_the_database(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("fine")


@login_not_required
def cut_off(request: HttpRequest) -> HttpResponse:
    """The database ends this request's connection, as it does when it restarts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse("not reached")


@passive
def poll(request: HttpRequest) -> HttpResponse:
    return HttpResponse("still working")


urlpatterns = [
    *real_urls,
    path("test/note/", note),
    path("test/decide/", decide),
    path("test/refused/<uuid:public_id>/", refused),
    path("test/missing/<uuid:public_id>/", missing),
    path("test/moved-on/", moved_on),
    path("test/wrong/", wrong),
    path("test/broken/", broken),
    path("test/away/", away),
    path("test/asks/", asks_the_database),
    path("test/cut-off/", cut_off),
    path("test/poll/", poll),
]
