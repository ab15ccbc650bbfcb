"""The way back from an import: the one removal of ledger rows that an editor may ask for, checked by the database."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.models.ids

UNDO = """
CREATE FUNCTION app_undo_import(batch bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    home bigint; pid text; made bigint[]; asked bigint[];
    n_events int; n_shares int; n_sent int; n_filed int; n_all int;
BEGIN
    SELECT b.organisation_id, b.public_id INTO home, pid FROM requests_app_importbatch b
     WHERE b.id = batch AND b.state IN ('applying', 'applied', 'failed')
       AND b.organisation_id IN (SELECT app_viewer_writes()) FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such import' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT coalesce(array_agg(request_id), '{}') INTO made FROM requests_app_externalnumber WHERE batch_id = batch;
    -- A new event holds its request by a key-share lock: it waits here, then finds no request to hang on.
    PERFORM 1 FROM requests_app_recordsrequest WHERE id = ANY (made) ORDER BY id FOR UPDATE;

    WITH built_upon AS (
        SELECT request_id, 'event' AS why FROM requests_app_event
         WHERE request_id = ANY (made) AND once NOT LIKE 'import:' || pid || ':%'
        UNION ALL SELECT request_id, 'share' FROM requests_app_share WHERE request_id = ANY (made)
        UNION ALL SELECT request_id, 'reminder' FROM requests_app_reminder
         WHERE request_id = ANY (made)
           AND (state NOT IN ('planned', 'cancelled', 'skipped') OR handed_over_at IS NOT NULL)
        UNION ALL SELECT id, 'filed' FROM requests_app_recordsrequest
         WHERE id = ANY (made) AND campaign_id IS NOT NULL
        UNION ALL SELECT request_id, 'filed' FROM requests_app_requestprivate
         WHERE request_id = ANY (made) AND (assignee_id IS NOT NULL OR working_title <> '')
        UNION ALL SELECT request_id, 'filed' FROM requests_app_part WHERE request_id = ANY (made)
    )
    SELECT count(DISTINCT request_id), count(DISTINCT request_id) FILTER (WHERE why = 'event'),
           count(DISTINCT request_id) FILTER (WHERE why = 'share'),
           count(DISTINCT request_id) FILTER (WHERE why = 'reminder'),
           count(DISTINCT request_id) FILTER (WHERE why = 'filed')
      INTO n_all, n_events, n_shares, n_sent, n_filed FROM built_upon;
    IF n_all > 0 THEN
        RETURN jsonb_build_object('built_upon', n_all, 'events', n_events, 'shares', n_shares,
                                  'reminders', n_sent, 'filed', n_filed);
    END IF;

    SELECT coalesce(array_agg(ask_id), '{}') INTO asked FROM requests_app_recordsrequest
     WHERE id = ANY (made) AND ask_id IS NOT NULL;
    BEGIN
        DELETE FROM requests_app_sendattempt WHERE reminder_id IN
            (SELECT id FROM requests_app_reminder WHERE request_id = ANY (made));
        DELETE FROM requests_app_reminder WHERE request_id = ANY (made);
        DELETE FROM requests_app_deadline WHERE request_id = ANY (made);
        DELETE FROM requests_app_standingspan WHERE request_id = ANY (made);
        DELETE FROM requests_app_publicstandingspan WHERE request_id = ANY (made);
        DELETE FROM requests_app_eventnote WHERE request_id = ANY (made);
        DELETE FROM requests_app_eventcorrespondence WHERE request_id = ANY (made);
        DELETE FROM requests_app_event WHERE request_id = ANY (made);
        UPDATE requests_app_importrow SET request_id = NULL WHERE request_id = ANY (made);
        DELETE FROM requests_app_externalnumber WHERE request_id = ANY (made);
        DELETE FROM requests_app_requestprivate WHERE request_id = ANY (made);
        DELETE FROM requests_app_requestcorrespondence WHERE request_id = ANY (made);
        DELETE FROM requests_app_recordsrequest WHERE id = ANY (made);
        DELETE FROM requests_app_ask a WHERE a.id = ANY (asked) AND a.campaign_id IS NULL
           AND NOT EXISTS (SELECT 1 FROM requests_app_recordsrequest r WHERE r.ask_id = a.id);
        -- Deferred keys would speak only at commit; whatever a later table hangs on a request speaks now.
        SET CONSTRAINTS ALL IMMEDIATE;
        SET CONSTRAINTS ALL DEFERRED;
    EXCEPTION WHEN foreign_key_violation THEN
        RETURN jsonb_build_object('built_upon', cardinality(made), 'unknown', true);
    END;
    UPDATE requests_app_importbatch SET state = 'undone', undone_at = now(), rows_done = 0 WHERE id = batch;
    INSERT INTO requests_app_auditentry (organisation_id, actor_id, act, subject, detail, at)
    VALUES (home, app_viewer_id('person'), 'import.undone', 'import ' || pid,
            jsonb_build_object('requests', cardinality(made)), now());
    RETURN jsonb_build_object('removed', cardinality(made));
END $$;
REVOKE ALL ON FUNCTION app_undo_import(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_undo_import(bigint) TO foia_web, foia_worker;
"""


def a_key_for_each(apps, schema_editor):
    batches = apps.get_model("requests_app", "ImportBatch")
    for batch in batches.objects.using(schema_editor.connection.alias).all():
        batch.once = f"import:{batch.public_id}"
        batch.save(update_fields=["once"])


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0003_once")]
    operations = [
        migrations.AlterField(
            "importbatch",
            "columns",
            models.JSONField(
                default=list, help_text="Headings as read, in order, each with what its cells look like."
            ),
        ),
        migrations.AddField(
            "importbatch",
            "reading",
            models.JSONField(
                default=dict,
                help_text="How the bytes are read: form, encoding, delimiter, sheet, line of the headings.",
            ),
        ),
        migrations.AddField(
            "importbatch",
            "once",
            models.CharField(
                default=requests_app.models.ids.public_id,
                help_text="Key of the act: the same upload sent twice is one batch.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            "importbatch",
            "acting",
            models.ForeignKey(
                help_text="Who pressed the last button: the worker acts as this person, or not at all.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        # One default serves every row that a new column meets: each batch of before gets a key of its own.
        migrations.RunPython(a_key_for_each, migrations.RunPython.noop),
        migrations.AddConstraint(
            "importbatch",
            models.UniqueConstraint(fields=["organisation", "once"], name="one_import_an_act"),
        ),
        migrations.AddIndex(
            "importbatch",
            models.Index(
                condition=models.Q(state__in=["checking", "applying"]),
                fields=["organisation"],
                name="import_to_do",
            ),
        ),
        migrations.RunSQL(UNDO, "DROP FUNCTION app_undo_import(bigint);"),
    ]
