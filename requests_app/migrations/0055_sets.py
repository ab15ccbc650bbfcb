"""What hangs on a request asks the shares as sets, once a statement, where it asked them once a row: as 0009 did for
the requests themselves.

The rules stay what they were. A grant of a request is a small set of requests; a grant of a campaign is a small set of
campaigns, each with whoever granted it, and reaches the requests in it that are not held back.
"""

from django.db import migrations

APP = "requests_app_"
OWN = "organisation_id IN (SELECT app_viewer_organisations())"
LIVE = "app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)"
PARTNER, PUBLIC = "s.grantee_kind <> 'public'", "s.grantee_kind = 'public'"
CORRESPONDENCE, EVERYTHING = "(s.correspondence OR s.everything)", "s.everything"
INTERNAL = "override override_released waived destruction_scheduled disputed law_applied closed"
OUR_TURN = (
    "clarification_asked clarification_answered deposit_asked deposit_paid fee_estimated fee_invoiced fee_refunded "
    "fee_paid fee_waiver_asked fee_waiver_decided narrowed follow_up_sent notice_sent preservation_demanded "
    "ordered_us order_met"
)
STANDS = "paused_since IS NULL AND superseded_at IS NULL AND NOT app_hangs_on_notice(scope)"
NOT_RETRACTED = "kind <> 'retracted' AND id NOT IN (SELECT app_retracted_events())"


def among(words):
    # As the database tells it back, so that going back leaves what earlier walls look for in it.
    return "ARRAY[" + ", ".join(f"'{word}'::character varying::text" for word in words.split()) + "]"


FOR_PARTNERS = f"kind::text <> ALL ({among(INTERNAL)})"
FOR_ALL = f"kind::text <> ALL ({among(INTERNAL + ' ' + OUR_TURN)})"
NOT_OURS = f"owner::text = ANY ({among('agency reviewer court third_party')})"


def reached(table, which):
    """By sets: a grant of this kind reaches the row's request."""
    return (
        f"((request_id, organisation_id) IN (SELECT s.request_id, s.organisation_id FROM {APP}share s "
        f"WHERE s.request_id IS NOT NULL AND {which} AND {LIVE}) "
        f"OR EXISTS (SELECT FROM {APP}recordsrequest r WHERE r.id = {APP}{table}.request_id AND NOT r.held_back "
        f"AND (r.campaign_id, r.organisation_id) IN (SELECT s.campaign_id, s.organisation_id FROM {APP}share s "
        f"WHERE s.campaign_id IS NOT NULL AND {which} AND {LIVE})))"
    )


def nested(table, *which):
    """Row by row, as 0002 said it."""
    return (
        f"EXISTS (SELECT 1 FROM {APP}recordsrequest r WHERE r.id = {APP}{table}.request_id AND EXISTS (SELECT 1 FROM "
        f"{APP}share s WHERE {' AND '.join(which)} AND {LIVE} AND s.organisation_id = r.organisation_id AND "
        "(s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back))))"
    )


def joined(table, which, last=True):
    """Row by row, as later walls said it."""
    subject = "(s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back))"
    rest = f"{which} AND {LIVE} AND {subject}" if last else f"{subject} AND {which} AND {LIVE}"
    return (
        f"EXISTS (SELECT 1 FROM {APP}recordsrequest r JOIN {APP}share s ON s.organisation_id = r.organisation_id "
        f"AND {rest} WHERE r.id = {APP}{table}.request_id)"
    )


