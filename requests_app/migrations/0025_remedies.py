"""Appeals, outside reviews and suits."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0024_campaign_waves")]
    operations: list = []
