"""Saved views and acts on many requests. A view that is not shared is one person's; an act and its rows are the
organization's. What an act touched counts as built upon, so that no undone import takes the trace of it away.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
OURS = "organisation_id IN (SELECT app_viewer_organisations())"
WRITES = "organisation_id IN (SELECT app_viewer_writes())"
MINE = f"{OURS} AND person_id = (SELECT app_viewer_person())"
# Only an editor puts a view before the others, and only a person: `shared` asks for the right to write.
KEEPS = f"{MINE} AND (NOT shared OR {WRITES})"
# table: (who reads, who adds, whose rows are changed, grants)
TABLES = {
    "savedview": (
        f"{OURS} AND (shared OR person_id = (SELECT app_viewer_person()))", KEEPS, KEEPS,
        "SELECT, INSERT, UPDATE, DELETE",
    ),
    "bulkact": (OURS, WRITES, WRITES, "SELECT, INSERT, UPDATE (undone_at, undone_by_id, done, skipped)"),
    "bulkitem": (OURS, WRITES, WRITES, "SELECT, INSERT, UPDATE (\"left\", after)"),
}  # fmt: skip
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({adds});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({works}) WITH CHECK ({works});"
    for name, (reads, adds, works, grants) in TABLES.items()
) + (
    f"CREATE POLICY removes ON {APP}savedview FOR DELETE USING ({MINE});"
    f"ALTER TABLE {APP}bulkact ADD CONSTRAINT bulkact_and_owner UNIQUE (id, organisation_id);"
    f"ALTER TABLE {APP}bulkitem ADD CONSTRAINT bulkitem_of_its_act FOREIGN KEY (act_id, organisation_id) "
    f"REFERENCES {APP}bulkact (id, organisation_id);"
    f"ALTER TABLE {APP}bulkitem ADD CONSTRAINT bulkitem_of_its_owner FOREIGN KEY (request_id, organisation_id) "
    f"REFERENCES {APP}recordsrequest (id, organisation_id);"
)
FALLEN = "".join(f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES)
BUILT_UPON = """
DO $$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_undo_import(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body, 'UNION ALL SELECT request_id, ''filed'' FROM requests_app_part WHERE request_id = ANY (made)',
        'UNION ALL SELECT request_id, ''filed'' FROM requests_app_part WHERE request_id = ANY (made)
        UNION ALL SELECT request_id, ''filed'' FROM requests_app_bulkitem WHERE request_id = ANY (made)');
    IF better = body THEN RAISE EXCEPTION 'the undoing of imports reads otherwise than expected'; END IF;
    EXECUTE better;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0026_register")]
    operations = [
        migrations.CreateModel(
            name='BulkAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('assign', 'Assign'), ('tag', 'Tag'), ('campaign', 'Campaign'), ('hold', 'Hold'), ('close', 'Close')], max_length=8)),
                ('value', models.JSONField(default=dict, help_text='Ids of what was set; never titles.')),
                ('query', models.CharField(blank=True, max_length=1000)),
                ('once', models.CharField(max_length=64)),
                ('done', models.PositiveIntegerField(default=0)),
                ('skipped', models.PositiveIntegerField(default=0)),
                ('acted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='BulkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('skipped', models.CharField(blank=True, help_text='Why nothing was done here.', max_length=300)),
                ('left', models.CharField(blank=True, help_text='Why undoing left it as it is.', max_length=300)),
                ('act', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='requests_app.bulkact')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('query', models.CharField(blank=True, max_length=1000)),
                ('shared', models.BooleanField(default=False)),
                ('is_default', models.BooleanField(default=False, help_text='What the list opens with for this person.')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='bulkact',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_bulk_an_act'),
        ),
        migrations.AddConstraint(
            model_name='bulkitem',
            constraint=models.UniqueConstraint(fields=('organisation', 'act', 'request'), name='one_item_a_request'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(models.F('organisation'), models.F('person'), django.db.models.functions.text.Lower('name'), name='one_view_a_name'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('organisation', 'person'), name='one_default_view'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(BUILT_UPON, migrations.RunSQL.noop),
    ]
