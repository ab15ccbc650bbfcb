"""The second wall: row-level security on every table that carries content.

Whoever looks is told to the database by `set_config('app.viewer', …, true)` inside each transaction
(`models/visibility.py`). The rules here say the same as the querysets there, in the database's own words, so that
one of the two may fail. Policies look down (child to request, request to share) and never back up.
"""

from django.db import migrations

APP = "requests_app_"
ROLES = "foia_web, foia_worker"

FUNCTIONS = """
CREATE FUNCTION app_viewer() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE viewer text := nullif(current_setting('app.viewer', true), '');
BEGIN
    IF viewer IS NULL THEN
        RAISE EXCEPTION 'no viewer is set for this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN viewer;
END $$;

CREATE FUNCTION app_viewer_id(kind text) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN split_part(app_viewer(), ':', 1) = kind THEN split_part(app_viewer(), ':', 2)::bigint END
$$;

-- Read past the walls: membership decides the walls, so it cannot stand behind them.
CREATE FUNCTION app_viewer_organisations() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT organisation_id FROM requests_app_membership
    WHERE person_id = app_viewer_id('person') AND ended_at IS NULL
    UNION ALL
    SELECT app_viewer_id('organisation') WHERE app_viewer_id('organisation') IS NOT NULL
$$;

CREATE FUNCTION app_viewer_writes() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT organisation_id FROM requests_app_membership
    WHERE person_id = app_viewer_id('person') AND ended_at IS NULL AND role IN ('editor', 'owner')
    UNION ALL
    SELECT app_viewer_id('organisation') WHERE app_viewer_id('organisation') IS NOT NULL
$$;

CREATE FUNCTION app_viewer_owns() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT organisation_id FROM requests_app_membership
    WHERE person_id = app_viewer_id('person') AND ended_at IS NULL AND role = 'owner'
    UNION ALL
    SELECT app_viewer_id('organisation') WHERE app_viewer_id('organisation') IS NOT NULL
$$;

CREATE FUNCTION app_founder_of_empty(organisation bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM requests_app_organisation o
                   WHERE o.id = organisation AND o.created_by_id = app_viewer_id('person'))
       AND NOT EXISTS (SELECT 1 FROM requests_app_membership m WHERE m.organisation_id = organisation)
$$;

CREATE FUNCTION app_has_members(organisation bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM requests_app_membership m WHERE m.organisation_id = organisation)
$$;

CREATE FUNCTION app_share_is_live(from_at timestamptz, until_at timestamptz, embargo_until timestamptz,
                                  revoked_at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT revoked_at IS NULL AND from_at <= statement_timestamp()
       AND (until_at IS NULL OR until_at > statement_timestamp())
       AND (embargo_until IS NULL OR embargo_until <= statement_timestamp())
$$;

-- One round trip at the start of a person's request: who looks is set, and the memberships come back.
CREATE FUNCTION app_look_as(person bigint) RETURNS TABLE (organisation_id bigint, role text, name text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('app.viewer', 'person:' || person, true);
    RETURN QUERY SELECT m.organisation_id, m.role::text, o.name::text
        FROM requests_app_membership m JOIN requests_app_organisation o ON o.id = m.organisation_id
        WHERE m.person_id = person AND m.ended_at IS NULL ORDER BY m.organisation_id;
END $$;

-- The sweep walks organisation by organisation; it learns their ids and nothing else.
CREATE FUNCTION app_schedule_organisations() RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may list organisations' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY SELECT id FROM requests_app_organisation ORDER BY id;
END $$;
"""

ORGS = "(SELECT app_viewer_organisations())"
WRITES = "(SELECT app_viewer_writes())"
OWNS = "(SELECT app_viewer_owns())"
LIVE = "app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)"
INTERNAL = "'override', 'override_released', 'waived', 'disputed', 'law_applied', 'closed'"
OUR_TURN = (
    "'clarification_asked', 'clarification_answered', 'deposit_asked', 'deposit_paid', 'fee_estimated', 'fee_paid', "
    "'fee_waiver_asked', 'fee_waiver_decided', 'narrowed', 'follow_up_sent'"
)
HAS = {
    "status": "true",
    "correspondence": "(s.correspondence OR s.everything)",
    "everything": "s.everything",
}


def own():
    return f"organisation_id IN {ORGS}"


