"""Who has left a coalition keeps its name and purpose as they were: neither changes any more once somebody has left."""

from django.db import migrations

APP = "requests_app_"
GUARD = f"""
CREATE FUNCTION app_coalition_keeps_its_name() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Against somebody who is leaving now: a stay ends under the lock of this row or before it.
    IF EXISTS (SELECT FROM {APP}coalitionmember m WHERE m.coalition_id = NEW.id AND m.left_at IS NOT NULL
                  AND NOT EXISTS (SELECT FROM {APP}coalitionmember n WHERE n.coalition_id = NEW.id
                                     AND n.organisation_id = m.organisation_id AND n.left_at IS NULL)) THEN
        RAISE EXCEPTION 'who has left would read it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION app_coalition_keeps_its_name() FROM PUBLIC;
CREATE TRIGGER keeps_its_name BEFORE UPDATE OF name, purpose ON {APP}coalition FOR EACH ROW
    WHEN ((OLD.name, OLD.purpose) IS DISTINCT FROM (NEW.name, NEW.purpose))
    EXECUTE FUNCTION app_coalition_keeps_its_name();
"""
UNGUARD = f"DROP TRIGGER keeps_its_name ON {APP}coalition; DROP FUNCTION app_coalition_keeps_its_name();"


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0057_proposals")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
