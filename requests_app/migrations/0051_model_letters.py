"""Letters offered to partners as models, and copies of them. An offer is read by whoever is at its tier now, and by
nobody once it is withdrawn or the stay it was made in has ended; its text is never changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES, OWNS = (f"(SELECT app_viewer_{which}())" for which in ("organisations", "writes", "owns"))
KINDS = [('request', 'Request'), ('follow_up', 'Follow-up'), ('appeal', 'Appeal'), ('review', 'Request for review'), ('notice', 'Notice'), ('demand', 'Preservation demand'), ('answer', 'Answer'), ('other', 'Letter')]  # fmt: skip
FUNCTIONS = f"""
-- Everybody of the requester's side of an organization of the viewer's: what a letter of it may name.
CREATE FUNCTION app_identities_of_own(home bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH o AS (SELECT id, name FROM {APP}organisation WHERE id = home AND id IN (SELECT app_viewer_organisations())
    ), who (name, signs_as, address, email, phone, protected) AS (
        SELECT q.name, q.signs_as, q.postal_address, q.email, q.phone, q.protected
          FROM {APP}requestrequester q JOIN o ON q.organisation_id = o.id
        UNION ALL SELECT q.proxy_name, '', q.proxy_postal_address, q.proxy_email, '', q.protected
          FROM {APP}requestrequester q JOIN o ON q.organisation_id = o.id
        UNION ALL SELECT q.name, q.signs_as, q.postal_address, q.email, q.phone, q.protected
          FROM {APP}requesterprofile q JOIN o ON q.organisation_id = o.id
        UNION ALL SELECT q.name, '', q.postal_address, q.email, '', p.protected
          FROM {APP}requesterproxy q JOIN {APP}requesterprofile p ON p.id = q.profile_id
          JOIN o ON q.organisation_id = o.id
        UNION ALL SELECT p.name, '', '', p.email, '', m.protected
          FROM {APP}membership m JOIN {APP}person p ON p.id = m.person_id JOIN o ON m.organisation_id = o.id
        UNION ALL SELECT '', o.name, '', '', '', false FROM o
    )
    SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(name, signs_as, address, email, phone, protected)), '[]')
      FROM who WHERE name || signs_as || address || email || phone <> ''
$$;

-- However a stay ends (left, removed, dissolved): its offers end in the same transaction, and its own audit says so.
CREATE FUNCTION app_stay_ends_models() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    WITH gone AS (
        UPDATE {APP}modelletter SET withdrawn_at = now() WHERE stay_id = NEW.id AND withdrawn_at IS NULL
        RETURNING id, public_id
    )
    INSERT INTO {APP}auditentry (organisation_id, actor_id, act, subject, detail, at)
    SELECT NEW.organisation_id,
           CASE WHEN EXISTS (SELECT FROM {APP}membership p WHERE p.organisation_id = NEW.organisation_id
                                AND p.person_id = app_viewer_id('person') AND p.ended_at IS NULL)
                THEN app_viewer_id('person') END,
           'model.ended', 'model ' || g.public_id, '{{}}', clock_timestamp()
      FROM gone g ORDER BY g.id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION app_identities_of_own(bigint), app_stay_ends_models() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_identities_of_own(bigint), app_stay_ends_models() TO {ROLES};
CREATE TRIGGER ends_models AFTER UPDATE OF left_at ON {APP}coalitionmember FOR EACH ROW
    WHEN (OLD.left_at IS NULL AND NEW.left_at IS NOT NULL) EXECUTE FUNCTION app_stay_ends_models();
"""
UNFUNCTIONS = (
    f"DROP TRIGGER ends_models ON {APP}coalitionmember; "
    "DROP FUNCTION app_stay_ends_models(), app_identities_of_own(bigint);"
)
OFFERED = (
    "(withdrawn_at IS NULL AND stay_id IN (SELECT app_partner_stays()) "
    "AND (coalition_id, tier) IN (SELECT coalition, tier FROM app_viewer_tiers()))"
)
WALLS = f"""
ALTER TABLE {APP}modelletter ENABLE ROW LEVEL SECURITY;
ALTER TABLE {APP}ownmodel ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {APP}modelletter, {APP}ownmodel FROM {ROLES};
GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON {APP}modelletter TO {ROLES};
GRANT SELECT, INSERT, DELETE ON {APP}ownmodel TO {ROLES};
CREATE POLICY reads ON {APP}modelletter FOR SELECT USING (organisation_id IN {ORGS} OR {OFFERED});
CREATE POLICY adds ON {APP}modelletter FOR INSERT
    WITH CHECK (organisation_id IN {OWNS} AND stay_id IN (SELECT app_partner_stays()));
