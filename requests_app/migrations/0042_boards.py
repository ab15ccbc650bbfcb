"""Shares with guests, and looking as somebody else does.

A guest is an address: the wall asks whether whoever looks has confirmed it, so that a grant tells nobody whether there
is an account. `as-if` is a viewer that belongs nowhere; the grants of one organization alone reach it.
"""

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, OWNS = "(SELECT app_viewer_organisations())", "(SELECT app_viewer_owns())"
FUNCTIONS = f"""
CREATE FUNCTION app_as_if() RETURNS TABLE (home bigint, kind text, id bigint, tier int)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT split_part(v, ':', 2)::bigint, split_part(v, ':', 3), split_part(v, ':', 4)::bigint,
           split_part(v, ':', 5)::int
      FROM app_viewer() v WHERE split_part(v, ':', 1) = 'as-if'
$$;
CREATE FUNCTION app_viewer_guests() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT g.id FROM account_emailaddress e JOIN {APP}person p ON p.id = e.user_id AND p.is_active
      JOIN {APP}guest g ON g.email = lower(e.email)
     WHERE e.user_id = app_viewer_id('person') AND e.verified
    UNION ALL
    SELECT g.id FROM app_as_if() a JOIN {APP}guest g ON g.id = a.id AND g.organisation_id = a.home
     WHERE a.kind = 'guest'
$$;
-- By an owner alone, about whom the organization could share with; the rest of the transaction only reads.
CREATE FUNCTION app_look_as_if(home bigint, kind text, who bigint, tier int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE good boolean := false;
BEGIN
    IF home NOT IN (SELECT app_viewer_owns()) THEN
        RAISE EXCEPTION 'only an owner looks as somebody else' USING ERRCODE = 'insufficient_privilege';
    END IF;
    CASE kind
        WHEN 'public' THEN good := true;
        WHEN 'coalition' THEN good := tier BETWEEN 1 AND 3 AND EXISTS (
            SELECT FROM {APP}coalitionmember m JOIN {APP}coalition c ON c.id = m.coalition_id
             WHERE m.coalition_id = who AND m.organisation_id = home AND m.left_at IS NULL AND c.dissolved_at IS NULL);
        WHEN 'organisation' THEN good := who <> home AND (EXISTS (
            SELECT FROM {APP}share s WHERE s.organisation_id = home AND s.grantee_kind = 'organisation'
               AND s.grantee_id = who AND s.revoked_at IS NULL) OR EXISTS (
            SELECT FROM {APP}coalitionmember m JOIN {APP}coalitionmember t ON t.coalition_id = m.coalition_id
             WHERE m.organisation_id = home AND m.left_at IS NULL AND t.organisation_id = who AND t.left_at IS NULL));
        WHEN 'guest' THEN good := EXISTS (SELECT FROM {APP}guest g WHERE g.id = who AND g.organisation_id = home);
        ELSE good := false;
    END CASE;
    IF NOT good THEN
        RAISE EXCEPTION 'nobody whom this organization shares with' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('app.viewer', CASE kind WHEN 'public' THEN 'public'
        ELSE 'as-if:' || home || ':' || kind || ':' || who || ':' || tier END, true);
    PERFORM set_config('transaction_read_only', 'on', true);
END $$;
"""
UNFUNCTIONS = "DROP FUNCTION app_look_as_if(bigint, text, bigint, int), app_viewer_guests(), app_as_if();"
TIERS = f"""UNION
    SELECT a.id, t FROM app_as_if() a JOIN {APP}coalition c ON c.id = a.id AND c.dissolved_at IS NULL,
           generate_series(1, a.tier) t WHERE a.kind = 'coalition'
    UNION
    SELECT m.coalition_id, t FROM app_as_if() a
      JOIN {APP}coalitionmember m ON m.organisation_id = a.id AND m.left_at IS NULL
      JOIN {APP}coalition c ON c.id = m.coalition_id AND c.dissolved_at IS NULL,
           generate_series(1, m.tier) t
     WHERE a.kind = 'organisation' AND EXISTS (SELECT FROM {APP}coalitionmember h
           WHERE h.coalition_id = m.coalition_id AND h.organisation_id = a.home AND h.left_at IS NULL)"""
