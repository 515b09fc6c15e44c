import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_import_undo_result'),
        ('crediting', '0010_score_records'),
        ('profiles', '0004_words_of_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='CourseDesignation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.CharField(max_length=3)),
                ('first_year', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('last_year', models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='CourseSchool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='CourseSequence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(max_length=120)),
            ],
            options={
                'ordering': ['title', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='NextHigherPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('part', models.PositiveSmallIntegerField(default=0)),
                ('higher_part', models.PositiveSmallIntegerField(default=0)),
                ('least_mark', models.CharField(blank=True, max_length=5)),
                ('rationale', models.TextField()),
                ('listed_from', models.DateField()),
                ('listed_to', models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SequenceStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='courseterms',
            name='active_from',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='courseterms',
            name='active_to',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='courseterms',
            name='equivalent_subject',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='courseterms',
            name='equivalent_title',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='courseterms',
            name='sced_code',
            field=models.CharField(blank=True, max_length=5),
        ),
        migrations.AddConstraint(
            model_name='courseterms',
            constraint=models.CheckConstraint(condition=models.Q(('active_to__gte', models.F('active_from'))), name='course_active_days_order'),
        ),
        migrations.AddConstraint(
            model_name='courseterms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('equivalent_subject', ''), ('equivalent_title', '')), models.Q(models.Q(('equivalent_subject', ''), _negated=True), models.Q(('equivalent_title', ''), _negated=True)), _connector='OR'), name='course_equivalency_whole'),
        ),
        migrations.AddField(
            model_name='coursedesignation',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='designations', to='profiles.course'),
        ),
        migrations.AddField(
            model_name='courseschool',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offered_at', to='profiles.course'),
        ),
        migrations.AddField(
            model_name='courseschool',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.school'),
        ),
        migrations.AddField(
            model_name='coursesequence',
            name='district',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.district'),
        ),
        migrations.AddField(
            model_name='nexthigherpair',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='next_higher', to='profiles.course'),
        ),
        migrations.AddField(
            model_name='nexthigherpair',
            name='higher',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shows_mastery_of', to='profiles.course'),
        ),
        migrations.AddField(
            model_name='sequencestep',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='profiles.course'),
        ),
        migrations.AddField(
            model_name='sequencestep',
            name='sequence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='crediting.coursesequence'),
        ),
        migrations.AddConstraint(
            model_name='coursedesignation',
            constraint=models.UniqueConstraint(fields=('course', 'letter', 'first_year'), name='course_designation_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='coursedesignation',
            constraint=models.CheckConstraint(condition=models.Q(('last_year__gte', models.F('first_year'))), name='course_designation_years_order'),
        ),
        migrations.AddConstraint(
            model_name='courseschool',
            constraint=models.UniqueConstraint(fields=('course', 'school'), name='course_school_once'),
        ),
        migrations.AddConstraint(
            model_name='coursesequence',
            constraint=models.UniqueConstraint(fields=('district', 'title'), name='course_sequence_title_once'),
        ),
        migrations.AddConstraint(
            model_name='nexthigherpair',
            constraint=models.UniqueConstraint(condition=models.Q(('listed_to', None)), fields=('course', 'part', 'higher', 'higher_part'), name='next_higher_pair_once'),
        ),
        migrations.AddConstraint(
            model_name='nexthigherpair',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('course', models.F('higher')), _negated=True), models.Q(('higher_part__gt', models.F('part')), ('part__gt', 0)), _connector='OR'), name='next_higher_pair_goes_up'),
        ),
        migrations.AddConstraint(
            model_name='nexthigherpair',
            constraint=models.CheckConstraint(condition=models.Q(('rationale', ''), _negated=True), name='next_higher_pair_has_rationale'),
        ),
        migrations.AddConstraint(
            model_name='sequencestep',
            constraint=models.UniqueConstraint(fields=('sequence', 'course'), name='sequence_step_once'),
        ),
    ]
