"""Courses open to mastery credit, a student's ledger and progress, awards since a day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from crediting import access as crediting_access
from hsbp.queries.progress import progress_of
from mbl.api import queries, serializers
from mbl.api.serving import Pages
from mbl.core import clock
from mbl.core.errors import NotAllowed
from mbl.core.models import District, User
from profiles.access import Capability, districts_where, get_student

REFUSALS = dict.fromkeys((400, 401, 403, 404, 429), serializers.Refusal)
DISTRICT = OpenApiParameter(
    "district", str, description="The code of one of your districts; your only or first one otherwise."
)
SINCE = OpenApiParameter(
    "since", OpenApiTypes.DATE, required=True, description="A day of the district, such as 2026-11-01."
)


class Listing(APIView):
    """A list, page by page, in the order of ``ordering``."""

    pagination_class = Pages
    ordering: tuple[str, ...] = ("created_at", "pk")

    def paged(self, request: Request, rows: QuerySet[Any], shape: type[Serializer[Any]], **context: Any) -> Response:
        pages = self.pagination_class()
        pages.ordering = self.ordering
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(shape(page, many=True, context=context).data)


class Courses(Listing):
    ordering = ("title", "pk")

    @extend_schema(
        operation_id="courses",
        summary="Courses open to mastery credit",
        description="What a policy version in force today opens, by title. Open to everybody of the district.",
        parameters=[DISTRICT],
        responses={200: serializers.OpenCourse(many=True), **REFUSALS},
    )
    def get(self, request: Request) -> Response:
        asked = serializers.Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        district = crediting_access.get_district(request.user, asked.validated_data["district"])
        courses = queries.open_courses(district, clock.today(district))
        return self.paged(request, courses, serializers.OpenCourse, district=district)


class StudentLedger(Listing):
    @extend_schema(
        operation_id="student_ledger",
        summary="A student's record of credit",
        description="Every line, in the order it was written. For the student, the family, and staff who may read the "
        "record.",
        responses={200: serializers.Line(many=True), **REFUSALS},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        student = get_student(_user(request), public_id, Capability.SEE_RECORD)
        return self.paged(request, queries.ledger(student), serializers.Line)


class StudentProgress(APIView):
    @extend_schema(
        operation_id="student_progress",
        summary="A student's progress toward graduation",
        description="Credits earned and needed in each subject area, under the requirement set of the student's class. "
        "Planned work is not counted. For the student, the family, and staff who may read the record.",
        responses={200: serializers.Progress, **REFUSALS},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        student = get_student(_user(request), public_id, Capability.SEE_RECORD)
        found = progress_of(student)
        progress = found.progress
        shown = {
            "student": student.public_id,
            "as_of": clock.today(student.district),
            "requirements": progress.set_code if progress else "",
            "citation": progress.citation if progress else "",
            "entry_is_assumed": bool(found.entry and found.entry.is_assumed),
            "pace": found.pace,
            "total_needed": progress.total_needed if progress else None,
            "total_earned": found.earned,
            "total_counted": progress.total_counted if progress else None,
            "subjects": progress.subjects if progress else (),
        }
        return Response(serializers.Progress(shown).data)


class Awards(Listing):
    @extend_schema(
        operation_id="awards",
        summary="Mastery credit awarded since a day",
        description="What was written into the record on that day or later, in that order: awards, and reversals of "
        "awards. Ask again with the day of your last answer and skip the ids you know. For roles that cover the whole "
        "district and read records.",
        parameters=[SINCE, DISTRICT],
        responses={200: serializers.Award(many=True), **REFUSALS},
    )
    def get(self, request: Request) -> Response:
        asked = serializers.AskedSince(data=request.query_params)
        asked.is_valid(raise_exception=True)
        district = _whole_district(_user(request), asked.validated_data["district"])
        awards = queries.awards_since(district, asked.validated_data["since"])
        return self.paged(request, awards, serializers.Award)


class Unknown(APIView):
    @extend_schema(exclude=True)
    def get(self, request: Request, rest: str = "") -> Response:
        raise Http404


def _user(request: Request) -> User:
    assert isinstance(request.user, User)  # ``IsAuthenticated`` has seen to it
    return request.user


def _whole_district(user: User, code: str) -> District:
    """The district in the whole of which ``user`` reads records: 404 where they are nobody, 403 where only a part."""
    districts = districts_where(user, Capability.SEE_RECORD)
    district = (districts.filter(code=code) if code else districts).order_by("name", "pk").first()
    if district is not None:
        return district
    crediting_access.get_district(user, code)
    raise NotAllowed(_("This needs a role that covers the whole district and reads records."))
