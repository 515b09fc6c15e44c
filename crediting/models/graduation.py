"""Which of its own frameworks a district calls its graduation standards, from which day on."""

from django.db import models

from crediting.models.standards import Framework, Standard
from mbl.core.models import District, User


class GraduationFramework(models.Model):
    """Inserted once (a trigger refuses change). In force on a day is the newest row that has begun, so there is one.

    Without ``framework`` the district has no graduation standards from that day on. ``habits`` is the standard of the
    framework that is about habits of work: it and what stands below it are kept apart from the academic ones.
    What leads to a graduation standard is a ``StandardEdge`` of the framework, ``isPartOf``, from target to standard.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, null=True, related_name="graduation_marks")
    habits = models.ForeignKey(Standard, on_delete=models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["district", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(framework__isnull=False) | models.Q(habits=None),
                name="graduation_habits_of_a_framework",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}: {self.framework or '–'}"
