"""Waves of a campaign: its kits, its universe, and what goes out together."""

import django.db.models.deletion
import django.db.models.functions.datetime
import requests_app.models.ids
from django.conf import settings
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES = (f"(SELECT app_viewer_{what}())" for what in ("organisations", "writes"))
OWN, MAY_WRITE = f"organisation_id IN {ORGS}", f"organisation_id IN {WRITES}"
# An agency that nobody has written to may be taken out of a universe again.
TABLES = {
    "campaignkit": "SELECT, INSERT, UPDATE, DELETE",
    "campaignagency": "SELECT, INSERT, UPDATE, DELETE",
    "wave": "SELECT, INSERT, UPDATE",
}
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({OWN});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({MAY_WRITE});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({MAY_WRITE}) WITH CHECK ({MAY_WRITE});"
    + (f"CREATE POLICY takes_out ON {APP}{name} FOR DELETE USING ({MAY_WRITE});" if "DELETE" in grants else "")
    + f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_of_its_owner FOREIGN KEY (campaign_id, organisation_id) "
    f"REFERENCES {APP}campaign (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
    for name, grants in TABLES.items()
) + (
    f"ALTER TABLE {APP}letter ADD CONSTRAINT letter_wave_of_its_owner FOREIGN KEY (wave_id, organisation_id) "
    f"REFERENCES {APP}wave (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
)
FALLEN = f"ALTER TABLE {APP}letter DROP CONSTRAINT letter_wave_of_its_owner;" + "".join(
    f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0023_letters")]
    operations = [
        migrations.CreateModel(
            name='Wave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('planned_for', models.DateField(blank=True, null=True)),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('queued', 'Queued'), ('stopped', 'Stopped')], default='planned', max_length=8)),
                ('queued_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('once', models.CharField(default=requests_app.models.ids.public_id, max_length=64)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waves', to='requests_app.campaign')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('queued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.AddField(
            model_name='letter',
            name='wave',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='letters', to='requests_app.wave'),
        ),
        migrations.CreateModel(
            name='CampaignAgency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('left_out', models.BooleanField(default=False)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.agency')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='universe', to='requests_app.campaign')),
                ('custodian', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.agencycustodian')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('campaign', 'agency'), name='one_row_a_campaign_agency')],
            },
        ),
        migrations.CreateModel(
            name='CampaignKit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kit', models.CharField(help_text='A built-in kit by its id; one of our own as own:ID.', max_length=80)),
                ('version', models.CharField(max_length=32)),
                ('parts', models.JSONField(default=list, help_text='Labels that are asked for; empty: all.')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kits', to='requests_app.campaign')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'kit'), name='one_row_a_campaign_kit')],
            },
        ),
        migrations.AddConstraint(
            model_name='wave',
            constraint=models.UniqueConstraint(fields=('campaign', 'number'), name='one_row_a_wave'),
        ),
        migrations.AddConstraint(
            model_name='wave',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_wave_an_act'),
        ),
        migrations.AddConstraint(
            model_name='wave',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='wave_and_owner'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['wave'], name='letter_by_wave'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
    ]
