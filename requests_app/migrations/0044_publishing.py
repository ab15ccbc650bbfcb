"""Publishing: proposals, what was looked at, embargoes and their warnings; who asked is masked for everybody else.

Two persons: a public share of an organization that asks for it stands only beside a publication that somebody else
agreed to. Asked at the commit, so that a preview, which is taken back, needs nobody's consent.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES, OWNS = (f"(SELECT app_viewer_{word}())" for word in ("organisations", "writes", "owns"))
READS = f"organisation_id IN {ORGS}"
EDITS = f"organisation_id IN {WRITES}"
DECIDES = f"organisation_id IN {OWNS}"
# An editor proposes, and takes back what nobody has agreed to; the rest is the owners'.
PROPOSES = f"{DECIDES} OR ({EDITS} AND state IN ('proposed', 'withdrawn'))"
MAY_CHANGE = f"{DECIDES} OR ({EDITS} AND state = 'proposed')"
# table: (who reads, who adds, what may be changed, into what, grants)
TABLES = {
    "publication": (READS, PROPOSES, MAY_CHANGE, PROPOSES, "SELECT, INSERT, UPDATE"),
    "publicationcheck": (READS, EDITS, EDITS, EDITS, "SELECT, INSERT, UPDATE"),
    "embargowarning": (READS, DECIDES, DECIDES, DECIDES, "SELECT, INSERT, UPDATE"),
}
CHILDREN = (
    ("publication", "request_id", "recordsrequest"),
    ("publication", "campaign_id", "campaign"),
    ("publicationcheck", "publication_id", "publication"),
    ("embargowarning", "publication_id", "publication"),
)
WALLS = (
    "".join(
        f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
        f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
        f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
        f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({adds});"
        f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({works}) WITH CHECK ({into});"
        for name, (reads, adds, works, into, grants) in TABLES.items()
    )
    + "".join(
        f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_{column}_of_its_owner FOREIGN KEY ({column}, organisation_id) "
        f"REFERENCES {APP}{parent} (id, organisation_id) ON DELETE CASCADE;"
        for name, column, parent in CHILDREN
    )
    + f"REVOKE ALL ON {APP}publicgeneration FROM {ROLES}; GRANT SELECT ON {APP}publicgeneration TO {ROLES};"
)
FALLEN = "".join(
    f"ALTER TABLE {APP}{name} DROP CONSTRAINT {name}_{column}_of_its_owner;" for name, column, _ in reversed(CHILDREN)
) + "".join(
    f"DROP POLICY reads ON {APP}{name}; DROP POLICY adds ON {APP}{name}; DROP POLICY works ON {APP}{name};"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES};"
    for name in TABLES
)
FUNCTIONS = f"""
-- At the commit: what was rolled back, such as a preview, was never public.
CREATE FUNCTION app_public_by_two() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE now_is {APP}share;
BEGIN
    IF NOT EXISTS (SELECT FROM {APP}organisation o WHERE o.id = NEW.organisation_id AND o.two_to_publish) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        -- Narrower than before is anybody's act who may do it at all.
        IF OLD.grantee_kind = 'public' AND OLD.revoked_at IS NULL AND OLD.request_id IS NOT DISTINCT FROM NEW.request_id
           AND OLD.campaign_id IS NOT DISTINCT FROM NEW.campaign_id AND OLD.correspondence >= NEW.correspondence
           AND OLD.documents >= NEW.documents
           AND coalesce(OLD.until_at, 'infinity') >= coalesce(NEW.until_at, 'infinity')
           AND coalesce(OLD.embargo_until, '-infinity') <= coalesce(NEW.embargo_until, '-infinity') THEN
            RETURN NULL;
        END IF;
    END IF;
    SELECT * INTO now_is FROM {APP}share s WHERE s.id = NEW.id AND s.revoked_at IS NULL;
    IF FOUND AND NOT EXISTS (
        SELECT FROM {APP}publication p WHERE p.organisation_id = now_is.organisation_id
           AND p.request_id IS NOT DISTINCT FROM now_is.request_id
           AND p.campaign_id IS NOT DISTINCT FROM now_is.campaign_id
           AND p.state IN ('agreed', 'published') AND p.agreed_by_id <> p.proposed_by_id
           AND p.correspondence >= now_is.correspondence AND p.documents >= now_is.documents) THEN
        RAISE EXCEPTION 'two persons publish here' USING ERRCODE = 'check_violation', CONSTRAINT = 'two_to_publish';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER public_by_two AFTER INSERT OR UPDATE ON {APP}share DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.grantee_kind = 'public' AND NEW.revoked_at IS NULL) EXECUTE FUNCTION app_public_by_two();

