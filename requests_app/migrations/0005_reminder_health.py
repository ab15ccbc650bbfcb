"""What the health page may know of the schedule: whether it is late, never whose it is."""

from django.db import migrations

HEALTH = """
CREATE FUNCTION app_schedule_health(OUT late_since timestamptz, OUT unplanned boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may ask how it is' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- The oldest row that waits ten minutes past its time; one that nobody knows about has its fifteen first.
    -- A row planned for a time that had passed has its ten minutes from its planning.
    SELECT min(greatest(next_at, created_at)) INTO late_since FROM requests_app_reminder
     WHERE state IN ('planned', 'claimed', 'unknown') AND next_at < now() - interval '10 minutes'
       AND created_at < now() - interval '10 minutes'
       AND (state <> 'unknown' OR handed_over_at < now() - interval '20 minutes');
    -- A lapse of the last weeks, or a window of ours on its last days, that no row of any state answers for. The day
    -- of grace covers every time zone and the minutes until the next planning.
    SELECT EXISTS (
        SELECT FROM requests_app_organisation o
          CROSS JOIN LATERAL (
            SELECT FROM requests_app_deadline d
              JOIN requests_app_recordsrequest q ON q.id = d.request_id
             WHERE d.organisation_id = o.id AND d.superseded_at IS NULL AND d.met_on IS NULL AND d.ended_on IS NULL
               AND ((d.owner IN ('agency', 'reviewer')
                     AND d.due_on BETWEEN current_date - 28 AND current_date - 3)
                 OR (d.owner = 'requester' AND d.due_on BETWEEN current_date AND current_date + 1))
               AND d.derived_at < now() - interval '1 day'
               AND (q.alarms_from IS NULL OR d.due_on >= q.alarms_from)
               AND NOT EXISTS (SELECT FROM requests_app_reminder r
                                WHERE r.request_id = d.request_id AND r.clock_key = d.clock_key
                                  AND r.due_on = d.due_on)
             LIMIT 1) AS missing
    ) INTO unplanned;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0004_import_undo")]
    operations = [migrations.RunSQL(HEALTH, "DROP FUNCTION app_schedule_health();")]
