"""Rights to do, beside levels to see; and comments, one table a level.

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


def walls(tables, keys):
    return "".join(
        f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
        f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
        f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
        f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({adds});"
        f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({works}) WITH CHECK ({works});"
        for name, (reads, adds, works, grants) in tables.items()
    ) + "".join(
        f"ALTER TABLE {APP}{table} ADD CONSTRAINT {key_name(table, columns)} FOREIGN KEY ({columns}) "
        f"REFERENCES {APP}{parent} ({theirs}) ON DELETE CASCADE;"
        for table, columns, parent, theirs in keys
    )


def fallen(tables, keys):
    return "".join(
        f"ALTER TABLE {APP}{table} DROP CONSTRAINT {key_name(table, columns)};" for table, columns, _, _ in reversed(keys)
    ) + "".join(
        f"DROP POLICY reads ON {APP}{name}; DROP POLICY adds ON {APP}{name}; DROP POLICY works ON {APP}{name};"
        f"ALTER TABLE {APP}{name} DISABLE ROW LEVEL SECURITY; REVOKE ALL ON {APP}{name} FROM {ROLES};"
        for name in tables
    )


WALLS, FALLEN = walls(TABLES, KEYS), fallen(TABLES, KEYS)
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


def reached(table, kind):
    """A live share of the same owner that shows the subject of the row."""
    return f"""EXISTS (SELECT FROM {APP}share s
        WHERE s.organisation_id = {table}.organisation_id AND s.grantee_kind {kind} 'public' AND {LIVE}
          AND (s.request_id = {table}.request_id OR s.campaign_id = {table}.campaign_id
               OR EXISTS (SELECT FROM {APP}recordsrequest r WHERE r.id = {table}.request_id
                             AND r.campaign_id = s.campaign_id AND NOT r.held_back)))"""


CIRCLE_TABLES = {
    "privilegedcircle": (
        f"organisation_id IN {ORGS} OR id IN (SELECT app_viewer_circles())",
        f"organisation_id IN {OWNS}", "false", "SELECT, INSERT",
    ),
    "circlemember": (
        f"organisation_id IN {ORGS} OR guest_id IN {GUESTS}",
        f"organisation_id IN {OWNS}", f"organisation_id IN {OWNS}", "SELECT, INSERT, UPDATE (ended_at)",
    ),
}  # fmt: skip
CIRCLE_KEYS = (
    ("circlemember", "circle_id, organisation_id", "privilegedcircle", "id, organisation_id"),
    ("circlemember", "guest_id, organisation_id", "guest", "id, organisation_id"),
)
CIRCLES = f"""
-- Where the viewer is named now, in person: a member as long as they are one, a guest by a confirmed address.
CREATE FUNCTION app_viewer_circles() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.circle_id FROM {APP}circlemember c
     WHERE c.ended_at IS NULL AND app_viewer_id('person') IS NOT NULL
       AND (c.guest_id IN (SELECT app_viewer_guests())
            OR (c.person_id = app_viewer_id('person') AND EXISTS (SELECT FROM {APP}membership m
                WHERE m.organisation_id = c.organisation_id AND m.person_id = c.person_id AND m.ended_at IS NULL)))
