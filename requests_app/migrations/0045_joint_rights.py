from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0043_publishing")]

    operations: list[object] = []
