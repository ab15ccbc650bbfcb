"""Calendar feeds of what partners share in a coalition: the stay is asked for at every fetch, and ends them."""

import django.db.models.deletion
from django.db import migrations, models

APP = "requests_app_"
FEED = f"{APP}calendarfeed"
LIVE = f"""
    FROM {FEED} f
    JOIN {APP}membership m ON m.organisation_id = f.organisation_id AND m.person_id = f.person_id
    JOIN {APP}person p ON p.id = f.person_id
    WHERE f.revoked_at IS NULL AND m.ended_at IS NULL AND p.is_active
"""
STAYS = f"""
               (SELECT s.coalition_id FROM {APP}coalitionmember s JOIN {APP}coalition c ON c.id = s.coalition_id
                 WHERE s.id = f.stay_id AND s.left_at IS NULL AND c.dissolved_at IS NULL)"""


def look(stays: bool) -> str:
    more = (", coalition_id bigint", f",{STAYS} AS together", " OR (live.shows = 'coalition' AND live.together IS NULL)",
            ", live.together::bigint") if stays else ("", "", "", "")  # fmt: skip
    return f"""
DROP FUNCTION app_look_by_feed(bytea);
-- One round trip at the start of a fetch. What is not, or no longer, a live feed is no row: it looks as the public.
-- When it was last fetched is kept to the quarter of an hour, and nobody waits for whoever writes it.
CREATE FUNCTION app_look_by_feed(secret bytea)
RETURNS TABLE (feed_id bigint, organisation_id bigint, person_id bigint, subject text, campaign_id bigint, query text,
               name text{more[0]})
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE live record;
BEGIN
    SELECT f.id AS feed, f.organisation_id AS home, f.person_id AS person, f.subject AS shows, f.campaign_id AS one,
           f.name AS named, f.last_fetched_at AS fetched,
           (SELECT v.query FROM {APP}savedview v
             WHERE v.id = f.view_id AND v.organisation_id = f.organisation_id
               AND (v.shared OR v.person_id = f.person_id)) AS said{more[1]}
      INTO live {LIVE} AND f.digest = secret;
    IF NOT FOUND OR (live.shows = 'view' AND live.said IS NULL){more[2]} THEN
        PERFORM set_config('app.viewer', 'public', true);
        RETURN;
    END IF;
    IF live.fetched IS NULL OR live.fetched < statement_timestamp() - interval '15 minutes' THEN
        UPDATE {FEED} SET last_fetched_at = to_timestamp(
                   floor(extract(epoch FROM statement_timestamp()) / 900) * 900)
         WHERE id IN (SELECT f.id FROM {FEED} f WHERE f.id = live.feed FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
    PERFORM set_config('app.viewer', 'feed:' || live.feed, true);
    RETURN QUERY SELECT live.feed::bigint, live.home::bigint, live.person::bigint, live.shows::text,
        live.one::bigint, coalesce(live.said, '')::text, live.named::text{more[3]};
END $$;
"""


ENDS = f"""
ALTER TABLE {FEED} ADD CONSTRAINT calendarfeed_by_its_stay FOREIGN KEY (stay_id, organisation_id)
    REFERENCES {APP}coalitionmember (id, organisation_id);
-- Who comes back to a coalition does not bring old addresses back to life.
CREATE FUNCTION app_feeds_end_with_stay() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE {FEED} SET revoked_at = statement_timestamp() WHERE stay_id = NEW.id AND revoked_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER ends_feeds AFTER UPDATE OF left_at ON {APP}coalitionmember FOR EACH ROW
    WHEN (OLD.left_at IS NULL AND NEW.left_at IS NOT NULL) EXECUTE FUNCTION app_feeds_end_with_stay();
"""
STANDS = f"""
DROP TRIGGER ends_feeds ON {APP}coalitionmember; DROP FUNCTION app_feeds_end_with_stay();
ALTER TABLE {FEED} DROP CONSTRAINT calendarfeed_by_its_stay;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0048_partner_looks")]

    operations = [
        migrations.RemoveConstraint(model_name='calendarfeed', name='feed_has_one_subject'),
        migrations.AddField(
            model_name='calendarfeed',
            name='stay',
            field=models.ForeignKey(blank=True, help_text='Of the organisation in the coalition whose shared days it shows; it ends with it.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.coalitionmember'),
        ),
        migrations.AlterField(
            model_name='calendarfeed',
            name='subject',
            field=models.CharField(choices=[('person', 'Person'), ('organisation', 'Organisation'), ('campaign', 'Campaign'), ('view', 'View'), ('coalition', 'Coalition')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='calendarfeed',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign', None), ('stay', None), ('subject__in', ['person', 'organisation']), ('view', None)), models.Q(('campaign__isnull', False), ('stay', None), ('subject', 'campaign'), ('view', None)), models.Q(('campaign', None), ('stay', None), ('subject', 'view'), ('view__isnull', False)), models.Q(('campaign', None), ('stay__isnull', False), ('subject', 'coalition'), ('view', None)), _connector='OR'), name='feed_has_one_subject'),
        ),
        migrations.RunSQL(ENDS, STANDS),
        migrations.RunSQL(look(stays=True), look(stays=False)),
    ]
