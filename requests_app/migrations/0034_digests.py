"""Digests, and the reminders that ride in them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES = (f"(SELECT app_viewer_{what}())" for what in ("organisations", "writes"))
SCHEDULE = "(SELECT app_viewer()) = 'schedule'"
OWN, MAY_WRITE = f"organisation_id IN {ORGS}", f"organisation_id IN {WRITES}"
MYSELF = f"{OWN} AND person_id = (SELECT app_viewer_person())"
ADD, WORK = "SELECT, INSERT", "SELECT, INSERT, UPDATE"
# table: who reads, who adds and changes, grants
TABLES = {
    "digest": (f"{OWN} OR {SCHEDULE}", f"{MAY_WRITE} OR {SCHEDULE}", WORK),
    "digestattempt": (f"{OWN} OR {SCHEDULE}", f"{MAY_WRITE} OR {SCHEDULE}", ADD),
    # Nobody stops another's mail.
    "mailstop": (f"{MYSELF} OR (SELECT app_viewer_id('organisation')) = organisation_id", MYSELF, WORK),
}
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({writes});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({writes}) WITH CHECK ({writes});"
    for name, (reads, writes, grants) in TABLES.items()
)
CHILDREN = f"""
ALTER TABLE {APP}digest ADD CONSTRAINT digest_and_owner UNIQUE (id, organisation_id);
ALTER TABLE {APP}reminder ADD CONSTRAINT reminder_of_its_digest FOREIGN KEY (digest_id, organisation_id)
    REFERENCES {APP}digest (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE {APP}digestattempt ADD CONSTRAINT attempt_of_its_digest FOREIGN KEY (digest_id, organisation_id)
    REFERENCES {APP}digest (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;
"""
# Whose window a reminder is about: the sweep sees no deadline, and must never hold a last day of ours.
OURS = """
CREATE FUNCTION app_reminder_ours() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.ours := EXISTS (SELECT FROM requests_app_deadline d WHERE d.id = NEW.deadline_id AND d.owner = 'requester');
    RETURN NEW;
END $$;
CREATE TRIGGER reminder_ours BEFORE INSERT ON requests_app_reminder
    FOR EACH ROW EXECUTE FUNCTION app_reminder_ours();
UPDATE requests_app_reminder r SET ours = true
  FROM requests_app_deadline d WHERE d.id = r.deadline_id AND d.owner = 'requester';
"""
# What becomes of a digest becomes of its riders, in the same statement, whichever step writes it. A digest that
# bounced, or was put off for days, takes its riders along, so that the owners are told; one that was refused for
# itself, or could not be written, frees them: each goes out alone.
RIDE = """
CREATE FUNCTION app_digest_riders() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state = 'sent' THEN
        WITH told AS (
            UPDATE requests_app_reminder
               SET state = 'sent', sent_at = NEW.sent_at, outcome = left('in a digest: ' || NEW.outcome, 300)
             WHERE digest_id = NEW.id AND state = 'planned' AND handed_over_at IS NOT NULL
            RETURNING id, organisation_id
        )
        INSERT INTO requests_app_sendattempt (organisation_id, reminder_id, step, text)
        SELECT organisation_id, id, 'in a digest', 'sent' FROM told;
    ELSIF NEW.state = 'failed' AND NEW.outcome NOT LIKE '%not written%'
          AND (NEW.outcome LIKE 'bounced%' OR NEW.outcome LIKE 'given up: later%' OR NEW.outcome LIKE 'given up: lost%') THEN
        WITH failed AS (
            UPDATE requests_app_reminder
               SET state = 'failed', outcome = left('in a digest: ' || NEW.outcome, 300),
                   handed_over_at = NEW.handed_over_at
             WHERE digest_id = NEW.id AND state = 'planned'
            RETURNING id, organisation_id
        )
        INSERT INTO requests_app_sendattempt (organisation_id, reminder_id, step, text)
        SELECT organisation_id, id, 'in a digest', 'failed' FROM failed;
    ELSIF NEW.state IN ('failed', 'skipped', 'cancelled') THEN
        UPDATE requests_app_reminder
           SET digest_id = NULL, handed_over_at = NEW.handed_over_at, alone = NEW.state = 'failed'
         WHERE digest_id = NEW.id AND state = 'planned';
    ELSIF NEW.handed_over_at IS NULL AND OLD.handed_over_at IS NOT NULL THEN
        UPDATE requests_app_reminder SET handed_over_at = NULL WHERE digest_id = NEW.id AND state = 'planned';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER digest_riders AFTER UPDATE OF state, handed_over_at ON requests_app_digest
    FOR EACH ROW EXECUTE FUNCTION app_digest_riders();
"""
# Who asks for another rhythm is told by the new one from now on; who asks for a digest again wants their mail again.
# Past the wall of the person who asks: the digests are the schedule's.
WISH = f"""
CREATE FUNCTION app_digest_wish() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE requests_app_digest SET state = 'cancelled', outcome = 'its reader asked for another'
         WHERE organisation_id = OLD.organisation_id AND person_id = OLD.person_id AND period IN ('daily', 'weekly')
           AND state = 'planned' AND handed_over_at IS NULL;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.digest <> 'single' THEN
        UPDATE requests_app_mailstop SET digests_at = NULL, ours_at = NULL
         WHERE organisation_id = NEW.organisation_id AND person_id = NEW.person_id AND digests_at IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER digest_wish AFTER INSERT OR DELETE OR UPDATE OF digest, digest_at, digest_weekday
    ON requests_app_personalreminding FOR EACH ROW EXECUTE FUNCTION app_digest_wish();
CREATE POLICY adds_stops ON {APP}auditentry FOR INSERT WITH CHECK (
    {OWN} AND actor_id = (SELECT app_viewer_person()) AND act LIKE 'mail.%');
"""
UNWISHED = f"""
DROP POLICY adds_stops ON {APP}auditentry;
DROP TRIGGER digest_wish ON requests_app_personalreminding; DROP FUNCTION app_digest_wish();
"""
# A rider waits for its digest, which is late by the same rule.
HEALTH = """
DO $$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_schedule_health()'::regprocedure) INTO STRICT body;
    better := replace(body, 'INTO late_since FROM requests_app_reminder
     WHERE state IN', 'INTO late_since FROM (
        SELECT next_at, created_at, state, handed_over_at FROM requests_app_reminder WHERE digest_id IS NULL
        UNION ALL SELECT next_at, created_at, state, handed_over_at FROM requests_app_digest) waiting
     WHERE state IN');
    IF better = body THEN RAISE EXCEPTION 'the health of the schedule reads otherwise than expected'; END IF;
    EXECUTE better;
END $$;
"""
BACK = """
DROP TRIGGER digest_riders ON requests_app_digest; DROP FUNCTION app_digest_riders();
DROP TRIGGER reminder_ours ON requests_app_reminder; DROP FUNCTION app_reminder_ours();
DO $$ BEGIN
    EXECUTE replace(pg_get_functiondef('app_schedule_health()'::regprocedure), 'INTO late_since FROM (
        SELECT next_at, created_at, state, handed_over_at FROM requests_app_reminder WHERE digest_id IS NULL
        UNION ALL SELECT next_at, created_at, state, handed_over_at FROM requests_app_digest) waiting
     WHERE state IN', 'INTO late_since FROM requests_app_reminder
     WHERE state IN');
END $$;
"""
FALLEN = f"ALTER TABLE {APP}reminder DROP CONSTRAINT reminder_of_its_digest;" + "".join(
    f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0033_answers")]
    operations = [
        migrations.CreateModel(
            name='DigestAttempt',
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
            name='MailStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digests_at', models.DateTimeField(blank=True, null=True)),
                ('ours_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='reminder',
            name='alone',
            field=models.BooleanField(db_default=False, help_text='Looked at when it was due: it goes out as a mail of its own.'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='ours',
            field=models.BooleanField(db_default=False, editable=False, help_text='Of a window of our own; the database fills it in.'),
        ),
        migrations.CreateModel(
            name='Digest',
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
                ('period', models.CharField(choices=[('daily', 'Daily'), ('weekly', 'Weekly'), ('catch_up', 'Catching up')], max_length=8)),
                ('period_on', models.DateField(help_text='The person’s own day that it belongs to.')),
                ('number', models.PositiveSmallIntegerField(default=0, help_text='Several of one day, where one would be too long.')),
                ('upto', models.DateTimeField(blank=True, help_text='What was due by then rides in it.', null=True)),
                ('riders', models.PositiveIntegerField(default=0, help_text='How many reminders it told.')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='reminder',
            name='digest',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The digest it rides in.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reminders', to='requests_app.digest'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('digest', None), ('state', 'planned')), fields=['next_at', 'id'], name='reminder_single'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('digest__isnull', False), ('state', 'planned')), fields=['digest'], name='reminder_rides'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('digest__isnull', False)), fields=['digest', 'id'], name='reminder_rode'),
        ),
        migrations.AddField(
            model_name='digestattempt',
            name='digest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='journal', to='requests_app.digest'),
        ),
        migrations.AddField(
            model_name='digestattempt',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='mailstop',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='mailstop',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='digest',
            index=models.Index(condition=models.Q(('state__in', ['planned', 'claimed', 'unknown'])), fields=['next_at', 'id'], name='digest_due'),
        ),
        migrations.AddIndex(
            model_name='digest',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['id'], name='digest_failed'),
        ),
        migrations.AddIndex(
            model_name='digest',
            index=models.Index(fields=['person', '-next_at'], name='digest_log'),
        ),
        migrations.AddConstraint(
            model_name='digest',
            constraint=models.UniqueConstraint(fields=('organisation', 'person', 'period', 'period_on', 'number'), name='one_digest_a_period'),
        ),
        migrations.AddConstraint(
            model_name='digest',
            constraint=models.CheckConstraint(condition=models.Q(('period__in', ['daily', 'weekly', 'catch_up'])), name='digest_period_known'),
        ),
        migrations.AddConstraint(
            model_name='mailstop',
            constraint=models.UniqueConstraint(fields=('organisation', 'person'), name='one_stop_a_person'),
        ),
        migrations.AddConstraint(
            model_name='mailstop',
            constraint=models.CheckConstraint(condition=models.Q(('ours_at', None), ('digests_at__isnull', False), _connector='OR'), name='ours_stopped_after_digests'),
        ),
        migrations.RunSQL(WALLS + CHILDREN, FALLEN),
        migrations.RunSQL(OURS + RIDE, migrations.RunSQL.noop),
        migrations.RunSQL(HEALTH, BACK),
        migrations.RunSQL(WISH, UNWISHED),
    ]
