"""What readers say is wrong with a law. Anybody adds a row through the web; no role of the web reads one back."""

import django.db.models.functions.datetime
from django.db import migrations, models

TABLE = "requests_app_lawreport"
ROLES = "foia_web, foia_worker"
# No policy for SELECT: row-level security then shows the web no row at all, whoever looks. Operators' commands read
# as the owner of the table.
WALLS = f"""
ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {TABLE} FROM {ROLES};
GRANT INSERT (reference, once, law_ref, clock, problem, source_url, email, note) ON {TABLE} TO foia_web;
CREATE POLICY adds ON {TABLE} FOR INSERT WITH CHECK (settled_at IS NULL AND note = '');

-- How many came in since midnight, UTC: the number and nothing else, so that a flood can be refused.
CREATE FUNCTION app_law_reports_today() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM {TABLE} WHERE created_at >= date_trunc('day', now(), 'UTC')
$$;
"""
FALLEN = f"DROP FUNCTION app_law_reports_today(); DROP POLICY adds ON {TABLE}; REVOKE ALL ON {TABLE} FROM {ROLES};"


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0012_revisions_of_laws")]
    operations = [
        migrations.CreateModel(
            name="LawReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=12, unique=True)),
                ("once", models.CharField(help_text="One act of a form, however often it is sent.", max_length=64, unique=True)),
                ("law_ref", models.CharField(help_text="The text and reading that was on the page.", max_length=80)),
                ("clock", models.CharField(blank=True, help_text="The rule it is about; empty: the page.", max_length=80)),
                ("problem", models.CharField(max_length=4000)),
                ("source_url", models.CharField(blank=True, max_length=1000)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, help_text="What came of it.", max_length=1000)),
            ],
            options={"indexes": [models.Index(fields=["settled_at", "created_at"], name="law_report_open")]},
        ),
        migrations.RunSQL(WALLS, FALLEN),
    ]
