"""What shows the public more goes by publishing alone; two owners switch the second person off.

A request that joins a public campaign, or is taken into it again, is shown to the public by that: where two persons
publish, the database asks for a grant of the request's own, which two agreed to.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from requests_app.models.ids import drawn_by_the_database

APP = "requests_app_"
JOINS = f"""
CREATE FUNCTION app_public_joins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM {APP}organisation o
          JOIN {APP}share above ON above.organisation_id = o.id AND above.campaign_id = NEW.campaign_id
           AND above.grantee_kind = 'public' AND above.revoked_at IS NULL
           AND coalesce(above.until_at, 'infinity') > clock_timestamp()
         WHERE o.id = NEW.organisation_id AND o.two_to_publish AND NOT EXISTS (
            SELECT FROM {APP}share own WHERE own.organisation_id = o.id AND own.request_id = NEW.id
               AND own.grantee_kind = 'public' AND own.revoked_at IS NULL
               AND own.correspondence >= above.correspondence AND own.documents >= above.documents
               AND coalesce(own.until_at, 'infinity') >= coalesce(above.until_at, 'infinity'))) THEN
        RAISE EXCEPTION 'two persons publish here' USING ERRCODE = 'check_violation', CONSTRAINT = 'two_to_publish';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER public_joins AFTER INSERT OR UPDATE OF held_back, campaign_id ON {APP}recordsrequest
    FOR EACH ROW WHEN (NEW.campaign_id IS NOT NULL AND NOT NEW.held_back) EXECUTE FUNCTION app_public_joins();
"""
# As app_identities, for a list: of requests and campaigns that are shared with nobody it says nothing but to their own.
AMONG = f"""
CREATE FUNCTION app_identities_among(requests bigint[], campaigns bigint[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH r AS (
        SELECT r.id, r.organisation_id FROM {APP}recordsrequest r
         WHERE (r.id = ANY(requests) OR r.campaign_id = ANY(campaigns))
           AND (r.organisation_id IN (SELECT app_viewer_organisations())
            OR EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = r.organisation_id AND s.revoked_at IS NULL
                          AND (s.request_id = r.id OR s.campaign_id = r.campaign_id)))
    ), o AS (
        SELECT organisation_id AS id FROM r
        UNION SELECT c.organisation_id FROM {APP}campaign c WHERE c.id = ANY(campaigns)
           AND (c.organisation_id IN (SELECT app_viewer_organisations())
            OR EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = c.organisation_id AND s.revoked_at IS NULL
                          AND s.campaign_id = c.id))
    ), who (name, signs_as, address, email, phone, protected) AS (
        SELECT q.name, q.signs_as, q.postal_address, q.email, q.phone, q.protected
          FROM {APP}requestrequester q JOIN r ON q.request_id = r.id
        UNION SELECT q.proxy_name, '', q.proxy_postal_address, q.proxy_email, '', q.protected
          FROM {APP}requestrequester q JOIN r ON q.request_id = r.id
        UNION SELECT q.name, q.signs_as, q.postal_address, q.email, q.phone, q.protected
          FROM {APP}requesterprofile q JOIN o ON q.organisation_id = o.id
        UNION SELECT q.name, '', q.postal_address, q.email, '', p.protected
          FROM {APP}requesterproxy q JOIN {APP}requesterprofile p ON p.id = q.profile_id
          JOIN o ON q.organisation_id = o.id
        UNION SELECT p.name, '', '', p.email, '', m.protected
          FROM {APP}membership m JOIN {APP}person p ON p.id = m.person_id JOIN o ON m.organisation_id = o.id
        UNION SELECT '', g.name, '', '', '', false FROM {APP}organisation g JOIN o ON g.id = o.id
    )
    SELECT coalesce(jsonb_agg(jsonb_build_array(name, signs_as, address, email, phone, protected)), '[]')
      FROM who WHERE name || signs_as || address || email || phone <> ''
$$;
"""
UNAMONG = "DROP FUNCTION app_identities_among(bigint[], bigint[]);"
# Nobody read the number: pages of the public are asked for anew each time.
TRIGGERS = (
    ("public_generation", "share"), ("public_generation_changed", "share"), ("public_generation_ended", "share"),
    ("public_generation", "recordsrequest"), ("public_generation", "document"),
)  # fmt: skip
NO_NUMBER = "".join(f"DROP TRIGGER {name} ON {APP}{table};" for name, table in TRIGGERS) + (
    "DROP FUNCTION app_public_generation();"
)
NUMBER = f"""
REVOKE ALL ON {APP}publicgeneration FROM foia_web, foia_worker;
GRANT SELECT ON {APP}publicgeneration TO foia_web, foia_worker;
CREATE FUNCTION app_public_generation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO {APP}publicgeneration AS g (id, number) VALUES (1, 2)
    ON CONFLICT (id) DO UPDATE SET number = g.number + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER public_generation AFTER INSERT ON {APP}share
    FOR EACH ROW WHEN (NEW.grantee_kind = 'public') EXECUTE FUNCTION app_public_generation();
