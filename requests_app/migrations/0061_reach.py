"""The walls ask one view what reaches the viewer, where each of them asked the shares, whose own wall was then planned
again within every one of them: up to sixteen times a statement.

`app_reach` holds the grants that reach the viewer now, `app_reached` the requests that they show: every request by its
own grant, and those of a campaign that are not held back. Both run past the walls, for they say the wall of the shares
once; whoever is the public reads of them what the public may. To a partner's grants the function is asked once a
statement; those to the public are looked up by the row where few rows are asked for, and are read as a set where many
are.
"""

from django.db import migrations

APP = "requests_app_"
OWN = "organisation_id IN (SELECT app_viewer_organisations())"
LIVE = "app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)"
PARTNER, PUBLIC = "NOT s.public", "s.public"
CORRESPONDENCE, DOCUMENTS = "(s.correspondence OR s.everything)", "(s.documents OR s.everything)"
EVERYTHING = "s.everything"
INTERNAL = "override override_released waived destruction_scheduled disputed law_applied closed"
OUR_TURN = (
    "clarification_asked clarification_answered deposit_asked deposit_paid fee_estimated fee_invoiced fee_refunded "
    "fee_paid fee_waiver_asked fee_waiver_decided narrowed follow_up_sent notice_sent preservation_demanded "
    "ordered_us order_met"
)
STANDS = "paused_since IS NULL AND superseded_at IS NULL AND NOT app_hangs_on_notice(scope)"
NOT_RETRACTED = "kind <> 'retracted' AND id NOT IN (SELECT app_retracted_events())"

REACH = f"""
CREATE FUNCTION app_partner_grants() RETURNS TABLE (
    request_id bigint, campaign_id bigint, organisation_id bigint, correspondence boolean, documents boolean,
    everything boolean
) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = public, pg_temp AS $$
BEGIN
    IF app_viewer() = 'public' THEN RETURN; END IF;
    RETURN QUERY
    SELECT s.request_id, s.campaign_id, s.organisation_id, s.correspondence, s.documents, s.everything
      FROM {APP}share s
     WHERE {LIVE} AND (
           (s.grantee_kind = 'person' AND s.grantee_id = (SELECT app_viewer_id('person')))
        OR (s.grantee_kind = 'organisation' AND s.grantee_id IN (SELECT app_viewer_organisations()))
        OR (s.grantee_kind = 'organisation' AND (s.organisation_id, s.grantee_id) IN (
                SELECT a.home, a.id FROM app_as_if() a WHERE a.kind = 'organisation'))
        OR (s.grantee_kind = 'coalition' AND s.stay_id IN (SELECT app_partner_stays())
            AND (s.grantee_id, s.tier::integer) IN (SELECT t.coalition, t.tier FROM app_viewer_tiers() t))
        OR (s.grantee_kind = 'guest' AND s.guest_id IN (SELECT app_viewer_guests())));
END $$;
CREATE VIEW app_reach AS
SELECT g.request_id, g.campaign_id, g.organisation_id, false AS public, g.correspondence, g.documents, g.everything
  FROM app_partner_grants() g
UNION ALL
SELECT s.request_id, s.campaign_id, s.organisation_id, true, s.correspondence, s.documents, s.everything
  FROM {APP}share s WHERE s.grantee_kind = 'public' AND {LIVE};
CREATE VIEW app_reached AS
SELECT s.request_id, s.organisation_id, s.public, s.correspondence, s.documents, s.everything
  FROM app_reach s WHERE s.request_id IS NOT NULL
UNION ALL
SELECT r.id, r.organisation_id, s.public, s.correspondence, s.documents, s.everything
  FROM app_reach s JOIN {APP}recordsrequest r ON r.campaign_id = s.campaign_id AND r.organisation_id = s.organisation_id
 WHERE NOT r.held_back;
REVOKE ALL ON FUNCTION app_partner_grants() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_partner_grants() TO foia_web, foia_worker;
GRANT SELECT ON app_reach, app_reached TO foia_web, foia_worker;
"""


def among(words):
    return "ARRAY[" + ", ".join(f"'{word}'::character varying::text" for word in words.split()) + "]"


def reached(table, which="true", request="request_id"):
    """A grant of this kind reaches the row's request."""
    return (
        f"EXISTS (SELECT FROM app_reached s WHERE s.request_id = {APP}{table}.{request} "
        f"AND s.organisation_id = {APP}{table}.organisation_id AND {which})"
    )


def granted(table, campaign, which="true"):
    """A grant of this kind is of the row's campaign."""
    return (
        f"EXISTS (SELECT FROM app_reach s WHERE s.campaign_id = {APP}{table}.{campaign} "
        f"AND s.organisation_id = {APP}{table}.organisation_id AND {which})"
    )


