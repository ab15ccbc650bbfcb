"""What the dashboard counts without a filter is kept: everybody reads it, the schedule alone writes it."""

from django.db import migrations, models

COUNT, ROLES = "requests_app_publiccount", "foia_web, foia_worker"
WALLS = f"""
ALTER TABLE {COUNT} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {COUNT} FROM {ROLES};
GRANT SELECT, INSERT, UPDATE ON {COUNT} TO {ROLES};
CREATE POLICY reads ON {COUNT} FOR SELECT USING (true);
CREATE POLICY adds ON {COUNT} FOR INSERT WITH CHECK ((SELECT app_viewer()) = 'schedule');
CREATE POLICY works ON {COUNT} FOR UPDATE USING ((SELECT app_viewer()) = 'schedule');
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0073_beside")]

    operations = [
        migrations.CreateModel(
            name="PublicCount",
            fields=[
                (
                    "population",
                    models.CharField(
                        help_text="Empty: the first that holds any.", max_length=8, primary_key=True, serialize=False
                    ),
                ),
                ("told", models.TextField()),
                ("number", models.BigIntegerField()),
                ("counted_at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("seconds", models.FloatField(help_text="How long it took.")),
                ("changes", models.BigIntegerField(default=0, help_text="How often facts were made again.")),
                ("counted_changes", models.BigIntegerField(help_text="How many of them are counted here.")),
            ],
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
    ]
