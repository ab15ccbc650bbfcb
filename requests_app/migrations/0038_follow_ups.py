"""Follow-up letters that go out by themselves where a campaign says so."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0037_health")]
    operations = []
