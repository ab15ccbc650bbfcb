"""Joint campaigns, and what the end of a stay does to them.

A part is read where its campaign is: the wall of the campaign decides, so that no second rule of sharing stands here.
"""

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, OWNS = "(SELECT app_viewer_organisations())", "(SELECT app_viewer_owns())"
FUNCTIONS = f"""
-- Coalitions in which an organization that the viewer owns coordinates, or steers.
CREATE FUNCTION app_viewer_steers() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.coalition_id FROM {APP}coalitionmember m JOIN {APP}coalition c ON c.id = m.coalition_id
     WHERE m.left_at IS NULL AND c.dissolved_at IS NULL AND (m.coordinates OR m.tier = 3)
       AND m.organisation_id IN (SELECT app_viewer_owns())
$$;
-- NULL: there is one of that name already.
CREATE FUNCTION app_make_joint(which bigint, given_name text, given_question text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made bigint;
BEGIN
    PERFORM FROM {APP}coalition c WHERE c.id = which AND c.dissolved_at IS NULL FOR SHARE;
    IF NOT FOUND OR which NOT IN (SELECT app_viewer_steers()) THEN
        RAISE EXCEPTION 'only who coordinates or steers makes a joint campaign'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO {APP}jointcampaign (coalition_id, name, question) VALUES (which, given_name, given_question)
    ON CONFLICT DO NOTHING RETURNING id INTO made;
    PERFORM app_coalition_noted(which, 'joint.made', 'joint ' || public_id, '{{}}')
       FROM {APP}jointcampaign WHERE id = made;
    RETURN made;
END $$;
-- Whether this click closed it: a second one at the same moment finds it closed.
CREATE FUNCTION app_close_joint(which bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE there {APP}jointcampaign;
BEGIN
    SELECT * INTO there FROM {APP}jointcampaign j WHERE j.id = which FOR UPDATE;
    IF NOT FOUND OR there.closed_at IS NOT NULL OR there.coalition_id NOT IN (SELECT app_viewer_steers()) THEN
        RETURN false;
    END IF;
    UPDATE {APP}jointcampaign SET closed_at = now() WHERE id = which;
    PERFORM app_coalition_noted(there.coalition_id, 'joint.closed', 'joint ' || there.public_id, '{{}}');
    RETURN true;
END $$;

-- However a stay ends (left, removed, dissolved): its parts are out in the same transaction, and its own audit says so.
CREATE FUNCTION app_stay_ends_parts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    WITH gone AS (
        UPDATE {APP}jointpart SET taken_out_at = now() WHERE stay_id = NEW.id AND taken_out_at IS NULL
        RETURNING joint_id, campaign_id
    )
    INSERT INTO {APP}auditentry (organisation_id, actor_id, act, subject, detail, at)
    SELECT NEW.organisation_id,
           CASE WHEN EXISTS (SELECT FROM {APP}membership p WHERE p.organisation_id = NEW.organisation_id
                                AND p.person_id = app_viewer_id('person') AND p.ended_at IS NULL)
                THEN app_viewer_id('person') END,
           'joint.ended', 'campaign ' || c.public_id, jsonb_build_object('joint', j.public_id), clock_timestamp()
      FROM gone g JOIN {APP}campaign c ON c.id = g.campaign_id JOIN {APP}jointcampaign j ON j.id = g.joint_id
     ORDER BY c.id, j.id;
    RETURN NULL;
END $$;
CREATE TRIGGER ends_parts AFTER UPDATE OF left_at ON {APP}coalitionmember FOR EACH ROW
    WHEN (OLD.left_at IS NULL AND NEW.left_at IS NOT NULL) EXECUTE FUNCTION app_stay_ends_parts();
"""
UNFUNCTIONS = (
    f"DROP TRIGGER ends_parts ON {APP}coalitionmember; DROP FUNCTION app_stay_ends_parts(), app_close_joint(bigint), "
    "app_make_joint(bigint, text, text);"
)
IN_PARTNERS_EYES = (
    "(taken_out_at IS NULL AND stay_id IN (SELECT app_partner_stays()) "
    f"AND EXISTS (SELECT FROM {APP}campaign c WHERE c.id = campaign_id))"
)
PUTS_IN = (
    f"organisation_id IN {OWNS} AND stay_id IN (SELECT app_partner_stays()) AND EXISTS "
    f"(SELECT FROM {APP}jointcampaign j WHERE j.id = joint_id AND j.closed_at IS NULL)"
)
# table: (who reads, who adds, who changes, grants)
TABLES = {
    "jointcampaign": (
        "coalition_id IN (SELECT app_viewer_coalitions())",
        "false",
        "coalition_id IN (SELECT app_viewer_steers())",
        "SELECT, UPDATE (name, question)",
    ),
    "jointpart": (
        f"organisation_id IN {ORGS} OR {IN_PARTNERS_EYES}",
        PUTS_IN,
        f"organisation_id IN {OWNS}",
        "SELECT, INSERT, UPDATE (share_id, taken_out_at)",
    ),
}
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({adds});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({works}) WITH CHECK ({works});"
    for name, (reads, adds, works, grants) in TABLES.items()
) + (
    f"ALTER TABLE {APP}jointcampaign ADD CONSTRAINT jointcampaign_whole UNIQUE (id, coalition_id);"
    f"ALTER TABLE {APP}share ADD CONSTRAINT share_whole UNIQUE (id, organisation_id);"
    # Nobody puts in another's campaign, by another's stay, or into another coalition than that of the stay.
    f"ALTER TABLE {APP}jointpart "
    "ADD CONSTRAINT part_of_its_joint FOREIGN KEY (joint_id, coalition_id) "
    f"REFERENCES {APP}jointcampaign (id, coalition_id) ON DELETE CASCADE, "
    "ADD CONSTRAINT part_by_its_stay FOREIGN KEY (stay_id, organisation_id, coalition_id) "
    f"REFERENCES {APP}coalitionmember (id, organisation_id, coalition_id), "
    "ADD CONSTRAINT part_of_its_owner FOREIGN KEY (campaign_id, organisation_id) "
    f"REFERENCES {APP}campaign (id, organisation_id), "
    "ADD CONSTRAINT part_by_its_share FOREIGN KEY (share_id, organisation_id) "
    f"REFERENCES {APP}share (id, organisation_id);"
)
FALLEN = (
    f"ALTER TABLE {APP}jointpart DROP CONSTRAINT part_by_its_share, DROP CONSTRAINT part_of_its_owner, "
    "DROP CONSTRAINT part_by_its_stay, DROP CONSTRAINT part_of_its_joint;"
    f"ALTER TABLE {APP}share DROP CONSTRAINT share_whole;"
    f"ALTER TABLE {APP}jointcampaign DROP CONSTRAINT jointcampaign_whole;"
) + "".join(
    f"DROP POLICY reads ON {APP}{name}; DROP POLICY adds ON {APP}{name}; DROP POLICY works ON {APP}{name};"
    f"ALTER TABLE {APP}{name} DISABLE ROW LEVEL SECURITY; REVOKE ALL ON {APP}{name} FROM {ROLES};"
    for name in reversed(TABLES)
) + "DROP FUNCTION app_viewer_steers();"  # fmt: skip


