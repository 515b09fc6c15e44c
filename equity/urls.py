"""Addresses of the equity report."""

from django.urls import path

from equity.views import participation, replay, report

app_name = "equity"
urlpatterns = [
    path("equity/", report.report, name="report"),
    path("equity/count/", report.count_now, name="count"),
    path("equity/exact/", report.exact, name="exact"),
    path("equity/download.csv", report.download, {"kind": "csv"}, name="download-csv"),
    path("equity/download.pdf", report.download, {"kind": "pdf"}, name="download-pdf"),
    path("equity/experiences/", participation.participation, name="participation"),
    path("equity/experiences.csv", participation.participation_csv, name="participation-csv"),
    path("equity/replays/<uuid:public_id>/", replay.replay, name="replay"),
    path("equity/replays/<uuid:public_id>/count/", replay.replay_count, name="replay-count"),
]