-- Whoever takes the grant away, and by whatever act: another one needs another consent.
CREATE FUNCTION app_publication_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE {APP}publication p SET state = 'ended', ended_at = clock_timestamp()
     WHERE p.organisation_id = OLD.organisation_id AND p.request_id IS NOT DISTINCT FROM OLD.request_id
       AND p.campaign_id IS NOT DISTINCT FROM OLD.campaign_id AND p.state = 'published';
    RETURN NULL;
END $$;
CREATE TRIGGER publication_ends AFTER UPDATE OF revoked_at ON {APP}share
    FOR EACH ROW WHEN (OLD.grantee_kind = 'public' AND OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL)
    EXECUTE FUNCTION app_publication_ends();

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

-- Who asked, and whoever works there: what is blotted out of the text of a request that is shared with anybody.
-- Of a request that is shared with nobody it says nothing but to its own people.
CREATE FUNCTION app_identities(which bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH r AS (
        SELECT r.id, r.organisation_id FROM {APP}recordsrequest r WHERE r.id = which
           AND (r.organisation_id IN (SELECT app_viewer_organisations())
            OR EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = r.organisation_id AND s.revoked_at IS NULL
                          AND (s.request_id = r.id OR s.campaign_id = r.campaign_id)))
    ), who (name, signs_as, address, email, phone, protected) AS (
        SELECT q.name, q.signs_as, q.postal_address, q.email, q.phone, q.protected
          FROM {APP}requestrequester q JOIN r ON q.request_id = r.id
        UNION ALL SELECT q.proxy_name, '', q.proxy_postal_address, q.proxy_email, '', q.protected
          FROM {APP}requestrequester q JOIN r ON q.request_id = r.id
        UNION ALL SELECT q.name, q.signs_as, q.postal_address, q.email, q.phone, q.protected
          FROM {APP}requesterprofile q JOIN r ON q.organisation_id = r.organisation_id
        UNION ALL SELECT q.name, '', q.postal_address, q.email, '', p.protected
          FROM {APP}requesterproxy q JOIN {APP}requesterprofile p ON p.id = q.profile_id
          JOIN r ON q.organisation_id = r.organisation_id
        UNION ALL SELECT p.name, '', '', p.email, '', m.protected
          FROM {APP}membership m JOIN {APP}person p ON p.id = m.person_id
          JOIN r ON m.organisation_id = r.organisation_id
        UNION ALL SELECT '', o.name, '', '', '', false
          FROM {APP}organisation o JOIN r ON o.id = r.organisation_id
    )
    SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(name, signs_as, address, email, phone, protected)), '[]')
      FROM who WHERE name || signs_as || address || email || phone <> ''
$$;

