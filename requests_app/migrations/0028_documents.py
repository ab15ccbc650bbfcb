"""Documents received."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES = (f"(SELECT app_viewer_{what}())" for what in ("organisations", "writes"))
OWN, MAY_WRITE = f"organisation_id IN {ORGS}", f"organisation_id IN {WRITES}"


def reached(table, has, to=""):
    return (
        f"EXISTS (SELECT 1 FROM {APP}recordsrequest r JOIN {APP}share s ON s.organisation_id = r.organisation_id "
        f"AND (s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back)) AND {has} {to} "
        "AND app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at) "
        f"WHERE r.id = {APP}{table}.request_id)"
    )


DOCUMENTS = "(s.documents OR s.everything)"
# Where everything is shared, what is not released yet is, too: to partners; a public share never shows everything.
ALL = ("s.everything", "AND s.grantee_kind <> 'public'")
TABLES = {
    "document": (
        f"{OWN} OR (released_at IS NOT NULL AND withdrawn_at IS NULL AND {reached('document', DOCUMENTS)}) "
        f"OR (withdrawn_at IS NULL AND {reached('document', *ALL)})",
        "SELECT, INSERT, UPDATE (event_id, title, released_at, withdrawn_at, erased_at)",
    ),
    "documentprivate": (f"{OWN} OR {reached('documentprivate', *ALL)}", "SELECT, INSERT, UPDATE (note, original_name)"),
    "production": (f"{OWN} OR {reached('production', DOCUMENTS)}", "SELECT, INSERT, UPDATE (pages_stated)"),
}
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({MAY_WRITE});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({MAY_WRITE}) WITH CHECK ({MAY_WRITE});"
    f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_of_its_owner FOREIGN KEY (request_id, organisation_id) "
    f"REFERENCES {APP}recordsrequest (id, organisation_id);"
    for name, (reads, grants) in TABLES.items()
)
# Who may see a file is an owner's decision; that the bytes are gone, too, and nothing brings them back.
OWNERS = f"""
CREATE FUNCTION app_only_owners_release() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.erased_at IS NOT NULL AND (NEW.erased_at IS NULL OR NEW.released_at IS NOT NULL) THEN
        RAISE EXCEPTION 'an erased document stays erased' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT row_security_active(TG_RELID) OR NEW.organisation_id IN (SELECT app_viewer_owns())
       OR (NEW.erased_at IS NOT DISTINCT FROM OLD.erased_at
           AND (NEW.released_at IS NULL OR NEW.released_at IS NOT DISTINCT FROM OLD.released_at)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'only an owner releases or erases a document' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER only_owners_release BEFORE UPDATE ON {APP}document
    FOR EACH ROW EXECUTE FUNCTION app_only_owners_release();
ALTER TABLE {APP}document ADD CONSTRAINT document_added_unreleased CHECK (released_at IS NULL OR released_at >= added_at);
"""
FALLEN = "".join(f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0027_desk")]
    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('title', models.CharField(help_text='The name under which it is shown and handed out.', max_length=200)),
                ('blob', models.CharField(help_text='Random; says nothing.', max_length=40, unique=True)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, help_text='Uploaded by mistake.', null=True)),
                ('erased_at', models.DateTimeField(blank=True, help_text='The bytes are gone; the hash stays.', null=True)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, help_text='Key of the act: the same upload sent twice is one.', max_length=64)),
                ('event', models.ForeignKey(blank=True, help_text='What it came with, or went out with; none: not put anywhere yet.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='documents', to='requests_app.event')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.CreateModel(
            name='Production',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='production', serialize=False, to='requests_app.event')),
                ('pages_stated', models.PositiveIntegerField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.CreateModel(
            name='DocumentPrivate',
            fields=[
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='private', serialize=False, to='requests_app.document')),
                ('original_name', models.CharField(max_length=255)),
                ('content_type', models.CharField(blank=True, max_length=100)),
                ('note', models.CharField(blank=True, help_text='Why it was withdrawn or erased.', max_length=500)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['request', 'event', 'id'], name='document_of_request'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['organisation', 'sha256'], name='document_by_hash'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_document_an_act'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='document_and_owner'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('released_at', None), ('withdrawn_at', None), _connector='OR'), name='document_released_or_withdrawn'),
        ),
        migrations.RunSQL(WALLS + OWNERS, FALLEN),
    ]
