"""The sample: invented organizations with invented requests to invented centers, under the real laws.

Read from a scenario whose dates are told from the day of loading (docs/data.md). A second load finds every row by
the key of its act and adds nothing. Everything is marked `is_sample`, and one act takes it all away.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.db import connections, transaction

from requests_app.clock.calendars import Calendar
from requests_app.clock.events import REQUESTERS_OWN, Kind
from requests_app.intake import presets, storage
from requests_app.laws.registry import library
from requests_app.models import (
    Agency,
    AgencyCustodian,
    Campaign,
    ImportBatch,
    LegalHold,
    Membership,
    Organisation,
    Person,
    Publication,
    RecordsRequest,
)
from requests_app.models.ids import ALPHABET
from requests_app.models.visibility import viewing_as
from requests_app.queries.publishing import looked_at

from . import (
    audit,
    deadlines,
    publishing,
    sample_claims,
    sample_coalitions,
    sample_corrections,
    sample_files,
    shares,
)
from .agencies import load_agencies
from .campaigns import create_campaign
from .correspondence import record_event
from .filing import file_request, uid_of
from .import_work import import_file
from .legal_holds import refuse_for
from .organisations import add_member, create_organisation, open_account
from .refusals import Refused

DATE_KEYS = {"day", "open_day", "roll"}
LOG_SOURCE = "Federal FOIA logs"
AUDIT_TABLES = ("requests_app_auditentry", "requests_app_auditseal", "requests_app_sealedentry")
AGENCY_FACTS = [f"requests_app_agency{what}" for what in ("name", "contact", "custodian", "law", "closure")]
ACCOUNT_ROWS = ["account_emailaddress"]
PROVED = ("certified_post", "ordinary_post")
Story = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SignIn:
    """password: None for somebody who was there before; it is not stored and cannot be told again."""

    organisation: str
    name: str
    email: str
    role: str
    password: str | None


@dataclass(slots=True)
class Loaded:
    organisations: int = 0
    campaigns: int = 0
    requests: int = 0
    events: int = 0
    log_rows: int = 0
    sign_ins: list[SignIn] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.organisations + self.campaigns + self.requests + self.events + self.log_rows


def read_scenario(path: Path) -> Story:
    found: Story = yaml.load(
        path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return found


def load_sample(
    scenario: Story,
    *,
    now: dt.datetime,
    log: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Loaded:
    """Each request is one transaction; a load that was killed goes on where it stopped."""
    tell = progress or (lambda _: None)
    done = Loaded()
    load_agencies(scenario["agencies"], is_sample=True)
    organisations = {row["key"]: _organisation(row, done) for row in scenario["organisations"]}
    kits = {kit["key"]: kit for kit in scenario["kits"]}
    campaigns = {}
    for row in scenario["campaigns"]:
        organisation, owner = organisations[row["organisation"]]
        campaigns[row["key"]] = (_campaign(row, organisation, owner, done), owner, kits[row["kit"]])
    for story in scenario["requests"]:
        campaign, owner, kit = campaigns[story["campaign"]]
        tell(story["public_title"])
        _story(story, campaign, owner, kit, scenario["defaults"], now, done)
    for row in scenario["campaigns"]:
        # Afterwards: what is filed into a public campaign is held back.
        if row["published"]:
            _publish(campaigns[row["key"]][0], campaigns[row["key"]][1], now)
    for row in scenario.get("coalitions", ()):
        tell(row["name"])
        sample_coalitions.load(row, organisations, {key: one[0] for key, one in campaigns.items()}, now=now)
    sample_claims.load(scenario.get("claims", ()), organisations, now=now)
    sample_corrections.load(scenario, organisations, now=now)
    if log is not None and "readers" in organisations:
        tell("Federal log")
        organisation, owner = organisations["readers"]
        done.log_rows = _log(organisation, owner, log, now)
    return done


def rehearse(scenario: Story, *, now: dt.datetime) -> RecordsRequest:
    """File one more sample request, whose agency's time is over already: its reminder is due at once.

    Each call files another. Refused where no sample is loaded.
    """
    story = scenario["rehearsal"]
    campaign_row = next(row for row in scenario["campaigns"] if row["key"] == story["campaign"])
    row = next(row for row in scenario["organisations"] if row["key"] == campaign_row["organisation"])
    if not Person.objects.filter(email__iexact=story["assignee"], is_sample=True).exists():
        raise Refused("no_sample", "No sample is loaded here. Load it first: manage.py load_sample.")
    done = Loaded()
    organisation, owner = _organisation(row, done)
    campaign = _campaign(campaign_row, organisation, owner, done)
    kit = next(kit for kit in scenario["kits"] if kit["key"] == campaign_row["kit"])
    with viewing_as(owner):
        own = RecordsRequest.objects.filter(organisation=organisation, public_title=story["public_title"])
        key = f"rehearsal:{own.count() + 1}"
    _story({"key": key, **story}, campaign, owner, kit, scenario["defaults"], now, done)
    with viewing_as(owner):
        return own.select_related("agency").latest("pk")


def _organisation(row: Story, done: Loaded) -> tuple[Organisation, Person]:
    people = []
    for told in row["people"]:
        person = Person.objects.filter(email__iexact=told["email"]).first()
        password = None
        if person is None:
            password = new_password()
            person = open_account(told["email"], password, name=told["name"], is_sample=True)
        people.append((person, told["role"]))
        done.sign_ins.append(SignIn(row["name"], told["name"], told["email"], told["role"], password))
    owner = next(person for person, role in people if role == "owner")
    with viewing_as(owner) as viewer:
        known = Membership.objects.filter(
            person=owner, organisation__is_sample=True, organisation__name=row["name"]
        )
        found = known.select_related("organisation").first()
        if found is not None:
            organisation = found.organisation
        else:
            organisation = create_organisation(viewer=viewer, name=row["name"], actor=owner, is_sample=True)
            done.organisations += 1
    with viewing_as(owner) as viewer:
        members = set(
            Membership.objects.filter(organisation=organisation).values_list("person_id", flat=True)
        )
        for person, role in people:
            if person.pk not in members:
                add_member(
                    viewer=viewer, organisation=organisation, email=person.email, role=role, actor=owner
                )
    return organisation, owner


def new_password() -> str:
    """Four groups of four letters and digits, none read as another: about 79 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def _campaign(row: Story, organisation: Organisation, owner: Person, done: Loaded) -> Campaign:
    with viewing_as(owner) as viewer:
        campaign: Campaign | None = Campaign.objects.filter(
            organisation=organisation, public_title=row["public_title"], is_sample=True
        ).first()
        if campaign is None:
            campaign = create_campaign(
                viewer=viewer,
                organisation=organisation,
                public_title=row["public_title"],
                public_summary=row["public_summary"],
                working_title=row["working_title"],
                strategy=row["strategy"],
                kit=row["kit"],
                lead=Person.objects.get(email__iexact=row["lead"]),
                is_sample=True,
            )
            done.campaigns += 1
    return campaign