-- What was withdrawn is offered no more.
CREATE POLICY works ON {APP}modelletter FOR UPDATE
    USING (organisation_id IN {OWNS} AND withdrawn_at IS NULL) WITH CHECK (organisation_id IN {OWNS});
CREATE POLICY reads ON {APP}ownmodel FOR SELECT USING (organisation_id IN {ORGS});
CREATE POLICY adds ON {APP}ownmodel FOR INSERT WITH CHECK (organisation_id IN {WRITES});
CREATE POLICY drops ON {APP}ownmodel FOR DELETE USING (organisation_id IN {WRITES});
-- Nobody offers by another's stay, or to another coalition than that of the stay.
ALTER TABLE {APP}modelletter ADD CONSTRAINT model_by_its_stay FOREIGN KEY (stay_id, organisation_id, coalition_id)
    REFERENCES {APP}coalitionmember (id, organisation_id, coalition_id);
"""
FALLEN = f"""
ALTER TABLE {APP}modelletter DROP CONSTRAINT model_by_its_stay;
DROP POLICY reads ON {APP}ownmodel; DROP POLICY adds ON {APP}ownmodel; DROP POLICY drops ON {APP}ownmodel;
DROP POLICY reads ON {APP}modelletter; DROP POLICY adds ON {APP}modelletter; DROP POLICY works ON {APP}modelletter;
ALTER TABLE {APP}modelletter DISABLE ROW LEVEL SECURITY; ALTER TABLE {APP}ownmodel DISABLE ROW LEVEL SECURITY;
REVOKE ALL ON {APP}modelletter, {APP}ownmodel FROM {ROLES};
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0050_function_rights")]

    operations = [
        migrations.CreateModel(
            name='ModelLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('tier', models.PositiveSmallIntegerField(choices=[(1, 'Observer'), (2, 'Member'), (3, 'Steering')], help_text='This tier and those above read it.')),
                ('kind', models.CharField(choices=KINDS, max_length=12)),
                ('law_id', models.CharField(blank=True, help_text='The law it was written under.', max_length=40)),
                ('kit', models.CharField(blank=True, help_text='The built-in kit it was written by.', max_length=80)),
                ('title', models.CharField(max_length=120)),
                ('subject', models.CharField(max_length=300)),
                ('body', models.TextField()),
                ('offered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('coalition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.coalition')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('stay', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='models_offered', to='requests_app.coalitionmember')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('withdrawn_at', None)), fields=['coalition', '-offered_at', 'id'], name='models_offered'), models.Index(condition=models.Q(('withdrawn_at', None)), fields=['stay'], name='models_of_a_stay')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'once'), name='one_model_an_act'), models.CheckConstraint(condition=models.Q(('tier__gte', 1), ('tier__lte', 3)), name='model_for_a_tier')],
            },
        ),
        migrations.CreateModel(
            name='OwnModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('copied_from', models.CharField(help_text='Public id of the offer.', max_length=12)),
                ('by_partner', models.CharField(help_text='Who offered it, as partners read the name that day.', max_length=120)),
                ('kind', models.CharField(choices=KINDS, max_length=12)),
                ('law_id', models.CharField(blank=True, max_length=40)),
                ('kit', models.CharField(blank=True, max_length=80)),
                ('title', models.CharField(max_length=120)),
                ('subject', models.CharField(max_length=300)),
                ('body', models.TextField()),
                ('copied_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('copied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-copied_at', 'id'], name='own_models_newest')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'copied_from'), name='one_copy_a_model')],
            },
        ),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
        migrations.RunSQL(WALLS, FALLEN),
    ]
