"""Agencies: where they are, how to ask them, under which law, and how they have answered."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from requests_app.intake import agency_csv as table
from requests_app.laws.governing import governing
from requests_app.laws.registry import library
from requests_app.models import Agency, AgencyContact, AgencyLaw, FactField
from requests_app.models.agencies import AgencyKind
from requests_app.notices.cells import neutral
from requests_app.queries import agencies as query
from requests_app.queries.briefs import LOCAL
from requests_app.queries.dated import MOST, Day, lines_on
from requests_app.queries.groups import ANSWERED, REFUSED, Group
from requests_app.queries.matrix import Line, public_lines_to
from requests_app.queries.places import jurisdictions, outlines, place_name

from .agency_words import near, where
from .centers import profile
from .citing import cited
from .corrections import beside_agency
from .dated import NoSuchDay, dated, day_of, nothing_by, refused, tail_of
from .draw.map import map_svg
from .draw.shapes import MapPoint, StateShape
from .event_specs import Words
from .figures import GROUPS, answer_words, kind_choices, per_group, unknown_filters
from .news_words import follow
from .paging import page_number, param, select, shown
from .requests import dated_row, request_row
from .shell import Looking
from .templatetags.look import FEWEST_FOR_A_SHARE

MARKS: dict[str, Words] = {
    "real": gettext_lazy("Real agencies"),
    "sample": gettext_lazy("Sample centers, invented"),
    "both": gettext_lazy("Both"),
}
SURE: dict[str, Words] = {
    "high": gettext_lazy("high"),
    "medium": gettext_lazy("medium"),
    "low": gettext_lazy("low"),
    "unknown": gettext_lazy("unknown"),
}
FIELDS: dict[str, Words] = {
    "city": gettext_lazy("City"),
    "residency": gettext_lazy("Who may ask"),
    "former_name": gettext_lazy("Former name"),
    "component": gettext_lazy("Office within"),
    "zone": gettext_lazy("Time zone"),
    "fbi_type": gettext_lazy("Type in the FBI’s list"),
}
DESIGNATIONS: dict[str, Words] = {
    "primary": gettext_lazy("Primary fusion center of its state"),
    "recognized": gettext_lazy("Recognized fusion center"),
}
SCHEMES = {"ori": "ORI (FBI)", "hifld": "HIFLD"}
CHANNELS: dict[str, Words] = {
    "email": gettext_lazy("E-mail"),
    "web": gettext_lazy("Web page"),
    "post": gettext_lazy("Post"),
    "phone": gettext_lazy("Phone"),
    "fax": gettext_lazy("Fax"),
}
CLOSURES = 12
"""The latest closed days that the page of an agency shows."""


def _asked(request: Looking) -> query.Asked:
    return query.Asked(
        q=param(request, "q", 200),
        jurisdiction=param(request, "jurisdiction"),
        kind=param(request, "kind"),
        mark=param(request, "mark") or ("both" if param(request, "q", 200) else "real"),
    )


ZONES: dict[str, Words] = {
    "America/New_York": gettext_lazy("Eastern time"),
    "America/Chicago": gettext_lazy("Central time"),
    "America/Denver": gettext_lazy("Mountain time"),
    "America/Phoenix": gettext_lazy("Mountain time, all year without daylight saving"),
    "America/Los_Angeles": gettext_lazy("Pacific time"),
    "America/Anchorage": gettext_lazy("Alaska time"),
    "Pacific/Honolulu": gettext_lazy("Hawaii time"),
    "America/Puerto_Rico": gettext_lazy("Atlantic time"),
    "America/St_Thomas": gettext_lazy("Atlantic time"),
    "Pacific/Guam": gettext_lazy("Guam time"),
}


@require_safe
def agencies(request: Looking) -> HttpResponse:
    asked = _asked(request)
    found = query.find(request.viewer, asked, now=request.now, page=page_number(request))
    rows = [_listed(row) for row in found.rows]
    context = {
        "page": shown(rows, total=found.total, number=found.number, size=found.size),
        "filters": _filters(asked),
        "filters_clear_url": request.path if request.GET else "",
        "filters_problems": unknown_filters(
            {
                _("Jurisdiction"): (asked.jurisdiction, jurisdictions()),
                _("Kind"): (asked.kind, AgencyKind.values),
                _("Real or sample"): (asked.mark, MARKS),
            }
        ),
        "csv_url": f"{reverse('agencies-csv')}?{request.GET.urlencode()}" if found.total else "",
        "map": "" if asked.q.strip() else _map(found.spots),
        "has_sample": any(row["is_sample"] for row in rows) or any(spot.is_sample for spot in found.spots),
    }
    return render(request, "agencies.html", context)


@require_safe
def agencies_csv(request: Looking) -> StreamingHttpResponse:
    """The list at its filters, as `manage.py agencies_csv` reads it back.

    It streams after this request's transaction has ended, in short ones of its own: agencies stand behind no wall.
    """
    response = StreamingHttpResponse(_lines(_asked(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="agencies.csv"'
    return response


def _lines(asked: query.Asked) -> Iterator[str]:
    # The mark tells a spreadsheet that the bytes are UTF-8.
    yield "\ufeff" + _line(table.HEAD)
    for some in query.batches(asked):
        yield "".join(_line(table.row(agency, neutral)) for agency in some)


def _line(row: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(row)
    return out.getvalue()


def _filters(asked: query.Asked) -> list[dict[str, Any]]:
    any_one = pgettext("filter", "Any")
    return [
        {"name": "q", "label": _("Name, former name or abbreviation"), "kind": "search", "value": asked.q},
        select(
            "jurisdiction", _("Jurisdiction"),
            [("", any_one), *((code, place.name) for code, place in jurisdictions().items())],
            asked.jurisdiction,
        ),
        select("kind", _("Kind"), [("", any_one), *kind_choices()], asked.kind),
        select(
            "mark", _("Real or sample"), [(k, str(v)) for k, v in MARKS.items()],
            asked.mark,
        ),
    ]  # fmt: skip


def _listed(row: query.Listed) -> dict[str, Any]:
    agency = row.agency
    url = reverse("agency", args=[agency.slug])
    requests_url = f"{reverse('requests')}?agency={agency.slug}"
    known = row.law is not None and row.law.law_id in library().codes
    return {
        "url": url,
        "name": agency.name,
        "former": _("also %(names)s") % {"names": "; ".join(row.former)} if row.former else "",
        "is_sample": agency.is_sample,
        "kind": agency.get_kind_display(),
        "state": place_name(agency.jurisdiction),
        "near": near(agency.city, agency.county),
        "law_name": _law_name(row.law.law_id) if row.law else "",
        "law_url": reverse("law", args=[row.law.law_id]) if known and row.law else "",
        "n_requests": row.total,
        "requests_url": requests_url,
        "answered": per_group(row.counts, *ANSWERED),
        "late": per_group(row.counts, Group.late),
        "late_url": f"{requests_url}&group=late",
        "confidence": SURE.get(row.law.confidence if row.law else agency.confidence, ""),
    }


def _law_name(law_id: str) -> str:
    """The law's short name with its place; a law that the library does not hold yet is named by its place alone."""
    if law_id in {entry.id for entry in library().laws}:
        return f"{place_name(law_id)} {library().law(law_id).law.short_name}"
    return _("not in the library yet")


