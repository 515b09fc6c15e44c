"""Words of names for search follow the names."""

from __future__ import annotations

from django.db import connection, transaction

_HERE = """
    SELECT DISTINCT person.district_id, word
    FROM profiles_person person, regexp_split_to_table(person.search_text, ' ') AS word
    WHERE word <> ''
"""


@transaction.atomic
def renew_name_words() -> int:
    """Forget words that no name has any more: a person's old name must not be found. How many were forgotten.

    The lock lets people be searched and holds back, for these seconds, those who write names. Words that were forgotten
    while somebody took them on come back.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE profiles_nameword IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"CREATE TEMP TABLE words_here ON COMMIT DROP AS {_HERE}")
        cursor.execute(
            "DELETE FROM profiles_nameword kept WHERE NOT EXISTS ("
            "SELECT FROM words_here here WHERE here.district_id = kept.district_id AND here.word = kept.word)"
        )
        forgotten = int(cursor.rowcount)
        cursor.execute(
            "INSERT INTO profiles_nameword (district_id, word) SELECT district_id, word FROM words_here "
            "ON CONFLICT DO NOTHING"
        )
        cursor.execute("DROP TABLE words_here")
    return forgotten
