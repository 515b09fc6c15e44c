"""Designation letters were confirmed in the district's setting and on its templates; the setting holds them all now.

Issued transcripts keep what they printed; templates keep their words and are no longer asked.
"""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CADR = {"letter": "B", "meaning": "Meets a College Academic Distribution Requirement"}


def gather(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    templates = apps.get_model("transcripts", "TranscriptTemplate")
    for district in apps.get_model("core", "District").objects.all():
        before = district.settings.get("designations", {})
        meanings: dict[str, str] = {}
        for template in templates.objects.filter(district=district).order_by("pk"):
            meanings |= {
                one["letter"]: one["meaning"] for one in template.terms.get("designations", ()) if one["confirmed"]
            }
        meanings |= {letter: meanings.get(letter, letter) for letter in before.get("confirmed", ())}
        if not before and set(meanings) <= {CADR["letter"]}:
            continue
        meanings.setdefault(CADR["letter"], CADR["meaning"])
        table: list[dict[str, Any]] = [
            {"letter": letter, "meaning": meaning, "first_year": 0, "last_year": 0}
            for letter, meaning in sorted(meanings.items())
        ]
        mastery = before.get("mastery", "")
        district.settings["designations"] = {"letters": table, "mastery": mastery if mastery in meanings else ""}
        district.save(update_fields=["settings"])


def give_back(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    for district in apps.get_model("core", "District").objects.filter(settings__has_key="designations"):
        now = district.settings["designations"]
        confirmed = sorted({one["letter"] for one in now["letters"]})
        district.settings["designations"] = {"confirmed": confirmed, "mastery": now["mastery"]}
        district.save(update_fields=["settings"])


class Migration(migrations.Migration):
    dependencies = [("transcripts", "0002_issued_stays"), ("core", "0007_import_undo_result")]
    operations = [migrations.RunPython(gather, give_back)]