def _map(spots: tuple[query.Spot, ...]) -> str:
    if not spots:
        return ""
    points = [
        MapPoint(
            f"{spot.name} ({_('sample')})" if spot.is_sample else spot.name,
            spot.x,
            spot.y,
            reverse("agency", args=[spot.slug]),
            late=bool(spot.late),
            asked=bool(spot.total),
        )
        for spot in spots
    ]
    _box, shapes = outlines()
    return map_svg(
        [StateShape(shape.code, shape.name, shape.path) for shape in shapes],
        {},
        points,
        label=_("Map of %(n)d fusion centers") % {"n": len(points)},
    )


@require_safe
def agency(request: Looking, slug: str) -> HttpResponse:
    found = query.load(request.viewer, slug, now=request.now)
    if found is None:
        raise Http404
    if found.agency.merged_into is not None:
        return redirect("agency", found.agency.merged_into.slug, permanent=True)
    context = _context(request, found)
    if "on" not in request.GET:
        return render(request, "agency.html", context | {"look_back": context["record_asof"]})
    try:
        day = day_of(request, context["record_asof"])
        lines = public_lines_to(slug, request.now, MOST)
        if len(lines) > MOST:
            said = _("on: more than %(n)d requests are too many for one page of an earlier day. Open them one by one.")
            raise NoSuchDay(said % {"n": MOST})
        then = lines_on(lines, day)
        if not then:
            raise nothing_by(day)
    except NoSuchDay as problem:
        return refused(request, problem)
    return render(request, "agency.html", context | _record_on(found, then, day) | dated(request, day))


def _record_on(found: query.AgencyPage, lines: Sequence[Line], day: Day) -> dict[str, Any]:
    """What changes with the day: its record, and its requests. Who it is and where to write is told as of today."""
    counts = Counter(line.group for line in lines)
    record = _record(replace(found, counts=dict(counts)))
    newest = sorted(lines, key=lambda line: (line.filed_on, line.pk), reverse=True)[: query.SHOWN]
    return {
        "record": [{**stat, "url": ""} for stat in record],
        "record_rest": _rest(counts),
        "record_asof": day.on,
        "rows": [dated_row(line, tail_of(day)) for line in newest],
        "requests_url": "",
        "requests_total": len(lines),
        "cite": None,
        "follow": None,
    }


