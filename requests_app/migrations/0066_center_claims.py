"""Claims about fusion centers: an organization's own, until an owner publishes them; what points to a document is public
while that is. An ask is read with its requests, so that the public knows by which kit a published one was made.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
CLAIM, ASK = f"{APP}centerclaim", f"{APP}ask"
ORGS, WRITES, OWNS = (f"(SELECT app_viewer_{word}())" for word in ("organisations", "writes", "owns"))
NOT_THE_SWEEP = "(SELECT app_viewer()) <> 'schedule'"
DOCUMENT_IS_PUBLIC = (
    f"EXISTS (SELECT FROM {APP}document d JOIN app_reached s ON s.request_id = d.request_id "
    f"AND s.organisation_id = d.organisation_id WHERE d.id = {CLAIM}.document_id "
    "AND d.released_at IS NOT NULL AND d.withdrawn_at IS NULL AND NOT d.privileged "
    "AND s.public AND (s.documents OR s.everything))"
)
PUBLISHED = (
    "published_at IS NOT NULL AND withdrawn_at IS NULL AND superseded_at IS NULL "
    f"AND (document_id IS NULL OR {DOCUMENT_IS_PUBLIC})"
)
OF_A_REQUEST = (
    f"EXISTS (SELECT FROM {APP}recordsrequest r WHERE r.ask_id = {ASK}.id "
    f"AND r.organisation_id = {ASK}.organisation_id)"
)
WALLS = f"""
ALTER TABLE {CLAIM} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {CLAIM} FROM {ROLES};
GRANT SELECT, INSERT, UPDATE (published_at, superseded_at, withdrawn_at, withdrawn_because) ON {CLAIM} TO {ROLES};
CREATE POLICY reads ON {CLAIM} FOR SELECT
    USING ({NOT_THE_SWEEP} AND (organisation_id IN {ORGS} OR ({PUBLISHED})));
-- What the public reads is an owner's to say, and to take back.
CREATE POLICY adds ON {CLAIM} FOR INSERT
    WITH CHECK (organisation_id IN {WRITES} AND (published_at IS NULL OR organisation_id IN {OWNS}));
CREATE POLICY works ON {CLAIM} FOR UPDATE
    USING (organisation_id IN {WRITES} AND (published_at IS NULL OR organisation_id IN {OWNS}))
    WITH CHECK (organisation_id IN {WRITES} AND (published_at IS NULL OR organisation_id IN {OWNS}));
