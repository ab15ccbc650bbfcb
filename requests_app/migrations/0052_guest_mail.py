"""The mail to a guest. The link shows nothing: it says who shares, and takes whoever signs in to what is shared."""

import django.db.models.deletion
import django.db.models.functions.datetime
import requests_app.models.ids
from django.conf import settings
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
OWNS = "(SELECT app_viewer_owns())"
MAIL = f"{APP}guestmail"
WALLS = f"""
ALTER TABLE {MAIL} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {MAIL} FROM {ROLES}; GRANT SELECT, INSERT, UPDATE ON {MAIL} TO {ROLES};
CREATE POLICY reads ON {MAIL} FOR SELECT USING (organisation_id IN {OWNS});
CREATE POLICY adds ON {MAIL} FOR INSERT WITH CHECK (organisation_id IN {OWNS});
CREATE POLICY works ON {MAIL} FOR UPDATE USING (organisation_id IN {OWNS}) WITH CHECK (organisation_id IN {OWNS});
-- Nobody writes to the guest of another organization.
ALTER TABLE {MAIL} ADD CONSTRAINT guestmail_of_its_share FOREIGN KEY (share_id, organisation_id)
    REFERENCES {APP}share (id, organisation_id) ON DELETE CASCADE;

CREATE FUNCTION app_guest_link(hash text)
RETURNS TABLE (shown_as text, email text, until_at timestamptz, kind text, subject text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.shown_as::text, g.email::text, s.until_at,
           CASE WHEN s.campaign_id IS NULL THEN 'request' ELSE 'campaign' END,
           coalesce(r.public_id, c.public_id)::text
      FROM {MAIL} m
      JOIN {APP}share s ON s.id = m.share_id AND s.organisation_id = m.organisation_id
      JOIN {APP}guest g ON g.id = s.guest_id AND g.organisation_id = s.organisation_id
      LEFT JOIN {APP}recordsrequest r ON r.id = s.request_id
      LEFT JOIN {APP}campaign c ON c.id = s.campaign_id
     WHERE m.token_hash = hash AND s.revoked_at IS NULL AND s.from_at <= clock_timestamp()
       AND s.until_at > clock_timestamp()
$$;

-- Mails to guests that are to go out now: ids alone, for the sweep.
CREATE FUNCTION app_guest_mails_to_send() RETURNS TABLE (mail bigint, organisation bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may list what is to be sent' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY SELECT m.id, m.organisation_id FROM {MAIL} m JOIN {APP}share s ON s.id = m.share_id
        WHERE m.mail_state = 'planned' AND m.mail_next_at <= clock_timestamp() AND s.revoked_at IS NULL
          AND s.until_at > clock_timestamp() ORDER BY m.mail_next_at, m.id LIMIT 200;
END $$;
REVOKE ALL ON FUNCTION app_guest_link(text), app_guest_mails_to_send() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_guest_link(text), app_guest_mails_to_send() TO {ROLES};
"""
FALLEN = f"DROP FUNCTION app_guest_link(text), app_guest_mails_to_send(); REVOKE ALL ON {MAIL} FROM {ROLES};"


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0051_model_letters")]

    operations = [
        migrations.CreateModel(
            name='GuestMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('shown_as', models.CharField(help_text='The organization, as the guest reads it.', max_length=120)),
                ('turn', models.PositiveSmallIntegerField(default=1, help_text='Raised by each resending: the old link dies.')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('mail_state', models.CharField(choices=[('planned', 'Planned'), ('sent', 'Sent'), ('failed', 'Failed')], default='planned', max_length=8)),
                ('mail_next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mail_sent_at', models.DateTimeField(blank=True, null=True)),
                ('mail_outcome', models.CharField(blank=True, max_length=300)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('share', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='guest_mail', to='requests_app.share')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('mail_state', 'planned')), fields=['mail_next_at'], name='guest_mail_to_send')],
            },
        ),
        migrations.RunSQL(WALLS, FALLEN),
    ]
