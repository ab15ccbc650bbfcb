"""The public does not read that an agency waits for the requester: a stopped clock is not its row, and neither is a
date that once stood (the day on which a date vanished tells the same).

And correspondence is read where its own grant reaches: a public grant of letters opens the letters of events that the
public may read, not those that the reader's other grant, of the status alone, shows.
"""

from django.db import migrations

DEADLINE = """
DO $$
DECLARE rule text; stricter text;
BEGIN
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT rule FROM pg_policy
    WHERE polrelid = 'requests_app_deadline'::regclass AND polname = 'reads';
    stricter := 'organisation_id IN (SELECT app_viewer_organisations()) '
         || 'OR EXISTS (SELECT 1 FROM requests_app_recordsrequest r JOIN requests_app_share s '
         || 'ON s.organisation_id = r.organisation_id AND s.grantee_kind <> ''public'' '
         || 'AND app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at) '
         || 'AND (s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back)) '
         || 'WHERE r.id = requests_app_deadline.request_id)';
    EXECUTE 'ALTER POLICY reads ON requests_app_deadline USING ((' || rule || ') AND '
         || '((paused_since IS NULL AND superseded_at IS NULL) OR ' || stricter || '))';
END $$;
"""


def letters(to, kinds):
    return (
        "EXISTS (SELECT 1 FROM requests_app_event e JOIN requests_app_recordsrequest r ON r.id = e.request_id "
        "JOIN requests_app_share s ON s.organisation_id = r.organisation_id AND (s.correspondence OR s.everything) "
        f"AND s.grantee_kind {to} 'public' "
        "AND app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at) "
        "AND (s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back)) "
        f"WHERE e.id = requests_app_eventcorrespondence.event_id AND {kinds})"
    )


INTERNAL = "'override', 'override_released', 'waived', 'disputed', 'law_applied', 'closed'"
OUR_TURN = (
    "'clarification_asked', 'clarification_answered', 'deposit_asked', 'deposit_paid', 'fee_estimated', 'fee_paid', "
    "'fee_waiver_asked', 'fee_waiver_decided', 'narrowed', 'follow_up_sent', 'retracted'"
)
PUBLIC = letters(
    "=", f"e.kind NOT IN ({INTERNAL}, {OUR_TURN}) AND NOT (e.id IN (SELECT app_retracted_events()))"
)
PARTNER = letters("<>", f"e.kind NOT IN ({INTERNAL})")
LETTERS = f"""
ALTER POLICY reads ON requests_app_eventcorrespondence USING (
    organisation_id IN (SELECT app_viewer_organisations()) OR {PARTNER} OR {PUBLIC}
);
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0006_retracted_out_of_sight")]
    operations = [migrations.RunSQL(DEADLINE + LETTERS, migrations.RunSQL.noop)]