ALTER TABLE {CLAIM} ADD CONSTRAINT center_claim_and_owner UNIQUE (id, organisation_id);
ALTER TABLE {CLAIM} ADD CONSTRAINT center_claim_by_its_document FOREIGN KEY (document_id, organisation_id)
    REFERENCES {APP}document (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE {CLAIM} ADD CONSTRAINT center_claim_by_the_one_before FOREIGN KEY (supersedes_id, organisation_id)
    REFERENCES {CLAIM} (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;
ALTER POLICY reads ON {ASK} USING (organisation_id IN {ORGS} OR {OF_A_REQUEST});
"""
FALLEN = f"""
ALTER POLICY reads ON {ASK} USING (organisation_id IN {ORGS});
ALTER TABLE {CLAIM} DROP CONSTRAINT center_claim_by_the_one_before, DROP CONSTRAINT center_claim_by_its_document;
ALTER TABLE {CLAIM} DROP CONSTRAINT center_claim_and_owner;
DROP POLICY reads ON {CLAIM}; DROP POLICY adds ON {CLAIM}; DROP POLICY works ON {CLAIM};
ALTER TABLE {CLAIM} DISABLE ROW LEVEL SECURITY;
REVOKE ALL ON {CLAIM} FROM {ROLES};
"""


class Migration(migrations.Migration):

    dependencies = [("requests_app", "0065_inside")]

    operations = [
        migrations.CreateModel(
            name='CenterClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('topic', models.CharField(choices=[('custodians', 'Who holds its records'), ('board', 'Governing board'), ('memoranda', 'Parties of agreements'), ('co_located_with', 'Who works in the same place'), ('dhs_staff', 'Staff of ICE and other parts of DHS'), ('fbi', 'FBI'), ('own_databases', 'Databases of its own'), ('driver_databases', 'Driver and identity records'), ('federal_databases', 'Federal databases'), ('vendors', 'Vendors'), ('gang_database', 'Gang database'), ('activity_reports', 'Reports of suspicious activity, how many'), ('budget', 'Budget by source'), ('audits', 'Audits'), ('complaints', 'Complaints'), ('left', 'Left or reduced the partnership'), ('no_immigration_staff', 'Immigration-enforcement staff excluded'), ('not_with_ice', 'Not co-located with ICE'), ('public_audits', 'Public independent audits'), ('audits_of_ice', 'Audits cover cooperation with ICE'), ('audits_of_speech', 'Audits cover First Amendment activity'), ('audits_of_spending', 'Audits cover spending'), ('informal_sharing', 'Informal sharing by mail and phone audited'), ('pass_through', 'Vendor pass-through reviewed'), ('plate_opt_out', 'Plate vendor opted out of ICE sharing'), ('court_orders', 'Agreements bar sharing without a court order'), ('grant_share', 'Share of grants published')], max_length=24)),
                ('finding', models.CharField(blank=True, choices=[('yes', 'Yes'), ('partly', 'Partly'), ('no', 'No'), ('withheld', 'Withheld'), ('no_records', 'No records')], max_length=12)),
                ('value', models.CharField(blank=True, help_text='Of a fact; beside a finding, what it rests on.', max_length=600)),
                ('status', models.CharField(choices=[('reported', 'Reported elsewhere'), ('documented', 'Documented'), ('asked', 'Asked'), ('withheld', 'Withheld'), ('contradicted', 'Contradicted'), ('stale', 'Stale')], max_length=12)),
                ('from_on', models.DateField(help_text='The day it was so, or the first of its days.')),
                ('until_on', models.DateField(blank=True, null=True)),
                ('citation', models.CharField(help_text='The source as one cites it.', max_length=300)),
                ('address', models.URLField(blank=True, max_length=500)),
                ('page', models.CharField(blank=True, max_length=40)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_because', models.CharField(blank=True, max_length=300)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='center_claims', to='requests_app.agency')),
                ('document', models.ForeignKey(blank=True, db_constraint=False, help_text="The document of one's own that says so.", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.document')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='requests_app.centerclaim')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('published_at__isnull', False), ('superseded_at', None), ('withdrawn_at', None)), fields=['agency', 'topic'], name='claims_of_a_center'), models.Index(fields=['organisation', 'agency', '-id'], name='own_claims_newest')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'once'), name='one_claim_an_act'), models.CheckConstraint(condition=models.Q(models.Q(('finding', ''), ('topic__in', ['custodians', 'board', 'memoranda', 'co_located_with', 'dhs_staff', 'fbi', 'own_databases', 'driver_databases', 'federal_databases', 'vendors', 'gang_database', 'activity_reports', 'budget', 'audits', 'complaints']), models.Q(('value', ''), _negated=True)), models.Q(('finding__in', ['yes', 'partly', 'no', 'withheld', 'no_records']), ('topic__in', ['left', 'no_immigration_staff', 'not_with_ice', 'public_audits', 'audits_of_ice', 'audits_of_speech', 'audits_of_spending', 'informal_sharing', 'pass_through', 'plate_opt_out', 'court_orders', 'grant_share'])), _connector='OR'), name='claim_says_something_of_its_topic'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'documented'), _negated=True), models.Q(('page', ''), _negated=True), _connector='OR'), name='documented_claim_names_its_page'), models.CheckConstraint(condition=models.Q(('until_on', None), ('until_on__gte', models.F('from_on')), _connector='OR'), name='claim_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('withdrawn_at', None), models.Q(('withdrawn_because', ''), _negated=True), _connector='OR'), name='withdrawn_claim_says_why')],
            },
        ),
        migrations.RunSQL(WALLS, FALLEN),
    ]
