"""What the watch over the schedule needs."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0036_webhooks")]
    operations = []
