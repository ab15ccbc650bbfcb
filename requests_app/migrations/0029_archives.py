"""What an import keeps of columns that are nobody's but the organization's own, and full exports."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES, OWNS = (f"(SELECT app_viewer_{what}())" for what in ("organisations", "writes", "owns"))
OWN, MAY_WRITE, MAY_OWN = (f"organisation_id IN {rows}" for rows in (ORGS, WRITES, OWNS))
EVERYTHING = (
    f"EXISTS (SELECT 1 FROM {APP}recordsrequest r JOIN {APP}share s ON s.organisation_id = r.organisation_id "
    "AND (s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back)) AND s.everything "
    "AND app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at) "
    f"WHERE r.id = {APP}customvalue.request_id)"
)
# Whoever sees a value sees the name of its field.
NAMES = f"EXISTS (SELECT 1 FROM {APP}customvalue v WHERE v.field_id = {APP}customfield.id)"
TABLES = {
    "customfield": (f"{OWN} OR {NAMES}", MAY_WRITE, "SELECT, INSERT, UPDATE (name)"),
    "customvalue": (f"{OWN} OR {EVERYTHING}", MAY_WRITE, "SELECT, INSERT, UPDATE (text)"),
    # A full copy is an owner's to ask for and to fetch; the worker acts as the organization itself.
    "archive": (MAY_OWN, MAY_OWN, "SELECT, INSERT, UPDATE"),
}
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({writes});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({writes}) WITH CHECK ({writes});"
    for name, (reads, writes, grants) in TABLES.items()
) + (
    f"ALTER TABLE {APP}customvalue ADD CONSTRAINT customvalue_of_its_owner FOREIGN KEY (request_id, organisation_id) "
    f"REFERENCES {APP}recordsrequest (id, organisation_id);"
    f"ALTER TABLE {APP}customvalue ADD CONSTRAINT customvalue_of_its_field FOREIGN KEY (field_id, organisation_id) "
    f"REFERENCES {APP}customfield (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
)
FALLEN = "".join(f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES)
UNDO = f"""
DO $$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_undo_import(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body, 'DELETE FROM {APP}deadline WHERE request_id = ANY (made);',
        'DELETE FROM {APP}deadline WHERE request_id = ANY (made);
        DELETE FROM {APP}customvalue WHERE request_id = ANY (made);');
    IF better = body THEN RAISE EXCEPTION 'the undoing of imports reads otherwise than expected'; END IF;
    EXECUTE better;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0028_documents")]
    operations = [
        migrations.CreateModel(
            name='CustomField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='custom_fields', to='requests_app.organisation')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='CustomValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(help_text='The cell as it was read, or as somebody changed it since.')),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='values', to='requests_app.customfield')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='custom_values', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.AddConstraint(
            model_name='customfield',
            constraint=models.UniqueConstraint(models.F('organisation'), django.db.models.functions.text.Lower('name'), name='one_custom_field_a_name'),
        ),
        migrations.AddConstraint(
            model_name='customfield',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='custom_field_and_owner'),
        ),
        migrations.AddConstraint(
            model_name='customvalue',
            constraint=models.UniqueConstraint(fields=('request', 'field'), name='one_custom_value_a_field'),
        ),
        migrations.CreateModel(
            name='Archive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('ready', 'Ready'), ('failed', 'Failed'), ('gone', 'Gone')], default='waiting', max_length=8)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ready_at', models.DateTimeField(blank=True, null=True)),
                ('fetched_at', models.DateTimeField(blank=True, null=True)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('files', models.PositiveIntegerField(default=0)),
                ('blob', models.CharField(blank=True, max_length=40)),
                ('size', models.BigIntegerField(default=0)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, help_text='The same form sent twice asks once.', max_length=64)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', '-asked_at'], name='archive_newest'), models.Index(condition=models.Q(('state', 'waiting')), fields=['organisation'], name='archive_to_do')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'once'), name='one_archive_an_act'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(models.Q(('blob', ''), _negated=True), ('ready_at__isnull', False)), _connector='OR'), name='archive_ready_is_there')],
            },
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(UNDO, migrations.RunSQL.noop),
    ]
