import crediting.states
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

# What was sent and what was answered stays as it was; of an answered part only the state moves on, to withdrawn.
FROZEN = """
CREATE FUNCTION crediting_project_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sent_at IS NOT NULL THEN
        RAISE EXCEPTION 'project version % was sent: it stays as it is, other words are a new version', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER crediting_projectversion_frozen BEFORE UPDATE OR DELETE ON crediting_projectversion
    FOR EACH ROW EXECUTE FUNCTION crediting_project_is_frozen();

CREATE FUNCTION crediting_project_part_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'project part % was sent: it stays', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state NOT IN ('draft', 'sent')
       AND (to_jsonb(OLD) - 'state' <> to_jsonb(NEW) - 'state' OR NEW.state NOT IN (OLD.state, 'withdrawn')) THEN
        RAISE EXCEPTION 'project part % was answered: it stays as it is', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER crediting_projectpart_frozen BEFORE UPDATE OR DELETE ON crediting_projectpart
    FOR EACH ROW EXECUTE FUNCTION crediting_project_part_is_frozen();

CREATE FUNCTION crediting_project_standard_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_of crediting_projectstandard := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
    part_state text := (SELECT state FROM crediting_projectpart WHERE id = row_of.part_id);
BEGIN
    -- While a part waits, its teacher may count other standards; what the student proposed stays.
    IF part_state <> 'draft' AND NOT (part_state = 'sent' AND (
        TG_OP = 'INSERT' AND NOT NEW.is_proposed
        OR TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'is_counted' = to_jsonb(NEW) - 'is_counted')) THEN
        RAISE EXCEPTION 'the standards of project part % stay as they are', row_of.part_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER crediting_projectstandard_frozen BEFORE INSERT OR UPDATE OR DELETE ON crediting_projectstandard
    FOR EACH ROW EXECUTE FUNCTION crediting_project_standard_is_frozen();
"""
FROZEN_BACK = """
DROP TRIGGER crediting_projectstandard_frozen ON crediting_projectstandard;
DROP FUNCTION crediting_project_standard_is_frozen();
DROP TRIGGER crediting_projectpart_frozen ON crediting_projectpart;
DROP FUNCTION crediting_project_part_is_frozen();
DROP TRIGGER crediting_projectversion_frozen ON crediting_projectversion;
DROP FUNCTION crediting_project_is_frozen();
"""
# The task of a project is judged for its student alone.
OF_ONE = """
CREATE FUNCTION crediting_project_of_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added
        JOIN crediting_classtask task ON task.id = added.task_id
        JOIN crediting_project project ON project.id = task.project_id
        WHERE project.student_id <> added.student_id) THEN
        RAISE EXCEPTION 'the task of a project is judged for its student alone' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER crediting_classjudgement_of_project AFTER INSERT ON crediting_classjudgement
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION crediting_project_of_one();
"""
OF_ONE_BACK = """
DROP TRIGGER crediting_classjudgement_of_project ON crediting_classjudgement;
DROP FUNCTION crediting_project_of_one();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_import_undo_result'),
        ('crediting', '0030_graduation_standards'),
        ('profiles', '0006_consent'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ProjectPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('state', models.CharField(default=crediting.states.ProjectState['DRAFT'], max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ProjectStandard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_proposed', models.BooleanField(default=True)),
                ('is_counted', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ProjectVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('title', models.CharField(max_length=120)),
                ('question', models.TextField(blank=True)),
                ('product', models.TextField(blank=True)),
                ('audience', models.TextField(blank=True)),
                ('partners', models.TextField(blank=True)),
                ('starts_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='classtask',
            name='class_task_once',
        ),
        migrations.AddField(
            model_name='project',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='project',
            name='district',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.district'),
        ),
        migrations.AddField(
            model_name='project',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.school'),
        ),
        migrations.AddField(
            model_name='project',
            name='student',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='profiles.student'),
        ),
        migrations.AddField(
            model_name='classtask',
            name='project',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='crediting.project'),
        ),
        migrations.AddConstraint(
            model_name='classtask',
            constraint=models.UniqueConstraint(condition=models.Q(('project', None)), fields=('section', 'title', 'given_on'), name='class_task_once'),
        ),
        migrations.AddConstraint(
            model_name='classtask',
            constraint=models.UniqueConstraint(fields=('section', 'project'), name='class_task_of_project_once'),
        ),
        migrations.AddField(
            model_name='projectpart',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='projectpart',
            name='decided_by_person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.person'),
        ),
        migrations.AddField(
            model_name='projectpart',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='crediting.project'),
        ),
        migrations.AddField(
            model_name='projectpart',
            name='section',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='project_parts', to='profiles.section'),
        ),
        migrations.AddField(
            model_name='projectstandard',
            name='part',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='standards', to='crediting.projectpart'),
        ),
        migrations.AddField(
            model_name='projectstandard',
            name='standard',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crediting.standard'),
        ),
        migrations.AddField(
            model_name='projectversion',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='crediting.project'),
        ),
        migrations.AddField(
            model_name='projectversion',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.academicsession'),
        ),
        migrations.AddField(
            model_name='projectversion',
            name='written_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='projectpart',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='crediting.projectversion'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['student', '-created_at'], name='project_by_student'),
        ),
        migrations.AddConstraint(
            model_name='projectstandard',
            constraint=models.UniqueConstraint(fields=('part', 'standard'), name='project_standard_once'),
        ),
        migrations.AddConstraint(
            model_name='projectstandard',
            constraint=models.CheckConstraint(condition=models.Q(('is_proposed', True), ('is_counted', True), _connector='OR'), name='project_standard_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='projectversion',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='project_version_once'),
        ),
        migrations.AddConstraint(
            model_name='projectversion',
            constraint=models.UniqueConstraint(condition=models.Q(('sent_at', None)), fields=('project',), name='project_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='projectversion',
            constraint=models.CheckConstraint(condition=models.Q(('sent_at', None), models.Q(('ends_on__gte', models.F('starts_on')), ('session__isnull', False), ('starts_on__isnull', False)), _connector='OR'), name='project_sent_has_days'),
        ),
        migrations.AddIndex(
            model_name='projectpart',
            index=models.Index(fields=['section', 'state'], name='project_of_class'),
        ),
        migrations.AddConstraint(
            model_name='projectpart',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'sent', 'approved', 'returned', 'withdrawn', 'replaced'])), name='project_state_known'),
        ),
        migrations.AddConstraint(
            model_name='projectpart',
            constraint=models.UniqueConstraint(fields=('version', 'section'), name='project_part_once'),
        ),
        migrations.AddConstraint(
            model_name='projectpart',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['sent', 'approved'])), fields=('project', 'section'), name='project_in_class_once'),
        ),
        migrations.AddConstraint(
            model_name='projectpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'returned']), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_by_person__isnull', False)), _connector='OR'), name='project_decided_by_somebody'),
        ),
        migrations.RunSQL(FROZEN, FROZEN_BACK),
        migrations.RunSQL(OF_ONE, OF_ONE_BACK),
    ]
