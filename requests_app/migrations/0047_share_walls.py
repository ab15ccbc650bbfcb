from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0046_joint_campaigns")]

    operations: list[object] = []