def _publish(subject: Campaign | RecordsRequest, owner: Person, now: dt.datetime) -> None:
    """By the one road there is: proposed, looked through, agreed to. Once; what was taken back stays taken back."""
    with viewing_as(owner) as viewer:
        of = {"campaign": subject} if isinstance(subject, Campaign) else {"request": subject}
        if Publication.objects.filter(organisation=subject.organisation_id, **of).exists():
            return
        made = publishing.propose(viewer=viewer, subject=subject, actor=owner, now=now, reason="Sample")
        seen = {one.item.key: one.item.fingerprint for one in looked_at(made)}
        publishing.confirm(viewer=viewer, publication=made, actor=owner, seen=seen)
        publishing.agree(viewer=viewer, publication=made, actor=owner, now=now)


def _story(
    story: Story,
    campaign: Campaign,
    owner: Person,
    kit: Story,
    defaults: Story,
    now: dt.datetime,
    done: Loaded,
) -> None:
    agency = Agency.objects.get(slug=story["agency"])
    custodian = AgencyCustodian.objects.get(agency=agency, name=story["custodian"])
    today = now.astimezone(ZoneInfo(agency.zone)).date()
    days = Days(library().calendar(custodian.law_id), today)
    first, *later = story["events"]
    how = {name: story.get(name, defaults[name]) for name in ("channel", "receipt", "published")}
    labels = story.get("parts") or [part["label"] for part in kit["parts"]]
    parts = [(part["label"], part["title"]) for part in kit["parts"] if part["label"] in labels]
    with viewing_as(owner) as viewer, deadlines.together():
        own = RecordsRequest.objects.filter(organisation_id=campaign.organisation_id, is_sample=True)
        before = own.count()
        records_request = file_request(
            viewer=viewer,
            organisation=campaign.organisation,
            agency=agency,
            custodian=custodian,
            law_id=custodian.law_id,
            public_title=story["public_title"],
            working_title=story.get("working_title", ""),
            campaign=campaign,
            parts=parts,
            tracking_number=story.get("tracking_number", ""),
            letter=_letter(kit, custodian.law_id, parts),
            assignee=Person.objects.filter(email__iexact=story.get("assignee", "")).first(),
            channel=how["channel"],
            receipt_basis=how["receipt"],
            requester=defaults["requester"],
            record_types=defaults["record_types"],
            actor=owner,
            once=f"sample:{story['key']}",
            is_sample=True,
            today=today,
            **_sending(days.of(first), how["receipt"], defaults["at"]),
        )
        if not how["published"] and not records_request.held_back:
            shares.hold_back(viewer=viewer, records_request=records_request, actor=owner)
        done.requests += own.count() - before
        opening = dict(records_request.events.get(once=f"sample:{story['key']}").facts)
        uids = {f"@{first.get('id', '')}": uid_of(records_request.public_id, f"sample:{story['key']}")}
        for number, event in enumerate(later, start=1):
            once = f"sample:{story['key']}:{number}"
            uids[f"@{event.get('id', '')}"] = uid_of(records_request.public_id, once)
            facts = {name: _fact(value, days, uids) for name, value in event.get("facts", {}).items()}
            kind = Kind(event["kind"])
            recorded = record_event(
                viewer=viewer,
                records_request=records_request,
                kind=kind.value,
                parts=event.get("parts", ()),
                outcome=event.get("outcome"),
                facts=(opening | facts) if kind is Kind.sent else facts,
                text=event.get("correspondence", ""),
                note=event.get("note", ""),
                actor=owner,
                once=once,
                today=today,
                **_days_of(kind, days.of(event), how["receipt"], defaults["at"]),
            )
            done.events += not recorded.repeated
        sample_files.keep(viewer, records_request, story, uids, owner)


