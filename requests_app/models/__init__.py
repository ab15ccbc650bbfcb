"""Tables, constraints, querysets. One file a subject; who may see what stands in `visibility`."""

from .agencies import (
    Agency,
    AgencyChange,
    AgencyClosure,
    AgencyContact,
    AgencyCustodian,
    AgencyIdentifier,
    AgencyKind,
    AgencyLaw,
    AgencyName,
    Confidence,
)
from .audit import AuditEntry
from .campaigns import Campaign, CampaignPrivate
from .deadlines import Deadline, PublicStandingSpan, StandingSpan
from .imports import ExternalNumber, ImportBatch, ImportRow, StoredFile
from .law_reports import LawReport
from .ledger import Event, EventCorrespondence, EventNote
from .people import Membership, Organisation, Person, Role
from .remedies import Remedy, RemedyCost, RemedyEvent
from .reminders import JobRun, Reminder, SendAttempt, SendingHold
from .requests import Ask, Part, RecordsRequest, RequestCorrespondence, RequestPrivate
from .revisions import OfferedMove, RevisionOffer
from .shares import Share, ShareNote

__all__ = [
    "Agency", "AgencyChange", "AgencyClosure", "AgencyContact", "AgencyCustodian", "AgencyIdentifier", "AgencyKind",
    "AgencyLaw", "AgencyName", "Ask", "AuditEntry", "Campaign", "CampaignPrivate", "Confidence", "Deadline",
    "Event", "EventCorrespondence", "EventNote", "ExternalNumber", "ImportBatch", "ImportRow", "JobRun",
    "LawReport", "Membership", "OfferedMove", "Organisation", "Part", "Person", "PublicStandingSpan",
    "RecordsRequest", "Remedy", "RemedyCost", "RemedyEvent", "Reminder", "RequestCorrespondence", "RequestPrivate",
    "RevisionOffer", "Role", "SendAttempt", "SendingHold", "Share", "ShareNote", "StandingSpan", "StoredFile",
]  # fmt: skip
