"""Coalitions, and shares that reach them.

Who belongs together is written by functions alone: they check who coordinates and who owns, lock in one order, and
leave a line in the audit of each organization concerned. The walls of the content read shares through the wall of the
shares, so a grant to a coalition is one clause there, and one in the function that asks for letters.
"""

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, OWNS = "(SELECT app_viewer_organisations())", "(SELECT app_viewer_owns())"
FUNCTIONS = f"""
-- Coalitions in which an organization of the viewer is now; and with what tier a grant there reaches them.
CREATE FUNCTION app_viewer_coalitions() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT m.coalition_id FROM {APP}coalitionmember m JOIN {APP}coalition c ON c.id = m.coalition_id
     WHERE m.left_at IS NULL AND c.dissolved_at IS NULL
       AND m.organisation_id IN (SELECT app_viewer_organisations())
$$;
CREATE FUNCTION app_viewer_tiers() RETURNS TABLE (coalition bigint, tier int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT m.coalition_id, t FROM {APP}coalitionmember m JOIN {APP}coalition c ON c.id = m.coalition_id,
           generate_series(1, m.tier) t
     WHERE m.left_at IS NULL AND c.dissolved_at IS NULL
       AND m.organisation_id IN (SELECT app_viewer_organisations())
$$;
-- The stays of everybody who is in a coalition with the viewer now: what was granted in another stay is over.
CREATE FUNCTION app_partner_stays() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.id FROM {APP}coalitionmember m
     WHERE m.left_at IS NULL AND m.coalition_id IN (SELECT app_viewer_coalitions())
$$;
CREATE FUNCTION app_viewer_coordinates() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.coalition_id FROM {APP}coalitionmember m JOIN {APP}coalition c ON c.id = m.coalition_id
     WHERE m.left_at IS NULL AND c.dissolved_at IS NULL AND m.coordinates
       AND m.organisation_id IN (SELECT app_viewer_owns())
$$;
CREATE FUNCTION app_viewer_known_coalitions() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT m.coalition_id FROM {APP}coalitionmember m
     WHERE m.organisation_id IN (SELECT app_viewer_organisations())
$$;

-- Told to every organization that was in it at that moment, in its own audit.
CREATE FUNCTION app_coalition_noted(coalition bigint, what text, about text, said jsonb) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO {APP}auditentry (organisation_id, actor_id, act, subject, detail, at)
    SELECT m.organisation_id,
           CASE WHEN EXISTS (SELECT FROM {APP}membership p WHERE p.organisation_id = m.organisation_id
                                AND p.person_id = app_viewer_id('person') AND p.ended_at IS NULL)
                THEN app_viewer_id('person') END,
           what, about, said, clock_timestamp()
      FROM {APP}coalitionmember m WHERE m.coalition_id = coalition AND m.left_at IS NULL ORDER BY m.id
$$;

CREATE FUNCTION app_found_coalition(home bigint, given_name text, given_purpose text, shown text, sample boolean)
RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made bigint;
BEGIN
    IF home NOT IN (SELECT app_viewer_owns()) THEN
        RAISE EXCEPTION 'only an owner founds a coalition' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO {APP}coalition (name, purpose, is_sample) VALUES (given_name, given_purpose, sample)
    RETURNING id INTO made;
    INSERT INTO {APP}coalitionmember (coalition_id, organisation_id, shown_as, tier, coordinates, ended)
    VALUES (made, home, shown, 3, true, '');
    PERFORM app_coalition_noted(made, 'coalition.founded', 'coalition ' || public_id, '{{}}')
       FROM {APP}coalition WHERE id = made;
    RETURN made;
END $$;

-- What an invitation says to whoever holds its link.
CREATE FUNCTION app_coalition_invitation(hash text)
RETURNS TABLE (coalition text, purpose text, invited_by text, email text, tier int, message text,
               expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.name::text, c.purpose::text, m.shown_as::text, i.email::text, i.tier::int, i.message::text, i.expires_at
      FROM {APP}coalitioninvitation i
      JOIN {APP}coalition c ON c.id = i.coalition_id AND c.dissolved_at IS NULL
      JOIN {APP}coalitionmember m ON m.coalition_id = c.id AND m.organisation_id = i.organisation_id
                                 AND m.left_at IS NULL AND m.coordinates
     WHERE i.token_hash = hash AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.declined_at IS NULL
       AND i.expires_at > clock_timestamp()
$$;
-- gone · other_address · not_owner · member (it was in already) · joined · again (the same click twice)
CREATE FUNCTION app_join_coalition(hash text, home bigint, shown text)
RETURNS TABLE (outcome text, stay bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    viewer bigint := app_viewer_id('person');
    asked {APP}coalitioninvitation;
    there bigint;
BEGIN
    SELECT * INTO asked FROM {APP}coalitioninvitation i WHERE i.token_hash = hash FOR UPDATE;
    IF NOT FOUND OR viewer IS NULL THEN
        RETURN QUERY SELECT 'gone'::text, NULL::bigint; RETURN;
    END IF;
    PERFORM FROM {APP}coalition c WHERE c.id = asked.coalition_id FOR UPDATE;
    SELECT m.id INTO there FROM {APP}coalitionmember m
     WHERE m.coalition_id = asked.coalition_id AND m.organisation_id = home AND m.left_at IS NULL;
    IF asked.accepted_at IS NOT NULL AND asked.accepted_as_id = there AND home IN (SELECT app_viewer_owns()) THEN
        RETURN QUERY SELECT 'again'::text, there; RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM app_coalition_invitation(hash)) THEN
        RETURN QUERY SELECT 'gone'::text, NULL::bigint; RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM account_emailaddress e JOIN {APP}person p ON p.id = e.user_id
                    WHERE e.user_id = viewer AND e.verified AND lower(e.email) = lower(asked.email)
                      AND p.is_active) THEN
        RETURN QUERY SELECT 'other_address'::text, NULL::bigint; RETURN;
    END IF;
    IF home NOT IN (SELECT app_viewer_owns()) THEN
        RETURN QUERY SELECT 'not_owner'::text, NULL::bigint; RETURN;
    END IF;
    IF there IS NULL THEN
        INSERT INTO {APP}coalitionmember (coalition_id, organisation_id, shown_as, tier, coordinates, ended)
        VALUES (asked.coalition_id, home, shown, asked.tier, false, '') RETURNING id INTO there;
        PERFORM app_coalition_noted(asked.coalition_id, 'coalition.joined', 'coalition ' || c.public_id,
                jsonb_build_object('member', m.public_id, 'tier', asked.tier))
           FROM {APP}coalition c, {APP}coalitionmember m WHERE c.id = asked.coalition_id AND m.id = there;
        UPDATE {APP}coalitioninvitation SET accepted_at = now(), accepted_as_id = there WHERE id = asked.id;
        RETURN QUERY SELECT 'joined'::text, there; RETURN;
    END IF;
    UPDATE {APP}coalitioninvitation SET accepted_at = now(), accepted_as_id = there WHERE id = asked.id;
    RETURN QUERY SELECT 'member'::text, there;
END $$;
CREATE FUNCTION app_decline_coalition(hash text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE {APP}coalitioninvitation i SET declined_at = now()
     WHERE i.token_hash = hash AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.declined_at IS NULL
       AND EXISTS (SELECT FROM account_emailaddress e WHERE e.user_id = app_viewer_id('person') AND e.verified
                      AND lower(e.email) = lower(i.email));
    RETURN FOUND;
END $$;

-- left · removed · last_coordinator · gone. By an owner of that organization, or by a coordinator.
CREATE FUNCTION app_end_stay(stay bigint) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine {APP}coalitionmember;
    how text;
BEGIN
    SELECT * INTO mine FROM {APP}coalitionmember m WHERE m.id = stay;
    IF NOT FOUND THEN RETURN 'gone'; END IF;
    -- The coalition's row is the one lock: two who leave, or dissolve, in the same second take turns.
    PERFORM FROM {APP}coalition c WHERE c.id = mine.coalition_id AND c.dissolved_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN RETURN 'gone'; END IF;
    how := CASE WHEN mine.organisation_id IN (SELECT app_viewer_owns()) THEN 'left'
                WHEN mine.coalition_id IN (SELECT app_viewer_coordinates()) THEN 'removed' END;
    SELECT * INTO mine FROM {APP}coalitionmember m WHERE m.id = stay AND m.left_at IS NULL FOR UPDATE;
    IF NOT FOUND OR how IS NULL THEN RETURN 'gone'; END IF;
    IF mine.coordinates AND NOT EXISTS (
        SELECT FROM {APP}coalitionmember m WHERE m.coalition_id = mine.coalition_id AND m.coordinates
           AND m.left_at IS NULL AND m.id <> mine.id) THEN
        RETURN 'last_coordinator';
    END IF;
    PERFORM app_coalition_noted(mine.coalition_id, 'coalition.' || how, 'coalition ' || c.public_id,
            jsonb_build_object('member', mine.public_id)) FROM {APP}coalition c WHERE c.id = mine.coalition_id;
    UPDATE {APP}coalitioninvitation SET revoked_at = now()
     WHERE coalition_id = mine.coalition_id AND organisation_id = mine.organisation_id
       AND accepted_at IS NULL AND revoked_at IS NULL;
    UPDATE {APP}share SET revoked_at = now() WHERE stay_id = mine.id AND revoked_at IS NULL;
    UPDATE {APP}coalitionmember SET left_at = now(), ended = how, coordinates = false WHERE id = mine.id;
    RETURN how;
END $$;
-- done · last_coordinator · gone. By a coordinator.
CREATE FUNCTION app_set_stay(stay bigint, new_tier int, new_coordinates boolean) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine {APP}coalitionmember;
BEGIN
    SELECT * INTO mine FROM {APP}coalitionmember m WHERE m.id = stay;
    IF NOT FOUND THEN RETURN 'gone'; END IF;
    PERFORM FROM {APP}coalition c WHERE c.id = mine.coalition_id AND c.dissolved_at IS NULL FOR UPDATE;
    SELECT * INTO mine FROM {APP}coalitionmember m WHERE m.id = stay AND m.left_at IS NULL FOR UPDATE;
    IF NOT FOUND OR mine.coalition_id NOT IN (SELECT app_viewer_coordinates()) THEN RETURN 'gone'; END IF;
    IF mine.coordinates AND NOT new_coordinates AND NOT EXISTS (
        SELECT FROM {APP}coalitionmember m WHERE m.coalition_id = mine.coalition_id AND m.coordinates
           AND m.left_at IS NULL AND m.id <> mine.id) THEN
        RETURN 'last_coordinator';
    END IF;
    IF (mine.tier, mine.coordinates) IS DISTINCT FROM (new_tier, new_coordinates) THEN
        UPDATE {APP}coalitionmember SET tier = new_tier, coordinates = new_coordinates WHERE id = mine.id;
        PERFORM app_coalition_noted(mine.coalition_id, 'coalition.tier', 'coalition ' || c.public_id,
                jsonb_build_object('member', mine.public_id, 'tier', new_tier, 'coordinates', new_coordinates))
           FROM {APP}coalition c WHERE c.id = mine.coalition_id;
    END IF;
    RETURN 'done';
END $$;
-- Whether this click dissolved it: a second one at the same moment finds it gone.
CREATE FUNCTION app_dissolve_coalition(which bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM {APP}coalition c WHERE c.id = which AND c.dissolved_at IS NULL FOR UPDATE;
    IF NOT FOUND OR which NOT IN (SELECT app_viewer_coordinates()) THEN RETURN false; END IF;
    PERFORM app_coalition_noted(which, 'coalition.dissolved', 'coalition ' || c.public_id, '{{}}')
       FROM {APP}coalition c WHERE c.id = which;
    UPDATE {APP}share SET revoked_at = now() WHERE revoked_at IS NULL AND stay_id IN
        (SELECT m.id FROM {APP}coalitionmember m WHERE m.coalition_id = which);
    UPDATE {APP}coalitionmember SET left_at = now(), ended = 'dissolved', coordinates = false
     WHERE coalition_id = which AND left_at IS NULL;
    UPDATE {APP}coalitioninvitation SET revoked_at = now()
     WHERE coalition_id = which AND accepted_at IS NULL AND revoked_at IS NULL;
    UPDATE {APP}coalition SET dissolved_at = now() WHERE id = which;
    RETURN true;
END $$;
-- Mails of invitations that are to go out now: ids alone, for the sweep.
CREATE FUNCTION app_coalition_invitations_to_send() RETURNS TABLE (invitation bigint, organisation bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may list what is to be sent' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY SELECT i.id, i.organisation_id FROM {APP}coalitioninvitation i
        WHERE i.mail_state = 'planned' AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.declined_at IS NULL
          AND i.mail_next_at <= clock_timestamp() ORDER BY i.mail_next_at, i.id LIMIT 200;
END $$;
REVOKE ALL ON FUNCTION app_coalition_noted(bigint, text, text, jsonb) FROM PUBLIC;
"""
UNFUNCTIONS = (
    "DROP FUNCTION app_coalition_invitations_to_send(), app_dissolve_coalition(bigint), "
    "app_set_stay(bigint, int, boolean), app_end_stay(bigint), app_decline_coalition(text), "
    "app_join_coalition(text, bigint, text), app_coalition_invitation(text), "
    "app_found_coalition(bigint, text, text, text, boolean), app_coalition_noted(bigint, text, text, jsonb), "
    "app_viewer_known_coalitions(), app_viewer_coordinates(), app_partner_stays(), app_viewer_tiers(), "
    "app_viewer_coalitions();"
)
INVITES = f"organisation_id IN {OWNS} AND coalition_id IN (SELECT app_viewer_coordinates())"
# table: (who reads, who adds, who changes, grants)
TABLES = {
    "coalition": (
        "id IN (SELECT app_viewer_known_coalitions())",
        "false",
        "id IN (SELECT app_viewer_coordinates())",
        "SELECT, UPDATE (name, purpose)",
    ),
    "coalitionmember": (
        f"organisation_id IN {ORGS} OR coalition_id IN (SELECT app_viewer_coalitions())",
        "false",
        f"organisation_id IN {OWNS}",
        "SELECT, UPDATE (shown_as, tells_counts, tells_collisions)",
    ),
    "coalitioninvitation": (
        f"organisation_id IN {OWNS}", INVITES, INVITES,
        "SELECT, INSERT, UPDATE (turn, token_hash, expires_at, revoked_at, mail_state, mail_next_at, mail_attempts, "
        "mail_sent_at, mail_outcome)",
    ),
}  # fmt: skip
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({adds});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({works}) WITH CHECK ({works});"
    for name, (reads, adds, works, grants) in TABLES.items()
) + (
    f"ALTER TABLE {APP}coalitionmember ADD CONSTRAINT coalitionmember_whole UNIQUE (id, organisation_id, coalition_id);"
    # Nobody grants by another's stay, or to another coalition than that of the stay.
    f"ALTER TABLE {APP}share ADD CONSTRAINT share_by_its_stay FOREIGN KEY (stay_id, organisation_id, grantee_id) "
    f"REFERENCES {APP}coalitionmember (id, organisation_id, coalition_id);"
)
FALLEN = f"ALTER TABLE {APP}share DROP CONSTRAINT share_by_its_stay;" + "".join(
    f"DROP POLICY reads ON {APP}{name}; DROP POLICY adds ON {APP}{name}; DROP POLICY works ON {APP}{name};"
    f"ALTER TABLE {APP}{name} DISABLE ROW LEVEL SECURITY; REVOKE ALL ON {APP}{name} FROM {ROLES};"
    for name in TABLES
)
REACH = (
    "(grantee_id, tier::int) IN (SELECT t.coalition, t.tier FROM app_viewer_tiers() t) "
    "AND stay_id IN (SELECT app_partner_stays())"
)
SHARES = f"""
DO $do$
DECLARE rule text; body text; better text;
BEGIN
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT rule FROM pg_policy
     WHERE polrelid = '{APP}share'::regclass AND polname = 'reads';
    EXECUTE 'ALTER POLICY reads ON {APP}share USING ((' || rule || ') OR (grantee_kind = ''coalition'' AND {REACH}))';
    SELECT pg_get_functiondef('app_letter_reaches(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body, 'ELSE false END)', 'WHEN ''coalition'' THEN (s.grantee_id, s.tier::int) IN
                (SELECT t.coalition, t.tier FROM app_viewer_tiers() t) AND s.stay_id IN (SELECT app_partner_stays())
            ELSE false END)');
    IF better = body THEN RAISE EXCEPTION 'the reach of letters reads otherwise than expected'; END IF;
    EXECUTE better;
END $do$;
"""
NO_SHARES = f"""
DO $do$
DECLARE body text; rule text;
BEGIN
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT rule FROM pg_policy
     WHERE polrelid = '{APP}share'::regclass AND polname = 'reads';
    EXECUTE 'ALTER POLICY reads ON {APP}share USING ((' || rule || ') AND grantee_kind <> ''coalition'')';
    SELECT pg_get_functiondef('app_letter_reaches(bigint)'::regprocedure) INTO STRICT body;
    EXECUTE regexp_replace(body, 'WHEN ''coalition'' THEN .*?ELSE false END', 'ELSE false END');
END $do$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('requests_app', '0039_switched_off'),
    ]

    operations = [
        migrations.CreateModel(
            name='Coalition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(db_default=django.db.models.functions.text.Substr(django.db.models.functions.text.Replace(django.db.models.functions.comparison.Cast(django.contrib.postgres.functions.RandomUUID(), models.CharField()), models.Value('-'), models.Value('')), 1, 12), default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('purpose', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('dissolved_at', models.DateTimeField(blank=True, null=True)),
                ('is_sample', models.BooleanField(db_default=False)),
            ],
        ),
        migrations.CreateModel(
            name='CoalitionInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('email', models.EmailField(help_text='In small letters.', max_length=254)),
                ('tier', models.PositiveSmallIntegerField(choices=[(1, 'Observer'), (2, 'Member'), (3, 'Steering')], default=2)),
                ('message', models.CharField(blank=True, max_length=1000)),
                ('turn', models.PositiveSmallIntegerField(default=1, help_text='Raised by each resending: the old link dies.')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('mail_state', models.CharField(choices=[('planned', 'Planned'), ('sent', 'Sent'), ('failed', 'Failed')], default='planned', max_length=8)),
                ('mail_next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mail_sent_at', models.DateTimeField(blank=True, null=True)),
                ('mail_outcome', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='CoalitionMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(db_default=django.db.models.functions.text.Substr(django.db.models.functions.text.Replace(django.db.models.functions.comparison.Cast(django.contrib.postgres.functions.RandomUUID(), models.CharField()), models.Value('-'), models.Value('')), 1, 12), default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('shown_as', models.CharField(help_text='The name that partners read.', max_length=120)),
                ('tier', models.PositiveSmallIntegerField(choices=[(1, 'Observer'), (2, 'Member'), (3, 'Steering')])),
                ('coordinates', models.BooleanField(db_default=False, help_text='Invites, removes, dissolves.')),
                ('tells_counts', models.BooleanField(db_default=False, help_text='The coordinator may be told how many windows are open, and nothing else.')),
                ('tells_collisions', models.BooleanField(db_default=False, help_text='Partners are told that somebody has asked an office with this kit; not who.')),
                ('joined_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('ended', models.CharField(blank=True, choices=[('left', 'Left'), ('removed', 'Removed'), ('dissolved', 'Dissolved')], max_length=9)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='share',
            name='one_live_share_a_grantee',
        ),
        migrations.AddField(
            model_name='share',
            name='tier',
            field=models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Observer'), (2, 'Member'), (3, 'Steering')], help_text='Of a coalition: this tier and those above.', null=True),
        ),
        migrations.AddField(
            model_name='coalitioninvitation',
            name='coalition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='requests_app.coalition'),
        ),
        migrations.AddField(
            model_name='coalitioninvitation',
            name='invited_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='coalitioninvitation',
            name='organisation',
            field=models.ForeignKey(help_text='Who invites: a coordinator.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='coalitionmember',
            name='coalition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='requests_app.coalition'),
        ),
        migrations.AddField(
            model_name='coalitionmember',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coalitions', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='coalitioninvitation',
            name='accepted_as',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.coalitionmember'),
        ),
        migrations.AddField(
            model_name='share',
            name='stay',
            field=models.ForeignKey(blank=True, help_text='Of the granting organisation in that coalition: when it ends, so does what it shared there.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='requests_app.coalitionmember'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('grantee_kind', 'coalition'), ('stay__isnull', False), ('tier__isnull', False)), models.Q(models.Q(('grantee_kind', 'coalition'), _negated=True), ('stay', None), ('tier', None)), _connector='OR'), name='share_by_a_stay'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('organisation', 'request', 'campaign', 'grantee_kind', 'grantee_id', 'tier'), name='one_live_share_a_grantee', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='coalitionmember',
            index=models.Index(condition=models.Q(('left_at', None)), fields=['organisation'], name='coalition_stays'),
        ),
        migrations.AddConstraint(
            model_name='coalitionmember',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('coalition', 'organisation'), name='one_stay_in_a_coalition'),
        ),
        migrations.AddConstraint(
            model_name='coalitionmember',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='coalition_member_and_owner'),
        ),
        migrations.AddConstraint(
            model_name='coalitionmember',
            constraint=models.CheckConstraint(condition=models.Q(('tier__in', [1, 2, 3])), name='coalition_tier_known'),
        ),
        migrations.AddConstraint(
            model_name='coalitionmember',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended', ''), ('left_at', None)), models.Q(('ended__in', ['left', 'removed', 'dissolved']), ('left_at__isnull', False)), _connector='OR'), name='coalition_stay_ended_why'),
        ),
        migrations.AddIndex(
            model_name='coalitioninvitation',
            index=models.Index(condition=models.Q(('accepted_at', None), ('declined_at', None), ('mail_state', 'planned'), ('revoked_at', None)), fields=['mail_next_at'], name='coalition_invitation_to_send'),
        ),
        migrations.AddConstraint(
            model_name='coalitioninvitation',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('declined_at', None), ('revoked_at', None)), fields=('coalition', 'email'), name='one_open_coalition_invitation'),
        ),
        migrations.AddConstraint(
            model_name='coalitioninvitation',
            constraint=models.CheckConstraint(condition=models.Q(('tier__in', [1, 2, 3])), name='coalition_invitation_tier'),
        ),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(SHARES, NO_SHARES),
    ]
