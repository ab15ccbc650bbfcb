"""Follow-ups that go out by themselves, where an owner switched them on for a campaign."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES, OWNS = (f"organisation_id IN (SELECT app_viewer_{what}())" for what in ("organisations", "writes", "owns"))
TABLES = {
    # Whether letters leave by themselves is for owners; that one left is written as whoever they leave as.
    "automaticfollowups": (ORGS, OWNS, "SELECT, INSERT, UPDATE"),
    "automaticfollowup": (ORGS, OWNS, "SELECT, INSERT"),
}
CHILDREN = (
    ("automaticfollowups", "campaign_id", "campaign"), ("automaticfollowup", "plan_id", "automaticfollowups"),
    ("automaticfollowup", "request_id", "recordsrequest"), ("automaticfollowup", "letter_id", "letter"),
)  # fmt: skip
WALLS = (
    f"ALTER TABLE {APP}automaticfollowups ADD CONSTRAINT automaticfollowups_and_owner UNIQUE (id, organisation_id);"
    + "".join(
        f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
        f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
        f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
        f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({writes});"
        f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({writes}) WITH CHECK ({writes});"
        for name, (reads, writes, grants) in TABLES.items()
    )
    + "".join(
        f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_{column}_of_its_owner FOREIGN KEY ({column}, organisation_id) "
        f"REFERENCES {APP}{parent} (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
        for name, column, parent in CHILDREN
    )
)
FALLEN = "".join(
    f"ALTER TABLE {APP}{name} DROP CONSTRAINT {name}_{column}_of_its_owner;" for name, column, _ in CHILDREN
) + "".join(f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0037_health")]
    operations = [
        migrations.CreateModel(
            name='AutomaticFollowUps',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on_since', models.DateTimeField(blank=True, help_text='Null: switched off.', null=True)),
                ('spacing', models.PositiveSmallIntegerField(default=10, help_text='Business days after the lapse, and after each letter.')),
                ('most_a_day', models.PositiveSmallIntegerField(default=10)),
                ('most_a_request', models.PositiveSmallIntegerField(default=3)),
                ('version', models.PositiveIntegerField(default=0, help_text='Raised by each change; a form that saw an older one is refused.')),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('acting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='automatic_follow_ups', to='requests_app.campaign')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='AutomaticFollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('on', models.DateField(help_text="The agency's own day.")),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.letter')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.recordsrequest')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='requests_app.automaticfollowups')),
            ],
        ),
        migrations.AddConstraint(
            model_name='automaticfollowups',
            constraint=models.CheckConstraint(condition=models.Q(('most_a_day__range', (1, 50)), ('most_a_request__range', (1, 6)), ('spacing__range', (5, 60))), name='follow_ups_within_limits'),
        ),
        migrations.AddIndex(
            model_name='automaticfollowup',
            index=models.Index(fields=['plan', 'on'], name='automatic_follow_up_day'),
        ),
        migrations.AddConstraint(
            model_name='automaticfollowup',
            constraint=models.UniqueConstraint(fields=('organisation', 'request', 'number'), name='one_automatic_follow_up_a_number'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
    ]
