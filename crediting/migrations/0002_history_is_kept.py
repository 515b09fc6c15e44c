"""Judgements, decisions and the ledger only grow; a published policy version stays as it was published."""

from django.db import migrations

from mbl.core.models.triggers import append_only

# A row may replace another only after a reversal has taken that one back (R31).
LEDGER = """
CREATE FUNCTION crediting_replace_what_is_reversed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM crediting_ledgerentry WHERE reverses_id = NEW.replaces_id) THEN
        RAISE EXCEPTION 'ledger entry % cannot be replaced: it has not been reversed', NEW.replaces_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER crediting_ledgerentry_replaces BEFORE INSERT ON crediting_ledgerentry
    FOR EACH ROW WHEN (NEW.replaces_id IS NOT NULL) EXECUTE FUNCTION crediting_replace_what_is_reversed();
"""
LEDGER_BACK = """
DROP TRIGGER crediting_ledgerentry_replaces ON crediting_ledgerentry;
DROP FUNCTION crediting_replace_what_is_reversed();
"""

# Published means frozen (R2). One thing may still be said, once: the day on which an open version ends.
FROZEN = """
CREATE FUNCTION crediting_only_end_set(old_row jsonb, new_row jsonb, old_days daterange, new_days daterange)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT old_row - 'effective' = new_row - 'effective'
       AND (old_days = new_days
            OR (upper_inf(old_days) AND NOT upper_inf(new_days) AND lower(old_days) = lower(new_days)))
$$;

CREATE FUNCTION crediting_policy_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' AND (
        TG_OP = 'DELETE'
        OR NOT crediting_only_end_set(to_jsonb(OLD), to_jsonb(NEW), OLD.effective, NEW.effective)
    ) THEN
        RAISE EXCEPTION 'policy version % is published: only an open end may still be set, once', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER crediting_policyversion_frozen BEFORE UPDATE OR DELETE ON crediting_policyversion
    FOR EACH ROW EXECUTE FUNCTION crediting_policy_is_frozen();
CREATE TRIGGER crediting_policyversion_no_truncate BEFORE TRUNCATE ON crediting_policyversion
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();

CREATE FUNCTION crediting_policy_courses_are_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM crediting_policyversion WHERE id = version AND state = 'published') AND (
        TG_OP <> 'UPDATE'
        OR NOT crediting_only_end_set(to_jsonb(OLD), to_jsonb(NEW), OLD.effective, NEW.effective)
    ) THEN
        RAISE EXCEPTION 'policy version % is published: its courses stay as they are', version
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER crediting_policycourse_frozen BEFORE INSERT OR UPDATE OR DELETE ON crediting_policycourse
    FOR EACH ROW EXECUTE FUNCTION crediting_policy_courses_are_frozen();
"""
FROZEN_BACK = """
DROP TRIGGER crediting_policycourse_frozen ON crediting_policycourse;
DROP FUNCTION crediting_policy_courses_are_frozen();
DROP TRIGGER crediting_policyversion_no_truncate ON crediting_policyversion;
DROP TRIGGER crediting_policyversion_frozen ON crediting_policyversion;
DROP FUNCTION crediting_policy_is_frozen();
DROP FUNCTION crediting_only_end_set(jsonb, jsonb, daterange, daterange);
"""

# The exclusion constraints compare versions for every class. These compare the ones that name classes: within a series
# a version for named classes goes before one for every class, so only shared classes clash; between two series a course
# is in one or the other for any student (R3, R10a). The row locks make two people who publish at once take turns.
CLASSES = """
CREATE FUNCTION crediting_policy_classes_clash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM crediting_policyseries WHERE id = NEW.series_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM crediting_policyversion AS other
        WHERE other.series_id = NEW.series_id AND other.id <> NEW.id AND other.state = 'published'
          AND other.effective && NEW.effective AND other.classes && NEW.classes
    ) THEN
        RAISE EXCEPTION 'another version of this policy is published for a shared class and days'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'policy_versions_never_overlap';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER crediting_policyversion_classes BEFORE INSERT OR UPDATE ON crediting_policyversion
    FOR EACH ROW WHEN (NEW.state = 'published' AND NEW.classes <> '{}')
    EXECUTE FUNCTION crediting_policy_classes_clash();

CREATE FUNCTION crediting_policy_course_clash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM profiles_course WHERE id = NEW.course_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1
        FROM crediting_policycourse AS other
        JOIN crediting_policyversion AS theirs ON theirs.id = other.version_id
        JOIN crediting_policyversion AS ours ON ours.id = NEW.version_id
        WHERE other.course_id = NEW.course_id AND other.id <> NEW.id AND other.effective && NEW.effective
          AND (other.classes && NEW.classes
               OR (theirs.series_id <> ours.series_id AND (other.classes = '{}' OR NEW.classes = '{}')))
    ) THEN
        RAISE EXCEPTION 'course % is in another policy on shared days', NEW.course_id
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'course_in_one_policy_at_a_time';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER crediting_policycourse_clash BEFORE INSERT OR UPDATE ON crediting_policycourse
    FOR EACH ROW EXECUTE FUNCTION crediting_policy_course_clash();
"""
CLASSES_BACK = """
DROP TRIGGER crediting_policycourse_clash ON crediting_policycourse;
DROP FUNCTION crediting_policy_course_clash();
DROP TRIGGER crediting_policyversion_classes ON crediting_policyversion;
DROP FUNCTION crediting_policy_classes_clash();
"""


class Migration(migrations.Migration):
    dependencies = [("crediting", "0001_initial"), ("core", "0003_audit_is_append_only")]

    operations = [
        append_only("crediting_judgement"),
        append_only("crediting_decision"),
        append_only("crediting_ledgerentry"),
        migrations.RunSQL(LEDGER, LEDGER_BACK),
        migrations.RunSQL(FROZEN, FROZEN_BACK),
        migrations.RunSQL(CLASSES, CLASSES_BACK),
    ]
