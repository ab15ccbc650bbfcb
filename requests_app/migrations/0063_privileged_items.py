"""Documents and notes that are privileged: owners, whoever marked or wrote them, and who is named in their circle.

No share reaches one, not everything; no token, no feed, no look as somebody else. What hangs on one is read with it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES, OWNS = (f"(SELECT app_viewer_{word}())" for word in ("organisations", "writes", "owns"))
OWN, MAY_WRITE = f"organisation_id IN {ORGS}", f"organisation_id IN {WRITES}"
DOCUMENTS, EVERYTHING = "(s.documents OR s.everything)", "s.everything AND NOT s.public"


def reached(table, which):
    """A grant of this kind reaches the row's request, as 0061 says it."""
    return (
        f"EXISTS (SELECT FROM app_reached s WHERE s.request_id = {APP}{table}.request_id "
        f"AND s.organisation_id = {APP}{table}.organisation_id AND {which})"
    )


def to_whom(author):
    return (
        f"organisation_id IN {OWNS} OR ({OWN} AND {author} = (SELECT app_viewer_id('person'))) "
        "OR circle_id IN (SELECT app_viewer_circles())"
    )


def with_it(table, key):
    return f"EXISTS (SELECT FROM {APP}{table} it WHERE it.id = {key})"


AUTHOR = f"{MAY_WRITE} AND (author_id = (SELECT app_viewer_person()) OR organisation_id IN {OWNS})"
DOCUMENT = (
    f"{OWN} OR (withdrawn_at IS NULL AND ((released_at IS NOT NULL AND {reached('document', DOCUMENTS)}) "
    f"OR {reached('document', EVERYTHING)}))"
)
PRIVATE = f"{OWN} OR {reached('documentprivate', EVERYTHING)}"
HIS_DOCUMENT, HIS_NOTE = with_it("document", "document_id"), with_it("requestnote", "note_id")
OR_PRIVILEGED = {
    "document": f"(NOT privileged OR {to_whom('privileged_by_id')})",
    "requestnote": f"(NOT privileged OR {to_whom('author_id')})",
}
# (table, policy): (what it asks, what it asked before)
POLICIES = {
    ("document", "reads"): (
        f"(NOT privileged AND ({DOCUMENT})) OR (privileged AND (withdrawn_at IS NULL OR {OWN}) "
        f"AND ({to_whom('privileged_by_id')}))",
        DOCUMENT,
    ),
    ("document", "adds"): (f"{MAY_WRITE} AND {OR_PRIVILEGED['document']}", MAY_WRITE),
    ("document", "works"): (f"{MAY_WRITE} AND {OR_PRIVILEGED['document']}", MAY_WRITE),
    ("documentprivate", "reads"): (f"({PRIVATE}) AND {HIS_DOCUMENT}", PRIVATE),
    ("documentprivate", "adds"): (f"{MAY_WRITE} AND {HIS_DOCUMENT}", MAY_WRITE),
    ("documentprivate", "works"): (f"{MAY_WRITE} AND {HIS_DOCUMENT}", MAY_WRITE),
    ("requestnote", "reads"): (
        f"(NOT privileged AND {OWN}) OR (privileged AND ({to_whom('author_id')}))", OWN,
    ),
    ("requestnote", "adds"): (f"{MAY_WRITE} AND {OR_PRIVILEGED['requestnote']}", MAY_WRITE),
    ("requestnote", "works"): (f"{AUTHOR} AND {OR_PRIVILEGED['requestnote']}", AUTHOR),
    **{
        (table, policy): (f"{asked} AND {HIS_NOTE}", asked)
        for table in ("noteversion", "notemention")
        for policy, asked in (("reads", OWN), ("adds", MAY_WRITE), ("removes", MAY_WRITE))
    },
}  # fmt: skip


def policies(which):
    out = []
    for (table, policy), said in POLICIES.items():
        asks = f"USING ({said[which]})" if policy != "adds" else f"WITH CHECK ({said[which]})"
        asks += f" WITH CHECK ({said[which]})" if policy == "works" else ""
        out.append(f"ALTER POLICY {policy} ON {APP}{table} {asks};")
    return "".join(out)


