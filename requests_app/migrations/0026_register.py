"""Exemptions asserted, fees, retention and legal holds.

What the agency asserted goes where its letter goes; what we think of it is a table of its own, at the level
everything. The day on which records are destroyed is ours alone: its event, its row and the alarm made of it reach no
partner. A hold is kept by a trigger, so that no way of removing rows passes by it.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
OURS = "organisation_id IN (SELECT app_viewer_organisations())"
WRITES = "organisation_id IN (SELECT app_viewer_writes())"
OWNS = "organisation_id IN (SELECT app_viewer_owns())"
LIVE = "app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)"
EVERYTHING = (
    f"EXISTS (SELECT 1 FROM {APP}recordsrequest r JOIN {APP}share s ON s.organisation_id = r.organisation_id "
    f"AND (s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back)) AND s.everything AND {LIVE} "
    f"WHERE r.id = {APP}withholdingprivate.request_id)"
)
# table: (who reads, who adds, who changes, grants)
TABLES = {
    "withholding": (
        f"{OURS} OR (retracted_at IS NULL AND app_letter_reaches(event_id))",
        WRITES, WRITES, "SELECT, INSERT, UPDATE",
    ),
    "withholdingprivate": (f"{OURS} OR {EVERYTHING}", WRITES, WRITES, "SELECT, INSERT, UPDATE"),
    "feebasis": (f"{OURS} OR app_letter_reaches(event_id)", WRITES, WRITES, "SELECT, INSERT"),
    "retention": (OURS, WRITES, WRITES, "SELECT, INSERT"),
    "legalhold": (
        OURS, WRITES, OWNS, "SELECT, INSERT, UPDATE (lifted_because, lifted_by_id, lifted_at)",
    ),
}  # fmt: skip
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({adds});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({works}) WITH CHECK ({works});"
    f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_of_its_owner FOREIGN KEY (request_id, organisation_id) "
    f"REFERENCES {APP}recordsrequest (id, organisation_id);"
    for name, (reads, adds, works, grants) in TABLES.items()
) + (
    f"ALTER TABLE {APP}legalhold ADD CONSTRAINT legalhold_of_its_campaign FOREIGN KEY (campaign_id, organisation_id) "
    f"REFERENCES {APP}campaign (id, organisation_id);"
    f"ALTER TABLE {APP}withholdingprivate ADD CONSTRAINT view_of_its_withholding "
    f"FOREIGN KEY (withholding_id, request_id) REFERENCES {APP}withholding (id, request_id) ON DELETE CASCADE;"
)
FALLEN = "".join(f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES)
HELD = f"""
-- Read past the walls: whoever removes need not see the hold, and is stopped all the same.
CREATE FUNCTION app_is_held(request bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM {APP}recordsrequest r JOIN {APP}legalhold h
            ON h.lifted_at IS NULL AND (h.request_id = r.id OR h.campaign_id = r.campaign_id)
         WHERE r.id = request)
$$;
CREATE FUNCTION app_keep_what_is_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (CASE TG_TABLE_NAME
       WHEN '{APP}campaign' THEN EXISTS (SELECT 1 FROM {APP}legalhold h
                                          WHERE h.campaign_id = OLD.id AND h.lifted_at IS NULL)
       WHEN '{APP}recordsrequest' THEN app_is_held(OLD.id)
       ELSE app_is_held((to_jsonb(OLD) ->> 'request_id')::bigint) END) THEN
        RAISE EXCEPTION 'a legal hold keeps this row' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER kept_by_a_hold BEFORE DELETE ON {APP}campaign
    FOR EACH ROW EXECUTE FUNCTION app_keep_what_is_held();
CREATE TRIGGER kept_by_a_hold BEFORE DELETE ON {APP}recordsrequest
    FOR EACH ROW EXECUTE FUNCTION app_keep_what_is_held();
CREATE TRIGGER kept_by_a_hold BEFORE DELETE ON {APP}event
    FOR EACH ROW EXECUTE FUNCTION app_keep_what_is_held();
