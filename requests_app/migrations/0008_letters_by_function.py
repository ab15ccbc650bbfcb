"""The same wall around letters, asked of a function: written out, it nests the walls of event, request and share, and
the planner spent more time on it than the page on its letters. The function runs only for rows that are not our own.

It reads past the walls, so it names every grantee itself.
"""

from django.db import migrations

INTERNAL = "'override', 'override_released', 'waived', 'disputed', 'law_applied', 'closed'"
OUR_TURN = (
    "'clarification_asked', 'clarification_answered', 'deposit_asked', 'deposit_paid', 'fee_estimated', 'fee_paid', "
    "'fee_waiver_asked', 'fee_waiver_decided', 'narrowed', 'follow_up_sent', 'retracted'"
)
FORWARD = f"""
-- A retraction that was itself taken back restores: an odd chain retracts, an even one does not.
CREATE FUNCTION app_is_retracted(event bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE chain(tip, n) AS (
        SELECT e.id, 1 FROM requests_app_event e WHERE e.retracts_id = event
        UNION ALL
        SELECT e.id, c.n + 1 FROM chain c JOIN requests_app_event e ON e.retracts_id = c.tip
    )
    SELECT coalesce(max(n) % 2 = 1, false) FROM chain
$$;
CREATE FUNCTION app_letter_reaches(event bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM requests_app_event e
        JOIN requests_app_recordsrequest r ON r.id = e.request_id
        JOIN requests_app_share s ON s.organisation_id = r.organisation_id
            AND (s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back))
            AND (s.correspondence OR s.everything)
            AND app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)
        WHERE e.id = event AND e.kind NOT IN ({INTERNAL}) AND CASE s.grantee_kind
            WHEN 'public' THEN e.kind NOT IN ({OUR_TURN}) AND NOT app_is_retracted(e.id)
            WHEN 'person' THEN s.grantee_id = app_viewer_id('person')
            WHEN 'organisation' THEN s.grantee_id IN (SELECT app_viewer_organisations())
            ELSE false END)
$$;
ALTER POLICY reads ON requests_app_eventcorrespondence USING (
    organisation_id IN (SELECT app_viewer_organisations()) OR app_letter_reaches(event_id)
);
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0007_waiting_out_of_sight")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