def _sending(on: dt.date, receipt: str, at: str) -> dict[str, Any]:
    clock_time = dt.time.fromisoformat(at)
    if receipt in PROVED:
        return {"sent_on": on, "sent_at": clock_time}
    return {"sent_on": on, "sent_at": clock_time, "received_on": on, "received_at": clock_time}


def _days_of(kind: Kind, on: dt.date, receipt: str, at: str) -> dict[str, Any]:
    if kind is Kind.sent:
        told = _sending(on, receipt, at)
        times = {name: told.pop(name) for name in ("sent_at", "received_at") if name in told}
        return {**told, "times": times}
    if kind is Kind.receipt_confirmed:
        return {"received_on": on}
    days = {"sent_on": on, "received_on": on}
    return days if kind in REQUESTERS_OWN else {**days, "dated_on": on}


def _letter(kit: Story, law_id: str, parts: list[tuple[str, str]]) -> str:
    listed = "\n".join(f"{label}  {title}" for label, title in parts)
    letter: str = kit["letter"]
    return letter.replace("{law}", f"the {library().law(law_id).law.name}").replace("{parts}", listed)


def _fact(value: Any, days: Days, uids: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping) and set(value) <= DATE_KEYS:
        return days.of(value).isoformat()
    return uids.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Days:
    """Dates of a story: told from the day of loading, which itself never counts."""

    calendar: Calendar
    today: dt.date

    def of(self, when: Mapping[str, Any]) -> dt.date:
        if "open_day" in when:
            steps: int = when["open_day"]
            return self.calendar.add_open(self.today, steps)
        day = self.today + dt.timedelta(days=when["day"])
        how = when.get("roll", "forward")
        return day if how == "none" else self.calendar.roll(day, forward=how != "back")


def _log(organisation: Organisation, owner: Person, path: Path, now: dt.datetime) -> int:
    with viewing_as(owner):
        applied = ImportBatch.objects.filter(
            organisation=organisation, source=LOG_SOURCE, state=ImportBatch.State.APPLIED
        ).exists()
    if applied:
        return 0
    batch = import_file(
        actor=owner,
        organisation=organisation,
        path=path,
        mapping=presets.PRESETS[presets.FEDERAL_LOG](),
        on=now.astimezone(ZoneInfo(owner.zone)).date(),
        source=LOG_SOURCE,
    )
    with viewing_as(owner):
        mine = list(RecordsRequest.objects.filter(organisation=organisation).select_related("organisation"))
    for one in mine:
        _publish(one, owner, now)
    made: int = batch.counts.get("made", 0)
    return made


