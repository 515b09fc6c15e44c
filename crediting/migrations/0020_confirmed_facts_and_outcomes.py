"""What staff confirm, what the student chose, outcomes without credit, and lines that wait to be asked for."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from mbl.core.models.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_import_undo_result"),
        ("crediting", "0019_mastery_in_classes"),
        ("profiles", "0004_words_of_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConfirmedFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=5)),
                ("name", models.CharField(max_length=60)),
                ("value_kind", models.CharField(max_length=6)),
                ("value", models.CharField(max_length=200)),
                ("source", models.CharField(max_length=200)),
                ("confirmed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="TranscriptWish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="creditrequest",
            name="request_state_known",
        ),
        migrations.AddField(
            model_name="creditrequest",
            name="credits_wanted",
            field=models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True),
        ),
        migrations.AddField(
            model_name="creditrequest",
            name="language",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
        migrations.AddField(
            model_name="creditrequest",
            name="mark_wanted",
            field=models.CharField(blank=True, db_default="", max_length=5),
        ),
        migrations.AddField(
            model_name="creditrequest",
            name="self_evaluation",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="decision",
            name="requirement",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="on_request",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="creditrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "draft",
                            "submitted",
                            "returned",
                            "assessed",
                            "awarded",
                            "granted",
                            "not_awarded",
                            "reversed",
                            "withdrawn",
                        ],
                    )
                ),
                name="request_state_known",
            ),
        ),
        migrations.AddField(
            model_name="confirmedfact",
            name="confirmed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="confirmedfact",
            name="confirmed_by_person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="profiles.person"
            ),
        ),
        migrations.AddField(
            model_name="confirmedfact",
            name="corrects",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrected_by",
                to="crediting.confirmedfact",
            ),
        ),
        migrations.AddField(
            model_name="confirmedfact",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="confirmed", to="crediting.creditrequest"
            ),
        ),
        migrations.AddField(
            model_name="transcriptwish",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="transcriptwish",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="wish", to="crediting.ledgerentry"
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmedfact",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["fact", "paper", "part"])), name="confirmed_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmedfact",
            constraint=models.CheckConstraint(
                condition=models.Q(("value_kind__in", ["number", "yes_no", "text", "date"])),
                name="confirmed_value_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmedfact",
            constraint=models.UniqueConstraint(
                fields=("request", "kind", "name", "corrects"), name="confirmed_once", nulls_distinct=False
            ),
        ),
        append_only("crediting_confirmedfact"),
    ]
