"""Letters of courses were for every year; state course codes of five digits were their SCED codes too."""

from django.db import migrations

FILL = """
INSERT INTO crediting_coursedesignation (course_id, letter)
SELECT DISTINCT course_id, unnest(designations) FROM crediting_courseterms;
UPDATE crediting_courseterms SET sced_code = state_course_code
WHERE state_course_code ~ '^(0[1-5]|0[7-9]|1[0-9]|2[0-4])[0-9]{3}$';
"""
EMPTY = """
UPDATE crediting_courseterms t SET designations = ARRAY(
    SELECT DISTINCT letter FROM crediting_coursedesignation d WHERE d.course_id = t.course_id ORDER BY letter
);
"""


class Migration(migrations.Migration):
    dependencies = [("crediting", "0011_course_catalog")]
    operations = [migrations.RunSQL(FILL, EMPTY)]
