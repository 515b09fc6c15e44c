"""Addresses of the API."""

from django.urls import path, re_path

from mbl.api import reference, views

app_name = "api"
urlpatterns = [
    path("api/", reference.reference, name="reference"),
    path("api/v1/schema/", reference.Schema.as_view(), name="schema"),
    path("api/v1/courses/", views.Courses.as_view(), name="courses"),
    path("api/v1/students/<uuid:public_id>/ledger/", views.StudentLedger.as_view(), name="student-ledger"),
    path("api/v1/students/<uuid:public_id>/progress/", views.StudentProgress.as_view(), name="student-progress"),
    path("api/v1/awards/", views.Awards.as_view(), name="awards"),
    re_path(r"^api/v1/(?P<rest>.*)$", views.Unknown.as_view(), name="unknown"),
]
