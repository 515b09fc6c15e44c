"""Letter grades that follow from levels: how, between which days they are shown, and what was shown."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Coalesce

from crediting.models.scale import Scale
from crediting.rules.converted import Conversion, ConversionKind, FromShares, FromValue
from crediting.states import Rounding
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import School, Section, Student

_HAS_DAYS = models.Q(effective__isempty=False, effective__startswith__isnull=False)


class GradeConversion(PublicIdModel):
    """Frozen from the start: a trigger refuses any change but that of its last day.

    ``subject`` is a graduation subject area, empty for all that have no conversion of their own. ``effective`` is
    half-open. ``rows`` stand best first: ``["A", "3.5"]`` (mark, from which value) or ``["A", 80, 4, 3]`` (mark,
    percent of the standards, at which level or above, with none below which).
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="grade_conversions")
    subject = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10)
    # How many levels the scale has that the table was written for.
    levels = models.PositiveSmallIntegerField()
    minimum_standards = models.PositiveSmallIntegerField(default=1)
    places = models.PositiveSmallIntegerField(default=0)
    rounding = models.CharField(max_length=10, default=Rounding.HALF_UP)
    rows = models.JSONField(default=list)
    effective = DateRangeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["subject", "-effective"]
        constraints = [
            state_check("kind", ConversionKind, "conversion_kind_known"),
            state_check("rounding", Rounding, "conversion_rounding_known"),
            models.CheckConstraint(
                condition=models.Q(minimum_standards__gte=1, minimum_standards__lte=60, places__lte=2, levels__gte=1),
                name="conversion_counts_sane",
            ),
            models.CheckConstraint(condition=_HAS_DAYS, name="conversion_has_a_first_day"),
            ExclusionConstraint(
                name="conversion_one_a_day",
                expressions=[
                    ("district", RangeOperators.EQUAL),
                    ("subject", RangeOperators.EQUAL),
                    ("effective", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject or '*'}: {self.kind}"

    @property
    def terms(self) -> Conversion:
        """The conversion as ``rules.converted`` works it out."""
        kind = ConversionKind(self.kind)
        by_shares = kind == ConversionKind.SHARES
        return Conversion(
            kind,
            self.levels,
            self.minimum_standards,
            self.places,
            Rounding(self.rounding),
            values=() if by_shares else tuple(FromValue(mark, Decimal(least)) for mark, least in self.rows),
            shares=tuple(FromShares(*row) for row in self.rows) if by_shares else (),
        )


def rows_of(terms: Conversion) -> list[list[Any]]:
    """What ``GradeConversion.rows`` keeps."""
    if terms.kind == ConversionKind.SHARES:
        return [[row.mark, row.share, row.at, row.floor] for row in terms.shares]
    return [[row.mark, format(row.least, "f")] for row in terms.values]


class GradeWindow(PublicIdModel):
    """Days on which students and families see letter grades: at one school, or without ``school`` at all of a district.

    ``days`` is half-open and lies within one school year. ``is_always``: the district shows grades all year, and the
    window ends with it. A trigger lets only the last day move, and nothing once the grades are kept (``kept_at``).
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="grade_windows")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="grade_windows")
    name = models.CharField(max_length=80)
    days = DateRangeField()
    is_always = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    kept_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-days", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days__isempty=False, days__startswith__isnull=False, days__endswith__isnull=False),
                name="grade_window_has_days",
            ),
            # A window of the whole district against one of a school is for the action to refuse.
            ExclusionConstraint(
                name="grade_window_one_a_day",
                expressions=[
                    ("district", RangeOperators.EQUAL),
                    (Coalesce("school", 0), RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KeptGrade(models.Model):
    """What a student and the family could read on the last day of a window. Inserted once; a trigger refuses change.

    ``mark`` is empty where there was no grade. ``reason`` is the arithmetic, or what lacked; ``levels`` are
    ``[standard, place, modification]`` on ``scale``: everything it was worked out from.
    """

    window = models.ForeignKey(GradeWindow, on_delete=models.PROTECT, related_name="grades", db_index=False)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="kept_grades")
    conversion = models.ForeignKey(GradeConversion, on_delete=models.PROTECT, null=True, related_name="+")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(max_length=5, blank=True)
    reason = models.JSONField()
    levels = models.JSONField()
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-window", "pk"]
        constraints = [models.UniqueConstraint(fields=["window", "section", "student"], name="kept_grade_once")]

    def __str__(self) -> str:
        return f"{self.student}: {self.mark or '–'}"
