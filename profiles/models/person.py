"""People: one row per human per district. An account may belong to several, a person may have none."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel
from profiles.models.school import School

SSID = RegexValidator(r"^[1-9]\d{9}$", _("A state student ID has ten digits and does not begin with 0."))


class Person(PublicIdModel):
    """Identity: names, birth date and gender. Legal and preferred names stand apart (T4)."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="people")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="people")
    given_name = models.CharField(max_length=100)
    middle_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100)
    preferred_name = models.CharField(max_length=100, blank=True)
    pronouns = models.CharField(max_length=60, blank=True, db_default="")
    # The name as people call this person, for lists and headings; kept by actions.
    display_name = models.CharField(max_length=210)
    # Made in Python by ``rules.names.names_of``, so that names sort and are found the same on every server.
    sort_name = models.CharField(max_length=210)
    search_text = models.CharField(max_length=420)
    birth_date = models.DateField(null=True, blank=True)
    gender = models.CharField(max_length=10, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["sort_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "user"], name="person_one_per_district", condition=models.Q(user__isnull=False)
            )
        ]
        indexes = [
            models.Index(fields=["district", "sort_name"], name="person_by_name"),
            GinIndex(fields=["search_text"], name="person_search", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.display_name


class NameWord(models.Model):
    """Each word of a district's names once, kept by triggers on ``Person``: what a misspelt word may have meant.

    A word goes with the last person who is deleted, and each night with the last one who no longer has it.

    Names share few words, so looking for a similar word here is quick where it would be slow among the people.
    """

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="+", db_index=False)
    word = models.CharField(max_length=420)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "word"], name="name_word_once")]
        indexes = [GistIndex(fields=["word"], name="name_word_search", opclasses=["gist_trgm_ops"])]

    def __str__(self) -> str:
        return self.word


class Student(PublicIdModel):
    """A person as a student: state identifier, class and present school."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="students")
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="student")
    # Present school and grade; the history is SchoolEnrollment.
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="students")
    grade = models.CharField(max_length=2, blank=True)
    ssid = models.CharField(max_length=10, blank=True, validators=[SSID])
    local_id = models.CharField(max_length=30, blank=True)
    # Fixed by the date of entry to grade 9 (WAC 180-51-035); chooses the requirement set and the transcript template.
    grade_9_entry = models.DateField(null=True, blank=True)
    graduation_year = models.PositiveSmallIntegerField(null=True, blank=True)
    # From the 18th birthday on the student says whether the family sees the record (R77); before, it has no effect.
    family_access = models.BooleanField(default=False, db_default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["person__sort_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "ssid"], name="student_ssid_unique", condition=~models.Q(ssid="")
            ),
            models.UniqueConstraint(
                fields=["district", "local_id"], name="student_local_id_unique", condition=~models.Q(local_id="")
            ),
        ]
        indexes = [models.Index(fields=["district", "school", "grade"], name="student_by_school")]

    def __str__(self) -> str:
        return self.person.display_name
