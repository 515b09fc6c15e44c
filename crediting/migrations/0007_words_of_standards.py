"""Count and list the words of standards that are here already."""

from django.db import migrations

FILL = """
UPDATE crediting_framework SET standards_count = counted.number FROM (
    SELECT framework_id, count(*) AS number FROM crediting_standard WHERE status = 'active' GROUP BY framework_id
) AS counted WHERE counted.framework_id = crediting_framework.id;
INSERT INTO crediting_standardword (framework_id, word)
SELECT DISTINCT framework_id, word FROM crediting_standard,
       regexp_split_to_table(search_text, '[^a-z]+') AS word
WHERE length(word) BETWEEN 4 AND 60;
"""


class Migration(migrations.Migration):
    dependencies = [("crediting", "0006_standards_searched_and_kept")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
