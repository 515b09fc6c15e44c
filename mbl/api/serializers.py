"""The shapes of the API. Credits are texts with three places (``"0.500"``), so that no program rounds them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crediting.models import LedgerEntry, PolicyCourse, PolicyVersion
from crediting.queries.policy import first_day, last_day
from crediting.states import EntryKind, Method, SubjectArea
from hsbp.states import Pace

SUBJECT = "Subject area, such as " + ", ".join(f"`{subject}`" for subject in list(SubjectArea)[:3]) + "."


# Python's ``UUID | None`` is not understood by the schema's writer.
ID_OR_NULL = {"type": "string", "format": "uuid", "nullable": True}
DAY_OR_NULL = {"type": "string", "format": "date", "nullable": True}


def _values(states: type[StrEnum]) -> list[tuple[str, str]]:
    return [(str(state), str(state)) for state in states]


def credits(text: str, **options: Any) -> serializers.DecimalField:
    """A text with three places; a reversal's is negative."""
    return serializers.DecimalField(
        max_digits=7, decimal_places=3, coerce_to_string=True, help_text=text, read_only=True, **options
    )


class Refusal(serializers.Serializer[Any]):
    """Why there is no answer."""

    code = serializers.CharField(help_text="For programs: `refused`, `not_signed_in`, `not_allowed`, `not_found` …")
    message = serializers.CharField(help_text="A sentence for people, in the language of the account.")
    field = serializers.CharField(help_text="The parameter it concerns; empty otherwise.")


class Policy(serializers.Serializer[Any]):
    """The policy version that opens a course."""

    id = serializers.UUIDField(source="public_id", help_text="Stable identifier.")
    code = serializers.CharField(source="series.code", help_text="The policy's number in the district.")
    version = serializers.IntegerField(source="number", help_text="The version's number.")
    title = serializers.CharField(help_text="Title.")
    first_day = serializers.SerializerMethodField(help_text="First day in force.")
    last_day = serializers.SerializerMethodField(help_text="Last day in force; null where it has no end.")
    url = serializers.SerializerMethodField(help_text="The page that anybody may read.")

    def get_first_day(self, version: PolicyVersion) -> dt.date:
        return first_day(version)

    @extend_schema_field(DAY_OR_NULL)
    def get_last_day(self, version: PolicyVersion) -> dt.date | None:
        return last_day(version)

    def get_url(self, version: PolicyVersion) -> str:
        district = self.context["district"]
        return settings.PUBLIC_URL + reverse("crediting:policy-public-version", args=[district.code, version.public_id])


class OpenCourse(serializers.Serializer[PolicyCourse]):
    """A course in which credit may be earned by showing mastery."""

    id = serializers.UUIDField(source="course.public_id", help_text="Stable identifier of the course.")
    code = serializers.CharField(source="course.code", help_text="The district's own code.")
    title = serializers.CharField(source="course.title", help_text="Title.")
    subject = serializers.CharField(source="course.terms.subject", default="", help_text=SUBJECT)
    credits = credits("Credits of the whole course.", source="course.terms.credits", allow_null=True, default=None)
    state_course_code = serializers.CharField(
        source="course.terms.state_course_code",
        default="",
        help_text="State course code; empty where none is recorded.",
    )
    methods = serializers.ListField(
        child=serializers.ChoiceField(choices=_values(Method)),
        help_text="Ways the policy opens.",
    )
    classes = serializers.ListField(
        child=serializers.IntegerField(), help_text="Graduation years it is open to; empty for every class."
    )
    policy = Policy(source="version", help_text="The policy version in force today.")


