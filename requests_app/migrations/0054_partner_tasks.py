"""Tasks asked of partners. The partner reads one while its stay lasts, a share with it shows the request and nobody
took the task back; that there was one, and who of its people had it, stands in a row of the partner's own."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES = (f"(SELECT app_viewer_{word}())" for word in ("organisations", "writes"))
TASK, TAKEN = f"{APP}partnertask", f"{APP}partnertasktaken"
LIVE = "app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)"


def shown(task):
    """A live share of who asks, with the partner itself, that shows the request of the task."""
    return f"""EXISTS (SELECT FROM {APP}share s
    WHERE s.organisation_id = {task}.organisation_id AND {LIVE}
      AND (s.request_id = {task}.request_id
           OR EXISTS (SELECT FROM {APP}recordsrequest r WHERE r.id = {task}.request_id
                         AND r.campaign_id = s.campaign_id AND NOT r.held_back))
      AND ((s.grantee_kind = 'organisation' AND s.grantee_id = {task}.partner_id)
           OR (s.grantee_kind = 'coalition' AND EXISTS (SELECT FROM {APP}coalitionmember m
               WHERE m.coalition_id = s.grantee_id AND m.organisation_id = {task}.partner_id
                 AND m.left_at IS NULL AND m.tier >= s.tier))))"""


STAYS = f"({TASK}.stay_id IN (SELECT app_partner_stays()))"
REACHED = f"({STAYS} AND {shown(TASK)})"
WALLS = f"""
ALTER TABLE {TASK} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {TAKEN} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {TASK}, {TAKEN} FROM {ROLES};
GRANT SELECT, INSERT, UPDATE (state, reason, answered_at) ON {TASK} TO {ROLES};
GRANT SELECT, UPDATE (person_id) ON {TAKEN} TO {ROLES};
CREATE POLICY reads ON {TASK} FOR SELECT USING (organisation_id IN {ORGS}
    OR (partner_id IN {ORGS} AND state IN ('asked', 'accepted', 'declined', 'done') AND {REACHED}));
CREATE POLICY adds ON {TASK} FOR INSERT
    WITH CHECK (organisation_id IN {WRITES} AND state = 'asked' AND {REACHED});
-- What is answered for good, taken back or ended changes no more.
CREATE POLICY takes_back ON {TASK} FOR UPDATE
    USING (organisation_id IN {WRITES} AND state IN ('asked', 'accepted'))
    WITH CHECK (organisation_id IN {WRITES} AND state = 'withdrawn');
CREATE POLICY answers ON {TASK} FOR UPDATE
    USING (partner_id IN {WRITES} AND state IN ('asked', 'accepted') AND {REACHED})
    WITH CHECK (partner_id IN {WRITES} AND state IN ('accepted', 'declined', 'done'));
CREATE POLICY reads ON {TAKEN} FOR SELECT USING (organisation_id IN {ORGS});
CREATE POLICY works ON {TAKEN} FOR UPDATE USING (organisation_id IN {WRITES})
    WITH CHECK (organisation_id IN {WRITES});
-- Nobody asks on another's request, by another's stay, or across two coalitions.
ALTER TABLE {TASK} ADD CONSTRAINT partnertask_request_of_its_owner FOREIGN KEY (request_id, organisation_id)
    REFERENCES {APP}recordsrequest (id, organisation_id) ON DELETE CASCADE;
ALTER TABLE {TASK} ADD CONSTRAINT partnertask_stay_of_its_partner FOREIGN KEY (stay_id, partner_id, coalition_id)
    REFERENCES {APP}coalitionmember (id, organisation_id, coalition_id) ON DELETE CASCADE;
ALTER TABLE {TASK} ADD CONSTRAINT partnertask_home_of_its_owner FOREIGN KEY (home_stay_id, organisation_id, coalition_id)
    REFERENCES {APP}coalitionmember (id, organisation_id, coalition_id) ON DELETE CASCADE;
ALTER TABLE {TAKEN} ADD CONSTRAINT partnertasktaken_task_of_its_partner FOREIGN KEY (task_id, organisation_id)
    REFERENCES {TASK} (id, partner_id) ON DELETE CASCADE;
"""
FALLEN = f"""
ALTER TABLE {TAKEN} DROP CONSTRAINT partnertasktaken_task_of_its_partner;
ALTER TABLE {TASK} DROP CONSTRAINT partnertask_home_of_its_owner, DROP CONSTRAINT partnertask_stay_of_its_partner,
    DROP CONSTRAINT partnertask_request_of_its_owner;
DROP POLICY reads ON {TAKEN}; DROP POLICY works ON {TAKEN};
DROP POLICY reads ON {TASK}; DROP POLICY adds ON {TASK}; DROP POLICY takes_back ON {TASK};
DROP POLICY answers ON {TASK};
ALTER TABLE {TASK} DISABLE ROW LEVEL SECURITY; ALTER TABLE {TAKEN} DISABLE ROW LEVEL SECURITY;
REVOKE ALL ON {TASK}, {TAKEN} FROM {ROLES};
"""
FUNCTIONS = f"""
-- The partner's own row is made with the task: who asks writes nothing of the partner's.
CREATE FUNCTION app_partner_task_asked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO {TAKEN} (task_id, organisation_id) VALUES (NEW.id, NEW.partner_id);
    RETURN NULL;
