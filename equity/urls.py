"""Addresses of the equity report."""

from django.urls import path

from equity.views import report

app_name = "equity"
urlpatterns = [
    path("equity/", report.report, name="report"),
    path("equity/count/", report.count_now, name="count"),
    path("equity/exact/", report.exact, name="exact"),
    path("equity/download.csv", report.download, {"kind": "csv"}, name="download-csv"),
    path("equity/download.pdf", report.download, {"kind": "pdf"}, name="download-pdf"),
]