def drawn() -> models.CharField:
    return models.CharField(db_default=django.db.models.functions.text.Substr(django.db.models.functions.text.Replace(django.db.models.functions.comparison.Cast(django.contrib.postgres.functions.RandomUUID(), models.CharField()), models.Value('-'), models.Value('')), 1, 12), default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0045_joint_rights")]

    operations = [
        migrations.CreateModel(
            name='JointCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', drawn()),
                ('name', models.CharField(max_length=120)),
                ('question', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('closed_at', models.DateTimeField(blank=True, help_text='Nothing more is put in; what is in it stays readable.', null=True)),
                ('coalition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='joint_campaigns', to='requests_app.coalition')),
            ],
        ),
        migrations.CreateModel(
            name='JointPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', drawn()),
                ('ask', models.CharField(help_text='What it asks: the column it stands in, which partners read.', max_length=80)),
                ('put_in_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('taken_out_at', models.DateTimeField(blank=True, null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='requests_app.campaign')),
                ('coalition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.coalition')),
                ('joint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='requests_app.jointcampaign')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('share', models.ForeignKey(blank=True, help_text='The grant that was made when it was put in; empty where one stood already.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.share')),
                ('stay', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='requests_app.coalitionmember')),
            ],
        ),
        migrations.AddConstraint(
            model_name='jointcampaign',
            constraint=models.UniqueConstraint(fields=('coalition', 'name'), name='one_joint_campaign_a_name'),
        ),
        migrations.AddIndex(
            model_name='jointpart',
            index=models.Index(condition=models.Q(('taken_out_at', None)), fields=['joint'], name='joint_live_parts'),
        ),
        migrations.AddIndex(
            model_name='jointpart',
            index=models.Index(condition=models.Q(('taken_out_at', None)), fields=['stay'], name='joint_parts_of_a_stay'),
        ),
        migrations.AddConstraint(
            model_name='jointpart',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_out_at', None)), fields=('organisation', 'joint', 'campaign'), name='one_live_part_a_campaign'),
        ),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
        migrations.RunSQL(WALLS, FALLEN),
    ]
