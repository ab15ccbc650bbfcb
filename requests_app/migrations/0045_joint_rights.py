"""Rights to do, beside levels to see.

A right is a row of whoever owns the subject. It shows nothing: the wall lets the grantee read it only while a share
with that same grantee shows the subject, so it is worth nothing without one. It ends with the stay it was given to.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES, OWNS = (f"(SELECT app_viewer_{word}())" for word in ("organisations", "writes", "owns"))
LIVE = "app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)"
RIGHT = f"{APP}jointright"
GUESTS = "(SELECT g FROM app_viewer_guests() g WHERE app_viewer_id('person') IS NOT NULL)"
# A share of the same owner, with the same grantee, that shows the subject of the right.
SHARED = f"""EXISTS (SELECT FROM {APP}share s
    WHERE s.organisation_id = {RIGHT}.organisation_id AND s.grantee_kind <> 'public' AND {LIVE}
      AND (s.request_id = {RIGHT}.request_id OR s.campaign_id = {RIGHT}.campaign_id
           OR EXISTS (SELECT FROM {APP}recordsrequest r WHERE r.id = {RIGHT}.request_id
                         AND r.campaign_id = s.campaign_id AND NOT r.held_back))
      AND (s.guest_id = {RIGHT}.guest_id
           OR (s.grantee_kind = 'organisation' AND s.grantee_id = {RIGHT}.partner_id)
           OR (s.grantee_kind = 'coalition' AND EXISTS (SELECT FROM {APP}coalitionmember m
               WHERE m.coalition_id = s.grantee_id AND m.organisation_id = {RIGHT}.partner_id
                 AND m.left_at IS NULL AND m.tier >= s.tier))))"""
GIVEN = f"(partner_id IN {ORGS} OR guest_id IN {GUESTS})"
# To a partner in a coalition by its stay there; to another only where a share with it stands already.
TO_WHOM = f"""(guest_id IS NOT NULL OR stay_id IN (SELECT app_partner_stays())
    OR (stay_id IS NULL AND EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = {RIGHT}.organisation_id
        AND s.grantee_kind = 'organisation' AND s.grantee_id = {RIGHT}.partner_id AND {LIVE})))"""
# table: (who reads, who adds, who changes, grants)
TABLES = {
    "jointright": (
        f"organisation_id IN {ORGS} OR ({GIVEN} AND {SHARED})",
        f"organisation_id IN {OWNS} AND {TO_WHOM}",
        f"organisation_id IN {OWNS}",
        "SELECT, INSERT, UPDATE (revoked_at)",
    ),
    "jointrightnote": (f"organisation_id IN {ORGS}", f"organisation_id IN {OWNS}", "false", "SELECT, INSERT"),
}
# (table, its columns, parent, the parent's columns)
KEYS = (
    ("jointright", "request_id, organisation_id", "recordsrequest", "id, organisation_id"),
    ("jointright", "campaign_id, organisation_id", "campaign", "id, organisation_id"),
    ("jointright", "guest_id, organisation_id", "guest", "id, organisation_id"),
    ("jointright", "stay_id, partner_id", "coalitionmember", "id, organisation_id"),
    ("jointrightnote", "right_id, organisation_id", "jointright", "id, organisation_id"),
)


def key_name(table, columns):
    return f"{table}_{columns.partition('_')[0]}_of_its_owner"


WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({adds});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({works}) WITH CHECK ({works});"
    for name, (reads, adds, works, grants) in TABLES.items()
) + "".join(
    f"ALTER TABLE {APP}{table} ADD CONSTRAINT {key_name(table, columns)} FOREIGN KEY ({columns}) "
    f"REFERENCES {APP}{parent} ({theirs}) ON DELETE CASCADE;"
    for table, columns, parent, theirs in KEYS
)
FALLEN = "".join(
    f"ALTER TABLE {APP}{table} DROP CONSTRAINT {key_name(table, columns)};" for table, columns, _, _ in reversed(KEYS)
) + "".join(
    f"DROP POLICY reads ON {APP}{name}; DROP POLICY adds ON {APP}{name}; DROP POLICY works ON {APP}{name};"
    f"ALTER TABLE {APP}{name} DISABLE ROW LEVEL SECURITY; REVOKE ALL ON {APP}{name} FROM {ROLES};"
    for name in TABLES
)
FUNCTIONS = f"""
-- Rights of this kind that the viewer may use now: read through their own wall, so none without its share.
CREATE FUNCTION app_viewer_may(wanted text) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY INVOKER SET search_path = public, pg_temp AS $$
    SELECT j.id FROM {RIGHT} j
     WHERE j.kind = wanted AND app_share_is_live(j.from_at, j.until_at, NULL, j.revoked_at)
       AND (j.stay_id IS NULL OR EXISTS (SELECT FROM {APP}coalitionmember m WHERE m.id = j.stay_id AND m.left_at IS NULL))
       AND (j.partner_id IN {WRITES} OR j.guest_id IN {GUESTS})
