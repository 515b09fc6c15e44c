"""The bare reference page: the same middleware and session as ours, one indexed query, no template."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from mbl import urls
from profiles.models import Student

PATH = "/bench/reference/"


def bare(request: HttpRequest) -> HttpResponse:
    """What no page of ours can be faster than."""
    local_id = Student.objects.filter(local_id="0000001").values_list("local_id", flat=True).first()
    return HttpResponse(f"<!doctype html><title>{local_id}</title>")


KEY_PATH = "/bench/reference/by-key/"


def by_key(request: HttpRequest) -> HttpResponse:
    """One row by its primary key, however many there are."""
    found = Student.objects.filter(pk=request.GET["pk"]).values_list("local_id", flat=True).first()
    return HttpResponse(f"<!doctype html><title>{found}</title>")


handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
urlpatterns: list[URLPattern | URLResolver] = [
    path(PATH.lstrip("/"), bare),
    path(KEY_PATH.lstrip("/"), by_key),
    *urls.urlpatterns,
]
