"""How a district's departments turn several judgements of a standard into one level, from which day on."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from crediting.rules.aggregation import Aggregation
from crediting.states import AggregationKind, Rounding
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check


class AggregationRule(PublicIdModel):
    """Frozen from the start: a trigger refuses any change but that of its last day.

    ``subject`` is a graduation subject area, empty for all that have no rule of their own. ``effective`` is half-open,
    ``[first day, day after the last)``. A judgement keeps the rule that was in force when it was given.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="aggregation_rules")
    subject = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, default=AggregationKind.NEWEST)
    # How many attempts count; 0 is all of them.
    n = models.PositiveSmallIntegerField(default=0)
    minimum_attempts = models.PositiveSmallIntegerField(default=1)
    # Percent that the newest attempt counts in a decaying average.
    weight = models.PositiveSmallIntegerField(default=0)
    rounding = models.CharField(max_length=10, default=Rounding.HALF_UP)
    effective = DateRangeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["subject", "-effective"]
        constraints = [
            state_check("kind", AggregationKind, "aggregation_kind_known"),
            state_check("rounding", Rounding, "aggregation_rounding_known"),
            models.CheckConstraint(
                condition=models.Q(minimum_attempts__gte=1, minimum_attempts__lte=20, n__lte=20),
                name="aggregation_counts_sane",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=AggregationKind.DECAYING, weight__gte=1, weight__lte=99)
                | ~models.Q(kind=AggregationKind.DECAYING) & models.Q(weight=0),
                name="aggregation_weight_of_decaying",
            ),
            models.CheckConstraint(
                condition=models.Q(effective__isempty=False, effective__startswith__isnull=False),
                name="aggregation_has_a_first_day",
            ),
            ExclusionConstraint(
                name="aggregation_one_rule_a_day",
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
    def terms(self) -> Aggregation:
        """The rule as ``rules.aggregation`` works it out."""
        return Aggregation(
            AggregationKind(self.kind), self.n, self.minimum_attempts, self.weight, Rounding(self.rounding)
        )
