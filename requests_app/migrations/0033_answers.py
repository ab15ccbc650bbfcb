"""What people answered to reminders, their absences, and their inbox."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0032_policies")]
    operations = []
