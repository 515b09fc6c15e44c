import crediting.states
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from mbl.core.models.triggers import append_only

FROZEN = """
CREATE FUNCTION crediting_aggregation_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'effective' <> to_jsonb(NEW) - 'effective'
       OR lower(OLD.effective) <> lower(NEW.effective) THEN
        RAISE EXCEPTION 'aggregation rule % is frozen: only its last day may be set', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER crediting_aggregationrule_frozen BEFORE UPDATE ON crediting_aggregationrule
    FOR EACH ROW EXECUTE FUNCTION crediting_aggregation_is_frozen();
"""
FROZEN_BACK = """
DROP TRIGGER crediting_aggregationrule_frozen ON crediting_aggregationrule;
DROP FUNCTION crediting_aggregation_is_frozen();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_import_undo_result'),
        ('crediting', '0018_proposals_and_appeals'),
        ('profiles', '0004_words_of_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='judgement',
            name='modification',
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name='judgement',
            name='assessor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.person'),
        ),
        migrations.CreateModel(
            name='AggregationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('subject', models.CharField(blank=True, max_length=40)),
                ('kind', models.CharField(default=crediting.states.AggregationKind['NEWEST'], max_length=10)),
                ('n', models.PositiveSmallIntegerField(default=0)),
                ('minimum_attempts', models.PositiveSmallIntegerField(default=1)),
                ('weight', models.PositiveSmallIntegerField(default=0)),
                ('rounding', models.CharField(default=crediting.states.Rounding['HALF_UP'], max_length=10)),
                ('effective', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aggregation_rules', to='core.district')),
            ],
            options={
                'ordering': ['subject', '-effective'],
            },
        ),
        migrations.AddField(
            model_name='judgement',
            name='rule',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.aggregationrule'),
        ),
        migrations.CreateModel(
            name='ClassTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(max_length=120)),
                ('given_on', models.DateField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('section', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='profiles.section')),
            ],
            options={
                'ordering': ['-given_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ClassJudgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('attempt', models.PositiveSmallIntegerField()),
                ('comment', models.TextField(blank=True)),
                ('modification', models.TextField(blank=True)),
                ('judged_at', models.DateTimeField()),
                ('assessor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.person')),
                ('level', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.scalelevel')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.aggregationrule')),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.standard')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='class_judgements', to='profiles.student')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='crediting.classtask')),
            ],
            options={
                'ordering': ['judged_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Habit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('word', models.CharField(max_length=80)),
                ('is_active', models.BooleanField(default=True)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.district')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HabitAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('word', models.CharField(max_length=80)),
                ('is_active', models.BooleanField(default=True)),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.district')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HabitMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField()),
                ('entered_at', models.DateTimeField(auto_now=True)),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.habitanswer')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('habit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.habit')),
                ('section', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.section')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='habit_marks', to='profiles.student')),
            ],
            options={
                'ordering': ['-week', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='aggregationrule',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['newest', 'best', 'mean', 'decaying', 'times', 'mode'])), name='aggregation_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='aggregationrule',
            constraint=models.CheckConstraint(condition=models.Q(('rounding__in', ['half_up', 'down', 'up'])), name='aggregation_rounding_known'),
        ),
        migrations.AddConstraint(
            model_name='aggregationrule',
            constraint=models.CheckConstraint(condition=models.Q(('minimum_attempts__gte', 1), ('minimum_attempts__lte', 20), ('n__lte', 20)), name='aggregation_counts_sane'),
        ),
        migrations.AddConstraint(
            model_name='aggregationrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', crediting.states.AggregationKind['DECAYING']), ('weight__gte', 1), ('weight__lte', 99)), models.Q(models.Q(('kind', crediting.states.AggregationKind['DECAYING']), _negated=True), ('weight', 0)), _connector='OR'), name='aggregation_weight_of_decaying'),
        ),
        migrations.AddConstraint(
            model_name='aggregationrule',
            constraint=models.CheckConstraint(condition=models.Q(('effective__isempty', False), ('effective__startswith__isnull', False)), name='aggregation_has_a_first_day'),
        ),
        migrations.AddConstraint(
            model_name='aggregationrule',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('district', '='), ('subject', '='), ('effective', '&&')], name='aggregation_one_rule_a_day'),
        ),
        migrations.AddConstraint(
            model_name='classtask',
            constraint=models.UniqueConstraint(fields=('section', 'title', 'given_on'), name='class_task_once'),
        ),
        migrations.AddIndex(
            model_name='classjudgement',
            index=models.Index(fields=['student', 'standard', 'judged_at'], name='class_judgement_of_student'),
        ),
        migrations.AddConstraint(
            model_name='habit',
            constraint=models.UniqueConstraint(fields=('district', 'word'), name='habit_once'),
        ),
        migrations.AddConstraint(
            model_name='habitanswer',
            constraint=models.UniqueConstraint(fields=('district', 'word'), name='habit_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='habitmark',
            constraint=models.UniqueConstraint(fields=('section', 'student', 'habit', 'week'), name='habit_mark_once'),
        ),
        migrations.AddConstraint(
            model_name='habitmark',
            constraint=models.CheckConstraint(condition=models.Q(('week__iso_week_day', 1)), name='habit_week_begins_on_monday'),
        ),
        append_only("crediting_classjudgement"),
        migrations.RunSQL(FROZEN, FROZEN_BACK),
    ]
