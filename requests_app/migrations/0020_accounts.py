"""Invitations, second factors, requesters of record.

An organization may ask a second factor of whoever changes its rows. The functions that the walls ask ("who writes
here, who owns here") know it, so that no door and no program gets past it: without one, an editor reads.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
import requests_app.models.ids
from django.conf import settings
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES, OWNS = (f"(SELECT app_viewer_{what}())" for what in ("organisations", "writes", "owns"))
READ, WORK, DERIVE = "SELECT", "SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE, DELETE"
TABLES = {
    # Whom an organization asks in is for its owners; the worker that sends the mail works as the organization.
    "invitation": (OWNS, OWNS, WORK),
    "requesterprofile": (ORGS, WRITES, WORK),
    "requesterproxy": (ORGS, WRITES, DERIVE),
    "requestrequester": (ORGS, WRITES, "SELECT, INSERT"),
}
# Tables of the accounts, which the web reads before it knows who looks.
ACCOUNTS = ("mfa_authenticator", "usersessions_usersession")
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING (organisation_id IN {reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK (organisation_id IN {writes});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING (organisation_id IN {writes}) "
    f"WITH CHECK (organisation_id IN {writes});"
    + (f"CREATE POLICY derives ON {APP}{name} FOR DELETE USING (organisation_id IN {writes});" if grants == DERIVE else "")
    for name, (reads, writes, grants) in TABLES.items()
) + (
    f"ALTER TABLE {APP}requesterproxy ADD CONSTRAINT requesterproxy_of_its_profile FOREIGN KEY "
    f"(profile_id, organisation_id) REFERENCES {APP}requesterprofile (id, organisation_id);"
    f"ALTER TABLE {APP}requestrequester ADD CONSTRAINT requestrequester_of_its_owner FOREIGN KEY "
    f"(request_id, organisation_id) REFERENCES {APP}recordsrequest (id, organisation_id);"
) + "".join(f"GRANT {DERIVE} ON {name} TO {ROLES};" for name in ACCOUNTS)
FALLEN = "".join(f"REVOKE ALL ON {name} FROM {ROLES};" for name in (*ACCOUNTS, *(APP + one for one in TABLES)))

FACTORS = """
CREATE FUNCTION app_has_second_factor(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM mfa_authenticator a WHERE a.user_id = person AND a.type IN ('totp', 'webauthn'))
$$;

CREATE OR REPLACE FUNCTION app_viewer_writes() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.organisation_id FROM requests_app_membership m
      JOIN requests_app_organisation o ON o.id = m.organisation_id
     WHERE m.person_id = app_viewer_id('person') AND m.ended_at IS NULL AND m.role IN ('editor', 'owner')
       AND (NOT o.requires_second_factor OR app_has_second_factor(m.person_id))
    UNION ALL
    SELECT app_viewer_id('organisation') WHERE app_viewer_id('organisation') IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION app_viewer_owns() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.organisation_id FROM requests_app_membership m
      JOIN requests_app_organisation o ON o.id = m.organisation_id
     WHERE m.person_id = app_viewer_id('person') AND m.ended_at IS NULL AND m.role = 'owner'
       AND (NOT o.requires_second_factor OR app_has_second_factor(m.person_id))
    UNION ALL
    SELECT app_viewer_id('organisation') WHERE app_viewer_id('organisation') IS NOT NULL
$$;