STAYS = f"""UNION ALL
    SELECT m.id FROM app_as_if() a JOIN {APP}coalitionmember m ON m.organisation_id = a.home AND m.left_at IS NULL"""
THEIRS = (
    "(organisation_id, grantee_id) IN (SELECT a.home, a.id FROM app_as_if() a WHERE a.kind = 'organisation')"
)


def widened(name, branch):
    """A function that the walls ask, with one more branch; whatever else it asks stays."""
    return f"""
DO $do$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('{name}()'::regprocedure) INTO STRICT body;
    better := regexp_replace(body, '\\$function\\$\\s*$', $branch$    {branch}
$branch$ || '$function$');
    IF better = body THEN RAISE EXCEPTION 'the walls read otherwise than expected'; END IF;
    EXECUTE better;
END $do$;
"""


def narrowed(name, branch):
    return f"""
DO $do$
DECLARE body text;
BEGIN
    SELECT pg_get_functiondef('{name}()'::regprocedure) INTO STRICT body;
    EXECUTE replace(body, $branch$    {branch}
$branch$, '');
END $do$;
"""


def also(table, rule):
    """One more way for rows of a table to be read; whatever else is asked stays."""
    return f"""
DO $do$
DECLARE old text;
BEGIN
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT old FROM pg_policy
     WHERE polrelid = '{APP}{table}'::regclass AND polname = 'reads';
    EXECUTE 'ALTER POLICY reads ON {APP}{table} USING ((' || old || ') OR (' || $rule${rule}$rule$ || '))';
END $do$;
"""


SHARED = (
    f"(grantee_kind = 'guest' AND guest_id IN (SELECT app_viewer_guests())) "
    f"OR (grantee_kind = 'organisation' AND {THEIRS})"
)
NAMED = (
    "left_at IS NULL AND organisation_id IN (SELECT a.home FROM app_as_if() a UNION ALL "
    "SELECT a.id FROM app_as_if() a WHERE a.kind = 'organisation') "
    "AND coalition_id IN (SELECT t.coalition FROM app_viewer_tiers() t)"
)
COMMON = "id IN (SELECT t.coalition FROM app_as_if() a, app_viewer_tiers() t)"
LETTERS = """
DO $do$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_letter_reaches(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body, 'WHEN ''organisation'' THEN s.grantee_id IN (SELECT app_viewer_organisations())',
        'WHEN ''guest'' THEN s.guest_id IN (SELECT app_viewer_guests())
            WHEN ''organisation'' THEN s.grantee_id IN (SELECT app_viewer_organisations()) OR
                (s.organisation_id, s.grantee_id) IN
                (SELECT a.home, a.id FROM app_as_if() a WHERE a.kind = ''organisation'')');
    IF better = body THEN RAISE EXCEPTION 'the reach of letters reads otherwise than expected'; END IF;
    EXECUTE better;
END $do$;
"""
NO_LETTERS = """
DO $do$
DECLARE body text;
BEGIN
    SELECT pg_get_functiondef('app_letter_reaches(bigint)'::regprocedure) INTO STRICT body;
    body := regexp_replace(body, 'WHEN ''guest'' THEN .*?WHEN ''organisation''', 'WHEN ''organisation''');
    EXECUTE regexp_replace(body, '(WHEN ''organisation'' THEN .*?app_viewer_organisations\\(\\)\\)) OR\\s+\\(s\\.organisation_id.*?''organisation''\\)', '\\1');
END $do$;
"""
GUESTS = f"""
ALTER TABLE {APP}guest ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {APP}guest FROM {ROLES}; GRANT SELECT, INSERT ON {APP}guest TO {ROLES};
CREATE POLICY reads ON {APP}guest FOR SELECT USING (organisation_id IN {ORGS} OR id IN (SELECT app_viewer_guests()));
CREATE POLICY adds ON {APP}guest FOR INSERT WITH CHECK (organisation_id IN {OWNS});
CREATE POLICY works ON {APP}guest FOR UPDATE USING (false);
-- Nobody grants to another organization's guest.
ALTER TABLE {APP}share ADD CONSTRAINT share_with_its_guest FOREIGN KEY (guest_id, organisation_id)
    REFERENCES {APP}guest (id, organisation_id);
"""
NO_GUESTS = f"""
ALTER TABLE {APP}share DROP CONSTRAINT share_with_its_guest;
DROP POLICY reads ON {APP}guest; DROP POLICY adds ON {APP}guest; DROP POLICY works ON {APP}guest;
ALTER TABLE {APP}guest DISABLE ROW LEVEL SECURITY; REVOKE ALL ON {APP}guest FROM {ROLES};
"""

