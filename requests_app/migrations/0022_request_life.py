"""Assignments, notes, tags and numbers of a request, and the parts that are set out after it was filed."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES, OWNS = (f"(SELECT app_viewer_{what}())" for what in ("organisations", "writes", "owns"))
LIVE = "app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)"
SHARED = (
    f"EXISTS (SELECT 1 FROM {APP}recordsrequest r JOIN {APP}share s ON s.organisation_id = r.organisation_id "
    f"AND (s.correspondence OR s.everything) AND {LIVE} AND (s.request_id = r.id OR "
    f"(s.campaign_id = r.campaign_id AND NOT r.held_back)) WHERE r.id = {APP}trackingnumber.request_id)"
)
OURS, MAY_WRITE = f"organisation_id IN {ORGS}", f"organisation_id IN {WRITES}"
# Only whoever wrote a note changes it; an owner may take any note away.
AUTHOR = f"{MAY_WRITE} AND (author_id = (SELECT app_viewer_person()) OR organisation_id IN {OWNS})"
ADD, WORK = "SELECT, INSERT", "SELECT, INSERT, UPDATE"
# table: who reads, who adds, who changes, grants
TABLES = {
    "requestnote": (OURS, MAY_WRITE, AUTHOR, WORK),
    "noteversion": (OURS, MAY_WRITE, "", "SELECT, INSERT, DELETE"),
    "notemention": (OURS, MAY_WRITE, "", "SELECT, INSERT, DELETE"),
    "loggedcontact": (OURS, MAY_WRITE, MAY_WRITE, WORK),
    "tag": (OURS, MAY_WRITE, MAY_WRITE, "SELECT, INSERT, UPDATE, DELETE"),
    "requesttag": (OURS, MAY_WRITE, "", "SELECT, INSERT, DELETE"),
    "trackingnumber": (f"{OURS} OR {SHARED}", MAY_WRITE, "", "SELECT, INSERT, DELETE"),
}
PARENTS = {
    "requestnote": "recordsrequest", "noteversion": "requestnote", "notemention": "requestnote",
    "loggedcontact": "recordsrequest", "requesttag": "recordsrequest", "trackingnumber": "recordsrequest",
}  # fmt: skip


def walls():
    out = [f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_and_owner UNIQUE (id, organisation_id);" for name in ("requestnote", "tag")]
    for name, (reads, adds, works, grants) in TABLES.items():
        table = APP + name
        out.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;")
        out.append(f"REVOKE ALL ON {table} FROM {ROLES}; GRANT {grants} ON {table} TO {ROLES};")
        out.append(f"CREATE POLICY reads ON {table} FOR SELECT USING ({reads});")
        out.append(f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({adds});")
        if works:
            out.append(f"CREATE POLICY works ON {table} FOR UPDATE USING ({works}) WITH CHECK ({works});")
        if "DELETE" in grants:
            out.append(f"CREATE POLICY removes ON {table} FOR DELETE USING ({adds});")
    for name, parent in PARENTS.items():
        key = "note_id" if parent == "requestnote" else "request_id"
        out.append(
            f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_of_its_owner FOREIGN KEY ({key}, organisation_id) "
            f"REFERENCES {APP}{parent} (id, organisation_id);"
        )
    out.append(
        f"ALTER TABLE {APP}requesttag ADD CONSTRAINT requesttag_of_its_tag FOREIGN KEY (tag_id, organisation_id) "
        f"REFERENCES {APP}tag (id, organisation_id);"
    )
    return "\n".join(out)


FALLEN = "".join(f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES)
# Whatever people wrote on an imported request keeps the import from being undone.
BUILT_UPON = """
DO $$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_undo_import(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body, '(assignee_id IS NOT NULL OR working_title',
                            '(assignee_id IS NOT NULL OR backup_id IS NOT NULL OR working_title');
    better := replace(better, 'UNION ALL SELECT request_id, ''filed'' FROM requests_app_part WHERE request_id = ANY (made)',
        'UNION ALL SELECT request_id, ''filed'' FROM requests_app_part WHERE request_id = ANY (made)
        UNION ALL SELECT request_id, ''filed'' FROM requests_app_requestnote WHERE request_id = ANY (made)
        UNION ALL SELECT request_id, ''filed'' FROM requests_app_loggedcontact WHERE request_id = ANY (made)
        UNION ALL SELECT request_id, ''filed'' FROM requests_app_requesttag WHERE request_id = ANY (made)
        UNION ALL SELECT request_id, ''filed'' FROM requests_app_trackingnumber WHERE request_id = ANY (made)');
    IF position('backup_id' IN better) = 0 OR position('requests_app_requestnote' IN better) = 0 THEN
        RAISE EXCEPTION 'the undoing of imports reads otherwise than expected';
    END IF;
    EXECUTE better;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0021_api_tokens")]
    operations = [
        migrations.AddField(
            model_name='requestprivate',
            name='backup',
            field=models.ForeignKey(blank=True, help_text='Steps in while the assignee is away, or no member any more.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='requestprivate',
            name='version',
            field=models.PositiveIntegerField(default=0, help_text='Raised by each change of titles or people; a form that saw an older one is refused.'),
        ),
        migrations.CreateModel(
            name='RequestNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('text', models.TextField(blank=True)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('edited_at', models.DateTimeField(blank=True, null=True)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('deleted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.CreateModel(
            name='NoteVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('until_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='requests_app.requestnote')),
            ],
        ),
        migrations.CreateModel(
            name='NoteMention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mentioned_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='requests_app.requestnote')),
            ],
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='RequestTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='request_tags', to='requests_app.recordsrequest')),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='request_tags', to='requests_app.tag')),
            ],
        ),
        migrations.CreateModel(
            name='TrackingNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('agency', 'Agency'), ('portal', 'Portal'), ('police_report', 'Police Report'), ('appeal', 'Appeal'), ('other', 'Other')], max_length=13)),
                ('number', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tracking_numbers', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.CreateModel(
            name='LoggedContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('way', models.CharField(choices=[('call', 'Call'), ('portal', 'Portal'), ('in_person', 'In Person'), ('other', 'Other')], max_length=9)),
                ('on', models.DateField()),
                ('with_whom', models.CharField(blank=True, max_length=200)),
                ('said', models.TextField()),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('logged_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('struck_at', models.DateTimeField(blank=True, null=True)),
                ('struck_why', models.CharField(blank=True, max_length=500)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.event')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='requests_app.recordsrequest')),
            ],
            options={
                'indexes': [models.Index(fields=['request', '-on'], name='contact_of_request')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'once'), name='one_contact_an_act'), models.CheckConstraint(condition=models.Q(('way__in', ['call', 'portal', 'in_person', 'other'])), name='contact_way_known')],
            },
        ),
        migrations.AddIndex(
            model_name='requestnote',
            index=models.Index(fields=['request', '-written_at'], name='note_of_request'),
        ),
        migrations.AddConstraint(
            model_name='requestnote',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_note_an_act'),
        ),
        migrations.AddConstraint(
            model_name='requestnote',
            constraint=models.CheckConstraint(condition=models.Q(('deleted_at', None), ('text', ''), _connector='OR'), name='deleted_note_says_nothing'),
        ),
        migrations.AddConstraint(
            model_name='noteversion',
            constraint=models.UniqueConstraint(fields=('organisation', 'note', 'number'), name='one_text_a_version'),
        ),
        migrations.AddIndex(
            model_name='notemention',
            index=models.Index(fields=['person', '-mentioned_at'], name='mention_of_person'),
        ),
        migrations.AddConstraint(
            model_name='notemention',
            constraint=models.UniqueConstraint(fields=('organisation', 'note', 'person'), name='mentioned_once'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.UniqueConstraint(models.F('organisation'), django.db.models.functions.text.Lower('name'), name='one_tag_a_name'),
        ),
        migrations.AddIndex(
            model_name='requesttag',
            index=models.Index(fields=['tag', 'request'], name='request_by_tag'),
        ),
        migrations.AddConstraint(
            model_name='requesttag',
            constraint=models.UniqueConstraint(fields=('organisation', 'request', 'tag'), name='tagged_once'),
        ),
        migrations.AddIndex(
            model_name='trackingnumber',
            index=models.Index(fields=['organisation', 'number'], name='numbered'),
        ),
        migrations.AddConstraint(
            model_name='trackingnumber',
            constraint=models.UniqueConstraint(fields=('organisation', 'request', 'kind', 'number'), name='one_number_a_request'),
        ),
        migrations.AddConstraint(
            model_name='trackingnumber',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['agency', 'portal', 'police_report', 'appeal', 'other'])), name='number_kind_known'),
        ),
        migrations.RunSQL(walls(), FALLEN),
        migrations.RunSQL(BUILT_UPON, migrations.RunSQL.noop),
    ]
