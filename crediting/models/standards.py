"""Frameworks of standards with lasting identity, as CASE packages bring them.

A district holds its own copy: what another district imports can never change what this one's awards rest on
(docs/adr/0002-frameworks-belong-to-a-district.md).
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from crediting.rules.plain import plain_text
from crediting.states import AdoptionBody, EdgeKind, FrameworkStatus, StandardStatus
from mbl.core.models import District
from mbl.core.models.base import PublicIdModel, state_check


class Framework(PublicIdModel):
    """A CFDocument. ``guid`` is the publisher's identifier, lower case and canonical."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="frameworks")
    guid = models.UUIDField()
    uri = models.CharField(max_length=500, blank=True)
    title = models.CharField(max_length=500)
    creator = models.CharField(max_length=300, blank=True)
    publisher = models.CharField(max_length=300, blank=True)
    version = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=20, blank=True)
    subjects = ArrayField(models.CharField(max_length=200), default=list)
    status = models.CharField(max_length=30, default=FrameworkStatus.UNKNOWN)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    licence = models.CharField(max_length=500, blank=True)
    notes = models.TextField(blank=True)
    source_url = models.CharField(max_length=500, blank=True)
    source_changed_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)
    # The publisher gave no order for some items, so theirs is worked out from codes; pages say so.
    order_inferred = models.BooleanField(default=False)
    # Standards in use, counted when they are written: pages of a million standards count nothing.
    standards_count = models.PositiveIntegerField(default=0)
    # Written here rather than imported: its items can be edited, with their history kept.
    is_local = models.BooleanField(default=False)
    # Adopted frameworks are published for everybody to read; this one is not, such as for its licence.
    is_withheld = models.BooleanField(default=False)
    # Properties of the document that we keep and do not interpret, so that a package goes out as it came.
    extra = models.JSONField(default=dict)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["district", "guid"], name="framework_guid_unique"),
            state_check("status", FrameworkStatus, "framework_status_known"),
        ]

    def __str__(self) -> str:
        return self.title


class FrameworkAdoption(models.Model):
    """A district uses a framework, as its state's standards or its own (T74), for grades and dates (inclusive).

    ``subjects`` are the subject areas it sets standards for: where a state framework covers one, local standards may
    not carry credit in it (WAC 180-51-051(2)).
    """

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="adoptions")
    body = models.CharField(max_length=10)
    adopted_by = models.CharField(max_length=200)
    adopted_on = models.DateField()
    subjects = ArrayField(models.CharField(max_length=40), default=list)
    grades = ArrayField(models.CharField(max_length=5), default=list)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            state_check("body", AdoptionBody, "adoption_body_known"),
            models.UniqueConstraint(fields=["framework", "starts_on"], name="adoption_once"),
        ]

    def __str__(self) -> str:
        return f"{self.framework}: {self.body}"


