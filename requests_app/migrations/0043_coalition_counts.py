"""What a coordinator may be told of partners who agreed: how many windows, and nothing else.

Days are the database's own, in each request's zone: whoever could name the days could ask for one after another, and
would read the dates out of the counts.
"""

from django.db import migrations

APP = "requests_app_"
COUNTS = f"""
CREATE FUNCTION app_coalition_counts(which bigint) RETURNS TABLE (member bigint, windows int, unassigned int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF which NOT IN (SELECT app_viewer_coordinates()) THEN
        RAISE EXCEPTION 'only a coordinator is told counts' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- By what each shared with this coalition at a tier that reaches who asks; held-back requests are not of it.
    RETURN QUERY SELECT m.id, count(d.id)::int, (count(d.id) FILTER (WHERE p.assignee_id IS NULL))::int
      FROM {APP}coalitionmember m
      LEFT JOIN {APP}recordsrequest r ON r.organisation_id = m.organisation_id AND EXISTS (
               SELECT FROM {APP}share s
                WHERE s.stay_id = m.id AND s.grantee_kind = 'coalition' AND s.revoked_at IS NULL
                  AND s.from_at <= clock_timestamp() AND (s.until_at IS NULL OR s.until_at > clock_timestamp())
                  AND (s.embargo_until IS NULL OR s.embargo_until <= clock_timestamp())
                  AND (s.grantee_id, s.tier::int) IN (SELECT t.coalition, t.tier FROM app_viewer_tiers() t)
                  AND (s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back)))
      LEFT JOIN {APP}requestprivate p ON p.request_id = r.id
      LEFT JOIN {APP}deadline d ON d.request_id = r.id AND d.owner IN ('requester', 'counsel')
               AND d.rule_id <> 'destroys-on'
               AND d.superseded_at IS NULL AND d.met_on IS NULL AND d.ended_on IS NULL AND d.paused_since IS NULL
               AND d.due_on BETWEEN (clock_timestamp() AT TIME ZONE r.zone)::date
                                AND (clock_timestamp() AT TIME ZONE r.zone)::date + 6
     WHERE m.coalition_id = which AND m.left_at IS NULL AND m.tells_counts
     GROUP BY m.id;
END $$;

-- Who no longer coordinates has nobody asked in: their links are dead, and would bar others from asking the same.
CREATE FUNCTION app_coalition_uninvites() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE {APP}coalitioninvitation SET revoked_at = now()
     WHERE coalition_id = NEW.coalition_id AND organisation_id = NEW.organisation_id
       AND accepted_at IS NULL AND revoked_at IS NULL AND declined_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER uninvites AFTER UPDATE OF coordinates ON {APP}coalitionmember FOR EACH ROW
    WHEN (OLD.coordinates AND NOT NEW.coordinates) EXECUTE FUNCTION app_coalition_uninvites();
"""
UNDONE = f"""
DROP TRIGGER uninvites ON {APP}coalitionmember;
DROP FUNCTION app_coalition_uninvites(), app_coalition_counts(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0042_boards")]

    operations = [migrations.RunSQL(COUNTS, UNDONE)]
