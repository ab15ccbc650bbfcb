"""Outgoing webhooks and their deliveries."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
# An address of somebody else's is the owners' to give. The sweep reads which deliveries are due, by their ids; where
# they go it reads as the organization.
OWNS = "organisation_id IN (SELECT app_viewer_owns())"
SWEEPS = f"{OWNS} OR (SELECT app_viewer()) = 'schedule'"
# table: (who reads, who adds, who changes, grants)
TABLES = {
    "webhook": (OWNS, OWNS, OWNS, "SELECT, INSERT, UPDATE"),
    "webhookdelivery": (SWEEPS, OWNS, SWEEPS, "SELECT, INSERT, UPDATE"),
    "webhookattempt": (SWEEPS, SWEEPS, OWNS, "SELECT, INSERT"),
}
CHILDREN = (
    ("webhookdelivery", "webhook_id", "webhook"),
    ("webhookdelivery", "request_id", "recordsrequest"),
    ("webhookattempt", "delivery_id", "webhookdelivery"),
)
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({adds});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({works}) WITH CHECK ({works});"
    for name, (reads, adds, works, grants) in TABLES.items()
) + "".join(
    f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_{column}_of_its_owner FOREIGN KEY ({column}, organisation_id) "
    f"REFERENCES {APP}{parent} (id, organisation_id) ON DELETE CASCADE;"
    for name, column, parent in CHILDREN
)
# Which organizations have anybody to tell: ids alone, and for the sweep alone.
LISTED = f"""
CREATE FUNCTION app_webhook_organisations() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT organisation_id FROM {APP}webhook WHERE active AND app_viewer() = 'schedule' ORDER BY 1
$$;
"""
FALLEN = "".join(
    f"ALTER TABLE {APP}{name} DROP CONSTRAINT {name}_{column}_of_its_owner;" for name, column, _ in CHILDREN
) + "".join(
    f"DROP POLICY reads ON {APP}{name}; DROP POLICY adds ON {APP}{name}; DROP POLICY works ON {APP}{name};"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES};"
    for name in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0035_feeds")]
    operations = [
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('url', models.CharField(max_length=500)),
                ('form', models.CharField(choices=[('json', 'Json'), ('slack', 'Slack')], max_length=5)),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None)),
                ('nonce', models.CharField(default=requests_app.models.ids.public_id, max_length=32)),
                ('active', models.BooleanField(default=True)),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='Nothing from before is told.')),
                ('told_until', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='Up to here everything was looked through.')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('waits_until', models.DateTimeField(blank=True, help_text='After a failure: nothing before this.', null=True)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('last_failure', models.CharField(blank=True, max_length=300)),
                ('last_sent_at', models.DateTimeField(blank=True, null=True)),
                ('switched_off_at', models.DateTimeField(blank=True, help_text='By the program, after days of failures.', null=True)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='WebhookAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('step', models.CharField(help_text='claimed, sending, accepted, refused, failed, skipped …', max_length=16)),
                ('code', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('text', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('claimed', 'Claimed'), ('sent', 'Sent'), ('skipped', 'Skipped'), ('cancelled', 'Cancelled'), ('failed', 'Failed'), ('unknown', 'Unknown')], default='planned', max_length=10)),
                ('next_at', models.DateTimeField(help_text='Not before this instant.')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('owner_key', models.BigIntegerField(blank=True, help_text='Advisory lock of the claiming worker.', null=True)),
                ('claim_token', models.UUIDField(blank=True, null=True)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('handed_over_at', models.DateTimeField(blank=True, help_text='Set before the first byte goes out; with no mark after it, unknown.', null=True)),
                ('message_id', models.CharField(max_length=200, unique=True)),
                ('outcome', models.CharField(blank=True, max_length=300)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('kind', models.CharField(max_length=16)),
                ('source', models.CharField(help_text='What it is about, so that it is told once.', max_length=320)),
                ('about', models.JSONField(default=dict, help_text='Ids and kinds alone.')),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
            },
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('superseded_at', None)), fields=['organisation', 'derived_at'], name='deadline_newest'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['organisation', 'recorded_at'], name='event_newest'),
        ),
        migrations.AddField(
            model_name='webhook',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='webhook',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='webhookattempt',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='webhookdelivery',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='webhookdelivery',
            name='request',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.recordsrequest'),
        ),
        migrations.AddField(
            model_name='webhookdelivery',
            name='webhook',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='deliveries', to='requests_app.webhook'),
        ),
        migrations.AddField(
            model_name='webhookattempt',
            name='delivery',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='journal', to='requests_app.webhookdelivery'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_webhook_an_act'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='webhook_and_owner'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['json', 'slack'])), name='webhook_form_known'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state__in', ['planned', 'claimed', 'unknown'])), fields=['next_at', 'id'], name='delivery_due'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['webhook', '-id'], name='delivery_newest'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('organisation', 'webhook', 'source'), name='one_delivery_a_webhook'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='delivery_and_owner'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(LISTED, "DROP FUNCTION app_webhook_organisations();"),
    ]