-- Embargoes that somebody is to be warned of, or that ended, and mails that wait: ids alone, for the sweep.
CREATE FUNCTION app_embargoes_due(at timestamptz) RETURNS TABLE (publication bigint, organisation bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may list embargoes' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY SELECT p.id, p.organisation_id FROM {APP}publication p
        WHERE p.state = 'agreed' AND p.embargo_until <= at + interval '7 days'
        ORDER BY p.embargo_until, p.id LIMIT 1000;
END $$;
CREATE FUNCTION app_embargo_warnings_to_send() RETURNS TABLE (warning bigint, organisation bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may list what is to be sent' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY SELECT w.id, w.organisation_id FROM {APP}embargowarning w
        WHERE w.mail_state = 'planned' AND w.mail_next_at <= clock_timestamp()
        ORDER BY w.mail_next_at, w.id LIMIT 200;
END $$;
"""
UNFUNCTIONS = f"""
DROP FUNCTION app_embargo_warnings_to_send(), app_embargoes_due(timestamptz), app_identities(bigint);
DROP TRIGGER public_generation ON {APP}document; DROP TRIGGER public_generation ON {APP}recordsrequest;
DROP TRIGGER public_generation_ended ON {APP}share; DROP TRIGGER public_generation_changed ON {APP}share;
DROP TRIGGER public_generation ON {APP}share; DROP FUNCTION app_public_generation();
DROP TRIGGER publication_ends ON {APP}share; DROP FUNCTION app_publication_ends();
DROP TRIGGER public_by_two ON {APP}share; DROP FUNCTION app_public_by_two();
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0043_coalition_counts")]

    operations = [
        migrations.CreateModel(
            name='EmbargoWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('embargo_until', models.DateTimeField(help_text='The end it warns of: an extension warns anew.')),
                ('days', models.PositiveSmallIntegerField()),
                ('planned_at', models.DateTimeField(help_text='When it was laid into the inbox.')),
                ('mail_state', models.CharField(choices=[('planned', 'Planned'), ('sent', 'Sent'), ('failed', 'Failed')], default='planned', max_length=8)),
                ('mail_next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mail_sent_at', models.DateTimeField(blank=True, null=True)),
                ('mail_outcome', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('correspondence', models.BooleanField(default=False)),
                ('documents', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('agreed', 'Agreed'), ('published', 'Published'), ('withdrawn', 'Withdrawn'), ('ended', 'Ended')], default='proposed', max_length=9)),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('embargo_until', models.DateTimeField(blank=True, null=True)),
                ('embargo_set_at', models.DateTimeField(blank=True, help_text='When this end was chosen: warnings count from here.', null=True)),
                ('embargo_zone', models.CharField(blank=True, help_text='In which the day and hour were chosen.', max_length=64)),
                ('by_itself', models.BooleanField(default=False, help_text='An owner chose that it is published when the embargo ends.')),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PublicationCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(help_text='titles, letters, metadata, or file: and its id.', max_length=40)),
                ('fingerprint', models.CharField(help_text='Of what was looked at.', max_length=64)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='PublicGeneration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(default=1)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='inboxitem',
            name='inbox_kind_known',
        ),
        migrations.AddField(
            model_name='organisation',
            name='two_to_publish',
            field=models.BooleanField(db_default=False, default=False, help_text='Nothing becomes public by one person alone.'),
        ),
        migrations.AddField(
            model_name='membership',
            name='protected',
            field=models.BooleanField(db_default=False, default=False, help_text='Every part of the name is masked in what others read.'),
        ),
        migrations.AlterField(
            model_name='inboxitem',
            name='kind',
            field=models.CharField(choices=[('reminder', 'Reminder'), ('mention', 'Mention'), ('offer', 'Offer'), ('escalated', 'Escalated'), ('correction', 'Correction'), ('assigned', 'Assigned'), ('webhook', 'Webhook'), ('publishing', 'Publishing')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='inboxitem',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['reminder', 'mention', 'offer', 'escalated', 'correction', 'assigned', 'webhook', 'publishing'])), name='inbox_kind_known'),
        ),
        migrations.AddField(
            model_name='embargowarning',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='embargowarning',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='publication',
            name='agreed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='publication',
            name='campaign',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='publications', to='requests_app.campaign'),
        ),
        migrations.AddField(
            model_name='publication',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='publication',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='publication',
            name='request',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='publications', to='requests_app.recordsrequest'),
        ),
        migrations.AddField(
            model_name='embargowarning',
            name='publication',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='warnings', to='requests_app.publication'),
        ),
        migrations.AddField(
            model_name='publicationcheck',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='publicationcheck',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='publicationcheck',
            name='publication',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='checks', to='requests_app.publication'),
        ),
        migrations.AddConstraint(
            model_name='publicgeneration',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_public_generation'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(condition=models.Q(('embargo_until__isnull', False), ('state', 'agreed')), fields=['embargo_until'], name='publication_embargoed'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(condition=models.Q(('state__in', ('proposed', 'agreed', 'published'))), fields=['request'], name='publication_of_request'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(condition=models.Q(('state__in', ('proposed', 'agreed', 'published'))), fields=['campaign'], name='publication_of_campaign'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', False), ('request', None)), models.Q(('campaign', None), ('request__isnull', False)), _connector='OR'), name='publication_of_one_subject'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('proposed', 'agreed', 'published'))), fields=('organisation', 'request', 'campaign'), name='one_open_publication', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'agreed', 'published', 'withdrawn', 'ended'])), name='publication_state_known'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('by_itself', False), ('embargo_until__isnull', False), _connector='OR'), name='by_itself_after_an_embargo'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'withdrawn', 'ended']), ('agreed_at__isnull', False), _connector='OR'), name='publication_agreed_first'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='publication_and_owner'),
        ),
        migrations.AddIndex(
            model_name='embargowarning',
            index=models.Index(condition=models.Q(('mail_state', 'planned')), fields=['mail_next_at'], name='embargo_warning_to_send'),
        ),
        migrations.AddConstraint(
            model_name='embargowarning',
            constraint=models.UniqueConstraint(fields=('organisation', 'publication', 'embargo_until', 'days', 'person'), name='warned_of_an_embargo_once'),
        ),
        migrations.AddConstraint(
            model_name='embargowarning',
            constraint=models.CheckConstraint(condition=models.Q(('days__in', [1, 7])), name='embargo_warning_days'),
        ),
        migrations.AddConstraint(
            model_name='publicationcheck',
            constraint=models.UniqueConstraint(fields=('organisation', 'publication', 'item'), name='one_check_an_item'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
    ]
