"""Kits offered to partners. An offer is read by whoever is at its tier now, and by nobody once it is withdrawn or the
stay it was made in has ended; its text is never changed. A copy is a kit of whoever copied."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, OWNS = (f"(SELECT app_viewer_{which}())" for which in ("organisations", "owns"))
FUNCTIONS = f"""
-- However a stay ends (left, removed, dissolved): its offers end in the same transaction, and its own audit says so.
CREATE FUNCTION app_stay_ends_kit_offers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    WITH gone AS (
        UPDATE {APP}kitoffer SET withdrawn_at = now() WHERE stay_id = NEW.id AND withdrawn_at IS NULL
        RETURNING id, public_id
    )
    INSERT INTO {APP}auditentry (organisation_id, actor_id, act, subject, detail, at)
    SELECT NEW.organisation_id,
           CASE WHEN EXISTS (SELECT FROM {APP}membership p WHERE p.organisation_id = NEW.organisation_id
                                AND p.person_id = app_viewer_id('person') AND p.ended_at IS NULL)
                THEN app_viewer_id('person') END,
           'kit_offer.ended', 'kit_offer ' || g.public_id, '{{}}', clock_timestamp()
      FROM gone g ORDER BY g.id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION app_stay_ends_kit_offers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_stay_ends_kit_offers() TO {ROLES};
CREATE TRIGGER ends_kit_offers AFTER UPDATE OF left_at ON {APP}coalitionmember FOR EACH ROW
    WHEN (OLD.left_at IS NULL AND NEW.left_at IS NOT NULL) EXECUTE FUNCTION app_stay_ends_kit_offers();
"""
UNFUNCTIONS = (
    f"DROP TRIGGER ends_kit_offers ON {APP}coalitionmember; DROP FUNCTION app_stay_ends_kit_offers();"
)
OFFERED = (
    "(withdrawn_at IS NULL AND stay_id IN (SELECT app_partner_stays()) "
    "AND (coalition_id, tier) IN (SELECT coalition, tier FROM app_viewer_tiers()))"
)
WALLS = f"""
ALTER TABLE {APP}kitoffer ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {APP}kitoffer FROM {ROLES};
GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON {APP}kitoffer TO {ROLES};
CREATE POLICY reads ON {APP}kitoffer FOR SELECT USING (organisation_id IN {ORGS} OR {OFFERED});
CREATE POLICY adds ON {APP}kitoffer FOR INSERT
    WITH CHECK (organisation_id IN {OWNS} AND stay_id IN (SELECT app_partner_stays()));
-- What was withdrawn is offered no more.
CREATE POLICY works ON {APP}kitoffer FOR UPDATE
    USING (organisation_id IN {OWNS} AND withdrawn_at IS NULL) WITH CHECK (organisation_id IN {OWNS});
-- Nobody offers by another's stay, or to another coalition than that of the stay.
ALTER TABLE {APP}kitoffer ADD CONSTRAINT kit_offer_by_its_stay FOREIGN KEY (stay_id, organisation_id, coalition_id)
    REFERENCES {APP}coalitionmember (id, organisation_id, coalition_id);
"""
FALLEN = f"""
ALTER TABLE {APP}kitoffer DROP CONSTRAINT kit_offer_by_its_stay;
DROP POLICY reads ON {APP}kitoffer; DROP POLICY adds ON {APP}kitoffer; DROP POLICY works ON {APP}kitoffer;
ALTER TABLE {APP}kitoffer DISABLE ROW LEVEL SECURITY;
REVOKE ALL ON {APP}kitoffer FROM {ROLES};
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0055_sets")]

    operations = [
        migrations.CreateModel(
            name='KitOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('tier', models.PositiveSmallIntegerField(choices=[(1, 'Observer'), (2, 'Member'), (3, 'Steering')], help_text='This tier and those above read it.')),
                ('began_from', models.CharField(blank=True, help_text='The built-in kit it began as.', max_length=80)),
                ('title', models.CharField(max_length=120)),
                ('text', models.TextField(help_text='The kit as YAML, without whoever wrote it.')),
                ('offered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name='organisationkit',
            name='by_partner',
            field=models.CharField(blank=True, help_text='Who offered it, as partners read the name that day.', max_length=120),
        ),
        migrations.AddField(
            model_name='organisationkit',
            name='offer',
            field=models.CharField(blank=True, help_text='Public id of the offer it was copied from.', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='organisationkit',
            constraint=models.UniqueConstraint(condition=models.Q(('offer', ''), _negated=True), fields=('organisation', 'offer'), name='one_copy_a_kit_offer'),
        ),
        migrations.AddField(
            model_name='kitoffer',
            name='coalition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.coalition'),
        ),
        migrations.AddField(
            model_name='kitoffer',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='kitoffer',
            name='stay',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kits_offered', to='requests_app.coalitionmember'),
        ),
        migrations.AddIndex(
            model_name='kitoffer',
            index=models.Index(condition=models.Q(('withdrawn_at', None)), fields=['coalition', '-offered_at', 'id'], name='kits_offered'),
        ),
        migrations.AddIndex(
            model_name='kitoffer',
            index=models.Index(condition=models.Q(('withdrawn_at', None)), fields=['stay'], name='kits_of_a_stay'),
        ),
        migrations.AddConstraint(
            model_name='kitoffer',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_kit_offer_an_act'),
        ),
        migrations.AddConstraint(
            model_name='kitoffer',
            constraint=models.CheckConstraint(condition=models.Q(('tier__gte', 1), ('tier__lte', 3)), name='kit_offer_for_a_tier'),
        ),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
        migrations.RunSQL(WALLS, FALLEN),
    ]
