import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# One statement for all rows that an import copies in; a word that is known already costs nothing.
TRIGGER = """
CREATE FUNCTION profiles_keep_name_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO profiles_nameword (district_id, word)
    SELECT DISTINCT changed.district_id, word
    FROM changed, regexp_split_to_table(changed.search_text, ' ') AS word
    WHERE word <> ''
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_name_words_of_new AFTER INSERT ON profiles_person
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profiles_keep_name_words();
CREATE TRIGGER keep_name_words_of_changed AFTER UPDATE ON profiles_person
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profiles_keep_name_words();
INSERT INTO profiles_nameword (district_id, word)
SELECT DISTINCT person.district_id, word
FROM profiles_person person, regexp_split_to_table(person.search_text, ' ') AS word
WHERE word <> '';
"""
BACK = """
DROP TRIGGER keep_name_words_of_new ON profiles_person;
DROP TRIGGER keep_name_words_of_changed ON profiles_person;
DROP FUNCTION profiles_keep_name_words();
"""


class Migration(migrations.Migration):
    """Words of names, so that a misspelt one is found."""

    dependencies = [("profiles", "0003_roster_roles")]

    operations = [
        migrations.CreateModel(
            name="NameWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=420)),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="core.district",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        fields=["word"], name="name_word_search", opclasses=["gist_trgm_ops"]
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("district", "word"), name="name_word_once")],
            },
        ),
        migrations.RunSQL(TRIGGER, BACK),
    ]
