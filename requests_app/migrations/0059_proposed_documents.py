"""Documents that partners and guests hand in: their file waits with the proposal, and goes when that is not accepted."""

from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
WRITES = "(SELECT app_viewer_writes())"
GUESTS = "(SELECT g FROM app_viewer_guests() g WHERE app_viewer_id('person') IS NOT NULL)"
# Nothing of a decision changes but that its file is off the disk.
WALLS = f"""
GRANT UPDATE (dropped_at) ON {APP}proposaldecision TO {ROLES};
CREATE POLICY works ON {APP}proposaldecision FOR UPDATE
    USING (organisation_id IN {WRITES}) WITH CHECK (organisation_id IN {WRITES});
"""
FALLEN = f"""
DROP POLICY works ON {APP}proposaldecision;
REVOKE UPDATE (dropped_at) ON {APP}proposaldecision FROM {ROLES};
"""
FUNCTIONS = f"""
-- Bytes that files of one proposer hold at one owner, until they are accepted or gone. Whoever asks is the only one of
-- that proposer's until the end of the transaction: two at once do not both find the last free room.
CREATE FUNCTION app_proposed_bytes(home bigint, of_partner bigint, of_guest bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT coalesce(of_partner IN {WRITES}, false) AND NOT coalesce(of_guest IN {GUESTS}, false) THEN
        RAISE EXCEPTION 'only whoever proposes asks for their own room' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(format('proposed:%s:%s:%s', home, of_partner, of_guest), 0));
    RETURN (SELECT coalesce(sum(p.size), 0) FROM {APP}proposal p
              LEFT JOIN {APP}proposaldecision d ON d.proposal_id = p.id
             WHERE p.organisation_id = home AND p.kind = 'document' AND p.partner_id IS NOT DISTINCT FROM of_partner
               AND p.guest_id IS NOT DISTINCT FROM of_guest
               AND (d.proposal_id IS NULL OR (d.state <> 'accepted' AND d.dropped_at IS NULL)));
END $$;
-- Files of what was declined or withdrawn, for the sweep alone; what is under a legal hold stays while that stands.
CREATE FUNCTION app_proposal_files_to_drop() RETURNS TABLE (organisation_id bigint, proposal_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.organisation_id, d.proposal_id FROM {APP}proposaldecision d JOIN {APP}proposal p ON p.id = d.proposal_id
     WHERE (SELECT app_viewer()) = 'schedule' AND p.kind = 'document' AND d.state <> 'accepted'
       AND d.dropped_at IS NULL AND NOT app_is_held(p.request_id)
     ORDER BY d.proposal_id LIMIT 500
$$;
REVOKE ALL ON FUNCTION app_proposed_bytes(bigint, bigint, bigint), app_proposal_files_to_drop() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_proposed_bytes(bigint, bigint, bigint), app_proposal_files_to_drop() TO {ROLES};
CREATE INDEX proposal_file_to_drop ON {APP}proposaldecision (proposal_id) WHERE dropped_at IS NULL AND state <> 'accepted';
"""
UNFUNCTIONS = """
DROP INDEX proposal_file_to_drop;
DROP FUNCTION app_proposed_bytes(bigint, bigint, bigint), app_proposal_files_to_drop();
"""
# What others offered on an imported request keeps the import from being undone, their file with it.
PART = f"UNION ALL SELECT request_id, ''filed'' FROM {APP}part WHERE request_id = ANY (made)"
OFFERED = f"UNION ALL SELECT request_id, ''filed'' FROM {APP}proposal WHERE request_id = ANY (made)"
REWRITE = """
DO $$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_undo_import(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body, '{before}', '{after}');
    IF better = body THEN
        RAISE EXCEPTION 'the undoing of imports reads otherwise than expected';
    END IF;
    EXECUTE better;
END $$;
"""
BUILT_UPON = REWRITE.format(before=PART, after=f"{PART}\n        {OFFERED}")
BUILT_BEFORE = REWRITE.format(before=f"\n        {OFFERED}", after="")


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0058_coalition_names")]

    operations = [
        migrations.RemoveConstraint(
            model_name='proposal',
            name='proposal_is_whole',
        ),
        migrations.AddField(
            model_name='documentprivate',
            name='handed_in_by',
            field=models.CharField(blank=True, help_text='“a partner” or “a guest” that proposed it.', max_length=254),
        ),
        migrations.AddField(
            model_name='documentprivate',
            name='received_on',
            field=models.DateField(blank=True, help_text='As whoever handed it in says.', null=True),
        ),
        migrations.AddField(
            model_name='proposaldecision',
            name='dropped_at',
            field=models.DateTimeField(blank=True, help_text='Since when the file of what was not accepted is off the disk.', null=True),
        ),
        migrations.AlterField(
            model_name='proposal',
            name='happened_on',
            field=models.DateField(blank=True, help_text='Of a document: the day it was received.', null=True),
        ),
        migrations.AlterField(
            model_name='proposal',
            name='title',
            field=models.CharField(blank=True, help_text='Of a letter; of a document the name of its file.', max_length=300),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('happened_on__isnull', False), ('kind', 'event'), models.Q(('what', ''), _negated=True)), models.Q(('in_advance', False), ('kind', 'draft'), models.Q(('what', ''), _negated=True), models.Q(('text', ''), _negated=True)), models.Q(('happened_on__isnull', False), ('in_advance', False), ('kind', 'document'), ('what', ''), models.Q(('blob', ''), _negated=True), models.Q(('title', ''), _negated=True)), _connector='OR'), name='proposal_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(condition=models.Q(('blob', ''), _negated=True), fields=('organisation', 'blob'), name='one_proposal_a_file'),
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(FUNCTIONS, UNFUNCTIONS),
        migrations.RunSQL(BUILT_UPON, BUILT_BEFORE),
    ]