class Standard(PublicIdModel):
    """A CFItem. ``code`` is its human coding scheme: often missing, not unique. ``code_key`` is for search only."""

    # No index of their own: those below begin with the framework or the district.
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", db_index=False)
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="standards", db_index=False)
    guid = models.UUIDField()
    uri = models.CharField(max_length=500, blank=True)
    code = models.CharField(max_length=200, blank=True)
    code_key = models.CharField(max_length=200, blank=True, db_collation="C")
    statement = models.TextField()
    short = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    # Code and words in lower case without accents, for search only (``rules.standards.search_text``).
    search_text = models.TextField(blank=True, db_collation="C")
    item_type = models.CharField(max_length=100, blank=True)
    grades = ArrayField(models.CharField(max_length=20), default=list)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children", db_index=False)
    # Order among siblings after all rules of interop 2.5, and the whole path for one-query trees: "0003.0012.0001".
    position = models.PositiveIntegerField(default=0)
    path = models.CharField(max_length=400, blank=True, db_collation="C")
    depth = models.PositiveSmallIntegerField(default=0)
    is_leaf = models.BooleanField(default=True)
    # False: the package does not say where it belongs, so it stands under "Unplaced" after everything else.
    is_placed = models.BooleanField(default=True)
    status = models.CharField(max_length=10, default=StandardStatus.ACTIVE)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source_changed_at = models.DateTimeField(null=True)
    # When this copy first had it; what came before the column is as old as its framework.
    added_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)
    extra = models.JSONField(default=dict)

    class Meta:
        ordering = ["framework", "path", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "guid"], name="standard_guid_unique"),
            state_check("status", StandardStatus, "standard_status_known"),
        ]
        indexes = [
            models.Index(fields=["framework", "path"], name="standard_tree"),
            models.Index(fields=["framework", "parent", "path"], name="standard_branch"),
            models.Index(fields=["framework", "code_key"], name="standard_code"),
            models.Index(fields=["district", "guid"], name="standard_by_guid"),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="standard_search"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {plain_text(self.statement)}".strip()[:200]


class StandardEdge(models.Model):
    """A CFAssociation. In ``isChildOf`` the origin is the child; in ``replacedBy`` it is the old item.

    An end that is not in this district's copy keeps its address and is never fetched.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", db_index=False)
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="edges", db_index=False)
    guid = models.UUIDField()
    uri = models.CharField(max_length=500, blank=True, default="")
    kind = models.CharField(max_length=30)
    origin = models.ForeignKey(Standard, on_delete=models.PROTECT, null=True, related_name="edges_out")
    destination = models.ForeignKey(Standard, on_delete=models.PROTECT, null=True, related_name="edges_in")
    origin_uri = models.CharField(max_length=500, blank=True)
    origin_identifier = models.CharField(max_length=300, blank=True)
    # Empty where an inside end is called as ``rules.standards.link_title`` calls it and its address is its own.
    origin_title = models.TextField(blank=True, default="")
    destination_uri = models.CharField(max_length=500, blank=True)
    destination_identifier = models.CharField(max_length=300, blank=True)
    destination_title = models.TextField(blank=True)
    sequence = models.IntegerField(null=True)
    source_changed_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, default=StandardStatus.ACTIVE)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["framework", "guid"], name="edge_guid_unique"),
            state_check("kind", EdgeKind, "edge_kind_known"),
            state_check("status", StandardStatus, "edge_status_known"),
        ]
        # Ends that are not here yet: a framework that comes later finds the links that wait for it.
        indexes = [
            models.Index(
                fields=["district", "destination_identifier"],
                name="edge_waiting_destination",
                condition=models.Q(destination=None),
            ),
            models.Index(
                fields=["district", "origin_identifier"], name="edge_waiting_origin", condition=models.Q(origin=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin_identifier} {self.kind} {self.destination_identifier}"


class StandardWord(models.Model):
    """A word that the standards of a framework use: what a misspelt word of a search is compared with."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="+", db_index=False)
    word = models.CharField(max_length=60, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["framework", "word"], name="standard_word_once")]
        indexes = [GinIndex(OpClass("word", name="gin_trgm_ops"), name="standard_word_like", fastupdate=False)]

    def __str__(self) -> str:
        return self.word


class StandardHistory(models.Model):
    """What a standard said before it was changed, by an import or by hand. Rows are only ever added.

    ``replaced_at`` is when the newer words came; the words here were in force until then.
    """

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="history")
    code = models.CharField(max_length=200, blank=True)
    statement = models.TextField()
    short = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    item_type = models.CharField(max_length=100, blank=True)
    grades = ArrayField(models.CharField(max_length=20), default=list)
    parent = models.ForeignKey(Standard, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    path = models.CharField(max_length=400, blank=True, db_collation="C")
    status = models.CharField(max_length=10)
    source_changed_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["standard", "-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.statement}".strip()[:200]


class FrameworkSource(PublicIdModel):
    """An address from which a framework is fetched each day; only hosts the installation allows (``CASE_SOURCES``)."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="framework_sources")
    address = models.CharField(max_length=500)
    is_active = models.BooleanField(default=True)
    # What the server said last: its date of change, to fetch only what is newer, and a sentence for people.
    changed_at = models.CharField(max_length=60, blank=True)
    checked_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["district", "address"]
        constraints = [models.UniqueConstraint(fields=["district", "address"], name="framework_source_once")]

    def __str__(self) -> str:
        return self.address