class Line(serializers.Serializer[LedgerEntry]):
    """A line of the record of credit. Lines are added and never changed: a correction is a reversal and a new line."""

    id = serializers.UUIDField(source="public_id", help_text="Stable identifier.")
    kind = serializers.ChoiceField(choices=_values(EntryKind), help_text="Where it is from.")
    course_code = serializers.CharField(help_text="The district's code of the course, as it was.")
    course_title = serializers.CharField(help_text="Title of the course, as it was.")
    subject = serializers.CharField(help_text=SUBJECT)
    state_course_code = serializers.CharField(help_text="State course code; may be empty.")
    school = serializers.CharField(source="school_name", help_text="The school that gave the credit.")
    school_year = serializers.IntegerField(help_text="Ending year of the school year: 2027 is 2026-27.")
    term = serializers.CharField(help_text="The term's name.")
    grade = serializers.CharField(help_text="Grade the student was in; may be empty.")
    mark = serializers.CharField(help_text="Mark as printed; may be empty.")
    credits_attempted = credits("Credits attempted.")
    credits_earned = credits("Credits earned; negative in a reversal.")
    designations = serializers.ListField(child=serializers.CharField(), help_text="Letters printed beside the course.")
    method = serializers.CharField(help_text="Way of a mastery credit; empty otherwise.")
    earned_on = serializers.DateField(help_text="Day on which it was earned.")
    recorded_at = serializers.DateTimeField(source="created_at", help_text="When the line was written.")
    stands = serializers.SerializerMethodField(help_text="Whether it counts: no reversal, and not taken back by one.")
    reverses = serializers.SerializerMethodField(help_text="The line a reversal takes back.")
    replaces = serializers.SerializerMethodField(help_text="The reversed line that this one replaces.")
    recovers = serializers.SerializerMethodField(help_text="The earlier attempt that this one recovers.")
    reason = serializers.CharField(help_text="Why it was taken back; empty otherwise.")

    def get_stands(self, line: LedgerEntry) -> bool:
        return line.kind != EntryKind.REVERSAL and not hasattr(line, "reversal")

    @extend_schema_field(ID_OR_NULL)
    def get_reverses(self, line: LedgerEntry) -> UUID | None:
        return line.reverses.public_id if line.reverses else None

    @extend_schema_field(ID_OR_NULL)
    def get_replaces(self, line: LedgerEntry) -> UUID | None:
        return line.replaces.public_id if line.replaces else None

    @extend_schema_field(ID_OR_NULL)
    def get_recovers(self, line: LedgerEntry) -> UUID | None:
        return line.recovers.public_id if line.recovers else None


class AwardStudent(serializers.Serializer[Any]):
    """Whose award it is, by numbers; names are in the system that asks."""

    id = serializers.UUIDField(source="public_id", help_text="Stable identifier.")
    local_id = serializers.CharField(help_text="The district's number of the student; may be empty.")
    ssid = serializers.CharField(help_text="The state's number of the student; may be empty.")


class Award(Line):
    """A mastery credit that was awarded, or taken back (`kind` is `reversal`)."""

    student = AwardStudent(help_text="Whose it is.")


class SubjectLine(serializers.Serializer[Any]):
    """Credits in one subject area."""

    subject = serializers.CharField(help_text=SUBJECT)
    needed = credits("Credits the class needs.")
    earned = credits("Credits the student has in the subject.")
    counted = credits("Of these, what counts here; never more than needed.")
    by_mastery = credits("Of the earned, what was earned by mastery.", source="mastery")
    is_met = serializers.BooleanField(help_text="Whether enough is counted.")
    is_core = serializers.BooleanField(help_text="Whether it is a core requirement; others are flexible.")
    citation = serializers.CharField(help_text="The rule.")


class Progress(serializers.Serializer[Any]):
    """Credits earned and needed to graduate. Planned work is not counted, and no choice of allocation is made."""

    student = serializers.UUIDField(help_text="Stable identifier of the student.")
    as_of = serializers.DateField(help_text="The district's day of this answer.")
    requirements = serializers.CharField(help_text="The requirement set of the class; empty where none is known.")
    citation = serializers.CharField(help_text="The rule; empty where no set is known.")
    entry_is_assumed = serializers.BooleanField(
        help_text="Whether the day of entry to grade 9 was taken from the class because nobody recorded it."
    )
    pace = serializers.ChoiceField(choices=_values(Pace), allow_null=True, help_text="Null where the class has none.")
    total_needed = credits("Credits the class needs in all.", allow_null=True)
    total_earned = credits("Every credit the student has, each once.")
    total_counted = credits("Credits that count toward the requirements.", allow_null=True)
    subjects = SubjectLine(many=True, help_text="Subject by subject; empty where no set is known.")


class Asked(serializers.Serializer[Any]):
    """``?district=`` names one of several."""

    district = serializers.CharField(required=False, default="", max_length=40)


class AskedSince(Asked):
    since = serializers.DateField(
        error_messages={
            "required": "Say since which day: ?since=2026-11-01.",
            "invalid": "This is not a day. Write it as 2026-11-01.",
        }
    )
