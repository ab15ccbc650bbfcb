"""Owners hear of a webhook that was switched off; an import is undone although an act on many of its requests was
undone before."""

from django.db import migrations, models
from django.db.models import Q

# What an act on many left as it was, or took back itself, is nothing that somebody built upon the import.
BUILT_UPON = """
DO $$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_undo_import(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body,
        'UNION ALL SELECT request_id, ''filed'' FROM requests_app_bulkitem WHERE request_id = ANY (made)',
        'UNION ALL SELECT i.request_id, ''filed'' FROM requests_app_bulkitem i
           JOIN requests_app_bulkact a ON a.id = i.act_id
         WHERE i.request_id = ANY (made) AND i.skipped = '''' AND (a.undone_at IS NULL OR i."left" <> '''')');
    IF better = body THEN RAISE EXCEPTION 'the undoing of imports reads otherwise than expected'; END IF;
    body := better;
    better := replace(body, 'DELETE FROM requests_app_sendattempt WHERE reminder_id IN',
        'DELETE FROM requests_app_bulkitem WHERE request_id = ANY (made);
        DELETE FROM requests_app_sendattempt WHERE reminder_id IN');
    IF better = body THEN RAISE EXCEPTION 'the undoing of imports reads otherwise than expected'; END IF;
    EXECUTE better;
END $$;
"""
KINDS = ["reminder", "mention", "offer", "escalated", "correction", "assigned", "webhook"]


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0038_follow_ups")]
    operations = [
        migrations.RemoveConstraint(model_name="inboxitem", name="inbox_kind_known"),
        migrations.AlterField(
            model_name="inboxitem",
            name="kind",
            field=models.CharField(choices=[(kind, kind.capitalize()) for kind in KINDS], max_length=10),
        ),
        migrations.AddConstraint(
            model_name="inboxitem",
            constraint=models.CheckConstraint(condition=Q(kind__in=KINDS), name="inbox_kind_known"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["id"], condition=Q(state="failed"), name="delivery_failed"),
        ),
        migrations.RunSQL(BUILT_UPON, migrations.RunSQL.noop),
    ]