FOR_PARTNERS = f"kind::text <> ALL ({among(INTERNAL)})"
FOR_ALL = f"kind::text <> ALL ({among(INTERNAL + ' ' + OUR_TURN)})"
NOT_OURS = f"owner::text = ANY ({among('agency reviewer court third_party')})"
UNDISPUTED = "superseded_at IS NULL AND withdrawn_at IS NULL"
THEIRS = (
    f"EXISTS (SELECT FROM {APP}commentauthor a WHERE a.thread::text = {APP}partnercomment.thread::text "
    "AND a.person_id = (SELECT app_viewer_id('person')))"
)
BY_EITHER = {
    table: "(" + reached(table, which) + " OR " + granted(table, "campaign_id", which) + ")"
    for table, which in {"partnercomment": PARTNER, "publiccomment": PUBLIC}.items()
}

# table: who besides its own people
READS = {
    "recordsrequest": (
        "EXISTS (SELECT FROM app_reach s WHERE s.request_id = requests_app_recordsrequest.id "
        "AND s.organisation_id = requests_app_recordsrequest.organisation_id) "
        f"OR (NOT held_back AND {granted('recordsrequest', 'campaign_id')})"
    ),
    "campaign": granted("campaign", "id"),
    "campaignprivate": granted("campaignprivate", "campaign_id", EVERYTHING),
    "event": (
        f"({FOR_PARTNERS} AND {reached('event', PARTNER)}) "
        f"OR ({FOR_ALL} AND {NOT_RETRACTED} AND {reached('event', PUBLIC)})"
    ),
    "deadline": (
        f"(rule_id <> 'destroys-on' AND ({reached('deadline', PARTNER)} "
        f"OR ({NOT_OURS} AND {STANDS} AND {reached('deadline', PUBLIC)})))"
    ),
    "standingspan": reached("standingspan", PARTNER),
    "part": reached("part"),
    "requestcorrespondence": reached("requestcorrespondence", CORRESPONDENCE),
    "trackingnumber": reached("trackingnumber", CORRESPONDENCE),
    "requestprivate": reached("requestprivate", EVERYTHING),
    "eventnote": reached("eventnote", EVERYTHING),
    "customvalue": reached("customvalue", EVERYTHING),
    "withholdingprivate": reached("withholdingprivate", EVERYTHING),
    "production": reached("production", DOCUMENTS),
    "document": (
        f"(withdrawn_at IS NULL AND ((released_at IS NOT NULL AND {reached('document', DOCUMENTS)}) "
        f"OR {reached('document', EVERYTHING + ' AND ' + PARTNER)}))"
    ),
    "documentprivate": reached("documentprivate", f"{EVERYTHING} AND {PARTNER}"),
    "partnercomment": f"({BY_EITHER['partnercomment']} AND (({UNDISPUTED}) OR {THEIRS}))",
    "publiccomment": f"({UNDISPUTED} AND {BY_EITHER['publiccomment']})",
}  # fmt: skip
WALLS = "".join(f"ALTER POLICY reads ON {APP}{table} USING ({OWN} OR {said});\n" for table, said in READS.items())


# Of campaigns, all who asked in the name of their organizations: to look for those of each of its requests was dearer
# than the page, and a name too many takes nothing from a title but a name.
IDENTITIES = f"""
CREATE OR REPLACE FUNCTION app_identities_among(requests bigint[], campaigns bigint[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH r AS (
        SELECT r.id, r.organisation_id FROM {APP}recordsrequest r
         WHERE r.id = ANY(requests)
           AND (r.organisation_id IN (SELECT app_viewer_organisations())
            OR EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = r.organisation_id AND s.revoked_at IS NULL
                          AND s.request_id = r.id)
            OR EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = r.organisation_id AND s.revoked_at IS NULL
                          AND s.campaign_id = r.campaign_id))
    ), c AS (
        SELECT DISTINCT c.organisation_id AS id FROM {APP}campaign c WHERE c.id = ANY(campaigns)
           AND (c.organisation_id IN (SELECT app_viewer_organisations())
            OR EXISTS (SELECT FROM {APP}share s WHERE s.organisation_id = c.organisation_id AND s.revoked_at IS NULL
                          AND s.campaign_id = c.id))
    ), o AS (
        SELECT organisation_id AS id FROM r UNION SELECT id FROM c
    ), q AS (
        SELECT q.* FROM {APP}requestrequester q WHERE q.request_id IN (SELECT id FROM r)
        UNION ALL SELECT q.* FROM {APP}requestrequester q WHERE q.organisation_id IN (SELECT id FROM c)
    ), who (name, signs_as, address, email, phone, protected) AS (
        SELECT q.name, q.signs_as, q.postal_address, q.email, q.phone, q.protected FROM q
        UNION SELECT q.proxy_name, '', q.proxy_postal_address, q.proxy_email, '', q.protected FROM q
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
    dependencies = [("requests_app", "0060_public_facts")]
    operations = [migrations.RunSQL(REACH), migrations.RunSQL(WALLS), migrations.RunSQL(IDENTITIES)]
