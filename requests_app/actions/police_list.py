"""The FBI's list taken in, as often as one likes: new rows added, rows we know followed, corrections left alone.

What the list said last is kept with the identifier. Where a field still says that, it follows the newer list; where it
says something else, somebody corrected it, and it stays: the difference is told, every time.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from requests_app.intake.police_list import FBI, HIFLD, Office, PoliceList
from requests_app.laws.governing import Governing, governing
from requests_app.models import Agency, AgencyContact, AgencyIdentifier, AgencyLaw, AgencyName

from .refusals import Refused

ORI, HIFLD_SCHEME = "ori", "hifld"
FIELDS = {
    "name": "text", "kind": "text", "jurisdiction": "text", "zone": "text", "county": "text", "city": "text",
    "latitude": "double precision", "longitude": "double precision", "claims": "jsonb",
}  # fmt: skip
WEBSITE = "https://cde.ucr.cjis.gov/"
AT_ONCE = 1_000
SHOWN = 20
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """A field that a person corrected, and what the list says."""

    slug: str
    field: str
    ours: str
    theirs: str


@dataclass(slots=True)
class Taken:
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: list[Kept] = field(default_factory=list)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    vanished: list[tuple[str, str, str]] = field(default_factory=list)


def load_police(found: PoliceList, *, skip_bad: bool = False, progress: Progress | None = None) -> Taken:
    """One transaction: killed, nothing of it is there. Nothing is ever removed."""
    if found.bad and not skip_bad:
        first = "\n".join(f"  {row}" for row in found.bad[:SHOWN])
        more = f"\n  and {len(found.bad) - SHOWN} more" if len(found.bad) > SHOWN else ""
        raise Refused(
            "bad_rows",
            f"{len(found.bad)} problems; nothing was loaded. --skip-bad loads the other rows.\n{first}{more}",
        )
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two loads at once would both find nothing. The web role's 30 s are meant for pages.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('police_list')), set_config('statement_timeout', '600s', true)"
            )
        taken = _Load(found, progress or (lambda done: None)).run()
        if taken.added + taken.changed > AT_ONCE:
            with connection.cursor() as cursor:
                cursor.execute("SELECT app_analyze_agencies()")
    return taken


@dataclass(slots=True)
class _Known:
    """What stands in the tables for one ORI."""

    identifier: int
    told: dict[str, Any]
    agency: dict[str, Any]


class _Load:
    def __init__(self, found: PoliceList, progress: Progress) -> None:
        self.found, self.progress = found, progress
        self.taken = Taken()
        self.governs: dict[tuple[str, str], Governing] = {}
        self.done = 0

    def run(self) -> Taken:
        known = self._known()
        fresh = [office for office in self.found.offices if office.ori not in known]
        again = [office for office in self.found.offices if office.ori in known]
        self._follow(again, known)
        self._add(fresh)
        self._identify({office.hifld: office.ori for office in again if office.hifld})
        gone = sorted(known.keys() - self.found.oris)
        self.taken.vanished = [(ori, known[ori].agency["slug"], known[ori].agency["name"]) for ori in gone]
        return self.taken

    def _known(self) -> dict[str, _Known]:
        rows = {
            row["id"]: row
            for row in Agency.objects.filter(identifiers__scheme=ORI).values("id", "slug", *FIELDS)
        }
        return {
            value: _Known(pk, told, rows[agency_id])
            for pk, value, told, agency_id in AgencyIdentifier.objects.filter(scheme=ORI).values_list(
                "id", "value", "told", "agency_id"
            )
        }

    def _law(self, told: dict[str, Any]) -> dict[str, str]:
        key = told["jurisdiction"], told["kind"]
        if key not in self.governs:
            self.governs[key] = governing(*key)
        law = self.governs[key]
        if not law.law_id:
            return {}
        return {
            "law_id": law.law_id, "why": law.why[:500], "source": law.source[:500], "confidence": law.confidence
        }  # fmt: skip

    # New rows -------------------------------------------------------------------------------------

    def _add(self, fresh: Sequence[Office]) -> None:
        taken = set(
            Agency.objects.filter(slug__in=[office.slug for office in fresh]).values_list("slug", flat=True)
        )
        for start in range(0, len(fresh), AT_ONCE):
            self._add_some(fresh[start : start + AT_ONCE], taken)
            self._tell(len(fresh[start : start + AT_ONCE]))
        self.taken.added = len(fresh)

    def _add_some(self, offices: Sequence[Office], taken: set[str]) -> None:
        made = Agency.objects.bulk_create(
            Agency(
                slug=f"{office.slug[:108]}-{office.ori.lower()}" if office.slug in taken else office.slug,
                confidence="medium",
                sources=[WEBSITE],
                **{name: office.told[name] for name in FIELDS},
            )
            for office in offices
        )
        both = list(zip(made, offices, strict=True))
        laws = {office.ori: self._law(office.told) for office in offices}
        AgencyIdentifier.objects.bulk_create(
            AgencyIdentifier(
                agency=agency, scheme=ORI, value=office.ori, source=f"{FBI}, {self.found.year}",
                told={**office.told, "law": laws[office.ori]},
            )
            for agency, office in both
        )  # fmt: skip
        AgencyIdentifier.objects.bulk_create(
            (
                AgencyIdentifier(agency=agency, scheme=HIFLD_SCHEME, value=office.hifld, source=HIFLD)
                for agency, office in both
                if office.hifld
            ),
            ignore_conflicts=True,
        )
        AgencyContact.objects.bulk_create(
            _contact(agency.pk, channel, value, office.told["contact_note"])
            for agency, office in both
            for channel, value in office.told["contacts"].items()
        )
        AgencyLaw.objects.bulk_create(
            AgencyLaw(agency=agency, **laws[office.ori]) for agency, office in both if laws[office.ori]
        )

    def _identify(self, oris: dict[str, str]) -> None:
        """HIFLD ids that a newer list gives to agencies we know."""
        there = set(
            AgencyIdentifier.objects.filter(scheme=HIFLD_SCHEME, value__in=oris).values_list(
                "value", flat=True
            )
        )
        new = {hifld: ori for hifld, ori in oris.items() if hifld not in there}
        owners = dict(
            AgencyIdentifier.objects.filter(scheme=ORI, value__in=new.values()).values_list(
                "value", "agency_id"
            )
        )
        AgencyIdentifier.objects.bulk_create(
            AgencyIdentifier(agency_id=owners[ori], scheme=HIFLD_SCHEME, value=hifld, source=HIFLD)
            for hifld, ori in new.items()
        )

    # Rows we know ---------------------------------------------------------------------------------

    def _follow(self, again: Sequence[Office], known: dict[str, _Known]) -> None:
        ids = [known[office.ori].agency["id"] for office in again]
        contacts: dict[int, list[AgencyContact]] = defaultdict(list)
        laws: dict[int, list[AgencyLaw]] = defaultdict(list)
        for start in range(0, len(ids), 10 * AT_ONCE):
            some = ids[start : start + 10 * AT_ONCE]
            for contact in AgencyContact.objects.filter(agency__in=some, purpose="general"):
                contacts[contact.agency_id].append(contact)
            for law in AgencyLaw.objects.filter(agency__in=some):
                laws[law.agency_id].append(law)
        for start in range(0, len(again), AT_ONCE):
            some_offices = again[start : start + AT_ONCE]
            changes = _Changes()
            for office in some_offices:
                here = known[office.ori]
                pk = here.agency["id"]
                self._follow_one(office, here, contacts[pk], laws[pk], changes)
            changes.write(self.found.year)
            self._tell(len(some_offices))

    def _follow_one(
        self,
        office: Office,
        here: _Known,
        contacts: list[AgencyContact],
        laws: list[AgencyLaw],
        changes: _Changes,
    ) -> None:
        now, was = {**office.told, "law": self._law(office.told)}, here.told
        slug, pk = here.agency["slug"], here.agency["id"]
        before = changes.count
        written = dict(here.agency)
        for name in FIELDS:
            ours, theirs, theirs_before = here.agency[name], now[name], was.get(name)
            if name == "claims":
                # A claim that a person added stays; those of the list are replaced by its newer ones.
                written[name] = [claim for claim in ours if claim not in (theirs_before or [])]
                written[name] += [claim for claim in theirs if claim not in written[name]]
            elif ours != theirs:
                if ours == theirs_before:
                    written[name] = theirs
                else:
                    self.taken.kept.append(Kept(slug, name, _shown(ours), _shown(theirs)))
        if written != here.agency:
            changes.agencies.append({"id": pk, **{name: written[name] for name in FIELDS}})
        if written["name"] != here.agency["name"]:
            changes.former.append((pk, here.agency["name"]))
            self.taken.renamed.append((slug, here.agency["name"], written["name"]))
        self._follow_contacts(slug, pk, now, was, contacts, changes)
        self._follow_law(slug, pk, now["law"], was.get("law", {}), laws, changes)
        # By value: JSON knows no order of keys.
        if now != was:
            changes.told.append({"id": here.identifier, "told": now, "source": f"{FBI}, {self.found.year}"})
        if changes.count > before:
            self.taken.changed += 1
        else:
            self.taken.unchanged += 1

    def _follow_contacts(
        self,
        slug: str,
        pk: int,
        now: dict[str, Any],
        was: dict[str, Any],
        here: list[AgencyContact],
        changes: _Changes,
    ) -> None:
        for channel, theirs in now["contacts"].items():
            before = was.get("contacts", {}).get(channel)
            rows = [contact for contact in here if contact.channel == channel]
            if any(contact.value == theirs for contact in rows):
                continue
            old = next((contact for contact in rows if contact.value == before), None)
            if old is not None:
                changes.contacts.append(
                    {"id": old.pk, "value": theirs, "note": now["contact_note"], "source": HIFLD}
                )
            elif before is None and not rows:
                changes.new_contacts.append(_contact(pk, channel, theirs, now["contact_note"]))
            else:
                ours = "; ".join(contact.value for contact in rows) or "nothing"
                self.taken.kept.append(Kept(slug, channel, ours, theirs))

    def _follow_law(
        self,
        slug: str,
        pk: int,
        now: dict[str, str],
        was: dict[str, str],
        here: list[AgencyLaw],
        changes: _Changes,
    ) -> None:
        ours = [
            {"law_id": law.law_id, "why": law.why, "source": law.source, "confidence": law.confidence}
            for law in here
        ]
        if ours == ([now] if now else []):
            return
        if ours != ([was] if was else []):
            said = ", ".join(law["law_id"] for law in ours) or "none"
            self.taken.kept.append(Kept(slug, "law", said, now.get("law_id", "none")))
        elif not here:
            changes.new_laws.append(AgencyLaw(agency_id=pk, **now))
        elif now:
            changes.laws.append({"id": here[0].pk, **now})
        else:
            changes.dropped_laws.append(here[0].pk)

    def _tell(self, n: int) -> None:
        self.done += n
        self.progress(self.done)


@dataclass(slots=True)
class _Changes:
    agencies: list[dict[str, Any]] = field(default_factory=list)
    former: list[tuple[int, str]] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    new_contacts: list[AgencyContact] = field(default_factory=list)
    laws: list[dict[str, Any]] = field(default_factory=list)
    new_laws: list[AgencyLaw] = field(default_factory=list)
    dropped_laws: list[int] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(len(getattr(self, name)) for name in self.__slots__ if name != "told")

    def write(self, year: str) -> None:
        _update("requests_app_agency", FIELDS, self.agencies)
        _update(
            "requests_app_agencycontact", {"value": "text", "note": "text", "source": "text"}, self.contacts
        )
        _update(
            "requests_app_agencylaw",
            {"law_id": "text", "why": "text", "source": "text", "confidence": "text"},
            self.laws,
        )
        _update("requests_app_agencyidentifier", {"told": "jsonb", "source": "text"}, self.told)
        source = f"So called before the FBI's list of {year}"
        AgencyName.objects.bulk_create(
            (AgencyName(agency_id=pk, name=name, source=source) for pk, name in self.former),
            ignore_conflicts=True,
        )
        AgencyContact.objects.bulk_create(self.new_contacts, ignore_conflicts=True)
        AgencyLaw.objects.bulk_create(self.new_laws)
        if self.dropped_laws:
            AgencyLaw.objects.filter(pk__in=self.dropped_laws).delete()


def _update(table: str, columns: dict[str, str], rows: Iterable[dict[str, Any]]) -> None:
    """Many rows in one statement; a CASE a row, as bulk_update writes it, takes the planner minutes."""
    rows = list(rows)
    if not rows:
        return
    shape = ", ".join(f"{name} {kind}" for name, kind in {"id": "bigint", **columns}.items())
    sets = ", ".join(f"{name} = told.{name}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS row SET {sets} FROM jsonb_to_recordset(%s::jsonb) AS told({shape}) "
            "WHERE row.id = told.id",
            [json.dumps(rows)],
        )


def _contact(agency: int, channel: str, value: str, note: str) -> AgencyContact:
    return AgencyContact(
        agency_id=agency, purpose="general", channel=channel, value=value, source=HIFLD, note=note
    )


def _shown(value: Any) -> str:
    return "nothing" if value in ("", None) else str(value)