def shared(request, level="status", to=None):
    """A live grant reaches the request named by `request` (a table alias or name with id, campaign …)."""
    grantee = {"public": "s.grantee_kind = 'public' AND", "partner": "s.grantee_kind <> 'public' AND", None: ""}[to]
    return (
        f"EXISTS (SELECT 1 FROM {APP}share s WHERE {grantee} {HAS[level]} AND {LIVE} AND s.organisation_id = "
        f"{request}.organisation_id AND (s.request_id = {request}.id OR "
        f"(s.campaign_id = {request}.campaign_id AND NOT {request}.held_back)))"
    )


def child(table, level="status", to=None):
    return (
        f"EXISTS (SELECT 1 FROM {APP}recordsrequest r WHERE r.id = {APP}{table}.request_id "
        f"AND {shared('r', level, to)})"
    )


def campaign(level="status", key="id", table="campaign"):
    return (
        f"EXISTS (SELECT 1 FROM {APP}share s WHERE {HAS[level]} AND {LIVE} AND s.campaign_id = {APP}{table}.{key} "
        f"AND s.organisation_id = {APP}{table}.organisation_id)"
    )


# table: (who reads, who writes, grants)
READ, ADD, WORK, DERIVE = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE, DELETE"
MAY_WRITE = f"organisation_id IN {WRITES}"
MAY_OWN = f"organisation_id IN {OWNS}"
SCHEDULE = "(SELECT app_viewer()) = 'schedule'"
SEES_CAMPAIGN = f"(campaign_id IS NULL OR EXISTS (SELECT 1 FROM {APP}campaign c WHERE c.id = campaign_id))"
TABLES = {
    "organisation": (
        # Not app_founder_of_empty: a stable function does not see the row that INSERT … RETURNING just wrote.
        f"id IN {ORGS} OR (created_by_id = (SELECT app_viewer_id('person')) AND NOT app_has_members(id))",
        f"id IN {OWNS}",
        WORK,
        "created_by_id = (SELECT app_viewer_id('person'))",
    ),
    "membership": (
        f"organisation_id IN {ORGS} OR person_id = (SELECT app_viewer_id('person'))",
        MAY_OWN,
        WORK,
        f"{MAY_OWN} OR (person_id = (SELECT app_viewer_id('person')) AND role = 'owner' "
        "AND app_founder_of_empty(organisation_id))",
    ),
    "campaign": (f"{own()} OR {campaign()}", MAY_WRITE, WORK),
    "campaignprivate": (
        f"{own()} OR {campaign('everything', 'campaign_id', 'campaignprivate')}",
        MAY_WRITE,
        WORK,
    ),
    "ask": (own(), f"{MAY_WRITE} AND {SEES_CAMPAIGN}", WORK),
    "recordsrequest": (
        f"{own()} OR {shared(APP + 'recordsrequest')}",
        f"{MAY_WRITE} AND {SEES_CAMPAIGN}",
        WORK,
    ),
    "requestprivate": (f"{own()} OR {child('requestprivate', 'everything')}", MAY_WRITE, WORK),
    "requestcorrespondence": (
        f"{own()} OR {child('requestcorrespondence', 'correspondence')}",
        MAY_WRITE,
        WORK,
    ),
    "part": (f"{own()} OR {child('part')}", MAY_WRITE, WORK),
    "event": (
        f"{own()} OR (kind NOT IN ({INTERNAL}) AND {child('event', to='partner')}) "
        f"OR (kind NOT IN ({INTERNAL}, {OUR_TURN}) AND {child('event', to='public')})",
        MAY_WRITE,
        ADD,
    ),
    "eventnote": (f"{own()} OR {child('eventnote', 'everything')}", MAY_WRITE, ADD),
    "eventcorrespondence": (
        f"{own()} OR ({child('eventcorrespondence', 'correspondence')} AND EXISTS (SELECT 1 FROM {APP}event e "
        f"WHERE e.id = {APP}eventcorrespondence.event_id))",
        MAY_WRITE,
        ADD,
    ),
    "deadline": (
        f"{own()} OR {child('deadline', to='partner')} OR (owner IN ('agency', 'reviewer', 'court', 'third_party') "
        f"AND {child('deadline', to='public')})",
        MAY_WRITE,
        "SELECT, INSERT, UPDATE (superseded_at)",
    ),
    "standingspan": (f"{own()} OR {child('standingspan', to='partner')}", MAY_WRITE, DERIVE),
    "publicstandingspan": (f"{own()} OR {child('publicstandingspan')}", MAY_WRITE, DERIVE),
    "share": (
        f"{own()} OR grantee_kind = 'public' OR (grantee_kind = 'person' AND grantee_id = "
        f"(SELECT app_viewer_id('person'))) OR (grantee_kind = 'organisation' AND grantee_id IN {ORGS})",
        MAY_OWN,
        WORK,
    ),
    "sharenote": (own(), MAY_OWN, WORK),
    "reminder": (f"{own()} OR {SCHEDULE}", f"{MAY_WRITE} OR {SCHEDULE}", WORK),
    "sendattempt": (f"{own()} OR {SCHEDULE}", f"{MAY_WRITE} OR {SCHEDULE}", ADD),
    "storedfile": (own(), MAY_WRITE, ADD),
    "importbatch": (own(), MAY_WRITE, WORK),
    "importrow": (own(), MAY_WRITE, DERIVE),
    "externalnumber": (own(), MAY_WRITE, ADD),
    "auditentry": (f"organisation_id IN {OWNS}", f"{MAY_WRITE}", ADD),
}
# Facts and plumbing that belong to no organisation: no wall, explicit grants.
OPEN = {
    "person": WORK,
    "person_groups": READ,
    "person_user_permissions": READ,
    "agency": WORK,
    "agencyname": WORK,
    "agencycontact": WORK,
    "agencycustodian": WORK,
    "agencylaw": WORK,
    "agencyclosure": WORK,
    "jobrun": WORK,
    "sendinghold": WORK,
}
# Tables of the accounts and sessions, which the web reads before it knows who looks.
ACCOUNTS = {
    "django_session": DERIVE,
    "account_emailaddress": DERIVE,
    "account_emailconfirmation": DERIVE,
    "auth_permission": READ,
    "auth_group": READ,
    "auth_group_permissions": READ,
    "django_content_type": READ,
    "django_migrations": READ,
}
# A child's organisation is its request's: nobody hangs a row, or a grant, on a stranger's request.
CHILDREN = [
    "requestprivate", "requestcorrespondence", "part", "event", "eventnote", "eventcorrespondence", "deadline",
    "standingspan", "publicstandingspan", "share", "reminder", "externalnumber",
]  # fmt: skip