"""
FREED = f"""
DROP TRIGGER kept_by_a_hold ON {APP}event;
DROP TRIGGER kept_by_a_hold ON {APP}recordsrequest;
DROP TRIGGER kept_by_a_hold ON {APP}campaign;
DROP FUNCTION app_keep_what_is_held(), app_is_held(bigint);
"""
HIDE = """
DO $$
DECLARE rule text; stricter text; body text;
BEGIN
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT rule FROM pg_policy
     WHERE polrelid = 'requests_app_event'::regclass AND polname = 'reads';
    stricter := replace(rule, '(''waived''::character varying)::text',
        '(''waived''::character varying)::text, (''destruction_scheduled''::character varying)::text');
    stricter := replace(stricter, '(''fee_estimated''::character varying)::text',
        '(''fee_estimated''::character varying)::text, (''fee_invoiced''::character varying)::text, '
        || '(''fee_refunded''::character varying)::text');
    IF position('destruction_scheduled' IN stricter) = 0 OR position('fee_invoiced' IN stricter) = 0 THEN
        RAISE EXCEPTION 'the wall around events reads otherwise than expected';
    END IF;
    EXECUTE 'ALTER POLICY reads ON requests_app_event USING (' || stricter || ')';
    SELECT pg_get_functiondef('app_letter_reaches'::regproc) INTO STRICT body;
    stricter := replace(body, '''waived''', '''waived'', ''destruction_scheduled''');
    stricter := replace(stricter, '''fee_estimated''', '''fee_estimated'', ''fee_invoiced'', ''fee_refunded''');
    IF position('destruction_scheduled' IN stricter) = 0 OR position('fee_invoiced' IN stricter) = 0 THEN
        RAISE EXCEPTION 'the wall around letters reads otherwise than expected';
    END IF;
    EXECUTE stricter;
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT rule FROM pg_policy
     WHERE polrelid = 'requests_app_deadline'::regclass AND polname = 'reads';
    EXECUTE 'ALTER POLICY reads ON requests_app_deadline USING ((' || rule || ') AND (rule_id <> ''destroys-on'' '
         || 'OR organisation_id IN (SELECT app_viewer_organisations())))';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0025_remedies")]
    operations = [
        migrations.CreateModel(
            name='FeeBasis',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='fee_basis', serialize=False, to='requests_app.event')),
                ('hours', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ('hourly', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ('pages', models.PositiveIntegerField(blank=True, null=True)),
                ('page_rate', models.DecimalField(blank=True, decimal_places=4, max_digits=8, null=True)),
                ('media', models.DecimalField(blank=True, decimal_places=2, help_text='Disks, post and the like.', max_digits=10, null=True)),
            ],
            options={
                'verbose_name_plural': 'fee bases',
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('reason', models.TextField()),
                ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('lifted_because', models.TextField(blank=True)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Retention',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='retention', serialize=False, to='requests_app.event')),
                ('citation', models.CharField(blank=True, help_text='Of the retention schedule.', max_length=300)),
                ('source', models.CharField(help_text='Where it was read, or who said it.', max_length=500)),
                ('begins_on', models.DateField(blank=True, null=True)),
                ('period', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('unit', models.CharField(blank=True, choices=[('days', 'days'), ('months', 'months'), ('years', 'years')], max_length=6)),
                ('destroys_on', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='Withholding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('part', models.CharField(blank=True, help_text='Label of the part; empty: the whole request.', max_length=12)),
                ('section', models.CharField(blank=True, help_text="As asserted; of the law's list, its code.", max_length=200)),
                ('citation', models.CharField(blank=True, help_text="Where the law's list has the section.", max_length=300)),
                ('ground', models.CharField(choices=[('records_law', 'Exemption of the records law'), ('state_statute', 'Another state statute'), ('federal_law', 'Federal statute or rule'), ('part_23', '28 CFR Part 23'), ('marking', 'A marking alone (LES, FOUO, CUI)'), ('contract', 'Contract, NDA or originator control'), ('third_party', 'Third-party objection'), ('privilege', 'Privilege'), ('none_cited', 'No ground cited')], max_length=16)),
                ('pages_full', models.PositiveIntegerField(blank=True, null=True)),
                ('pages_part', models.PositiveIntegerField(blank=True, null=True)),
                ('ranges', models.CharField(blank=True, help_text='Which pages, as the letter says it.', max_length=300)),
                ('reason', models.TextField(blank=True, help_text='Words of the letter.')),
                ('version', models.PositiveIntegerField(default=1, help_text='Raised by each change; a form that saw an older one is refused.')),
                ('once', models.CharField(help_text='Key of the act: the same form sent twice writes once.', max_length=80)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('retracted_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('kind__in', ('fee_waiver_asked', 'fee_waiver_decided', 'fee_estimated', 'deposit_asked', 'deposit_paid', 'fee_invoiced', 'fee_paid', 'fee_refunded'))), fields=['organisation', 'request'], name='event_of_fees'),
        ),
        migrations.AddField(
            model_name='feebasis',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='feebasis',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fee_bases', to='requests_app.recordsrequest'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='campaign',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='requests_app.campaign'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='request',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='requests_app.recordsrequest'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='set_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='retention',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='retention',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='retentions', to='requests_app.recordsrequest'),
        ),
        migrations.CreateModel(
            name='WithholdingPrivate',
            fields=[
                ('withholding', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='private', serialize=False, to='requests_app.withholding')),
                ('our_view', models.CharField(choices=[('unseen', 'Not looked at'), ('correct', 'Correct'), ('doubtful', 'Doubtful'), ('wrong', 'Wrong')], default='unseen', max_length=8)),
                ('notes', models.TextField(blank=True)),
                ('retracted_because', models.TextField(blank=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name='withholding',
            name='event',
            field=models.ForeignKey(help_text='The decision that asserts it.', on_delete=django.db.models.deletion.PROTECT, related_name='withholdings', to='requests_app.event'),
        ),
        migrations.AddField(
            model_name='withholding',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='withholding',
            name='released',
            field=models.ForeignKey(blank=True, help_text='The event by which it came after all.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.event'),
        ),
        migrations.AddField(
            model_name='withholding',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='withholdings', to='requests_app.recordsrequest'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign', None), ('request__isnull', False)), models.Q(('campaign__isnull', False), ('request', None)), _connector='OR'), name='hold_has_one_subject'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None), ('request__isnull', False)), fields=('organisation', 'request'), name='one_hold_a_request'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.UniqueConstraint(condition=models.Q(('campaign__isnull', False), ('lifted_at', None)), fields=('organisation', 'campaign'), name='one_hold_a_campaign'),
        ),
        migrations.AddField(
            model_name='withholdingprivate',
            name='challenged',
            field=models.ForeignKey(blank=True, help_text='The appeal, review or suit that contests it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.event'),
        ),
        migrations.AddField(
            model_name='withholdingprivate',
            name='changed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='withholdingprivate',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation'),
        ),
        migrations.AddField(
            model_name='withholdingprivate',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='withholdingprivate',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.recordsrequest'),
        ),
        migrations.AddIndex(
            model_name='withholding',
            index=models.Index(condition=models.Q(('retracted_at', None)), fields=['organisation', 'section'], name='withheld_by_section'),
        ),
        migrations.AddIndex(
            model_name='withholding',
            index=models.Index(condition=models.Q(('retracted_at', None)), fields=['organisation', '-id'], name='withheld_newest'),
        ),
        migrations.AddIndex(
            model_name='withholding',
            index=models.Index(fields=['request', 'part'], name='withheld_of_request'),
        ),
        migrations.AddConstraint(
            model_name='withholding',
            constraint=models.UniqueConstraint(fields=('request', 'once'), name='one_withholding_an_act'),
        ),
        migrations.AddConstraint(
            model_name='withholding',
            constraint=models.UniqueConstraint(fields=('id', 'request'), name='withholding_and_request'),
        ),
        migrations.AddConstraint(
            model_name='withholding',
            constraint=models.CheckConstraint(condition=models.Q(('ground__in', ['records_law', 'state_statute', 'federal_law', 'part_23', 'marking', 'contract', 'third_party', 'privilege', 'none_cited'])), name='ground_type_known'),
        ),
        migrations.AddConstraint(
            model_name='withholding',
            constraint=models.CheckConstraint(condition=models.Q(('ground', 'none_cited'), models.Q(('section', ''), _negated=True), _connector='OR'), name='withholding_names_its_section'),
        ),
        migrations.AddIndex(
            model_name='withholdingprivate',
            index=models.Index(fields=['organisation', 'our_view'], name='withheld_by_view'),
        ),
        migrations.AddConstraint(
            model_name='withholdingprivate',
            constraint=models.CheckConstraint(condition=models.Q(('our_view__in', ['unseen', 'correct', 'doubtful', 'wrong'])), name='our_view_known'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(HELD, FREED),
        migrations.RunSQL(HIDE, migrations.RunSQL.noop),
    ]