KEYS = "".join(
    f"ALTER TABLE {APP}{table} ADD CONSTRAINT {table}_circle_of_its_owner FOREIGN KEY (circle_id, organisation_id) "
    f"REFERENCES {APP}privilegedcircle (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
    for table in ("document", "requestnote")
)
NO_KEYS = "".join(
    f"ALTER TABLE {APP}{table} DROP CONSTRAINT {table}_circle_of_its_owner;" for table in ("document", "requestnote")
)
OWNERS = f"""
GRANT UPDATE (privileged, privileged_by_id, circle_id) ON {APP}document TO {ROLES};
-- What takes the privilege away, or gives it to others, is an owner's.
CREATE FUNCTION app_only_owners_end_privilege() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT row_security_active(TG_RELID) OR NEW.organisation_id IN (SELECT app_viewer_owns())
       OR (NEW.privileged AND NEW.circle_id IS NOT DISTINCT FROM OLD.circle_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'only an owner ends a privilege or gives it to others' USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION app_only_owners_end_privilege() FROM PUBLIC;
""" + "".join(
    f"CREATE TRIGGER only_owners_end_privilege BEFORE UPDATE ON {APP}{table} FOR EACH ROW WHEN (OLD.privileged) "
    "EXECUTE FUNCTION app_only_owners_end_privilege();"
    for table in ("document", "requestnote")
)
NO_OWNERS = "".join(
    f"DROP TRIGGER only_owners_end_privilege ON {APP}{table};" for table in ("document", "requestnote")
) + "DROP FUNCTION app_only_owners_end_privilege();"


def downloaded(told):
    """What somebody outside took away cannot be taken back: its owner is told of it."""
    return f"""
CREATE OR REPLACE FUNCTION app_downloaded(which bigint, who bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE d {APP}document;
BEGIN
    SELECT * INTO d FROM {APP}document q WHERE q.id = which;
    IF NOT FOUND OR current_setting('transaction_read_only') = 'on' OR {told}
       OR d.organisation_id IN (SELECT app_viewer_organisations()) THEN
        RETURN;
    END IF;
    INSERT INTO {APP}auditentry (organisation_id, actor_id, act, subject, detail, at)
    SELECT d.organisation_id, NULL, 'share.downloaded', 'request ' || r.public_id,
           jsonb_build_object('by', app_known_as(who, d.organisation_id), 'document', d.public_id), clock_timestamp()
      FROM {APP}recordsrequest r WHERE r.id = d.request_id;
END $$;
"""


NOT_TOLD = "d.released_at IS NULL"
TOLD = downloaded(
    f"({NOT_TOLD} AND NOT (d.privileged AND coalesce(d.circle_id IN (SELECT app_viewer_circles()), false)))"
)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0062_schedule_sees_none")]

    operations = [
        migrations.AddField(
            model_name='document',
            name='circle',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Who else reads it.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.privilegedcircle'),
        ),
        migrations.AddField(
            model_name='document',
            name='privileged',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='document',
            name='privileged_by',
            field=models.ForeignKey(blank=True, help_text='Who marked it: reads it beside owners.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='requestnote',
            name='circle',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Who reads it beside owners and its author.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='requests_app.privilegedcircle'),
        ),
        migrations.AddField(
            model_name='requestnote',
            name='privileged',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('released_at', None), ('privileged', False), _connector='OR'), name='privileged_document_is_not_released'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('circle', None), ('privileged_by', None)), ('privileged', True), _connector='OR'), name='circle_of_a_privileged_document'),
        ),
        migrations.AddConstraint(
            model_name='requestnote',
            constraint=models.CheckConstraint(condition=models.Q(('circle', None), ('privileged', True), _connector='OR'), name='circle_of_a_privileged_note'),
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.RunSQL(policies(0), policies(1)),
        migrations.RunSQL(OWNERS, NO_OWNERS),
        migrations.RunSQL(TOLD, downloaded(NOT_TOLD)),
    ]
