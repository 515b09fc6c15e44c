"""Scales of mastery with any number of levels, in the district's own words."""

from django.db import models

from mbl.core.models import District
from mbl.core.models.base import PublicIdModel


class Scale(PublicIdModel):
    """A named scale; a change of levels is a new version."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="scales")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["code", "version"]
        constraints = [models.UniqueConstraint(fields=["district", "code", "version"], name="scale_version_unique")]

    def __str__(self) -> str:
        return self.name


class ScaleLevel(models.Model):
    """One level; 1 is the first. ``code`` is what a policy names; ``words`` translate by language code."""

    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="levels")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    word = models.CharField(max_length=60)
    description = models.TextField(blank=True)
    translations = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["scale", "position"]
        constraints = [
            models.UniqueConstraint(fields=["scale", "position"], name="level_position_unique"),
            models.UniqueConstraint(fields=["scale", "code"], name="level_code_unique"),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="level_position_from_one"),
        ]

    def __str__(self) -> str:
        return self.word
