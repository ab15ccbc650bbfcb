"""What shows the public more goes by publishing alone; two owners switch the second person off.

A request that joins a public campaign, or is taken into it again, is shown to the public by that: where two persons
publish, the database asks for a grant of the request's own, which two agreed to.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

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
    ]
