"""What was issued stays as it was: transcripts, their lines, files and revocations are added and never changed.

Versions of a template too: one that was checked or used means the same for ever (T1).
"""

from django.db import migrations

from mbl.core.models.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("transcripts", "0001_initial"), ("core", "0003_audit_is_append_only")]

    operations = [
        append_only("transcripts_transcripttemplate"),
        append_only("transcripts_transcript"),
        append_only("transcripts_transcriptline"),
        append_only("transcripts_transcriptdocument"),
        append_only("transcripts_transcriptrevocation"),
    ]
