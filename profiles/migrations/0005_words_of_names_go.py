from django.db import migrations

# People go only where an import is taken back. One statement for all of them; the words of everybody else in their
# districts are gathered once. A word that somebody takes on at the very same moment comes back at night.
TRIGGER = """
CREATE FUNCTION profiles_forget_name_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH words AS MATERIALIZED (
        SELECT DISTINCT person.district_id, word
        FROM profiles_person person, regexp_split_to_table(person.search_text, ' ') AS word
        WHERE person.district_id IN (SELECT district_id FROM gone)
    )
    DELETE FROM profiles_nameword kept
    USING (
        SELECT DISTINCT gone.district_id, word FROM gone, regexp_split_to_table(gone.search_text, ' ') AS word
        EXCEPT SELECT district_id, word FROM words
    ) AS over
    WHERE kept.district_id = over.district_id AND kept.word = over.word;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_name_words AFTER DELETE ON profiles_person
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION profiles_forget_name_words();
"""
BACK = """
DROP TRIGGER forget_name_words ON profiles_person;
DROP FUNCTION profiles_forget_name_words();
"""


class Migration(migrations.Migration):
    """A name that nobody has any more is no longer among the words that names are searched by."""

    dependencies = [("profiles", "0004_words_of_names")]
    operations = [migrations.RunSQL(TRIGGER, BACK)]
