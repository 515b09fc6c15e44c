from django.urls import path

from mbl.core import metrics
from mbl.core.brand import brand_stylesheet
from mbl.core.views import account, drafts, health, jobs, language, notices, styleguide

app_name = "core"
urlpatterns = [
    path("health/", health.health, name="health"),
    path("metrics", metrics.metrics, name="metrics"),
    path("language/", language.set_language, name="set-language"),
    path("jobs/<uuid:public_id>/", jobs.job, name="job"),
    path("drafts/<str:key>/", drafts.save, name="draft-save"),
    path("messages/", notices.messages, name="messages"),
    path("messages/read/", notices.mark_all_read, name="messages-read"),
    path("messages/<uuid:public_id>/", notices.open_notice, name="notice-open"),
    path("messages/<uuid:public_id>/read/", notices.mark_read, name="notice-read"),
    path("brand/<str:key>/<str:digest>.css", brand_stylesheet, name="brand-stylesheet"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/<slug:name>/", styleguide.shell, name="styleguide-shell"),
    path("account/", account.account, name="account"),
    path("account/keep-alive/", account.keep_alive, name="keep-alive"),
]