def _context(request: Looking, found: query.AgencyPage) -> dict[str, Any]:
    agency = found.agency
    custodians = list(agency.custodians.all())
    is_center = agency.kind == AgencyKind.FUSION_CENTER
    rows = [request_row(row) for row in found.requests.rows]
    return {
        "agency": {
            "slug": agency.slug,
            "name": agency.name,
            "is_sample": agency.is_sample,
            "kind": agency.get_kind_display(),
            "state": place_name(agency.jurisdiction),
            "state_url": f"{reverse('agencies')}?jurisdiction={agency.jurisdiction}",
            "zone_words": _zone_words(agency.zone, request),
            "host": next((c.name for c in custodians if c.part == "host"), ""),
            "designation": DESIGNATIONS.get(agency.designation, agency.designation),
            "lead": _lead(agency),
            "checked_on": None,
            "note": agency.notes,
        },
        "laws": [_law(law) for law in agency.laws.all()],
        "law_why": _law_why(agency),
        "contacts": [_contact(contact) for contact in _by_purpose(agency)],
        "custodians": [
            {
                "name": c.name,
                "role": c.get_part_display(),
                "law_name": _law_name(c.law_id) if c.law_id else _("law not known"),
                "url": reverse("law", args=[c.law_id]) if c.law_id in library().codes else "",
                **_source(c.source),
                "confidence": SURE.get(c.confidence, ""),
                "note": c.note,
            }
            for c in custodians
        ],
        "brief_url": _brief_url(agency),
        "center": profile(request, found) if is_center else None,
        # A center's profile holds them by field.
        "claims": _claims([one for one in agency.claims if not is_center or one.get("field") not in FactField.values]),
        "sources": [_source(source) for source in agency.sources],
        "names": [
            {"name": n.name, "from_on": n.from_on, "until_on": n.until_on, **_source(n.source)}
            for n in agency.names.all()
        ],
        "closures": [
            {"on": c.on, "name": c.name, **_source(c.source)}
            for c in sorted(agency.closures.all(), key=lambda c: c.on, reverse=True)
            if not c.taken_back
        ][:CLOSURES],
        "merged": [merged.name for merged in agency.merged.all()],
        "identifiers": [
            {"name": SCHEMES[one.scheme], "value": one.value, **_source(one.source)}
            for one in agency.identifiers.all()
            if one.scheme in SCHEMES
        ],
        "record": _record(found),
        "record_rest": _rest(found.counts),
        "record_asof": request.now.astimezone(ZoneInfo(agency.zone)).date(),
        "rows": rows,
        "requests_url": f"{reverse('requests')}?agency={agency.slug}" if found.total else "",
        "requests_total": found.total,
        **beside_agency(request.viewer, agency),
        "may_file": bool(request.viewer.editable),
        "follow": follow(_("public requests to this agency"), "news-agency", slug=agency.slug),
        "has_sample": agency.is_sample or any(row["is_sample"] for row in rows),
        "cite": cited(
            request, kind="agency", key=agency.slug, title=agency.name, about=_lead(agency),
            address=reverse("agency", args=[agency.slug]),
            schema={"@type": "GovernmentOrganization", "areaServed": place_name(agency.jurisdiction)},
        ),
    }  # fmt: skip


def _brief_url(agency: Agency) -> str:
    """Of the place of a local agency or a center; a county is named where no city is."""
    if agency.is_sample or (agency.kind not in LOCAL and agency.kind != AgencyKind.FUSION_CENTER):
        return ""
    county = agency.county.split(";")[0].strip()
    place = {"city": agency.city} if agency.city else {"county": county}
    if not any(place.values()):
        return ""
    return f"{reverse('brief')}?{urlencode({'jurisdiction': agency.jurisdiction, **place})}"


def _zone_words(zone: str, request: Looking) -> str:
    """Days end at midnight, Central time: legal days are counted there."""
    short = request.now.astimezone(ZoneInfo(zone)).tzname() or ""
    words = ZONES.get(zone) or f"{zone.rpartition('/')[2].replace('_', ' ')} ({short})"
    return _("Days end at midnight, %(zone)s") % {"zone": words}


def _lead(agency: Agency) -> str:
    said = f"{agency.get_kind_display()}, {where(agency.city, agency.county, agency.jurisdiction)}."
    if agency.area:
        area = agency.area[:1].upper() + agency.area[1:]
        said = f"{said} {_('Area: %(area)s.') % {'area': area.rstrip('.')}}"
    return said