# table: (who reads, as it was said before)
POLICIES = {
    "event": (
        f"{OWN} OR ({FOR_PARTNERS} AND {reached('event', PARTNER)}) OR "
        f"({FOR_ALL} AND {NOT_RETRACTED} AND {reached('event', PUBLIC)})",
        f"({OWN} OR ({FOR_PARTNERS} AND {nested('event', PARTNER, 'true')}) "
        f"OR ({FOR_ALL} AND {nested('event', PUBLIC, 'true')})) AND "
        f"({OWN} OR ({NOT_RETRACTED}) OR {joined('event', PARTNER)})",
    ),
    "deadline": (
        f"{OWN} OR (rule_id <> 'destroys-on' AND ({reached('deadline', PARTNER)} OR "
        f"({NOT_OURS} AND {STANDS} AND {reached('deadline', PUBLIC)})))",
        f"({OWN} OR {nested('deadline', PARTNER, 'true')} OR ({NOT_OURS} AND {nested('deadline', PUBLIC, 'true')})) "
        f"AND (({STANDS}) OR {OWN} OR {joined('deadline', PARTNER)}) AND (rule_id <> 'destroys-on' OR {OWN})",
    ),
    "standingspan": (
        f"{OWN} OR {reached('standingspan', PARTNER)}", f"{OWN} OR {nested('standingspan', PARTNER, 'true')}",
    ),
    "part": (f"{OWN} OR {reached('part', 'true')}", f"{OWN} OR {nested('part', 'true')}"),
    "requestcorrespondence": (
        f"{OWN} OR {reached('requestcorrespondence', CORRESPONDENCE)}",
        f"{OWN} OR {nested('requestcorrespondence', CORRESPONDENCE)}",
    ),
    "trackingnumber": (
        f"{OWN} OR {reached('trackingnumber', CORRESPONDENCE)}",
        f"{OWN} OR {joined('trackingnumber', CORRESPONDENCE)}",
    ),
    "requestprivate": (
        f"{OWN} OR {reached('requestprivate', EVERYTHING)}", f"{OWN} OR {nested('requestprivate', EVERYTHING)}",
    ),
    "eventnote": (f"{OWN} OR {reached('eventnote', EVERYTHING)}", f"{OWN} OR {nested('eventnote', EVERYTHING)}"),
    "customvalue": (
        f"{OWN} OR {reached('customvalue', EVERYTHING)}", f"{OWN} OR {joined('customvalue', EVERYTHING, last=False)}",
    ),
}  # fmt: skip


def policies(which):
    return "".join(
        f"ALTER POLICY reads ON {APP}{table} USING ({said[which]});" for table, said in POLICIES.items()
    )


# As app_identities for a list, whose grants are asked as sets, too.
SHARED_BY_SETS = f"""((r.id, r.organisation_id) IN (SELECT s.request_id, s.organisation_id FROM {APP}share s
                          WHERE s.request_id IS NOT NULL AND s.revoked_at IS NULL)
            OR (r.campaign_id, r.organisation_id) IN (SELECT s.campaign_id, s.organisation_id FROM {APP}share s
                          WHERE s.campaign_id IS NOT NULL AND s.revoked_at IS NULL))"""
SHARED_BY_ROW = (
    f"EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = r.organisation_id AND s.revoked_at IS NULL\n"
    "                          AND (s.request_id = r.id OR s.campaign_id = r.campaign_id))"
)


def identities(shared):
    return f"""
CREATE OR REPLACE FUNCTION app_identities_among(requests bigint[], campaigns bigint[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH r AS (
        SELECT r.id, r.organisation_id FROM {APP}recordsrequest r
         WHERE (r.id = ANY(requests) OR r.campaign_id = ANY(campaigns))
           AND (r.organisation_id IN (SELECT app_viewer_organisations())
            OR {shared})
    ), o AS (
        SELECT organisation_id AS id FROM r
        UNION SELECT c.organisation_id FROM {APP}campaign c WHERE c.id = ANY(campaigns)
           AND (c.organisation_id IN (SELECT app_viewer_organisations())
            OR EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = c.organisation_id AND s.revoked_at IS NULL
                          AND s.campaign_id = c.id))
    ), who (name, signs_as, address, email, phone, protected) AS (
        SELECT q.name, q.signs_as, q.postal_address, q.email, q.phone, q.protected
          FROM {APP}requestrequester q JOIN r ON q.request_id = r.id
        UNION SELECT q.proxy_name, '', q.proxy_postal_address, q.proxy_email, '', q.protected
          FROM {APP}requestrequester q JOIN r ON q.request_id = r.id
        UNION SELECT q.name, q.signs_as, q.postal_address, q.email, q.phone, q.protected
          FROM {APP}requesterprofile q JOIN o ON q.organisation_id = o.id
        UNION SELECT q.name, '', q.postal_address, q.email, '', p.protected
          FROM {APP}requesterproxy q JOIN {APP}requesterprofile p ON p.id = q.profile_id
          JOIN o ON q.organisation_id = o.id
        UNION SELECT p.name, '', '', p.email, '', m.protected
          FROM {APP}membership m JOIN {APP}person p ON p.id = m.person_id JOIN o ON m.organisation_id = o.id
        UNION SELECT '', g.name, '', '', '', false FROM {APP}organisation g JOIN o ON g.id = o.id
    )
    SELECT coalesce(jsonb_agg(jsonb_build_array(name, signs_as, address, email, phone, protected)), '[]')
      FROM who WHERE name || signs_as || address || email || phone <> ''
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0054_partner_tasks")]
    operations = [
        migrations.RunSQL(policies(0), policies(1)),
        migrations.RunSQL(identities(SHARED_BY_SETS), identities(SHARED_BY_ROW)),
    ]
