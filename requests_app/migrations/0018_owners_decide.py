"""Only an owner decides about a newer reading, also in the database; an offer's moves are of its organization; what
waits for a decision does not keep an import from being undone; health looks at the day that alarms go by."""

from django.db import migrations

APP = "requests_app_"
# A policy sees the new row or the old one, never both; what an editor may not do is change one into the other.
OWNERS = f"""
CREATE FUNCTION app_only_owners_decide() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.offer_id = OLD.offer_id AND NEW.request_id = OLD.request_id
       AND NEW.event_id IS NOT DISTINCT FROM OLD.event_id
       AND (NEW.decision = OLD.decision OR (NEW.decision IN ('waiting', 'moot', 'replaced')
                                            AND OLD.decision IN ('waiting', 'moot', 'replaced'))) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.decision = 'waiting' AND NEW.event_id IS NULL THEN
        RETURN NEW;
    END IF;
    -- The owner of the tables works without a viewer and past the walls.
    IF NOT row_security_active(TG_RELID) OR NEW.organisation_id IN (SELECT app_viewer_owns()) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'only an owner decides about a newer reading' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER only_owners_decide BEFORE INSERT OR UPDATE ON {APP}offeredmove
    FOR EACH ROW EXECUTE FUNCTION app_only_owners_decide();
ALTER TABLE {APP}revisionoffer ADD CONSTRAINT offer_of_its_owner UNIQUE (id, organisation_id);
ALTER TABLE {APP}offeredmove ADD CONSTRAINT offeredmove_of_its_offer FOREIGN KEY (offer_id, organisation_id)
    REFERENCES {APP}revisionoffer (id, organisation_id);
"""
ANYBODY = f"""
DROP TRIGGER only_owners_decide ON {APP}offeredmove;
DROP FUNCTION app_only_owners_decide();
ALTER TABLE {APP}offeredmove DROP CONSTRAINT offeredmove_of_its_offer;
ALTER TABLE {APP}revisionoffer DROP CONSTRAINT offer_of_its_owner;
"""
REWRITE = """
DO $$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_undo_import(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body, 'DELETE FROM requests_app_deadline WHERE request_id = ANY (made);',
        'DELETE FROM requests_app_deadline WHERE request_id = ANY (made);
        DELETE FROM requests_app_offeredmove WHERE request_id = ANY (made) AND event_id IS NULL;');
    IF better = body THEN RAISE EXCEPTION 'the undoing of imports reads otherwise than expected'; END IF;
    EXECUTE better;
    SELECT pg_get_functiondef('app_schedule_health()'::regprocedure) INTO STRICT body;
    better := replace(body, 'd.due_on BETWEEN current_date AND current_date + 1',
                            'd.remind_on BETWEEN current_date AND current_date + 1');
    IF better = body THEN RAISE EXCEPTION 'the health of the schedule reads otherwise than expected'; END IF;
    EXECUTE better;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0017_closures_taken_back")]
    operations = [
        migrations.RunSQL(OWNERS, ANYBODY),
        migrations.RunSQL(REWRITE, migrations.RunSQL.noop),
    ]
