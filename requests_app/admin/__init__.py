"""The staff's door: people, jobs, and that organizations are there. No table with content is registered."""

from .people import PersonAdmin
from .site import ReadOnly, staff_site
from .tables import JobRunAdmin, KnownLawReportAdmin, KnownOrganisationAdmin, SendingHoldAdmin

__all__ = [
    "JobRunAdmin",
    "KnownLawReportAdmin",
    "KnownOrganisationAdmin",
    "PersonAdmin",
    "ReadOnly",
    "SendingHoldAdmin",
    "staff_site",
]
