"""Every address. Apps bring their own paths, so that addresses say what people look for and not how we are built."""

from importlib.util import find_spec

from django.urls import include, path

handler400 = "mbl.core.views.errors.bad_request"
handler403 = "mbl.core.views.errors.permission_denied"
handler404 = "mbl.core.views.errors.page_not_found"
handler500 = "mbl.core.views.errors.server_error"

APPS = ("mbl.home", "mbl.demo", "profiles", "crediting", "hsbp", "transcripts", "equity", "mbl.api")

urlpatterns = [
    path("account/", include("mbl.core.account_urls")),
    path("", include("mbl.core.urls")),
    *(path("", include(f"{app}.urls")) for app in APPS if find_spec(f"{app}.urls")),
]
