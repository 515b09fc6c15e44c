"""Somebody without an account attests what they witnessed; what was attested is only ever added to."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from mbl.core.models.triggers import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_import_undo_result'),
        ('crediting', '0014_language_tests'),
        ('profiles', '0004_words_of_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AttestationInvite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(blank=True, max_length=60)),
                ('role', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('experience', models.TextField()),
                ('agreement', models.TextField(blank=True)),
                ('visible_to', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('language', models.CharField(max_length=40)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('token_sha256', models.CharField(max_length=64, unique=True)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.district')),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='crediting.attestationinvite')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='crediting.creditrequest')),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Attestation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(blank=True, max_length=60)),
                ('role', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('experience', models.TextField()),
                ('agreement', models.TextField(blank=True)),
                ('visible_to', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('language', models.CharField(max_length=40)),
                ('way', models.CharField(max_length=10)),
                ('organisation', models.CharField(blank=True, max_length=160)),
                ('contact', models.CharField(blank=True, max_length=160)),
                ('statement', models.TextField(blank=True)),
                ('is_unrecorded', models.BooleanField(default=False)),
                ('witnessed_from', models.DateField(null=True)),
                ('witnessed_to', models.DateField(null=True)),
                ('attested_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('sha256', models.CharField(max_length=64)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.district')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.person')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='crediting.creditrequest')),
                ('invite', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attestation', to='crediting.attestationinvite')),
            ],
            options={
                'ordering': ['recorded_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='AttestationWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('withdrawn_at', models.DateTimeField()),
                ('attestation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='crediting.attestation')),
                ('withdrawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='AttestedStandard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mapped_at', models.DateTimeField()),
                ('attestation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mapped', to='crediting.attestation')),
                ('mapped_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.standard')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='attestationinvite',
            constraint=models.CheckConstraint(condition=models.Q(('used_at', None), ('cancelled_at', None), _connector='OR'), name='invite_used_or_cancelled'),
        ),
        migrations.AddConstraint(
            model_name='attestation',
            constraint=models.CheckConstraint(condition=models.Q(('way__in', ['link', 'spoken', 'own'])), name='attestation_way_known'),
        ),
        migrations.AddConstraint(
            model_name='attestation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('invite__isnull', False), ('recorded_by', None), ('way', 'link')), models.Q(('invite', None), ('recorded_by__isnull', False), ('way__in', ['spoken', 'own'])), _connector='OR'), name='attestation_came_one_way'),
        ),
        migrations.AddConstraint(
            model_name='attestation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_unrecorded', True), ('statement', '')), ('is_unrecorded', False), _connector='OR'), name='attestation_unrecorded_is_empty'),
        ),
        migrations.AddConstraint(
            model_name='attestedstandard',
            constraint=models.UniqueConstraint(fields=('attestation', 'standard'), name='attested_standard_once'),
        ),
        append_only("crediting_attestation"),
        append_only("crediting_attestationwithdrawal"),
    ]
