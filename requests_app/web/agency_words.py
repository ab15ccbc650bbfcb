"""An agency in one line, so that one Springfield is told from another."""

from __future__ import annotations

from django.utils.translation import gettext as _

from requests_app.models import Agency
from requests_app.queries.places import place_name


def near(city: str, county: str) -> str:
    """The city where it is known, else the county or counties."""
    if city or not county:
        return city
    return (_("%(names)s counties") if ";" in county else _("%(names)s County")) % {
        "names": county.replace(";", ",")
    }


def where(city: str, county: str, jurisdiction: str) -> str:
    """Springfield, Illinois."""
    return ", ".join(part for part in (near(city, county), place_name(jurisdiction)) if part)


def told(agency: Agency) -> str:
    """Springfield Police Department · City police · Springfield, Illinois."""
    parts = [
        agency.name,
        agency.get_kind_display(),
        where(agency.city, agency.county, agency.jurisdiction),
        _("sample") if agency.is_sample else "",
    ]
    return " · ".join(part for part in parts if part)
