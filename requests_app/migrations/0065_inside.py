"""Whom everything of a request is shared with reads the drafts of its letters and the notes on it, too; whom everything
of a campaign, its working title and strategy.

Never what is privileged, deleted, thrown away or gone out; never a feed, and nobody who acts for an organization: a
person or a program alone. Each day on which somebody outside reads a strategy stands in the audit of its owners.
"""

import django.db.models.deletion
from django.db import migrations, models

APP = "requests_app_"
OWN = "organisation_id IN (SELECT app_viewer_organisations())"
SOMEBODY = "split_part((SELECT app_viewer()), ':', 1) IN ('person', 'token', 'as-if')"
TO_WHOM = (
    "organisation_id IN (SELECT app_viewer_owns()) "
    f"OR ({OWN} AND author_id = (SELECT app_viewer_id('person'))) OR circle_id IN (SELECT app_viewer_circles())"
)


def reached(table):
    """A grant of everything reaches the row's request."""
    return (
        f"({SOMEBODY} AND EXISTS (SELECT FROM app_reached s WHERE s.request_id = {APP}{table}.request_id "
        f"AND s.organisation_id = {APP}{table}.organisation_id AND s.everything AND NOT s.public))"
    )


# table: (who reads it, who read it before)
READS = {
    "letter": (f"{OWN} OR (state IN ('draft', 'queued', 'stopped') AND {reached('letter')})", OWN),
    "requestnote": (
        f"(NOT privileged AND ({OWN} OR (deleted_at IS NULL AND {reached('requestnote')}))) "
        f"OR (privileged AND ({TO_WHOM}))",
        f"(NOT privileged AND {OWN}) OR (privileged AND ({TO_WHOM}))",
    ),
}
WALLS, BEFORE = (
    "".join(f"ALTER POLICY reads ON {APP}{table} USING ({said[which]});" for table, said in READS.items())
    for which in (0, 1)
)


# As app_read_everything says it of requests.
READ = f"""
CREATE FUNCTION app_read_strategy(which bigint, who bigint, today date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE c {APP}campaign;
BEGIN
    SELECT * INTO c FROM {APP}campaign q WHERE q.id = which;
    IF NOT FOUND OR current_setting('transaction_read_only') = 'on'
       OR c.organisation_id IN (SELECT app_viewer_organisations())
       OR NOT EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = c.organisation_id AND s.everything
                         AND s.revoked_at IS NULL AND s.campaign_id = c.id) THEN
        RETURN;
    END IF;
    INSERT INTO {APP}everythingread (organisation_id, campaign_id, person_id, day)
    VALUES (c.organisation_id, c.id, who, today) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO {APP}auditentry (organisation_id, actor_id, act, subject, detail, at)
        VALUES (c.organisation_id, NULL, 'share.read_everything', 'campaign ' || c.public_id,
                jsonb_build_object('by', app_known_as(who, c.organisation_id)), clock_timestamp());
    END IF;
END $$;
REVOKE ALL ON FUNCTION app_read_strategy(bigint, bigint, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_read_strategy(bigint, bigint, date) TO foia_web, foia_worker;
"""

# As 0047 says it of requests.
KEY = (
    f"ALTER TABLE {APP}everythingread ADD CONSTRAINT everythingread_campaign_id_of_its_owner "
    f"FOREIGN KEY (campaign_id, organisation_id) REFERENCES {APP}campaign (id, organisation_id) ON DELETE CASCADE;"
)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0064_public_news")]
    operations = [
        migrations.AlterField(
            "everythingread", "request",
            models.ForeignKey(
                db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+",
                to="requests_app.recordsrequest",
            ),
        ),
        migrations.AddField(
            "everythingread", "campaign",
            models.ForeignKey(
                db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+",
                to="requests_app.campaign",
            ),
        ),
        migrations.AddConstraint(
            "everythingread",
            models.UniqueConstraint(
                fields=("organisation", "campaign", "person", "day"), name="read_of_strategy_once_a_day"
            ),
        ),
        migrations.RunSQL(
            KEY, f"ALTER TABLE {APP}everythingread DROP CONSTRAINT everythingread_campaign_id_of_its_owner;"
        ),
        migrations.RunSQL(WALLS, BEFORE),
        migrations.RunSQL(READ, "DROP FUNCTION app_read_strategy(bigint, bigint, date);"),
    ]  # fmt: skip