def walls():
    out = [FUNCTIONS]
    for name, (reads, writes, grants, *adds) in TABLES.items():
        table = APP + name
        add = adds[0] if adds else writes
        out.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;")
        out.append(f"REVOKE ALL ON {table} FROM {ROLES}; GRANT {grants} ON {table} TO {ROLES};")
        out.append(f"CREATE POLICY reads ON {table} FOR SELECT USING ({reads});")
        out.append(f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({add});")
        out.append(f"CREATE POLICY works ON {table} FOR UPDATE USING ({writes}) WITH CHECK ({writes});")
        if grants == DERIVE:
            out.append(f"CREATE POLICY derives ON {table} FOR DELETE USING ({writes});")
    for name, grants in OPEN.items():
        out.append(f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};")
    out += [f"GRANT {grants} ON {name} TO {ROLES};" for name, grants in ACCOUNTS.items()]
    for name in CHILDREN:
        out.append(
            f"ALTER TABLE {APP}{name} ADD CONSTRAINT {name}_of_its_owner FOREIGN KEY (request_id, organisation_id) "
            f"REFERENCES {APP}recordsrequest (id, organisation_id);"
        )
    out.append(
        f"CREATE FUNCTION app_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION 'this table is append-only'; END $$;"
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {APP}auditentry "
        f"FOR EACH ROW EXECUTE FUNCTION app_append_only();"
    )
    return "\n".join(out)


def fallen():
    out = [f"DROP TRIGGER append_only ON {APP}auditentry; DROP FUNCTION app_append_only();"]
    out += [f"ALTER TABLE {APP}{name} DROP CONSTRAINT {name}_of_its_owner;" for name in CHILDREN]
    for name, (_, _, grants, *_) in TABLES.items():
        for policy in ("reads", "adds", "works", *(["derives"] if grants == DERIVE else [])):
            out.append(f"DROP POLICY {policy} ON {APP}{name};")
        out.append(f"ALTER TABLE {APP}{name} DISABLE ROW LEVEL SECURITY; REVOKE ALL ON {APP}{name} FROM {ROLES};")
    out += [f"REVOKE ALL ON {APP}{name} FROM {ROLES};" for name in OPEN]
    out += [f"REVOKE ALL ON {name} FROM {ROLES};" for name in ACCOUNTS]
    out.append(
        "DROP FUNCTION app_viewer_organisations(), app_viewer_writes(), app_viewer_owns(), app_founder_of_empty, app_has_members, "
        "app_share_is_live, app_schedule_organisations(), app_look_as(bigint), app_viewer_id(text), app_viewer();"
    )
    return "\n".join(out)


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0001_initial"),
        ("sessions", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunSQL(walls(), fallen())]
