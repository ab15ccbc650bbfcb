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
    ]
