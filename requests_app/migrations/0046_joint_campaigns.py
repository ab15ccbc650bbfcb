from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0045_joint_rights")]

    operations: list[object] = []