$$;
""" + walls(CIRCLE_TABLES, CIRCLE_KEYS)
NO_CIRCLES = fallen(CIRCLE_TABLES, CIRCLE_KEYS) + "DROP FUNCTION app_viewer_circles();"
PARTNERS, PUBLIC = f"{APP}partnercomment", f"{APP}publiccomment"
PERSON = "(SELECT app_viewer_person())"
STANDS = "superseded_at IS NULL AND withdrawn_at IS NULL"
MINE = (
    f"EXISTS (SELECT FROM {APP}commentauthor a WHERE a.thread = {PARTNERS}.thread "
    "AND a.person_id = (SELECT app_viewer_id('person')))"
)
HOSTS = f"organisation_id IN {WRITES} AND said_by_id = organisation_id AND right_id IS NULL"
COVERS = f"""j.organisation_id = {PARTNERS}.organisation_id
    AND (j.request_id = {PARTNERS}.request_id OR j.campaign_id = {PARTNERS}.campaign_id
         OR EXISTS (SELECT FROM {APP}recordsrequest r WHERE r.id = {PARTNERS}.request_id
                       AND r.campaign_id = j.campaign_id AND NOT r.held_back))"""
MAY_COMMENT = f"EXISTS (SELECT FROM {RIGHT} j WHERE j.id IN (SELECT app_viewer_may('comment')) AND {COVERS})"
# By a right that is the writer's own and covers the subject; as whom it was given to, and nobody else.
BY_RIGHT = f"""right_id IN (SELECT app_viewer_may('comment')) AND EXISTS (SELECT FROM {RIGHT} j
    WHERE j.id = right_id AND {COVERS} AND j.partner_id IS NOT DISTINCT FROM said_by_id
      AND j.guest_id IS NOT DISTINCT FROM {PARTNERS}.guest_id AND j.stay_id IS NOT DISTINCT FROM {PARTNERS}.stay_id)"""
ENDS = "SELECT, INSERT, UPDATE (superseded_at, withdrawn_at)"
COMMENT_TABLES = {
    # A privileged one: owners, its author in person, and who is named in its circle; no token, whoever it acts for.
    "privatecomment": (
        f"(NOT privileged AND organisation_id IN {ORGS}) OR organisation_id IN {OWNS} "
        f"OR (privileged AND organisation_id IN {ORGS} AND author_id = (SELECT app_viewer_id('person'))) "
        "OR (privileged AND circle_id IN (SELECT app_viewer_circles()))",
        f"organisation_id IN {WRITES} AND author_id = {PERSON} "
        "AND (NOT privileged OR author_id = (SELECT app_viewer_id('person')))",
        f"organisation_id IN {WRITES} AND (author_id = {PERSON} OR organisation_id IN {OWNS})",
        ENDS,
    ),
    # Whoever said it takes it back, while they may write there; an owner of the subject takes anything down.
    "partnercomment": (
        f"organisation_id IN {ORGS} OR ({reached(PARTNERS, '<>')} AND (({STANDS}) OR {MINE}))",
        f"({HOSTS}) OR ({BY_RIGHT})",
        f"organisation_id IN {OWNS} OR ({MINE} AND (organisation_id IN {WRITES} OR {MAY_COMMENT}))",
        ENDS,
    ),
    "publiccomment": (
        f"organisation_id IN {ORGS} OR ({STANDS} AND {reached(PUBLIC, '=')})",
        f"organisation_id IN {OWNS} AND {reached(PUBLIC, '=')}",
        f"organisation_id IN {OWNS}",
        ENDS,
    ),
    "commentauthor": (
        f"organisation_id IN {ORGS} OR person_id = (SELECT app_viewer_id('person'))",
        f"person_id = {PERSON} AND (organisation_id IS NULL OR organisation_id IN {WRITES})",
        "false",
        "SELECT, INSERT",
    ),
}
SUBJECTS = tuple(
    (table, f"{parent}_id, organisation_id", target, "id, organisation_id")
    for table in ("privatecomment", "partnercomment", "publiccomment")
    for parent, target in (("request", "recordsrequest"), ("campaign", "campaign"))
)
COMMENT_KEYS = (
    *SUBJECTS,
    ("privatecomment", "circle_id, organisation_id", "privilegedcircle", "id, organisation_id"),
    ("partnercomment", "right_id, organisation_id", "jointright", "id, organisation_id"),
)
COMMENT_WALLS = walls(COMMENT_TABLES, COMMENT_KEYS) + f"""
-- Whose names are masked in words about a campaign: those of its requests, once each. As app_identities does, it says
-- nothing of what is shared with nobody.
CREATE FUNCTION app_campaign_identities(which bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH c AS (
        SELECT c.id, c.organisation_id FROM {APP}campaign c WHERE c.id = which
           AND (c.organisation_id IN (SELECT app_viewer_organisations())
            OR EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = c.organisation_id AND s.revoked_at IS NULL
                          AND s.campaign_id = c.id))
    ), who (name, signs_as, address, email, phone, protected) AS (
        SELECT q.name, q.signs_as, q.postal_address, q.email, q.phone, q.protected
          FROM {APP}requestrequester q JOIN {APP}recordsrequest r ON r.id = q.request_id
          JOIN c ON r.campaign_id = c.id AND r.organisation_id = c.organisation_id
        UNION SELECT q.proxy_name, '', q.proxy_postal_address, q.proxy_email, '', q.protected
          FROM {APP}requestrequester q JOIN {APP}recordsrequest r ON r.id = q.request_id
          JOIN c ON r.campaign_id = c.id AND r.organisation_id = c.organisation_id
        UNION SELECT q.name, q.signs_as, q.postal_address, q.email, q.phone, q.protected
          FROM {APP}requesterprofile q JOIN c ON q.organisation_id = c.organisation_id
        UNION SELECT q.name, '', q.postal_address, q.email, '', p.protected
          FROM {APP}requesterproxy q JOIN {APP}requesterprofile p ON p.id = q.profile_id
          JOIN c ON q.organisation_id = c.organisation_id
        UNION SELECT p.name, '', '', p.email, '', m.protected
          FROM {APP}membership m JOIN {APP}person p ON p.id = m.person_id JOIN c ON m.organisation_id = c.organisation_id
        UNION SELECT '', o.name, '', '', '', false FROM {APP}organisation o JOIN c ON o.id = c.organisation_id
    )
    SELECT coalesce(jsonb_agg(jsonb_build_array(name, signs_as, address, email, phone, protected)), '[]')
      FROM who WHERE name || signs_as || address || email || phone <> ''
