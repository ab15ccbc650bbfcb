"""What partners and guests offer on a request of another's: events, letters, documents; decided by its owner.

Who offered it reads their own words whatever becomes of the share, and what became of them only while they are shown
the request and the right to it. A line in the inboxes of those who decide is put there by the database: whoever offers
knows none of them.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
import requests_app.models.ids
from django.conf import settings
from django.db import migrations, models


APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES = (f"(SELECT app_viewer_{word}())" for word in ("organisations", "writes"))
GUESTS = "(SELECT g FROM app_viewer_guests() g WHERE app_viewer_id('person') IS NOT NULL)"
PERSON = "(SELECT app_viewer_person())"
TABLE = f"{APP}proposal"
COVERS = """j.organisation_id = {of}.organisation_id
    AND (j.request_id = {of}.request_id OR EXISTS (SELECT FROM requests_app_recordsrequest r
         WHERE r.id = {of}.request_id AND r.campaign_id = j.campaign_id AND NOT r.held_back))"""
DOES = """((j.kind IN ('propose_event', 'log_event') AND {of}.kind = 'event')
    OR (j.kind = 'draft' AND {of}.kind = 'draft') OR (j.kind = 'upload' AND {of}.kind = 'document'))
    AND (NOT {of}.in_advance OR j.kind = 'log_event')"""
# By a right of that kind that is the writer's own and covers the request; as whom it was given to, and nobody else.
BY_RIGHT = f"""EXISTS (SELECT FROM {APP}jointright j WHERE j.id = right_id AND {COVERS.format(of=TABLE)}
    AND {DOES.format(of=TABLE)} AND j.id IN (SELECT app_viewer_may(j.kind))
    AND j.partner_id IS NOT DISTINCT FROM {TABLE}.partner_id AND j.guest_id IS NOT DISTINCT FROM {TABLE}.guest_id
    AND j.stay_id IS NOT DISTINCT FROM {TABLE}.stay_id)"""


def followed(who):
    """Of what one offered, that of which one may still hear."""
    return f"""EXISTS (SELECT FROM {TABLE} p JOIN {APP}jointright j ON j.id = p.right_id
        JOIN {APP}recordsrequest r ON r.id = p.request_id
        WHERE p.id = proposal_id AND (p.partner_id IN {who} OR p.guest_id IN {GUESTS}))"""


# table: (who reads, who adds); nobody changes or deletes
TABLES = {
    "proposal": (f"organisation_id IN {ORGS} OR partner_id IN {ORGS} OR guest_id IN {GUESTS}", BY_RIGHT),
    "proposaldecision": (
        f"organisation_id IN {ORGS} OR {followed(ORGS)}",
        f"(organisation_id IN {WRITES} AND state <> 'withdrawn') OR (state = 'withdrawn' AND {followed(WRITES)})",
    ),
    "proposalauthor": (
        f"organisation_id IN {ORGS} OR person_id = (SELECT app_viewer_id('person'))",
        f"person_id = {PERSON} AND (organisation_id IS NULL OR organisation_id IN {WRITES})",
    ),
}
KEYS = (
    ("proposal", "request_id, organisation_id", "recordsrequest", "id, organisation_id"),
    ("proposal", "right_id, organisation_id", "jointright", "id, organisation_id"),
    ("proposal", "guest_id, organisation_id", "guest", "id, organisation_id"),
    ("proposal", "stay_id, partner_id", "coalitionmember", "id, organisation_id"),
    ("proposaldecision", "proposal_id, organisation_id", "proposal", "id, organisation_id"),
)


def key_name(table, columns):
    return f"{table}_{columns.partition('_')[0]}_of_its_owner"


WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT SELECT, INSERT ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({adds});"
    for name, (reads, adds) in TABLES.items()
) + "".join(
    f"ALTER TABLE {APP}{table} ADD CONSTRAINT {key_name(table, columns)} FOREIGN KEY ({columns}) "
    f"REFERENCES {APP}{parent} ({theirs}) ON DELETE CASCADE;"
    for table, columns, parent, theirs in KEYS
)
FALLEN = "".join(
    f"ALTER TABLE {APP}{table} DROP CONSTRAINT {key_name(table, columns)};" for table, columns, _, _ in reversed(KEYS)
) + "".join(
    f"DROP POLICY reads ON {APP}{name}; DROP POLICY adds ON {APP}{name};"
    f"ALTER TABLE {APP}{name} DISABLE ROW LEVEL SECURITY; REVOKE ALL ON {APP}{name} FROM {ROLES};"
    for name in reversed(TABLES)
)
FUNCTIONS = f"""
-- Owners, and who works on the request, as far as they may decide: a line each, in the transaction of the offer.
CREATE FUNCTION app_proposal_arrives() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO {APP}inboxitem (organisation_id, person_id, source, kind, request_id)
    SELECT NEW.organisation_id, m.person_id, 'proposal:' || NEW.id, 'proposal', NEW.request_id
      FROM {APP}membership m
     WHERE m.organisation_id = NEW.organisation_id AND m.ended_at IS NULL
       AND (m.role = 'owner' OR (m.role = 'editor' AND EXISTS (SELECT FROM {APP}requestprivate q
            WHERE q.request_id = NEW.request_id AND m.person_id IN (q.assignee_id, q.backup_id))))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER proposal_arrives AFTER INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION app_proposal_arrives();
