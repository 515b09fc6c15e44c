"""One reading of one file or folder. Knows no format and no word of schooling."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mbl.core.models.base import PublicIdModel, state_check
from mbl.core.models.tenant import District, User
from mbl.core.states import ImportState, Severity


class ImportRun(PublicIdModel):
    """What was read, by whom, what it changed. Counts are objects ``{kind: number}``."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="import_runs")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    created = models.JSONField(default=dict)
    updated = models.JSONField(default=dict)
    unchanged = models.JSONField(default=dict)
    withdrawn = models.JSONField(default=dict)
    rejected = models.JSONField(default=dict)
    # What was asked for besides the file (``{"mapping": {…}}``), so that the checked file is applied in the same way.
    options = models.JSONField(default=dict)
    # A few rows in words (``mbl.core.imports.differences``).
    examples = models.JSONField(default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # What taking it back would do, or did (``ImportResult.as_json``); None until somebody asks.
    undo_result = models.JSONField(null=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [state_check("state", ImportState, "importrun_state_known")]
        indexes = [models.Index(fields=["district", "kind", "sha256"], name="importrun_same_bytes")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.file_name}"


class ImportIssue(models.Model):
    """One thing to know about one row. Never holds a whole row of a student's data."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="issues")
    severity = models.CharField(max_length=8)
    code = models.CharField(max_length=60)
    file = models.CharField(max_length=200, blank=True)
    line = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=100, blank=True)
    message = models.TextField()

    class Meta:
        ordering = ["pk"]
        constraints = [state_check("severity", Severity, "importissue_severity_known")]

    def __str__(self) -> str:
        return self.message


class ImportChange(models.Model):
    """Up to some thousand rows of one table that a run wrote, as they were before: what undo needs.

    The three arrays run side by side. A created row has no ``before``, a deleted one no ``hash``. Rows are kept in
    blocks, because two million history rows would be two million rows here too.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    table = models.CharField(max_length=63)
    ids = ArrayField(models.BigIntegerField())
    # None as a whole where all rows of the block were created.
    before = ArrayField(models.JSONField(null=True), null=True)
    # Of each row as the run left it (``mbl.core.imports.changes.row_hash``); None until the run ends.
    hashes = ArrayField(models.BigIntegerField(null=True), null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.table}: {len(self.ids)}"


class ImportMapping(models.Model):
    """Which column of a free format is which of ours, confirmed by a person, kept under a name."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    # ``{our column: header of the file}``.
    columns = models.JSONField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "kind", "name"], name="importmapping_name_once")]

    def __str__(self) -> str:
        return self.name
