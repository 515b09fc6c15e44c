import crediting.states
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


from mbl.core.models.triggers import append_only

FROZEN = """
CREATE FUNCTION crediting_anchor_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.retired_at IS NOT NULL
       OR to_jsonb(OLD) - 'retired_at' - 'retired_by_id' - 'retired_reason'
          <> to_jsonb(NEW) - 'retired_at' - 'retired_by_id' - 'retired_reason' THEN
        RAISE EXCEPTION 'anchor % is frozen: it may only be retired, once', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER crediting_anchor_frozen BEFORE UPDATE ON crediting_anchor
    FOR EACH ROW EXECUTE FUNCTION crediting_anchor_is_frozen();
CREATE TRIGGER crediting_anchor_kept BEFORE DELETE ON crediting_anchor
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
FROZEN_BACK = """
DROP TRIGGER crediting_anchor_kept ON crediting_anchor;
DROP TRIGGER crediting_anchor_frozen ON crediting_anchor;
DROP FUNCTION crediting_anchor_is_frozen();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_import_undo_result'),
        ('crediting', '0022_replay'),
        ('profiles', '0006_consent'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Anchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('body', models.TextField(blank=True)),
                ('stored_name', models.CharField(blank=True, max_length=200)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('content_type', models.CharField(blank=True, max_length=100)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('alt_text', models.CharField(blank=True, max_length=300)),
                ('reason', models.TextField()),
                ('consent', models.CharField(blank=True, max_length=300)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('made_by_label', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
                ('retired_reason', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['standard', 'level__position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CalibrationItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['session', 'position'],
            },
        ),
        migrations.CreateModel(
            name='CalibrationLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('comment', models.TextField(blank=True)),
                ('given_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['item', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CalibrationSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('due_on', models.DateField()),
                ('created_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('discussion', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-due_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('attempt', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(default=crediting.states.ReadingKind['SECOND'], max_length=8)),
                ('state', models.CharField(default=crediting.states.ReadingState['WAITING'], max_length=10)),
                ('drawn', models.PositiveSmallIntegerField()),
                ('share', models.DecimalField(decimal_places=4, max_digits=7)),
                ('asked_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ReadingLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('comment', models.TextField(blank=True)),
                ('agrees', models.BooleanField()),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('attempt', models.PositiveSmallIntegerField()),
                ('how', models.CharField(max_length=13)),
                ('reason', models.TextField(blank=True)),
                ('settled_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='creditrequest',
            name='moderated',
            field=models.CharField(blank=True, db_default='', default=crediting.states.Moderated['NOT'], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='creditrequest',
            constraint=models.CheckConstraint(condition=models.Q(('moderated__in', ['', 'waiting', 'disagreed', 'agreed', 'settled', 'excused'])), name='request_moderated_known'),
        ),
        migrations.AddField(
            model_name='anchor',
            name='district',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.district'),
        ),
        migrations.AddField(
            model_name='anchor',
            name='level',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.scalelevel'),
        ),
        migrations.AddField(
            model_name='anchor',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='anchor',
            name='replaces',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='crediting.anchor'),
        ),
        migrations.AddField(
            model_name='anchor',
            name='retired_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='anchor',
            name='source',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.evidence'),
        ),
        migrations.AddField(
            model_name='anchor',
            name='standard',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='anchors', to='crediting.standard'),
        ),
        migrations.AddField(
            model_name='calibrationitem',
            name='anchor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calibration_items', to='crediting.anchor'),
        ),
        migrations.AddField(
            model_name='calibrationlevel',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='crediting.calibrationitem'),
        ),
        migrations.AddField(
            model_name='calibrationlevel',
            name='level',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.scalelevel'),
        ),
        migrations.AddField(
            model_name='calibrationlevel',
            name='reader',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.person'),
        ),
        migrations.AddField(
            model_name='calibrationsession',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='calibrationsession',
            name='district',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.district'),
        ),
        migrations.AddField(
            model_name='calibrationsession',
            name='run_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.person'),
        ),
        migrations.AddField(
            model_name='calibrationsession',
            name='school',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.school'),
        ),
        migrations.AddField(
            model_name='calibrationitem',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='crediting.calibrationsession'),
        ),
        migrations.AddField(
            model_name='reading',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reading',
            name='declined',
            field=models.ManyToManyField(blank=True, related_name='+', to='profiles.person'),
        ),
        migrations.AddField(
            model_name='reading',
            name='policy_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.policyversion'),
        ),
        migrations.AddField(
            model_name='reading',
            name='reader',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='profiles.person'),
        ),
        migrations.AddField(
            model_name='reading',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='crediting.creditrequest'),
        ),
        migrations.AddField(
            model_name='readinglevel',
            name='first',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.judgement'),
        ),
        migrations.AddField(
            model_name='readinglevel',
            name='level',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.scalelevel'),
        ),
        migrations.AddField(
            model_name='readinglevel',
            name='reading',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='crediting.reading'),
        ),
        migrations.AddField(
            model_name='readinglevel',
            name='standard',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.standard'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='judgement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.judgement'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='level',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.scalelevel'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='settlement',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='crediting.creditrequest'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='settled_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.person'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='standard',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.standard'),
        ),
        migrations.AddIndex(
            model_name='anchor',
            index=models.Index(condition=models.Q(('retired_at', None)), fields=['standard'], name='anchor_in_use'),
        ),
        migrations.AddConstraint(
            model_name='anchor',
            constraint=models.CheckConstraint(condition=models.Q(('source', None), models.Q(('consent', ''), _negated=True), _connector='OR'), name='anchor_of_a_student_with_consent'),
        ),
        migrations.AddConstraint(
            model_name='calibrationlevel',
            constraint=models.UniqueConstraint(fields=('item', 'reader'), name='calibration_level_once'),
        ),
        migrations.AddConstraint(
            model_name='calibrationitem',
            constraint=models.UniqueConstraint(fields=('session', 'anchor'), name='calibration_item_once'),
        ),
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(fields=['reader', 'state', 'asked_at'], name='reading_of_reader'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['second', 'third'])), name='reading_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'given', 'excused', 'overtaken'])), name='reading_state_known'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.UniqueConstraint(fields=('request', 'attempt', 'kind'), name='reading_once'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('state', crediting.states.ReadingState['WAITING'])), models.Q(models.Q(('state', crediting.states.ReadingState['WAITING']), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='reading_closed_once_over'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', crediting.states.ReadingState['GIVEN']), _negated=True), ('reader__isnull', False), _connector='OR'), name='reading_given_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='readinglevel',
            constraint=models.UniqueConstraint(fields=('reading', 'standard'), name='reading_level_once'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('how__in', ['talk', 'third_reading'])), name='settlement_how_known'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.UniqueConstraint(fields=('request', 'attempt', 'standard'), name='settlement_once'),
        ),
        append_only("crediting_readinglevel"),
        append_only("crediting_settlement"),
        migrations.RunSQL(FROZEN, FROZEN_BACK),
    ]