@dataclass(frozen=True, slots=True)
class Removed:
    organisations: int
    requests: int
    people: int
    agencies: int


def remove_sample(*, actor: Person | None = None, using: str = "owner") -> Removed:
    """Take away everything of the sample organizations, and the sample people and agencies nobody else refers to.

    Through the owner of the database, in one transaction that leaves one line in the audit. Foreign keys hold: a row
    of somebody else's that leans on the sample makes it fail whole.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT id FROM requests_app_organisation WHERE is_sample")
        ids = [row[0] for row in cursor.fetchall()]
        refuse_for(list(LegalHold.objects.using(using).filter(organisation__in=ids, lifted_at=None).order_by("pk")))
        cursor.execute(
            "SELECT name FROM requests_app_storedfile WHERE organisation_id = ANY(%(ids)s) UNION "
            "SELECT blob FROM requests_app_document WHERE organisation_id = ANY(%(ids)s) UNION "
            "SELECT blob FROM requests_app_proposal WHERE organisation_id = ANY(%(ids)s) AND blob <> '' UNION "
            "SELECT blob FROM requests_app_archive WHERE organisation_id = ANY(%(ids)s) AND state = 'ready'",
            {"ids": ids},
        )
        files = [row[0] for row in cursor.fetchall()]
        sample_coalitions.remove(cursor, ids)
        counts = _delete_organisations(cursor, ids)
        agencies = _removable(cursor, "requests_app_agency", AGENCY_FACTS)
        _delete(cursor, AGENCY_FACTS, "agency_id", agencies)
        _delete(cursor, ["requests_app_agency"], "id", agencies)
        people = _removable(cursor, "requests_app_person", ACCOUNT_ROWS)
        _delete(cursor, ACCOUNT_ROWS, "user_id", people)
        _delete(cursor, ["requests_app_person"], "id", people)
        done = Removed(len(ids), counts["requests_app_recordsrequest"], len(people), len(agencies))
        audit.record(
            act="sample.removed",
            subject="sample",
            organisation=None,
            actor=actor,
            detail={"organisations": done.organisations, "requests": done.requests, "people": done.people},
            using=using,
        )
    for name in files:
        storage.drop(name)
    return done


def _delete_organisations(cursor: Any, ids: list[int]) -> dict[str, int]:
    cursor.execute(
        "SELECT table_name FROM information_schema.columns JOIN information_schema.tables "
        "USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE' "
        "AND column_name = 'organisation_id'"
    )
    last = ("requests_app_recordsrequest", "requests_app_organisation")
    tables = [row[0] for row in cursor.fetchall() if row[0] not in last]
    counts = {}
    # The audit of an organization that never was goes with it; the trigger holds for everything else.
    for table in AUDIT_TABLES:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    for table in [*_children_first(cursor, tables), last[0]]:
        counts[table] = _delete(cursor, [table], "organisation_id", ids)
    counts[last[1]] = _delete(cursor, [last[1]], "id", ids)
    # Foreign keys are checked now: a table with checks pending cannot be altered back.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in AUDIT_TABLES:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return counts


def _children_first(cursor: Any, tables: list[str]) -> list[str]:
    """Some keys between tables speak at once, not at the commit: what refers goes before what it refers to."""
    cursor.execute(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f' "
        "AND conrelid <> confrelid AND NOT condeferrable"
    )
    refers: dict[str, set[str]] = {table: set() for table in sorted(tables)}
    for child, parent in cursor.fetchall():
        if child in refers and parent in refers:
            refers[parent].add(child)
    return list(TopologicalSorter(refers).static_order())


def _delete(cursor: Any, tables: Sequence[str], column: str, ids: list[int]) -> int:
    gone = 0
    for table in tables:
        cursor.execute(f"DELETE FROM {table} WHERE {column} = ANY(%s)", [ids])
        gone += cursor.rowcount
    return gone


def _removable(cursor: Any, table: str, own: Sequence[str]) -> list[int]:
    """Sample rows of the table that nothing refers to but the tables that hold their own facts."""
    cursor.execute(
        "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c "
        "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
        "WHERE c.contype = 'f' AND c.confrelid = %s::regclass",
        [table],
    )
    free = "".join(
        f" AND NOT EXISTS (SELECT 1 FROM {child} WHERE {child}.{column} = t.id)"
        for child, column in cursor.fetchall()
        if child not in own
    )
    cursor.execute(f"SELECT id FROM {table} t WHERE is_sample{free}")
    return [row[0] for row in cursor.fetchall()]
