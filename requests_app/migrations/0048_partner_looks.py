"""Before somebody files: has a partner put this kit to this office already? By consent, counted, and never who.

The function tells yes or no for an office and a kit, over what partners who agreed have filed and not held back. An
organization asks for so many a day, by the day of the database, so that nobody sweeps the map; over that, nothing is
told and it says so. Each look is told to every partner who agreed, as numbers.
"""

import django.db.models.deletion
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
A_DAY = 200
FUNCTIONS = f"""
-- A kit of one's own that began as a shipped one is the same question.
CREATE FUNCTION app_kit_key(kit text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN kit LIKE 'own:%' THEN coalesce(
        (SELECT nullif(k.copied_from, '') FROM {APP}organisationkit k WHERE k.public_id = substr(kit, 5)), kit)
        ELSE kit END
$$;
-- Partners of this organization who agreed that partners are told.
CREATE FUNCTION app_telling_partners(home bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT m.organisation_id
      FROM {APP}coalitionmember o JOIN {APP}coalition c ON c.id = o.coalition_id AND c.dissolved_at IS NULL
      JOIN {APP}coalitionmember m ON m.coalition_id = o.coalition_id AND m.left_at IS NULL AND m.tells_collisions
     WHERE o.organisation_id = home AND o.left_at IS NULL AND m.organisation_id <> home
$$;
-- Whether this organization asked the office by this kit. What is held back is not told of.
CREATE FUNCTION app_has_asked(one bigint, office bigint, key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM {APP}ask a JOIN {APP}recordsrequest r ON r.ask_id = a.id AND NOT r.held_back
                    WHERE a.organisation_id = one AND a.agency_id = office AND app_kit_key(a.kit) = key)
$$;
REVOKE ALL ON FUNCTION app_kit_key(text), app_telling_partners(bigint), app_has_asked(bigint, bigint, text)
    FROM PUBLIC;

-- told NULL: the organization has looked for enough today, and this was not looked for.
CREATE FUNCTION app_partners_asked(home bigint, offices bigint[], kits text[])
RETURNS TABLE (office bigint, kit text, told boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
    spent int;
    new_offices bigint[];
    new_keys text[];
BEGIN
    IF home NOT IN (SELECT app_viewer_writes()) THEN
        RAISE EXCEPTION 'only who may file asks what partners filed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT FROM app_telling_partners(home)) THEN
        RETURN QUERY SELECT p.office, p.kit, false FROM unnest(offices, kits) p(office, kit);
        RETURN;
    END IF;
    -- One at a time for each organization: two pages at once do not spend the same day twice.
    PERFORM FROM {APP}organisation o WHERE o.id = home FOR NO KEY UPDATE;
    DELETE FROM {APP}partnerlook l WHERE l.organisation_id = home AND l.looked_on < today - 30;
    SELECT count(*) INTO spent FROM {APP}partnerlook l WHERE l.organisation_id = home AND l.looked_on = today;
    WITH asked AS (
        SELECT p.office, app_kit_key(p.kit) AS key, min(p.n) AS n
          FROM unnest(offices, kits) WITH ORDINALITY p(office, kit, n) WHERE p.kit <> '' GROUP BY 1, 2
    ), made AS (
        INSERT INTO {APP}partnerlook (organisation_id, agency_id, kit, looked_on)
        SELECT home, a.office, a.key, today FROM asked a
         WHERE NOT EXISTS (SELECT FROM {APP}partnerlook l WHERE l.organisation_id = home AND l.looked_on = today
                              AND l.agency_id = a.office AND l.kit = a.key)
         ORDER BY a.n LIMIT greatest(0, {A_DAY} - spent)
        RETURNING agency_id, kit
    ) SELECT array_agg(m.agency_id), array_agg(m.kit) INTO new_offices, new_keys FROM made m;
    IF new_offices IS NOT NULL THEN
        INSERT INTO {APP}auditentry (organisation_id, actor_id, act, subject, detail, at)
        SELECT o.id, app_viewer_id('person'), 'collision.looked', 'organisation ' || o.public_id,
               jsonb_build_object('looks', array_length(new_offices, 1), 'told', (
                   SELECT count(*) FROM unnest(new_offices, new_keys) n(office, key)
                    WHERE EXISTS (SELECT FROM app_telling_partners(home) t WHERE app_has_asked(t, n.office, n.key)))),
               clock_timestamp()
          FROM {APP}organisation o WHERE o.id = home;
        INSERT INTO {APP}auditentry (organisation_id, actor_id, act, subject, detail, at)
        SELECT o.id, NULL, 'collision.told', 'organisation ' || o.public_id,
               jsonb_build_object('looks', array_length(new_offices, 1), 'told', (
                   SELECT count(*) FROM unnest(new_offices, new_keys) n(office, key)
                    WHERE app_has_asked(o.id, n.office, n.key))), clock_timestamp()
          FROM {APP}organisation o WHERE o.id IN (SELECT app_telling_partners(home)) ORDER BY o.id;
    END IF;
    RETURN QUERY SELECT p.office, p.kit,
        CASE WHEN p.kit = '' THEN false
             WHEN EXISTS (SELECT FROM {APP}partnerlook l WHERE l.organisation_id = home AND l.looked_on = today
                             AND l.agency_id = p.office AND l.kit = app_kit_key(p.kit))
             THEN EXISTS (SELECT FROM app_telling_partners(home) t WHERE app_has_asked(t, p.office, app_kit_key(p.kit)))
        END FROM unnest(offices, kits) p(office, kit);
END $$;
"""
UNFUNCTIONS = (
    "DROP FUNCTION app_partners_asked(bigint, bigint[], text[]), app_has_asked(bigint, bigint, text), "
    "app_telling_partners(bigint), app_kit_key(text);"
)
WALLS = f"""
ALTER TABLE {APP}partnerlook ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {APP}partnerlook FROM {ROLES}; GRANT SELECT ON {APP}partnerlook TO {ROLES};
CREATE POLICY reads ON {APP}partnerlook FOR SELECT USING (organisation_id IN (SELECT app_viewer_organisations()));
CREATE POLICY adds ON {APP}partnerlook FOR INSERT WITH CHECK (false);
CREATE POLICY works ON {APP}partnerlook FOR UPDATE USING (false) WITH CHECK (false);
"""
FALLEN = f"""
DROP POLICY reads ON {APP}partnerlook; DROP POLICY adds ON {APP}partnerlook; DROP POLICY works ON {APP}partnerlook;
ALTER TABLE {APP}partnerlook DISABLE ROW LEVEL SECURITY; REVOKE ALL ON {APP}partnerlook FROM {ROLES};
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0047_share_walls")]

    operations = [
        migrations.CreateModel(
            name='PartnerLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kit', models.CharField(max_length=80)),
                ('looked_on', models.DateField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.agency')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'looked_on', 'agency', 'kit'), name='one_look_a_day_and_pair')],
            },
        ),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
        migrations.RunSQL(WALLS, FALLEN),
    ]