END $$;
-- However a stay ends (left, removed, dissolved), on either side: the open tasks between the two end with it.
CREATE FUNCTION app_stay_ends_tasks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE {TASK} t SET state = 'ended', answered_at = now()
     WHERE t.state IN ('asked', 'accepted') AND (t.stay_id = NEW.id OR t.home_stay_id = NEW.id);
    RETURN NULL;
END $$;
-- What is not shown to the partner any more is not its task any more. When all of the act is done: a share may give
-- way to another in one.
CREATE FUNCTION app_share_ends_tasks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE {TASK} t SET state = 'ended', answered_at = now()
     WHERE t.state IN ('asked', 'accepted') AND t.organisation_id = NEW.organisation_id AND NOT {shown("t")};
    RETURN NULL;
END $$;
CREATE FUNCTION app_request_ends_tasks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE {TASK} t SET state = 'ended', answered_at = now()
     WHERE t.state IN ('asked', 'accepted') AND t.request_id = NEW.id AND NOT {shown("t")};
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION app_partner_task_asked(), app_stay_ends_tasks(), app_share_ends_tasks(), app_request_ends_tasks()
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_partner_task_asked(), app_stay_ends_tasks(), app_share_ends_tasks(),
    app_request_ends_tasks() TO {ROLES};
CREATE TRIGGER makes_taken AFTER INSERT ON {TASK} FOR EACH ROW EXECUTE FUNCTION app_partner_task_asked();
CREATE TRIGGER ends_tasks AFTER UPDATE OF left_at ON {APP}coalitionmember FOR EACH ROW
    WHEN (OLD.left_at IS NULL AND NEW.left_at IS NOT NULL) EXECUTE FUNCTION app_stay_ends_tasks();
CREATE CONSTRAINT TRIGGER ends_tasks AFTER UPDATE OF revoked_at ON {APP}share DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION app_share_ends_tasks();
CREATE CONSTRAINT TRIGGER ends_tasks AFTER UPDATE OF held_back, campaign_id ON {APP}recordsrequest
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.held_back, OLD.campaign_id) IS DISTINCT FROM (NEW.held_back, NEW.campaign_id))
    EXECUTE FUNCTION app_request_ends_tasks();
"""
UNFUNCTIONS = f"""
DROP TRIGGER ends_tasks ON {APP}recordsrequest; DROP TRIGGER ends_tasks ON {APP}share;
DROP TRIGGER ends_tasks ON {APP}coalitionmember; DROP TRIGGER makes_taken ON {TASK};
DROP FUNCTION app_request_ends_tasks(), app_share_ends_tasks(), app_stay_ends_tasks(), app_partner_task_asked();
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0053_composite_keys")]

    operations = [
        migrations.CreateModel(
            name='PartnerTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('note', models.TextField(blank=True)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('done', 'Done'), ('withdrawn', 'Withdrawn'), ('ended', 'Ended')], default='asked', max_length=9)),
                ('reason', models.CharField(blank=True, help_text='Why the partner declined.', max_length=500)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('answered_at', models.DateTimeField(blank=True, help_text='When its state changed last.', null=True)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('coalition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.coalition')),
                ('home_stay', models.ForeignKey(db_constraint=False, help_text='Of who asks: the task ends with it, too.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.coalitionmember')),
                ('organisation', models.ForeignKey(help_text='Who asks: the request is theirs.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.recordsrequest')),
                ('stay', models.ForeignKey(db_constraint=False, help_text='Of the partner: the task ends with it.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.coalitionmember')),
            ],
        ),
        migrations.CreateModel(
            name='PartnerTaskTaken',
            fields=[
                ('task', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='taken', serialize=False, to='requests_app.partnertask')),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='partnertask',
            index=models.Index(fields=['request', '-asked_at'], name='partner_tasks_of_request'),
        ),
        migrations.AddIndex(
            model_name='partnertask',
            index=models.Index(condition=models.Q(('state__in', ['asked', 'accepted'])), fields=['partner', 'due_on'], name='partner_tasks_open'),
        ),
        migrations.AddIndex(
            model_name='partnertask',
            index=models.Index(fields=['organisation', '-asked_at', '-id'], name='partner_tasks_asked'),
        ),
        migrations.AddIndex(
            model_name='partnertask',
            index=models.Index(condition=models.Q(('state__in', ['asked', 'accepted'])), fields=['stay'], name='partner_tasks_of_stay'),
        ),
        migrations.AddIndex(
            model_name='partnertask',
            index=models.Index(condition=models.Q(('state__in', ['asked', 'accepted'])), fields=['home_stay'], name='partner_tasks_by_stay'),
        ),
        migrations.AddConstraint(
            model_name='partnertask',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_partner_task_an_act'),
        ),
        migrations.AddConstraint(
            model_name='partnertask',
            constraint=models.UniqueConstraint(fields=('id', 'partner'), name='partner_task_and_partner'),
        ),
        migrations.AddConstraint(
            model_name='partnertask',
            constraint=models.CheckConstraint(condition=models.Q(('partner', models.F('organisation')), _negated=True), name='partner_task_not_to_oneself'),
        ),
        migrations.AddConstraint(
            model_name='partnertask',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'accepted', 'declined', 'done', 'withdrawn', 'ended'])), name='partner_task_state_known'),
        ),
        migrations.AddIndex(
            model_name='partnertasktaken',
            index=models.Index(fields=['organisation', '-given_at', '-task'], name='partner_tasks_taken'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
    ]