CREATE TRIGGER public_generation_changed AFTER UPDATE ON {APP}share
    FOR EACH ROW WHEN ('public' IN (OLD.grantee_kind, NEW.grantee_kind)) EXECUTE FUNCTION app_public_generation();
CREATE TRIGGER public_generation_ended AFTER DELETE ON {APP}share
    FOR EACH ROW WHEN (OLD.grantee_kind = 'public') EXECUTE FUNCTION app_public_generation();
CREATE TRIGGER public_generation AFTER UPDATE OF held_back ON {APP}recordsrequest
    FOR EACH ROW WHEN (OLD.held_back <> NEW.held_back) EXECUTE FUNCTION app_public_generation();
CREATE TRIGGER public_generation AFTER UPDATE OF released_at ON {APP}document
    FOR EACH ROW WHEN (OLD.released_at IS DISTINCT FROM NEW.released_at) EXECUTE FUNCTION app_public_generation();
"""
ROLES = "foia_web, foia_worker"
OWNS = "organisation_id IN (SELECT app_viewer_owns())"
# table: (who reads, grants). Rows are written by the functions below alone.
GLASS = {
    "breakglass": (f"{OWNS} OR person_id = (SELECT app_viewer_id('person'))", "SELECT"),
    "breakglassmail": (
        OWNS, "SELECT, UPDATE (mail_state, mail_next_at, mail_attempts, mail_sent_at, mail_outcome)"
    ),
    "everythingread": (OWNS, "SELECT"),
}  # fmt: skip
GLASS_KEYS = (
    ("breakglass", "request_id", "recordsrequest"), ("breakglass", "campaign_id", "campaign"),
    ("breakglassmail", "opened_id", "breakglass"), ("everythingread", "request_id", "recordsrequest"),
)  # fmt: skip
GLASS_WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY; REVOKE ALL ON {APP}{name} FROM {ROLES};"
    f"GRANT {grants} ON {APP}{name} TO {ROLES}; CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    for name, (reads, grants) in GLASS.items()
) + (
    f"CREATE POLICY works ON {APP}breakglassmail FOR UPDATE USING ({OWNS}) WITH CHECK ({OWNS});"
) + "".join(
    f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_{column}_of_its_owner FOREIGN KEY ({column}, organisation_id) "
    f"REFERENCES {APP}{parent} (id, organisation_id) ON DELETE CASCADE;"
    for name, column, parent in GLASS_KEYS
)
NO_GLASS_WALLS = "".join(
    f"ALTER TABLE {APP}{name} DROP CONSTRAINT {name}_{column}_of_its_owner;"
    for name, column, _parent in reversed(GLASS_KEYS)
) + f"DROP POLICY works ON {APP}breakglassmail;" + "".join(
    f"DROP POLICY reads ON {APP}{name}; REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in GLASS
)
GLASS_ACTS = f"""
-- A share to a member of the staff, for half an hour, and everybody told, in one. What is shared with them already, and
-- what is their own, is not opened by this.
CREATE FUNCTION app_break_glass(number text, why text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    who bigint := app_viewer_id('person');
    home bigint; of_request bigint; of_campaign bigint; about text; made bigint; share bigint;
    ends timestamptz := clock_timestamp() + interval '30 minutes';
BEGIN
    IF NOT EXISTS (SELECT FROM {APP}person p WHERE p.id = who AND p.is_staff AND p.is_active)
       OR length(btrim(why)) < 20 THEN
        RAISE EXCEPTION 'only the staff, with a reason' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT r.id, NULL, r.organisation_id, 'request ' || r.public_id INTO of_request, of_campaign, home, about
      FROM {APP}recordsrequest r WHERE r.public_id = number;
    IF NOT FOUND THEN
        SELECT NULL, c.id, c.organisation_id, 'campaign ' || c.public_id INTO of_request, of_campaign, home, about
          FROM {APP}campaign c WHERE c.public_id = number;
    END IF;
    IF home IS NULL OR EXISTS (SELECT FROM {APP}membership m WHERE m.organisation_id = home AND m.person_id = who
                                  AND m.ended_at IS NULL) THEN
        RETURN NULL;
    END IF;
    UPDATE {APP}share s SET revoked_at = clock_timestamp()
     WHERE s.organisation_id = home AND s.grantee_kind = 'person' AND s.grantee_id = who AND s.revoked_at IS NULL
       AND s.request_id IS NOT DISTINCT FROM of_request AND s.campaign_id IS NOT DISTINCT FROM of_campaign
       AND s.until_at <= clock_timestamp();
    INSERT INTO {APP}share (organisation_id, request_id, campaign_id, grantee_kind, grantee_id, correspondence,
                            documents, everything, until_at)
    VALUES (home, of_request, of_campaign, 'person', who, false, false, true, ends)
    ON CONFLICT DO NOTHING RETURNING id INTO share;
    IF share IS NULL THEN RETURN NULL; END IF;
    INSERT INTO {APP}sharenote (share_id, organisation_id, granted_by_id, reason, granted_to)
    SELECT share, home, who, why, p.name FROM {APP}person p WHERE p.id = who;
    INSERT INTO {APP}breakglass (organisation_id, person_id, request_id, campaign_id, subject, reason, until_at)
    VALUES (home, who, of_request, of_campaign, about, why, ends) RETURNING id INTO made;
    INSERT INTO {APP}breakglassmail (organisation_id, opened_id, person_id)
    SELECT home, made, m.person_id FROM {APP}membership m JOIN {APP}person p ON p.id = m.person_id AND p.is_active
     WHERE m.organisation_id = home AND m.role = 'owner' AND m.ended_at IS NULL;
    INSERT INTO {APP}auditentry (organisation_id, actor_id, act, subject, detail, at)
    VALUES (home, who, 'break_glass.opened', about, jsonb_build_object('why', why, 'until', ends), clock_timestamp());
    RETURN made;
END $$;

CREATE FUNCTION app_break_glass_mails_to_send() RETURNS TABLE (mail bigint, organisation bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may list what is to be sent' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY SELECT m.id, m.organisation_id FROM {APP}breakglassmail m
        WHERE m.mail_state = 'planned' AND m.mail_next_at <= clock_timestamp() ORDER BY m.mail_next_at, m.id LIMIT 200;
END $$;

-- By which name an organization knows somebody outside: a guest by the address it named, staff by name, a member of a
-- partner by what that partner is shown as. Never a partner's member by name.
CREATE FUNCTION app_known_as(who bigint, home bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(
        (SELECT g.email::text FROM {APP}guest g JOIN account_emailaddress e ON lower(e.email) = g.email AND e.verified
          WHERE g.organisation_id = home AND e.user_id = who ORDER BY g.id LIMIT 1),
        (SELECT p.name::text FROM {APP}person p WHERE p.id = who AND EXISTS (
            SELECT FROM {APP}share s WHERE s.organisation_id = home AND s.grantee_kind = 'person'
               AND s.grantee_id = who)),
        (SELECT theirs.shown_as::text FROM {APP}membership m
           JOIN {APP}coalitionmember theirs ON theirs.organisation_id = m.organisation_id
           JOIN {APP}coalitionmember ours ON ours.coalition_id = theirs.coalition_id AND ours.organisation_id = home
          WHERE m.person_id = who AND m.ended_at IS NULL ORDER BY theirs.left_at NULLS FIRST, theirs.id DESC LIMIT 1),
        '')
$$;
REVOKE ALL ON FUNCTION app_known_as(bigint, bigint) FROM PUBLIC;
-- What somebody outside took away cannot be taken back: its owner is told of it.
CREATE FUNCTION app_downloaded(which bigint, who bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE d {APP}document;
BEGIN
    SELECT * INTO d FROM {APP}document q WHERE q.id = which;
    IF NOT FOUND OR current_setting('transaction_read_only') = 'on' OR d.released_at IS NULL
       OR d.organisation_id IN (SELECT app_viewer_organisations()) THEN
        RETURN;
    END IF;
    INSERT INTO {APP}auditentry (organisation_id, actor_id, act, subject, detail, at)
    SELECT d.organisation_id, NULL, 'share.downloaded', 'request ' || r.public_id,
           jsonb_build_object('by', app_known_as(who, d.organisation_id), 'document', d.public_id), clock_timestamp()
      FROM {APP}recordsrequest r WHERE r.id = d.request_id;
END $$;

-- Once a person, request and day; nothing where the transaction only reads, or the reader is not outside with a grant.
CREATE FUNCTION app_read_everything(which bigint, who bigint, today date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE r {APP}recordsrequest;
BEGIN
    SELECT * INTO r FROM {APP}recordsrequest q WHERE q.id = which;
    IF NOT FOUND OR current_setting('transaction_read_only') = 'on'
       OR r.organisation_id IN (SELECT app_viewer_organisations())
       OR NOT EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = r.organisation_id AND s.everything
                         AND s.revoked_at IS NULL AND (s.request_id = r.id OR s.campaign_id = r.campaign_id)) THEN
        RETURN;
    END IF;
    INSERT INTO {APP}everythingread (organisation_id, request_id, person_id, day)
    VALUES (r.organisation_id, r.id, who, today) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO {APP}auditentry (organisation_id, actor_id, act, subject, detail, at)
        VALUES (r.organisation_id, NULL, 'share.read_everything', 'request ' || r.public_id,
                jsonb_build_object('by', app_known_as(who, r.organisation_id)), clock_timestamp());
    END IF;
END $$;
"""
# A coordinator reads that another one asked somebody in, not whom; and may withdraw it.
ASKED = f"""
CREATE FUNCTION app_coalition_asked_by_others(which bigint)
RETURNS TABLE (key text, asked_by text, tier smallint, until_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.public_id::text, m.shown_as::text, i.tier, i.expires_at FROM {APP}coalitioninvitation i
      JOIN {APP}coalitionmember m ON m.coalition_id = i.coalition_id AND m.organisation_id = i.organisation_id
                                 AND m.left_at IS NULL
     WHERE i.coalition_id = which AND which IN (SELECT app_viewer_coordinates())
       AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.declined_at IS NULL AND i.expires_at > now()
       AND i.organisation_id NOT IN (SELECT app_viewer_owns())
     ORDER BY i.created_at DESC, i.public_id DESC LIMIT 100
$$;
CREATE FUNCTION app_withdraw_coalition_invitation(which bigint, key text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE {APP}coalitioninvitation i SET revoked_at = now()
     WHERE i.coalition_id = which AND i.public_id = key AND which IN (SELECT app_viewer_coordinates())
       AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.declined_at IS NULL;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM app_coalition_noted(which, 'coalition.uninvited', 'coalition ' || c.public_id,
            jsonb_build_object('invitation', key)) FROM {APP}coalition c WHERE c.id = which;
    RETURN true;
END $$;
"""
UNASKED = (
    "DROP FUNCTION app_withdraw_coalition_invitation(bigint, text), app_coalition_asked_by_others(bigint);"
)
NO_GLASS_ACTS = (
    "DROP FUNCTION app_read_everything(bigint, bigint, date), app_downloaded(bigint, bigint), "
    "app_known_as(bigint, bigint), app_break_glass_mails_to_send(), "
    "app_break_glass(text, text);"
)
UNJOINS = f"DROP TRIGGER public_joins ON {APP}recordsrequest; DROP FUNCTION app_public_joins();"


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0046_joint_campaigns")]

    operations = [
        migrations.RemoveConstraint(model_name="publication", name="one_open_publication"),
        migrations.AddField(
            model_name="organisation",
            name="one_asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="one_asked_by",
            field=models.ForeignKey(
                blank=True,
                help_text="An owner who asks that one person is enough to publish; another owner has to want it, too.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("proposed", "agreed"))),
                fields=("organisation", "request", "campaign"),
                name="one_open_publication",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "published")),
                fields=("organisation", "request", "campaign"),
                name="one_published_publication",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(JOINS, UNJOINS),
        migrations.RunSQL(AMONG, UNAMONG),
        migrations.RunSQL(NO_NUMBER, NUMBER),
        migrations.DeleteModel(name="PublicGeneration"),
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(db_default=drawn_by_the_database(), editable=False, max_length=12, unique=True)),
                ('subject', models.CharField(help_text='Kind and public id, as in the audit.', max_length=30)),
                ('reason', models.CharField(max_length=500)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('until_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.campaign')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.CreateModel(
            name='BreakGlassMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mail_state', models.CharField(db_default='planned', max_length=8)),
                ('mail_next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('mail_attempts', models.PositiveSmallIntegerField(db_default=0)),
                ('mail_sent_at', models.DateTimeField(null=True)),
                ('mail_outcome', models.CharField(db_default='', max_length=300)),
                ('opened', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='mails', to='requests_app.breakglass')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='EverythingRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.AddConstraint(
            model_name='breakglass',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='break_glass_and_owner'),
        ),
        migrations.AddIndex(
            model_name='breakglassmail',
            index=models.Index(condition=models.Q(('mail_state', 'planned')), fields=['mail_next_at'], name='break_glass_mail_to_send'),
        ),
        migrations.AddConstraint(
            model_name='breakglassmail',
            constraint=models.UniqueConstraint(fields=('organisation', 'opened', 'person'), name='told_of_break_glass_once'),
        ),
        migrations.AddConstraint(
            model_name='breakglassmail',
            constraint=models.CheckConstraint(condition=models.Q(('mail_state__in', ['planned', 'sent', 'failed'])), name='break_glass_mail_state'),
        ),
        migrations.AddConstraint(
            model_name='everythingread',
            constraint=models.UniqueConstraint(fields=('organisation', 'request', 'person', 'day'), name='read_of_everything_once_a_day'),
        ),
        migrations.RunSQL(GLASS_WALLS, NO_GLASS_WALLS),
        migrations.RunSQL(GLASS_ACTS, NO_GLASS_ACTS),
        migrations.RunSQL(ASKED, UNASKED),
    ]