$$;
-- What was given by a stay ends with it, on either side of it: leaving, removal and dissolution set left_at.
CREATE FUNCTION app_joint_rights_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE {RIGHT} j SET revoked_at = now()
     WHERE j.revoked_at IS NULL AND (j.stay_id = NEW.id OR (j.organisation_id = NEW.organisation_id AND EXISTS
           (SELECT FROM {APP}coalitionmember m WHERE m.id = j.stay_id AND m.coalition_id = NEW.coalition_id)));
    RETURN NULL;
END $$;
CREATE TRIGGER joint_rights_end AFTER UPDATE OF left_at ON {APP}coalitionmember FOR EACH ROW
    WHEN (OLD.left_at IS NULL AND NEW.left_at IS NOT NULL) EXECUTE FUNCTION app_joint_rights_end();
"""
UNFUNCTIONS = f"""
DROP TRIGGER joint_rights_end ON {APP}coalitionmember;
DROP FUNCTION app_joint_rights_end(), app_viewer_may(text);
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0043_publishing")]

    operations = [
        migrations.CreateModel(
            name='JointRight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('comment', 'Comment'), ('propose_event', 'Propose events'), ('log_event', 'Log events'), ('upload', 'Add documents'), ('draft', 'Draft letters')], max_length=13)),
                ('from_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('until_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('campaign', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.campaign')),
                ('guest', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.guest')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.recordsrequest')),
                ('stay', models.ForeignKey(blank=True, db_constraint=False, help_text='Of the partner: the right ends with it. None: the partner holds a share of its own.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.coalitionmember')),
            ],
        ),
        migrations.CreateModel(
            name='JointRightNote',
            fields=[
                ('right', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='note', serialize=False, to='requests_app.jointright')),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('granted_to', models.CharField(blank=True, max_length=254)),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
        ),
        migrations.AddIndex(
            model_name='jointright',
            index=models.Index(condition=models.Q(('revoked_at', None)), fields=['request'], name='joint_right_of_request'),
        ),
        migrations.AddIndex(
            model_name='jointright',
            index=models.Index(condition=models.Q(('revoked_at', None)), fields=['campaign'], name='joint_right_of_campaign'),
        ),
        migrations.AddIndex(
            model_name='jointright',
            index=models.Index(condition=models.Q(('revoked_at', None)), fields=['stay'], name='joint_right_of_stay'),
        ),
        migrations.AddConstraint(
            model_name='jointright',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', False), ('request', None)), models.Q(('campaign', None), ('request__isnull', False)), _connector='OR'), name='joint_right_of_one_subject'),
        ),
        migrations.AddConstraint(
            model_name='jointright',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('guest', None), ('partner__isnull', False)), models.Q(('guest__isnull', False), ('partner', None), ('stay', None)), _connector='OR'), name='joint_right_of_one_grantee'),
        ),
        migrations.AddConstraint(
            model_name='jointright',
            constraint=models.CheckConstraint(condition=models.Q(('partner', None), models.Q(('partner', models.F('organisation')), _negated=True), _connector='OR'), name='joint_right_not_to_oneself'),
        ),
        migrations.AddConstraint(
            model_name='jointright',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['comment', 'propose_event', 'log_event', 'upload', 'draft'])), name='joint_right_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='jointright',
            constraint=models.CheckConstraint(condition=models.Q(('until_at', None), ('until_at__gt', models.F('from_at')), _connector='OR'), name='joint_right_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='jointright',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('organisation', 'request', 'campaign', 'kind', 'partner', 'guest'), name='one_joint_right_a_grantee', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='jointright',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='joint_right_and_owner'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
    ]