RULES_BEFORE = f"""
ALTER POLICY reads ON {APP}share USING (organisation_id IN {ORGS} OR grantee_kind = 'public'
    OR (grantee_kind = 'person' AND grantee_id = (SELECT app_viewer_id('person')))
    OR (grantee_kind = 'organisation' AND grantee_id IN {ORGS})
    OR (grantee_kind = 'coalition' AND (grantee_id, tier::int) IN
        (SELECT t.coalition, t.tier FROM app_viewer_tiers() t) AND stay_id IN (SELECT app_partner_stays())));
ALTER POLICY reads ON {APP}coalitionmember USING (
    organisation_id IN {ORGS} OR coalition_id IN (SELECT app_viewer_coalitions()));
ALTER POLICY reads ON {APP}coalition USING (id IN (SELECT app_viewer_known_coalitions()));
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0041_audit_seals")]
    operations = [
        migrations.AddField(
            model_name='share',
            name='public_id',
            field=models.CharField(db_default=django.db.models.functions.text.Substr(django.db.models.functions.text.Replace(django.db.models.functions.comparison.Cast(django.contrib.postgres.functions.RandomUUID(), models.CharField()), models.Value('-'), models.Value('')), 1, 12), default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True),
        ),
        migrations.AddField(
            model_name='sharenote',
            name='granted_to',
            field=models.CharField(blank=True, db_default='', help_text="The grantee's name when it was granted.", max_length=254),
        ),
        migrations.AlterField(
            model_name='share',
            name='grantee_kind',
            field=models.CharField(choices=[('public', 'The public'), ('coalition', 'Coalition'), ('organisation', 'Organization'), ('person', 'Person'), ('guest', 'Guest')], max_length=12),
        ),
        migrations.CreateModel(
            name='Guest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('email', models.EmailField(help_text='In small letters.', max_length=254)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
        ),
        migrations.AddField(
            model_name='share',
            name='guest',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='requests_app.guest'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('grantee_id', models.F('guest')), ('grantee_kind', 'guest'), ('guest__isnull', False), ('until_at__isnull', False)), models.Q(models.Q(('grantee_kind', 'guest'), _negated=True), ('guest', None)), _connector='OR'), name='share_with_a_guest_ends'),
        ),
        migrations.AddConstraint(
            model_name='guest',
            constraint=models.UniqueConstraint(fields=('organisation', 'email'), name='one_guest_an_address'),
        ),
        migrations.AddConstraint(
            model_name='guest',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='guest_and_owner'),
        ),
        migrations.AddConstraint(
            model_name='guest',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='guest_in_small_letters'),
        ),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
        migrations.RunSQL(GUESTS, NO_GUESTS),
        migrations.RunSQL(
            widened("app_viewer_tiers", TIERS) + widened("app_partner_stays", STAYS),
            narrowed("app_viewer_tiers", TIERS) + narrowed("app_partner_stays", STAYS),
        ),
        migrations.RunSQL(also("share", SHARED) + also("coalitionmember", NAMED) + also("coalition", COMMON), RULES_BEFORE),
        migrations.RunSQL(LETTERS, NO_LETTERS),
    ]