def _law(law: AgencyLaw) -> dict[str, Any]:
    known = law.law_id in library().codes
    return {
        "name": _law_name(law.law_id),
        "url": reverse("law", args=[law.law_id]) if known else "",
        "when": f"{law.why}." if law.why else "",
        "answer": answer_words(law.law_id) if known else "",
        "confidence": _("confidence %(word)s") % {"word": SURE.get(law.confidence, law.confidence)},
        "unverified": law.confidence in ("low", "unknown"),
        **_source(law.source),
    }


def _law_why(agency: Agency) -> str:
    """What kind and place say where no law is recorded, or besides the one that is."""
    found = governing(agency.jurisdiction, agency.kind)
    noted = {law.law_id for law in agency.laws.all()}
    if not noted:
        return f"{found.why}."
    others = [law_id for law_id in found.others if law_id not in noted]
    if not others:
        return ""
    return _("For some of its records another law of the place may govern: %(names)s.") % {
        "names": ", ".join(library().law(law_id).law.name for law_id in others)
    }


def _by_purpose(agency: Agency) -> list[AgencyContact]:
    order = list(AgencyContact.Purpose.values)
    return sorted(agency.contacts.all(), key=lambda c: (order.index(c.purpose), c.channel, c.value))


def _contact(contact: AgencyContact) -> dict[str, Any]:
    value = contact.value
    url = value if value.startswith(("https://", "http://")) else ""
    if contact.channel == "email" and "@" in value:
        url = f"mailto:{value}"
    return {
        "purpose": contact.get_purpose_display(),
        "name": CHANNELS.get(contact.channel, contact.channel),
        "value": value,
        "url": url,
        "verified_on": contact.verified_on,
        "health": contact.get_health_display(),
        "note": contact.note,
        **_source(contact.source),
    }


def _source(source: str) -> dict[str, str]:
    """Where a fact was seen: a link where the source is an address, shown by its host."""
    if source.startswith(("https://", "http://")):
        return {"source": source.split("/")[2].removeprefix("www."), "source_url": source}
    return {"source": source, "source_url": ""}


def _claims(claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a claim; values of one field that come without a source of their own share a row."""
    bare: dict[str, list[str]] = {}
    for claim in claims:
        if set(claim) <= {"field", "value"}:
            bare.setdefault(str(claim.get("field", "")), []).append(str(claim.get("value", "")))
    told = [_claim(claim) for claim in claims if not set(claim) <= {"field", "value"}]
    return told + [_claim({"field": field, "value": "; ".join(values)}) for field, values in bare.items()]


def _claim(claim: dict[str, Any]) -> dict[str, Any]:
    field = str(claim.get("field", ""))
    return {
        "field": FIELDS.get(field, field.replace("_", " ").capitalize()),
        "value": ": ".join(str(claim[key]) for key in ("value", "note") if claim.get(key)),
        "status": claim.get("status", ""),
        "confidence": claim.get("confidence", ""),
        **_source(str(claim.get("source", ""))),
    }


def _rest(counts: dict[str, int]) -> str:
    """What the four numbers leave out, so that they add up."""
    rest = ((counts.get(group, 0), GROUPS[group]) for group in (Group.review, Group.closed))
    said = "; ".join(f"{n} {str(words).lower()}" for n, words in rest if n)
    return _("Besides: %(rest)s.") % {"rest": said} if said else ""


def _record(found: query.AgencyPage) -> list[dict[str, Any]]:
    total = found.total
    if not total:
        return []
    url = f"{reverse('requests')}?agency={found.agency.slug}"
    of = _("of %(n)d") % {"n": total}

    def stat(term: str, name: str, note: str, *groups: Group) -> dict[str, Any]:
        n = per_group(found.counts, *groups)
        return {
            "term": term, "n": n, "of": of, "note": note, "url": f"{url}&group={name}" if n else "",
            "late": name == "late" and n > 0,
        }  # fmt: skip

    answered = per_group(found.counts, *ANSWERED)
    few = total < FEWEST_FOR_A_SHARE
    share = (
        _("too few for a share") if few else _("%(n)d%% of requests") % {"n": round(answered / total * 100)}
    )
    return [
        stat(_("Answered, in full or in part"), "answered", share, *ANSWERED),
        stat(_("Denied, none or elsewhere"), "refused", _("each with its reason on its page"), *REFUSED),
        stat(_("Late under the law"), "late", _("past the time on every reading"), Group.late),
        stat(_("Pending"), "pending", _("in time, or without a set time"), Group.pending),
    ]
