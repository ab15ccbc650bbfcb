"""Kits of an organization, letters and what was sent."""

import django.db.models.deletion
import django.db.models.functions.datetime
import requests_app.models.ids
from django.conf import settings
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES = (f"(SELECT app_viewer_{what}())" for what in ("organisations", "writes"))
OWN, MAY_WRITE = f"organisation_id IN {ORGS}", f"organisation_id IN {WRITES}"
# The sweep reads which letters are due, by their ids; the words it reads as the person whose letter it is.
SCHEDULE = "(SELECT app_viewer()) = 'schedule'"
ADD, WORK = "SELECT, INSERT", "SELECT, INSERT, UPDATE"
# name: (who reads, who adds, who changes, grants)
TABLES = {
    "organisationkit": (OWN, MAY_WRITE, MAY_WRITE, WORK),
    # A version that is ready never changes.
    "organisationkitversion": (OWN, MAY_WRITE, f"{MAY_WRITE} AND state = 'draft'", WORK),
    "letter": (OWN, MAY_WRITE, MAY_WRITE, WORK),
    "letteraside": (OWN, MAY_WRITE, MAY_WRITE, ADD),
    "letterattachment": (OWN, MAY_WRITE, MAY_WRITE, WORK),
    "lettersending": (f"{OWN} OR {SCHEDULE}", MAY_WRITE, f"{MAY_WRITE} OR {SCHEDULE}", WORK),
    "lettersendattempt": (f"{OWN} OR {SCHEDULE}", f"{MAY_WRITE} OR {SCHEDULE}", MAY_WRITE, ADD),
    # What was sent is added, never changed: no role but the owner's may.
    "lettercopy": (OWN, MAY_WRITE, MAY_WRITE, ADD),
}
CHILDREN = {
    "letter": (("request_id", "recordsrequest"), ("campaign_id", "campaign")),
    "organisationkitversion": (("kit_id", "organisationkit"),),
    **{name: (("letter_id", "letter"),) for name in ("letteraside", "letterattachment", "lettersending", "lettercopy")},
}
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({adds});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({works}) WITH CHECK ({adds if name != 'lettersending' else works});"
    for name, (reads, adds, works, grants) in TABLES.items()
) + "".join(
    f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_{column}_of_its_owner FOREIGN KEY ({column}, organisation_id) "
    f"REFERENCES {APP}{parent} (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
    for name, parents in CHILDREN.items()
    for column, parent in parents
)
FALLEN = "".join(
    f"ALTER TABLE {APP}{name} DROP CONSTRAINT {name}_{column}_of_its_owner;"
    for name, parents in CHILDREN.items()
    for column, _ in parents
) + "".join(f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0022_request_life")]
    operations = [
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('request', 'Request'), ('follow_up', 'Follow-up'), ('appeal', 'Appeal'), ('review', 'Request for review'), ('notice', 'Notice'), ('demand', 'Preservation demand'), ('answer', 'Answer'), ('other', 'Letter')], max_length=12)),
                ('kit', models.CharField(blank=True, max_length=80)),
                ('kit_version', models.CharField(blank=True, max_length=32)),
                ('law_id', models.CharField(blank=True, max_length=40)),
                ('public_title', models.CharField(blank=True, help_text='Of the request to be made.', max_length=300)),
                ('subject', models.CharField(max_length=300)),
                ('body', models.TextField()),
                ('parts', models.JSONField(default=list, help_text='[[label, title]] of a request; [label] of a later letter.')),
                ('event_kind', models.CharField(blank=True, help_text='Recorded when it has gone out.', max_length=32)),
                ('about', models.CharField(blank=True, help_text='Uid of the event it answers.', max_length=12)),
                ('facts', models.JSONField(blank=True, default=dict)),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('post', 'Ordinary mail'), ('certified_post', 'Certified mail'), ('fax', 'Fax'), ('portal', 'The agency’s portal'), ('hand', 'By hand')], default='email', max_length=16)),
                ('recipient', models.CharField(blank=True, help_text='First line of the address block.', max_length=300)),
                ('address', models.CharField(blank=True, help_text='E-mail, postal or portal address, or fax.', max_length=500)),
                ('requester', models.JSONField(blank=True, default=dict, help_text='Who asks, as the letter says it.')),
                ('dated', models.JSONField(blank=True, default=dict, help_text='Days in the words of the text, which the day of sending replaces.')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('queued', 'Waiting to go out'), ('stopped', 'Stopped'), ('sent', 'Sent'), ('printed', 'Sent on paper'), ('discarded', 'Thrown away')], default='draft', max_length=10)),
                ('version', models.PositiveIntegerField(default=1)),
                ('round', models.PositiveSmallIntegerField(default=1, help_text='Raised when a refused letter is tried anew.')),
                ('accepted', models.JSONField(default=list, help_text='Codes of the warnings it was sent over.')),
                ('skipped', models.BooleanField(default=False, help_text='Left out of its wave.')),
                ('problem', models.CharField(blank=True, max_length=500)),
                ('sent_on', models.DateField(blank=True, help_text="The agency's own day.", null=True)),
                ('edited_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('once', models.CharField(default=requests_app.models.ids.public_id, help_text='Key of the act: the same form sent twice writes once.', max_length=64)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.agency')),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='requests_app.campaign')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('custodian', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.agencycustodian')),
                ('edited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='requests_app.organisation')),
                ('request', models.ForeignKey(blank=True, help_text='Of a first letter: the request that sending it made.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.CreateModel(
            name='LetterAside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('seen_version', models.PositiveIntegerField()),
                ('subject', models.CharField(max_length=300)),
                ('body', models.TextField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asides', to='requests_app.letter')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='LetterAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('taken_off', models.BooleanField(default=False)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.storedfile')),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='requests_app.letter')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='LetterSending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('claimed', 'Claimed'), ('sent', 'Sent'), ('skipped', 'Skipped'), ('cancelled', 'Cancelled'), ('failed', 'Failed'), ('unknown', 'Unknown')], default='planned', max_length=10)),
                ('next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='Not before this instant.')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('owner_key', models.BigIntegerField(blank=True, help_text='Advisory lock of the claiming worker.', null=True)),
                ('claim_token', models.UUIDField(blank=True, null=True)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('handed_over_at', models.DateTimeField(blank=True, help_text='Set before the first byte goes out; with no mark after it, unknown.', null=True)),
                ('message_id', models.CharField(max_length=200, unique=True)),
                ('outcome', models.CharField(blank=True, max_length=300)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('acting', models.ForeignKey(help_text='Who pressed the button: it goes out as theirs, or not at all.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sending', to='requests_app.letter')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='LetterSendAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('step', models.CharField(help_text='claimed, handed over, accepted, bounced, failed …', max_length=16)),
                ('code', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('text', models.CharField(blank=True, max_length=500)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('sending', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='journal', to='requests_app.lettersending')),
            ],
        ),
        migrations.CreateModel(
            name='OrganisationKit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('copied_from', models.CharField(blank=True, help_text='The built-in kit it began as.', max_length=80)),
                ('retired', models.BooleanField(default=False, help_text='No longer offered; what was sent by it stays.')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kits', to='requests_app.organisation')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='OrganisationKitVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('ready', 'Ready')], default='draft', max_length=6)),
                ('text', models.TextField(help_text='The kit as YAML, in the form of the built-in ones.')),
                ('saves', models.PositiveIntegerField(default=1, help_text='Raised by each save of a draft.')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('kit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='requests_app.organisationkit')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='LetterCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('channel', models.CharField(max_length=16)),
                ('agency_name', models.CharField(max_length=300)),
                ('custodian_name', models.CharField(blank=True, max_length=300)),
                ('recipient', models.CharField(blank=True, max_length=300)),
                ('address', models.CharField(blank=True, max_length=500)),
                ('contacts', models.JSONField(default=list, help_text="The agency's addresses as known that day.")),
                ('law_ref', models.CharField(blank=True, max_length=80)),
                ('requester', models.JSONField(default=dict)),
                ('reply_to', models.CharField(blank=True, max_length=254)),
                ('subject', models.CharField(max_length=300)),
                ('body', models.TextField()),
                ('text_sha256', models.CharField(max_length=64)),
                ('attachments', models.JSONField(default=list, help_text='[{name, size, sha256}]')),
                ('message_id', models.CharField(blank=True, max_length=200)),
                ('proof', models.TextField(blank=True, help_text='Of a letter on paper: carrier, number, who took it.')),
                ('tracking_number', models.CharField(blank=True, max_length=120)),
                ('pdf_sha256', models.CharField(blank=True, max_length=64)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='requests_app.letter')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('pdf', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.storedfile')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('letter', 'round'), name='one_copy_a_round')],
            },
        ),
        migrations.AddIndex(
            model_name='lettersending',
            index=models.Index(condition=models.Q(('state__in', ['planned', 'claimed', 'unknown'])), fields=['next_at', 'id'], name='letter_due'),
        ),
        migrations.AddConstraint(
            model_name='organisationkit',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_kit_an_act'),
        ),
        migrations.AddConstraint(
            model_name='organisationkit',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='kit_and_owner'),
        ),
        migrations.AddConstraint(
            model_name='organisationkitversion',
            constraint=models.UniqueConstraint(fields=('kit', 'number'), name='one_row_a_kit_version'),
        ),
        migrations.AddConstraint(
            model_name='organisationkitversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('kit',), name='one_draft_a_kit'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['organisation', '-created_at', 'id'], name='letter_newest'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['request'], name='letter_by_request'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['organisation', 'agency', 'kit'], name='letter_by_agency'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_letter_an_act'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(condition=models.Q(('campaign__isnull', False), ('kind', 'request')), fields=('organisation', 'campaign', 'agency', 'kit'), name='one_letter_a_campaign_agency_kit'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='letter_and_owner'),
        ),
    
        migrations.RunSQL(WALLS, FALLEN),
    ]
