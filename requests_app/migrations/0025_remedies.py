"""Appeals, outside reviews and suits: their tables, for our own people alone; and what a court orders of us, out of the
public's sight.
"""

from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES = (f"(SELECT app_viewer_{what}())" for what in ("organisations", "writes"))
TABLES = {"remedy": "SELECT, INSERT, UPDATE", "remedyevent": "SELECT, INSERT", "remedycost": "SELECT, INSERT, UPDATE"}
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING (organisation_id IN {ORGS});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK (organisation_id IN {WRITES});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING (organisation_id IN {WRITES}) "
    f"WITH CHECK (organisation_id IN {WRITES});"
    for name, grants in TABLES.items()
) + (
    f"ALTER TABLE {APP}remedy ADD CONSTRAINT remedy_of_its_owner FOREIGN KEY (request_id, organisation_id) "
    f"REFERENCES {APP}recordsrequest (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
    + "".join(
        f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_of_its_owner FOREIGN KEY (remedy_id, organisation_id) "
        f"REFERENCES {APP}remedy (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
        for name in ("remedyevent", "remedycost")
    )
)
FALLEN = "".join(f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in TABLES)
# What a court orders of us, and that an order was met, the public does not read: as with a notice of ours (0014).
HIDE = """
DO $$
DECLARE rule text; stricter text; body text;
BEGIN
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT rule FROM pg_policy
     WHERE polrelid = 'requests_app_event'::regclass AND polname = 'reads';
    stricter := replace(rule, '(''notice_sent''::character varying)::text',
                        '(''notice_sent''::character varying)::text, (''ordered_us''::character varying)::text, '
                        '(''order_met''::character varying)::text');
    IF stricter = rule THEN RAISE EXCEPTION 'the wall around events reads otherwise than expected'; END IF;
    EXECUTE 'ALTER POLICY reads ON requests_app_event USING (' || stricter || ')';
    SELECT pg_get_functiondef('app_letter_reaches'::regproc) INTO STRICT body;
    stricter := replace(body, '''notice_sent''', '''notice_sent'', ''ordered_us'', ''order_met''');
    IF stricter = body THEN RAISE EXCEPTION 'the wall around letters reads otherwise than expected'; END IF;
    EXECUTE stricter;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0024_campaign_waves")]
    operations = [
        migrations.CreateModel(
            name='Remedy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('appeal', 'Appeal'), ('review', 'Outside review'), ('notice', 'Notice before suit'), ('suit', 'Suit')], max_length=8)),
                ('level', models.PositiveSmallIntegerField(default=1, help_text='First or second instance of its kind.')),
                ('round', models.PositiveSmallIntegerField(default=1, help_text='Two after a first remand, and so on.')),
                ('clock_key', models.CharField(blank=True, help_text='The window it uses, where one was open.', max_length=200)),
                ('body', models.CharField(blank=True, help_text='Who hears it.', max_length=300)),
                ('parts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, default=list, size=None)),
                ('challenged', models.JSONField(blank=True, default=list, help_text='Sections we contest: [{part, section, basis, withholding}].')),
                ('grounds', models.TextField(blank=True)),
                ('relief', models.TextField(blank=True)),
                ('subject', models.CharField(blank=True, max_length=300)),
                ('letter', models.TextField(blank=True)),
                ('letter_pid', models.CharField(blank=True, help_text='Public id of its letter among the letters.', max_length=12)),
                ('court', models.CharField(blank=True, max_length=300)),
                ('docket', models.CharField(blank=True, max_length=120)),
                ('judge', models.CharField(blank=True, max_length=200)),
                ('counsel', models.CharField(blank=True, max_length=300)),
                ('notes', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=1, help_text='Raised by each change; a stale form is refused.')),
                ('once', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('dropped_at', models.DateTimeField(blank=True, help_text='A draft put aside.', null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remedies', to='requests_app.recordsrequest')),
            ],
        ),
        migrations.CreateModel(
            name='RemedyCost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('what', models.CharField(max_length=200)),
                ('amount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=10)),
                ('on', models.DateField()),
                ('once', models.CharField(max_length=64)),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('remedy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='costs', to='requests_app.remedy')),
            ],
        ),
        migrations.CreateModel(
            name='RemedyEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('filed', 'Filed'), ('decided', 'Decided'), ('remanded', 'Sent back'), ('ordered', 'Ordered'), ('order_met', 'Order met')], max_length=10)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.event')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
                ('remedy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='requests_app.remedy')),
            ],
        ),
        migrations.AddIndex(
            model_name='remedy',
            index=models.Index(fields=['organisation', '-created_at', 'id'], name='remedy_newest'),
        ),
        migrations.AddIndex(
            model_name='remedy',
            index=models.Index(fields=['request'], name='remedy_of_request'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_remedy_an_act'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='remedy_and_owner'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('level__gte', 1), ('round__gte', 1)), name='remedy_counts_from_one'),
        ),
        migrations.AddIndex(
            model_name='remedycost',
            index=models.Index(fields=['remedy', 'on'], name='costs_of_remedy'),
        ),
        migrations.AddConstraint(
            model_name='remedycost',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_cost_an_act'),
        ),
        migrations.AddConstraint(
            model_name='remedycost',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='cost_is_no_gain'),
        ),
        migrations.AddIndex(
            model_name='remedyevent',
            index=models.Index(fields=['remedy', 'step'], name='steps_of_remedy'),
        ),
        migrations.AddConstraint(
            model_name='remedyevent',
            constraint=models.UniqueConstraint(fields=('organisation', 'event'), name='one_remedy_an_event'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(HIDE, migrations.RunSQL.noop),
    ]