-- One round trip at the start of a person's request. `role` is what counts now; `given` is the role of the
-- membership, which waits for a second factor where the two differ.
DROP FUNCTION app_look_as(bigint);
CREATE FUNCTION app_look_as(person bigint)
RETURNS TABLE (organisation_id bigint, role text, name text, given text, key text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('app.viewer', 'person:' || person, true);
    RETURN QUERY SELECT m.organisation_id,
            CASE WHEN o.requires_second_factor AND m.role <> 'viewer' AND NOT app_has_second_factor(person)
                 THEN 'viewer' ELSE m.role::text END,
            o.name::text, m.role::text, o.public_id::text
        FROM requests_app_membership m JOIN requests_app_organisation o ON o.id = m.organisation_id
        WHERE m.person_id = person AND m.ended_at IS NULL ORDER BY m.organisation_id;
END $$;
"""
NO_FACTORS = """
DROP FUNCTION app_look_as(bigint);
CREATE FUNCTION app_look_as(person bigint) RETURNS TABLE (organisation_id bigint, role text, name text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('app.viewer', 'person:' || person, true);
    RETURN QUERY SELECT m.organisation_id, m.role::text, o.name::text
        FROM requests_app_membership m JOIN requests_app_organisation o ON o.id = m.organisation_id
        WHERE m.person_id = person AND m.ended_at IS NULL ORDER BY m.organisation_id;
END $$;
CREATE OR REPLACE FUNCTION app_viewer_writes() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT organisation_id FROM requests_app_membership
    WHERE person_id = app_viewer_id('person') AND ended_at IS NULL AND role IN ('editor', 'owner')
    UNION ALL
    SELECT app_viewer_id('organisation') WHERE app_viewer_id('organisation') IS NOT NULL
$$;
CREATE OR REPLACE FUNCTION app_viewer_owns() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT organisation_id FROM requests_app_membership
    WHERE person_id = app_viewer_id('person') AND ended_at IS NULL AND role = 'owner'
    UNION ALL
    SELECT app_viewer_id('organisation') WHERE app_viewer_id('organisation') IS NOT NULL
$$;
DROP FUNCTION app_has_second_factor(bigint);
"""

# Who is invited is no member yet, and who leaves may be no owner: the walls would let neither write the row that says
# so. These functions do exactly that and nothing else, for the person whom the database was told of.
JOINING = """
CREATE FUNCTION app_invitation(hash text)
RETURNS TABLE (organisation text, role text, email text, invited_by text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.name::text, i.role::text, i.email::text, coalesce(nullif(p.name, ''), p.email, '')::text, i.expires_at
      FROM requests_app_invitation i
      JOIN requests_app_organisation o ON o.id = i.organisation_id
      LEFT JOIN requests_app_person p ON p.id = i.invited_by_id
     WHERE i.token_hash = hash AND i.accepted_at IS NULL AND i.revoked_at IS NULL
       AND i.expires_at > clock_timestamp()
$$;

CREATE FUNCTION app_accept_invitation(hash text) RETURNS TABLE (outcome text, organisation bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    viewer bigint := app_viewer_id('person');
    asked requests_app_invitation;
    there requests_app_membership;
BEGIN
    SELECT * INTO asked FROM requests_app_invitation i WHERE i.token_hash = hash FOR UPDATE;
    IF NOT FOUND OR viewer IS NULL THEN
        RETURN QUERY SELECT 'gone', NULL::bigint; RETURN;
    END IF;
    SELECT * INTO there FROM requests_app_membership m
     WHERE m.organisation_id = asked.organisation_id AND m.person_id = viewer FOR UPDATE;
    IF asked.accepted_at IS NOT NULL AND asked.accepted_by_id = viewer
       AND there.id IS NOT NULL AND there.ended_at IS NULL THEN
        RETURN QUERY SELECT 'again', asked.organisation_id; RETURN;
    END IF;
    IF asked.accepted_at IS NOT NULL OR asked.revoked_at IS NOT NULL OR asked.expires_at <= clock_timestamp() THEN
        RETURN QUERY SELECT 'gone', NULL::bigint; RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM account_emailaddress e JOIN requests_app_person p ON p.id = e.user_id
                    WHERE e.user_id = viewer AND e.verified AND lower(e.email) = lower(asked.email)
                      AND p.is_active) THEN
        RETURN QUERY SELECT 'other_address', NULL::bigint; RETURN;
    END IF;
    IF there.id IS NULL THEN
        INSERT INTO requests_app_membership (organisation_id, person_id, role)
        VALUES (asked.organisation_id, viewer, asked.role);
    ELSIF there.ended_at IS NOT NULL THEN
        UPDATE requests_app_membership SET role = asked.role, ended_at = NULL, since = now() WHERE id = there.id;
    END IF;
    UPDATE requests_app_invitation SET accepted_at = now(), accepted_by_id = viewer WHERE id = asked.id;
    INSERT INTO requests_app_auditentry (organisation_id, actor_id, act, subject, detail)
    SELECT o.id, viewer, 'invitation.accepted', 'invitation ' || asked.public_id,
           jsonb_build_object('person', viewer::text, 'role', coalesce(
               CASE WHEN there.id IS NOT NULL AND there.ended_at IS NULL THEN there.role END, asked.role))
      FROM requests_app_organisation o WHERE o.id = asked.organisation_id;
    RETURN QUERY SELECT CASE WHEN there.id IS NOT NULL AND there.ended_at IS NULL THEN 'member' ELSE 'joined' END,
                        asked.organisation_id;
END $$;

CREATE FUNCTION app_leave(organisation bigint) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    viewer bigint := app_viewer_id('person');
    mine requests_app_membership;
BEGIN
    -- All owners are locked, in one order: two who leave in the same second do not both count on the other.
    PERFORM FROM requests_app_membership m
      WHERE m.organisation_id = organisation AND m.role = 'owner' AND m.ended_at IS NULL ORDER BY m.id FOR UPDATE;
    SELECT * INTO mine FROM requests_app_membership m
     WHERE m.organisation_id = organisation AND m.person_id = viewer AND m.ended_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN RETURN 'not_member'; END IF;
    IF mine.role = 'owner' AND NOT EXISTS (
        SELECT FROM requests_app_membership m WHERE m.organisation_id = organisation AND m.role = 'owner'
           AND m.ended_at IS NULL AND m.id <> mine.id) THEN
        RETURN 'last_owner';
    END IF;
    INSERT INTO requests_app_auditentry (organisation_id, actor_id, act, subject, detail)
    SELECT o.id, viewer, 'member.left', 'organisation ' || o.public_id, jsonb_build_object('person', viewer::text)
      FROM requests_app_organisation o WHERE o.id = organisation;
    UPDATE requests_app_invitation SET revoked_at = now()
     WHERE organisation_id = organisation AND invited_by_id = viewer AND accepted_at IS NULL AND revoked_at IS NULL;
    UPDATE requests_app_apitoken SET revoked_at = now()
     WHERE organisation_id = organisation AND person_id = viewer AND revoked_at IS NULL;
    UPDATE requests_app_requestprivate SET backup_id = NULL, version = version + 1
     WHERE organisation_id = organisation AND backup_id = viewer;
    UPDATE requests_app_requestprivate SET assignee_id = backup_id, backup_id = NULL, version = version + 1
     WHERE organisation_id = organisation AND assignee_id = viewer;
    UPDATE requests_app_membership SET ended_at = now() WHERE id = mine.id;
    RETURN 'left';
END $$;

-- Mails of invitations that are to go out now: ids alone, for the sweep.
CREATE FUNCTION app_invitations_to_send() RETURNS TABLE (invitation bigint, organisation bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may list what is to be sent' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY SELECT i.id, i.organisation_id FROM requests_app_invitation i
        WHERE i.mail_state = 'planned' AND i.accepted_at IS NULL AND i.revoked_at IS NULL
          AND i.mail_next_at <= clock_timestamp() ORDER BY i.mail_next_at, i.id LIMIT 200;
END $$;
"""
NO_JOINING = """
DROP FUNCTION app_invitation(text), app_accept_invitation(text), app_leave(bigint), app_invitations_to_send();
"""

# What the staff may know of them: that they are there. The views run as the owner of the tables, past the walls, so
# they name no column with words.
KNOWN = """
CREATE VIEW requests_app_knownorganisation AS
    SELECT o.id, o.public_id, o.created_at, o.is_sample, o.requires_second_factor,
           (SELECT count(*) FROM requests_app_membership m
             WHERE m.organisation_id = o.id AND m.ended_at IS NULL) AS members
      FROM requests_app_organisation o;
CREATE VIEW requests_app_knownlawreport AS
    SELECT id, reference, law_ref, clock, created_at, settled_at FROM requests_app_lawreport;
GRANT SELECT ON requests_app_knownorganisation, requests_app_knownlawreport TO foia_web;
"""
UNKNOWN = "DROP VIEW requests_app_knownorganisation, requests_app_knownlawreport;"


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0019_notices_open_nothing_public"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
    ]
    operations = [
        migrations.AddField(
            model_name='organisation',
            name='requires_second_factor',
            field=models.BooleanField(default=True, help_text='Editors and owners read only, until they have one.'),
        ),
        migrations.AddField(
            model_name='person',
            name='session_turn',
            field=models.PositiveIntegerField(default=0, help_text='Raised to end every session at once.'),
        ),
        migrations.AddField(
            model_name='person',
            name='short_password',
            field=models.BooleanField(default=False, help_text='Long enough only beside a second factor, which then stays.'),
        ),
        migrations.CreateModel(
            name='RequesterProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('signs_as', models.CharField(blank=True, help_text='Empty: a person alone.', max_length=200, verbose_name='organization, as it signs')),
                ('postal_address', models.CharField(blank=True, max_length=1000, verbose_name='postal address')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('phone', models.CharField(blank=True, max_length=60, verbose_name='telephone')),
                ('residency', models.CharField(blank=True, help_text='Code of the place, such as us-tn.', max_length=8, verbose_name='state of residence')),
                ('fee_category', models.CharField(blank=True, choices=[('', 'Not stated'), ('news_media', 'Representative of the news media'), ('education', 'Educational institution'), ('science', 'Noncommercial scientific institution'), ('other', 'Any other requester, not commercial'), ('commercial', 'Commercial use')], default='', max_length=12, verbose_name='fee category')),
                ('attestation', models.CharField(blank=True, help_text='Why the category holds.', max_length=4000, verbose_name='words of attestation')),
                ('protected', models.BooleanField(default=False, help_text='The name appears on nothing that leaves us, but the letter.', verbose_name='protected identity')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('is_default', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1, help_text='Raised by every change: a stale form is refused.')),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='RequesterProxy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(help_text='Code of the place, such as us-tn.', max_length=8)),
                ('standing', models.CharField(choices=[('citizen', 'Citizen of the state'), ('resident', 'Resident of the state')], max_length=8)),
                ('name', models.CharField(max_length=200)),
                ('postal_address', models.CharField(blank=True, max_length=1000)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proxies', to='requests_app.requesterprofile')),
            ],
            options={
                'verbose_name_plural': 'requester proxies',
            },
        ),
        migrations.CreateModel(
            name='RequestRequester',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('signs_as', models.CharField(blank=True, help_text='Empty: a person alone.', max_length=200, verbose_name='organization, as it signs')),
                ('postal_address', models.CharField(blank=True, max_length=1000, verbose_name='postal address')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('phone', models.CharField(blank=True, max_length=60, verbose_name='telephone')),
                ('residency', models.CharField(blank=True, help_text='Code of the place, such as us-tn.', max_length=8, verbose_name='state of residence')),
                ('fee_category', models.CharField(blank=True, choices=[('', 'Not stated'), ('news_media', 'Representative of the news media'), ('education', 'Educational institution'), ('science', 'Noncommercial scientific institution'), ('other', 'Any other requester, not commercial'), ('commercial', 'Commercial use')], default='', max_length=12, verbose_name='fee category')),
                ('attestation', models.CharField(blank=True, help_text='Why the category holds.', max_length=4000, verbose_name='words of attestation')),
                ('protected', models.BooleanField(default=False, help_text='The name appears on nothing that leaves us, but the letter.', verbose_name='protected identity')),
                ('proxy_name', models.CharField(blank=True, max_length=200)),
                ('proxy_standing', models.CharField(blank=True, choices=[('citizen', 'Citizen of the state'), ('resident', 'Resident of the state')], max_length=8)),
                ('proxy_postal_address', models.CharField(blank=True, max_length=1000)),
                ('proxy_email', models.EmailField(blank=True, max_length=254)),
                ('taken_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('profile', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.requesterprofile')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='requester', to='requests_app.recordsrequest')),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('email', models.EmailField(help_text='In small letters.', max_length=254)),
                ('role', models.CharField(choices=[('viewer', 'Viewer'), ('editor', 'Editor'), ('owner', 'Owner')], max_length=8)),
                ('turn', models.PositiveSmallIntegerField(default=1, help_text='Raised by each resending: the old link dies.')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('mail_state', models.CharField(choices=[('planned', 'Planned'), ('sent', 'Sent'), ('failed', 'Failed')], default='planned', max_length=8)),
                ('mail_next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mail_sent_at', models.DateTimeField(blank=True, null=True)),
                ('mail_outcome', models.CharField(blank=True, max_length=300)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('accepted_at', None), ('mail_state', 'planned'), ('revoked_at', None)), fields=['mail_next_at'], name='invitation_to_send')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('revoked_at', None)), fields=('organisation', 'email'), name='one_open_invitation'), models.CheckConstraint(condition=models.Q(('role__in', ['viewer', 'editor', 'owner'])), name='invitation_role_known')],
            },
        ),
        migrations.AddConstraint(
            model_name='requesterprofile',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True), ('retired_at', None)), fields=('organisation',), name='one_default_requester'),
        ),
        migrations.AddConstraint(
            model_name='requesterprofile',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='requester_of_its_owner'),
        ),
        migrations.AddConstraint(
            model_name='requesterproxy',
            constraint=models.UniqueConstraint(fields=('organisation', 'profile', 'state'), name='one_proxy_a_state'),
        ),
        migrations.AddConstraint(
            model_name='requesterproxy',
            constraint=models.CheckConstraint(condition=models.Q(('standing__in', ['citizen', 'resident'])), name='proxy_standing_known'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(FACTORS, NO_FACTORS),
        migrations.RunSQL(JOINING, NO_JOINING),
        migrations.CreateModel(
            name="KnownOrganisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=12)),
                ("created_at", models.DateTimeField()),
                ("is_sample", models.BooleanField()),
                ("requires_second_factor", models.BooleanField()),
                ("members", models.BigIntegerField()),
            ],
            options={"managed": False, "verbose_name": "organization"},
        ),
        migrations.CreateModel(
            name="KnownLawReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=12)),
                ("law_ref", models.CharField(max_length=80)),
                ("clock", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={"managed": False, "verbose_name": "law report"},
        ),
        migrations.RunSQL(KNOWN, UNKNOWN),
    ]
