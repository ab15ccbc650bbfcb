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
from .answers import Absence, InboxItem, ReminderAnswer
from .archives import Archive
from .audit import AuditEntry, AuditSeal, SealedEntry, UnsealedEntry
from .break_glass import BreakGlass, BreakGlassMail, EverythingRead
from .campaigns import Campaign, CampaignAgency, CampaignKit, CampaignPrivate, Wave
from .center_claims import CenterClaim, ClaimStatus, FactField, Finding, Recommendation
from .coalitions import Coalition, CoalitionInvitation, CoalitionMember, Tier
from .comments import CommentAuthor, PartnerComment, PrivateComment, PublicComment
from .corrections import (
    AgencyStatement,
    Asker,
    Correction,
    PublicReport,
    PublicReportMail,
    SubjectKind,
)
from .custom_fields import CustomField, CustomValue
from .deadlines import Deadline, PublicStandingSpan, StandingSpan
from .desk import BulkAct, BulkItem, SavedView
from .digests import Digest, DigestAttempt, MailStop
from .documents import Document, DocumentPrivate, Production
from .feeds import CalendarFeed
from .fees import FeeBasis
from .follow_ups import AutomaticFollowUp, AutomaticFollowUps
from .guest_mail import GuestMail
from .imports import ExternalNumber, ImportBatch, ImportRow, StoredFile
from .invitations import Invitation
from .joint import JointCampaign, JointPart, PartnerLook
from .joint_rights import JointRight, JointRightNote
from .kit_offers import KitOffer
from .kits import OrganisationKit, OrganisationKitVersion
from .known import KnownLawReport, KnownOrganisation
from .law_reports import LawReport
from .ledger import Event, EventCorrespondence, EventNote
from .letters import (
    Channel,
    Letter,
    LetterAside,
    LetterAttachment,
    LetterCopy,
    LetterKind,
    LetterSendAttempt,
    LetterSending,
)
from .model_letters import ModelLetter, OwnModel
from .partner_tasks import PartnerTask, PartnerTaskTaken
from .people import Membership, Organisation, Person, Role
from .preservation import LegalHold, Retention
from .privilege import CircleMember, PrivilegedCircle
from .proposals import Proposal, ProposalAuthor, ProposalDecision
from .public_facts import PublicCount, PublicFact, StaleFact
from .publication import OpenDataFile, PublicationGeneration
from .publishing import EmbargoWarning, Publication, PublicationCheck
from .remedies import Remedy, RemedyCost, RemedyEvent
from .reminders import JobRun, Reminder, SendAttempt, SendingHold
from .reminding import PersonalReminding, ReminderPolicy, ReminderRule
from .requesters import RequesterProfile, RequesterProxy, RequestRequester
from .requests import Ask, Part, RecordsRequest, RequestCorrespondence, RequestPrivate
from .revisions import OfferedMove, RevisionOffer
from .shares import Guest, Share, ShareNote
from .tokens import ApiToken, IdempotencyKey
from .webhooks import Webhook, WebhookAttempt, WebhookDelivery
from .withholdings import Withholding, WithholdingPrivate
from .work import LoggedContact, NoteMention, NoteVersion, RequestNote, RequestTag, Tag, TrackingNumber

__all__ = [
    "Absence", "Agency", "AgencyChange", "AgencyClosure", "AgencyContact", "AgencyCustodian", "AgencyIdentifier",
    "AgencyKind", "AgencyLaw", "AgencyName", "AgencyStatement", "ApiToken", "Archive", "Ask", "Asker", "AuditEntry",
    "AuditSeal", "AutomaticFollowUp", "AutomaticFollowUps", "BreakGlass", "BreakGlassMail", "BulkAct", "BulkItem",
    "CalendarFeed", "Campaign", "CampaignAgency", "CampaignKit", "CampaignPrivate", "CenterClaim", "Channel",
    "CircleMember", "ClaimStatus", "Coalition", "CoalitionInvitation", "CoalitionMember", "CommentAuthor",
    "Confidence", "Correction", "CustomField", "CustomValue", "Deadline", "Digest", "DigestAttempt", "Document",
    "DocumentPrivate", "EmbargoWarning", "Event", "EventCorrespondence", "EventNote", "EverythingRead",
    "ExternalNumber", "FactField", "FeeBasis", "Finding", "Guest", "GuestMail", "IdempotencyKey", "ImportBatch",
    "ImportRow", "InboxItem", "Invitation", "JobRun", "JointCampaign", "JointPart", "JointRight", "JointRightNote",
    "KitOffer", "KnownLawReport", "KnownOrganisation", "LawReport", "LegalHold", "Letter", "LetterAside",
    "LetterAttachment", "LetterCopy", "LetterKind", "LetterSendAttempt", "LetterSending", "LoggedContact",
    "MailStop", "Membership", "ModelLetter", "NoteMention", "NoteVersion", "OfferedMove", "OpenDataFile",
    "Organisation", "OrganisationKit", "OrganisationKitVersion", "OwnModel", "Part", "PartnerComment",
    "PartnerLook", "PartnerTask", "PartnerTaskTaken", "Person", "PersonalReminding", "PrivateComment",
    "PrivilegedCircle", "Production", "Proposal", "ProposalAuthor", "ProposalDecision", "PublicComment",
    "PublicCount", "PublicFact", "PublicReport", "PublicReportMail", "PublicStandingSpan", "Publication",
    "PublicationCheck", "PublicationGeneration", "Recommendation", "RecordsRequest", "Remedy", "RemedyCost",
    "RemedyEvent", "Reminder", "ReminderAnswer", "ReminderPolicy", "ReminderRule", "RequestCorrespondence",
    "RequestNote", "RequestPrivate", "RequestRequester", "RequestTag", "RequesterProfile", "RequesterProxy",
    "Retention", "RevisionOffer", "Role", "SavedView", "SealedEntry", "SendAttempt", "SendingHold", "Share",
    "ShareNote", "StaleFact", "StandingSpan", "StoredFile", "SubjectKind", "Tag", "Tier", "TrackingNumber",
    "UnsealedEntry", "Wave", "Webhook", "WebhookAttempt", "WebhookDelivery", "Withholding",
    "WithholdingPrivate",
]  # fmt: skip
