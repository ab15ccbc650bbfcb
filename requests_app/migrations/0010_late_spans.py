"""Lists of what is late begin at the late spans. And the planner learns that a person belongs to a few organizations,
not to a thousand."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('requests_app', '0009_requests_by_sets'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='publicstandingspan',
            index=models.Index(condition=models.Q(('late', True)), fields=['request'], include=('from_on', 'until_on'), name='public_span_late'),
        ),
        migrations.AddIndex(
            model_name='standingspan',
            index=models.Index(condition=models.Q(('late', True)), fields=['request'], include=('from_on', 'until_on'), name='span_late'),
        ),
        migrations.RunSQL(
            "ALTER FUNCTION app_viewer_organisations() ROWS 3; ALTER FUNCTION app_viewer_writes() ROWS 3; "
            "ALTER FUNCTION app_viewer_owns() ROWS 3;",
            migrations.RunSQL.noop,
        ),
    ]
