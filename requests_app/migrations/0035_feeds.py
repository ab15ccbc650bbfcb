"""Calendar feeds, each with a secret of its own.

A feed is a viewer of its own kind, `feed:ID`: the database narrows it by itself to the organization of the feed, to
reading, and to nothing once it was revoked or its person left or was closed.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
FEED = f"{APP}calendarfeed"
ROLES = "foia_web, foia_worker"
ORGS, OWNS = (f"(SELECT app_viewer_{what}())" for what in ("organisations", "owns"))
MINE = f"organisation_id IN {ORGS} AND person_id = (SELECT app_viewer_id('person'))"
LIVE = f"""
    FROM {FEED} f
    JOIN {APP}membership m ON m.organisation_id = f.organisation_id AND m.person_id = f.person_id
    JOIN {APP}person p ON p.id = f.person_id
    WHERE f.revoked_at IS NULL AND m.ended_at IS NULL AND p.is_active
"""
SEEN = f"UNION ALL SELECT f.organisation_id {LIVE} AND f.id = app_viewer_id('feed')"
WIDENED = f"""
DO $do$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_viewer_organisations()'::regprocedure) INTO STRICT body;
    better := regexp_replace(body, '\\$function\\$\\s*$', $branch$    {SEEN}
$branch$ || '$function$');
    IF better = body THEN RAISE EXCEPTION 'the walls read otherwise than expected'; END IF;
    EXECUTE better;
END $do$;
"""
NARROWED = f"""
DO $do$
DECLARE body text;
BEGIN
    SELECT pg_get_functiondef('app_viewer_organisations()'::regprocedure) INTO STRICT body;
    EXECUTE replace(body, $branch$    {SEEN}
$branch$, '');
END $do$;
"""
LOOK = f"""
-- One round trip at the start of a fetch. What is not, or no longer, a live feed is no row: it looks as the public.
-- When it was last fetched is kept to the quarter of an hour, and nobody waits for whoever writes it.
CREATE FUNCTION app_look_by_feed(secret bytea)
RETURNS TABLE (feed_id bigint, organisation_id bigint, person_id bigint, subject text, campaign_id bigint, query text,
               name text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE live record;
BEGIN
    SELECT f.id AS feed, f.organisation_id AS home, f.person_id AS person, f.subject AS shows, f.campaign_id AS one,
           f.name AS named, f.last_fetched_at AS fetched,
           (SELECT v.query FROM {APP}savedview v
             WHERE v.id = f.view_id AND v.organisation_id = f.organisation_id
               AND (v.shared OR v.person_id = f.person_id)) AS said
      INTO live {LIVE} AND f.digest = secret;
    IF NOT FOUND OR (live.shows = 'view' AND live.said IS NULL) THEN
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
        live.one::bigint, coalesce(live.said, '')::text, live.named::text;
END $$;

-- Somebody who leaves and comes back does not bring old addresses back to life.
CREATE FUNCTION app_feeds_end_with_membership() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE {FEED} SET revoked_at = statement_timestamp()
     WHERE organisation_id = NEW.organisation_id AND person_id = NEW.person_id AND revoked_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER feeds_end AFTER UPDATE OF ended_at ON {APP}membership
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION app_feeds_end_with_membership();
"""
UNLOOK = f"""
DROP TRIGGER feeds_end ON {APP}membership;
DROP FUNCTION app_feeds_end_with_membership();
DROP FUNCTION app_look_by_feed(bytea);
"""
WALLS = f"""
ALTER TABLE {FEED} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {FEED} FROM {ROLES};
GRANT SELECT, INSERT, UPDATE (revoked_at) ON {FEED} TO {ROLES};
CREATE POLICY reads ON {FEED} FOR SELECT USING (({MINE}) OR organisation_id IN {OWNS});
CREATE POLICY adds ON {FEED} FOR INSERT WITH CHECK ({MINE});
CREATE POLICY works ON {FEED} FOR UPDATE USING (({MINE}) OR organisation_id IN {OWNS})
    WITH CHECK (({MINE}) OR organisation_id IN {OWNS});
ALTER TABLE {APP}savedview ADD CONSTRAINT savedview_and_owner UNIQUE (id, organisation_id);
ALTER TABLE {FEED} ADD CONSTRAINT calendarfeed_campaign_of_its_owner FOREIGN KEY (campaign_id, organisation_id)
    REFERENCES {APP}campaign (id, organisation_id) ON DELETE CASCADE;
ALTER TABLE {FEED} ADD CONSTRAINT calendarfeed_view_of_its_owner FOREIGN KEY (view_id, organisation_id)
    REFERENCES {APP}savedview (id, organisation_id) ON DELETE CASCADE;
-- A member who only reads makes feeds, too, and gives up views: a line in their own name, of these acts alone.
CREATE POLICY adds_own ON {APP}auditentry FOR INSERT WITH CHECK (
    organisation_id IN {ORGS} AND actor_id = (SELECT app_viewer_id('person'))
    AND act IN ('feed.made', 'feed.revoked', 'view.removed'));
"""
FALLEN = f"""
DROP POLICY adds_own ON {APP}auditentry;
ALTER TABLE {FEED} DROP CONSTRAINT calendarfeed_view_of_its_owner;
ALTER TABLE {FEED} DROP CONSTRAINT calendarfeed_campaign_of_its_owner;
ALTER TABLE {APP}savedview DROP CONSTRAINT savedview_and_owner;
DROP POLICY reads ON {FEED}; DROP POLICY adds ON {FEED}; DROP POLICY works ON {FEED};
REVOKE ALL ON {FEED} FROM {ROLES};
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0034_digests")]
    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('subject', models.CharField(choices=[('person', 'Person'), ('organisation', 'Organisation'), ('campaign', 'Campaign'), ('view', 'View')], max_length=12)),
                ('name', models.CharField(max_length=80)),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('last_fetched_at', models.DateTimeField(blank=True, help_text='To the quarter of an hour.', null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, help_text='Key of the act: the same form sent twice makes one feed.', max_length=64)),
                ('campaign', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.campaign')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(help_text='Who made it, and as whom it reads.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('view', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.savedview')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'person'], name='feed_of_person')],
                'constraints': [
                    models.UniqueConstraint(fields=('organisation', 'once'), name='one_feed_an_act'),
                    models.CheckConstraint(condition=models.Q(models.Q(('campaign', None), ('subject__in', ['person', 'organisation']), ('view', None)), models.Q(('campaign__isnull', False), ('subject', 'campaign'), ('view', None)), models.Q(('campaign', None), ('subject', 'view'), ('view__isnull', False)), _connector='OR'), name='feed_has_one_subject'),
                ],
            },
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(WIDENED + LOOK, UNLOOK + NARROWED),
    ]