$$;
"""
COMMENTS_FALLEN = "DROP FUNCTION app_campaign_identities(bigint);" + fallen(COMMENT_TABLES, COMMENT_KEYS)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0044_publishing")]

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
        migrations.CreateModel(
            name='CommentAuthor',
            fields=[
                ('thread', models.CharField(max_length=12, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PartnerComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('thread', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('text', models.TextField()),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('said_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='Of the first version.')),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('campaign', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.campaign')),
                ('guest', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.guest')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.recordsrequest')),
                ('right', models.ForeignKey(blank=True, db_constraint=False, help_text="By which a partner or a guest said it; none: the owner's people.", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.jointright')),
                ('said_by', models.ForeignKey(blank=True, help_text='The owner of the subject, or a partner; none: a guest.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.organisation')),
                ('stay', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.coalitionmember')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('superseded_at', None)), fields=['request', '-said_at'], name='partnercomment_request'), models.Index(condition=models.Q(('superseded_at', None)), fields=['campaign', '-said_at'], name='partnercomment_campaign')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', False), ('request', None)), models.Q(('campaign', None), ('request__isnull', False)), _connector='OR'), name='partnercomment_of_one_subject'), models.UniqueConstraint(fields=('organisation', 'once'), name='one_partnercomment_an_act'), models.UniqueConstraint(fields=('organisation', 'thread', 'version'), name='one_partnercomment_a_version'), models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('organisation', 'thread'), name='one_partnercomment_stands'), models.CheckConstraint(condition=models.Q(('right__isnull', False), models.Q(('guest', None), ('stay', None)), _connector='OR'), name='partner_comment_by_a_right')],
            },
        ),
        migrations.CreateModel(
            name='PrivateComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('thread', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('text', models.TextField()),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('said_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='Of the first version.')),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.campaign')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.recordsrequest')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('superseded_at', None)), fields=['request', '-said_at'], name='privatecomment_request'), models.Index(condition=models.Q(('superseded_at', None)), fields=['campaign', '-said_at'], name='privatecomment_campaign')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', False), ('request', None)), models.Q(('campaign', None), ('request__isnull', False)), _connector='OR'), name='privatecomment_of_one_subject'), models.UniqueConstraint(fields=('organisation', 'once'), name='one_privatecomment_an_act'), models.UniqueConstraint(fields=('organisation', 'thread', 'version'), name='one_privatecomment_a_version'), models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('organisation', 'thread'), name='one_privatecomment_stands')],
            },
        ),
        migrations.CreateModel(
            name='PublicComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('thread', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('text', models.TextField()),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('said_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='Of the first version.')),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('campaign', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.campaign')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.recordsrequest')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('superseded_at', None)), fields=['request', '-said_at'], name='publiccomment_request'), models.Index(condition=models.Q(('superseded_at', None)), fields=['campaign', '-said_at'], name='publiccomment_campaign')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', False), ('request', None)), models.Q(('campaign', None), ('request__isnull', False)), _connector='OR'), name='publiccomment_of_one_subject'), models.UniqueConstraint(fields=('organisation', 'once'), name='one_publiccomment_an_act'), models.UniqueConstraint(fields=('organisation', 'thread', 'version'), name='one_publiccomment_a_version'), models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('organisation', 'thread'), name='one_publiccomment_stands')],
            },
        ),
        migrations.AddField(
            model_name='privatecomment',
            name='privileged',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='PrivilegedCircle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('counsel', 'Counsel'), ('common_interest', 'Common interest')], max_length=15)),
                ('name', models.CharField(max_length=120)),
                ('agreed_on', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='CircleMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('named_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('guest', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.guest')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('circle', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='members', to='requests_app.privilegedcircle')),
            ],
        ),
        migrations.AddField(
            model_name='privatecomment',
            name='circle',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Who reads it beside owners and its author.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.privilegedcircle'),
        ),
        migrations.AddConstraint(
            model_name='privatecomment',
            constraint=models.CheckConstraint(condition=models.Q(('circle', None), ('privileged', True), _connector='OR'), name='circle_of_a_privileged_one'),
        ),
        migrations.AddConstraint(
            model_name='privilegedcircle',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='circle_and_owner'),
        ),
        migrations.AddConstraint(
            model_name='privilegedcircle',
            constraint=models.UniqueConstraint(fields=('organisation', 'name'), name='one_circle_a_name'),
        ),
        migrations.AddConstraint(
            model_name='privilegedcircle',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['counsel', 'common_interest'])), name='circle_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='privilegedcircle',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'counsel'), ('agreed_on__isnull', False), _connector='OR'), name='common_interest_is_recorded'),
        ),
        migrations.AddConstraint(
            model_name='circlemember',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('guest', None), ('person__isnull', False)), models.Q(('guest__isnull', False), ('person', None)), _connector='OR'), name='circle_member_is_somebody'),
        ),
        migrations.AddConstraint(
            model_name='circlemember',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('organisation', 'circle', 'person', 'guest'), name='named_once_in_a_circle', nulls_distinct=False),
        ),
        migrations.RunSQL(CIRCLES, NO_CIRCLES),
        migrations.RunSQL(COMMENT_WALLS, COMMENTS_FALLEN),
    ]