-- Events agreed to in advance that wait, and who agreed: for the sweep alone, while right and share both stand. After
-- a day they are left to a person.
CREATE FUNCTION app_proposals_to_log(which bigint) RETURNS TABLE (proposal_id bigint, grantor_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, n.granted_by_id FROM {TABLE} p
      JOIN {APP}jointright j ON j.id = p.right_id JOIN {APP}jointrightnote n ON n.right_id = j.id
     WHERE (SELECT app_viewer()) = 'schedule' AND p.in_advance AND (which IS NULL OR p.id = which)
       AND p.offered_at > now() - interval '1 day' AND n.granted_by_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM {APP}proposaldecision d WHERE d.proposal_id = p.id)
       AND j.kind = 'log_event' AND app_share_is_live(j.from_at, j.until_at, NULL, j.revoked_at)
       AND (j.stay_id IS NULL OR EXISTS (SELECT FROM {APP}coalitionmember m WHERE m.id = j.stay_id AND m.left_at IS NULL))
       AND {COVERS.format(of="p")}
       AND EXISTS (SELECT FROM {APP}share s
            WHERE s.organisation_id = p.organisation_id AND s.grantee_kind <> 'public'
              AND app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)
              AND (s.request_id = p.request_id OR EXISTS (SELECT FROM {APP}recordsrequest r
                   WHERE r.id = p.request_id AND r.campaign_id = s.campaign_id AND NOT r.held_back))
              AND (s.guest_id = p.guest_id
                   OR (s.grantee_kind = 'organisation' AND s.grantee_id = p.partner_id)
                   OR (s.grantee_kind = 'coalition' AND EXISTS (SELECT FROM {APP}coalitionmember m
                       WHERE m.coalition_id = s.grantee_id AND m.organisation_id = p.partner_id
                         AND m.left_at IS NULL AND m.tier >= s.tier)
                       AND EXISTS (SELECT FROM {APP}coalitionmember o WHERE o.id = s.stay_id AND o.left_at IS NULL))))
     ORDER BY p.id LIMIT 500
$$;
REVOKE ALL ON FUNCTION app_proposal_arrives(), app_proposals_to_log(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_proposals_to_log(bigint) TO {ROLES};
"""
UNFUNCTIONS = f"""
DROP TRIGGER proposal_arrives ON {TABLE};
DROP FUNCTION app_proposal_arrives(), app_proposals_to_log(bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('requests_app', '0056_kit_offers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('event', 'Event'), ('draft', 'Letter'), ('document', 'Document')], max_length=8)),
                ('in_advance', models.BooleanField(default=False, help_text='Agreed to by whoever gave the right to log.')),
                ('what', models.CharField(blank=True, help_text='Kind of the event, or of the letter.', max_length=32)),
                ('outcome', models.CharField(blank=True, max_length=32)),
                ('happened_on', models.DateField(blank=True, null=True)),
                ('until_on', models.DateField(blank=True, help_text='Of more time, or of a promise.', null=True)),
                ('title', models.CharField(blank=True, help_text='Of a letter or a document.', max_length=300)),
                ('text', models.TextField(blank=True, help_text='Of a letter.')),
                ('note', models.TextField(blank=True, help_text='To whoever decides.')),
                ('blob', models.CharField(blank=True, max_length=64)),
                ('size', models.BigIntegerField(default=0)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('content_type', models.CharField(blank=True, max_length=100)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('offered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='ProposalAuthor',
            fields=[
                ('key', models.CharField(help_text='The id by which the proposal is told.', max_length=12, primary_key=True, serialize=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='inboxitem',
            name='inbox_kind_known',
        ),
        migrations.AlterField(
            model_name='inboxitem',
            name='kind',
            field=models.CharField(choices=[('reminder', 'Reminder'), ('mention', 'Mention'), ('offer', 'Offer'), ('escalated', 'Escalated'), ('correction', 'Correction'), ('assigned', 'Assigned'), ('webhook', 'Webhook'), ('publishing', 'Publishing'), ('proposal', 'Proposal')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='inboxitem',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['reminder', 'mention', 'offer', 'escalated', 'correction', 'assigned', 'webhook', 'publishing', 'proposal'])), name='inbox_kind_known'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='guest',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.guest'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='partner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='request',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.recordsrequest'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='right',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.jointright'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='stay',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.coalitionmember'),
        ),
        migrations.AddField(
            model_name='proposalauthor',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='proposalauthor',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='ProposalDecision',
            fields=[
                ('proposal', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='decision', serialize=False, to='requests_app.proposal')),
                ('state', models.CharField(choices=[('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], max_length=9)),
                ('reason', models.CharField(blank=True, help_text='Read by whoever offered it.', max_length=1000)),
                ('made', models.CharField(blank=True, help_text='Id of the event, letter or document.', max_length=12)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['organisation', '-id'], name='proposal_to_owner'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['partner', '-id'], name='proposal_by_partner'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['guest', '-id'], name='proposal_by_guest'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['request', '-id'], name='proposal_of_request'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('guest', None), ('partner__isnull', False)), models.Q(('guest__isnull', False), ('partner', None), ('stay', None)), _connector='OR'), name='proposal_of_one_proposer'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('happened_on__isnull', False), ('kind', 'event'), models.Q(('what', ''), _negated=True)), models.Q(('in_advance', False), ('kind', 'draft'), models.Q(('what', ''), _negated=True), models.Q(('text', ''), _negated=True)), models.Q(('in_advance', False), ('kind', 'document'), models.Q(('blob', ''), _negated=True)), _connector='OR'), name='proposal_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_proposal_an_act'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='proposal_and_owner'),
        ),
        migrations.AddConstraint(
            model_name='proposaldecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), models.Q(('made', ''), _negated=True)), models.Q(('made', ''), ('state', 'declined'), models.Q(('reason', ''), _negated=True)), models.Q(('made', ''), ('state', 'withdrawn')), _connector='OR'), name='proposal_decision_is_whole'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
    ]
