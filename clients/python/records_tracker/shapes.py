"""What is sent and told, as types. Written by generate.py; not by hand."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class AbsenceGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    organisation: NotRequired[str]
    person: NotRequired[str]
    cover: str
    from_on: str
    until_on: str


class AbsenceShape(TypedDict):
    id: str
    organisation: str
    person: str
    cover: str
    from_on: str
    until_on: str


class AbsencesShape(TypedDict):
    items: list[AbsenceShape]


class AccountShape(TypedDict):
    """US dollars. charged and balance are null while nothing was invoiced."""

    estimate: str | None
    charged: str | None
    paid: str | None
    deposit_open: str | None
    balance: str | None
    waiver: str
    due: list[DueShape]
    lines: list[FeeLineShape]
    version: int


class AccountsShape(TypedDict):
    whole: SumsShape
    campaigns: list[CampaignSumsShape]


class ActGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    act: Literal['release', 'hold_back', 'withdraw', 'restore', 'erase']
    reason: NotRequired[str]
    looked_through: NotRequired[bool]


class AgencyContactShape(TypedDict):
    purpose: str
    channel: str
    value: str
    note: str
    verified_on: str | None
    health: str
    seen_at: str


class AgencyRef(TypedDict):
    id: str
    name: str
    jurisdiction: str


class AgencyRow(TypedDict):
    id: str
    name: str
    abbreviation: str
    kind: str
    jurisdiction: str
    city: str
    county: str
    zone: str
    confidence: str
    sample: bool
    laws: list[LawOfAgency]
    former_names: list[str]


class AgencyRowNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[AgencyRow]


class AgencyRowPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[AgencyRow]


class AgencyShape(TypedDict):
    """One agency. `groups`: the requests to it that you may see, by where they stand."""

    id: str
    name: str
    abbreviation: str
    kind: str
    jurisdiction: str
    city: str
    county: str
    zone: str
    confidence: str
    sample: bool
    laws: list[LawOfAgency]
    former_names: list[str]
    area: str
    governance: str
    designation: str
    notes: str
    merged_into: str | None
    contacts: list[AgencyContactShape]
    custodians: list[CustodianShape]
    closures: list[ClosureShape]
    identifiers: dict[str, list[str]]
    requests: int
    groups: dict[str, int]


class AlarmShape(TypedDict):
    event: str
    parts: list[str]
    noted_on: str
    destroys_on: str
    ask_by: str | None
    state: str
    citation: str
    source: str


class AlsoShape(TypedDict):
    name: str
    on: str | None


class AnswerGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    clock: str
    due_on: str
    what: Literal['acknowledged', 'snoozed', 'delegated', 'muted', 'unmuted']
    until_on: NotRequired[str]
    confirmed: NotRequired[bool]
    to: NotRequired[str]


class AnswerShape(TypedDict):
    clock: str
    due_on: str
    person: str
    what: Literal['acknowledged', 'snoozed', 'delegated', 'muted', 'unmuted']
    until_on: str | None
    to: str | None
    via: Literal['mail', 'app', 'api']
    at: str


class AnswersShape(TypedDict):
    in_force: list[InForceShape]
    items: list[AnswerShape]


class ArchiveShape(TypedDict):
    id: str
    state: Literal['waiting', 'ready', 'failed', 'gone']
    by: str | None
    asked_at: str
    ready_at: str | None
    fetched_at: str | None
    rows: int
    files: int
    size: int | None
    sha256: str | None
    problem: str


class ArchiveShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[ArchiveShape]


class ArchiveShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[ArchiveShape]


class AskGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    email: str
    tier: Literal['observer', 'member', 'steering']
    message: NotRequired[str]


class AskedShape(TypedDict):
    id: str
    email: str
    tier: Literal['observer', 'member', 'steering']
    message: str
    created_at: str
    expires_at: str
    mail: Literal['planned', 'sent', 'failed']
    mail_outcome: str


class AskedShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[AskedShape]


class AskedShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[AskedShape]


class AttachmentGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    document: str


class AttachmentShape(TypedDict):
    id: str
    name: str
    size: int
    sha256: str
    document: str | None
    problem: str


class AttachmentsShape(TypedDict):
    version: int
    size: int
    attachments: list[AttachmentShape]


class AuditLineShape(TypedDict):
    at: str
    actor: str | None
    act: str
    subject_kind: str
    subject: str
    subject_name: str | None
    person: str | None
    successor: str | None
    sealed: bool
    detail: dict[str, Any]


class AuditLineShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[AuditLineShape]


class AuditLineShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[AuditLineShape]


class AutomaticGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    on: bool
    spacing: NotRequired[int]
    most_a_day: NotRequired[int]
    most_a_request: NotRequired[int]
    version: NotRequired[int]


class AutomaticShape(TypedDict):
    on: bool
    spacing: int
    most_a_day: int
    most_a_request: int
    version: int
    coming: list[ComingShape]
    held: list[ComingShape]


class BackGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    reason: str
    seen_version: int


class BasisShape(TypedDict):
    hours: str | None
    hourly: str | None
    pages: int | None
    page_rate: str | None
    media: str | None


class BeginGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    request: NotRequired[str]
    agency: NotRequired[str]
    law: NotRequired[str]


class BegunShape(TypedDict):
    letter: str


class BulkGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    organisation: NotRequired[str]
    kind: Literal['assign', 'tag', 'campaign', 'hold', 'close']
    requests: list[str]
    person: NotRequired[int | None]
    tag: NotRequired[str]
    campaign: NotRequired[str]
    held: NotRequired[bool]
    reason: NotRequired[str]


class BulkPlanShape(TypedDict):
    todo: list[str]
    skipped: list[SkippedShape]
    warning: str


class BulkShape(TypedDict):
    id: str
    kind: str
    done: int
    skipped: list[SkippedShape]
    undone: bool
    left: list[SkippedShape]


class BundleShape(TypedDict):
    event: str | None
    on: str | None
    pages_stated: int | None
    documents: list[DocumentShape]


class CalendarShape(TypedDict):
    marks: list[MarkShape]
    cut: bool


class CampaignGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    organisation: NotRequired[str]
    public_title: str
    public_summary: NotRequired[str]
    working_title: NotRequired[str]
    strategy: NotRequired[str]
    kits: list[str]


class CampaignRef(TypedDict):
    id: str
    title: str


class CampaignRow(TypedDict):
    """A campaign with its requests by where they stand: full, part, denied, none, elsewhere, review, late, pending, closed. Each request is in exactly one."""

    id: str
    title: str
    summary: str
    kit: str
    ours: bool
    sample: bool
    created_at: str
    requests: int
    agencies: int
    first_filed_on: str | None
    groups: dict[str, int]
    our_move: NotRequired[int]


class CampaignRowNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[CampaignRow]


class CampaignRowPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[CampaignRow]


class CampaignShape(TypedDict):
    """A campaign with its requests by where they stand: full, part, denied, none, elsewhere, review, late, pending, closed. Each request is in exactly one."""

    id: str
    title: str
    summary: str
    kit: str
    ours: bool
    sample: bool
    created_at: str
    requests: int
    agencies: int
    first_filed_on: str | None
    groups: dict[str, int]
    our_move: NotRequired[int]
    working_title: NotRequired[str]
    strategy: NotRequired[str]
    lead: NotRequired[str]


class CampaignSumsShape(TypedDict):
    campaign: str
    title: str
    sums: SumsShape


class CenterShape(TypedDict):
    id: str
    name: str
    jurisdiction: str
    sample: bool
    oversight: list[OversightShape]


class CentersShape(TypedDict):
    items: list[CenterShape]


class ChangeGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    part: NotRequired[str]
    code: NotRequired[str]
    section: NotRequired[str]
    ground: NotRequired[Literal['records_law', 'state_statute', 'federal_law', 'part_23', 'marking', 'contract', 'third_party', 'privilege', 'none_cited', '']]
    pages_full: NotRequired[int | None]
    pages_part: NotRequired[int | None]
    ranges: NotRequired[str]
    reason: NotRequired[str]
    our_view: NotRequired[Literal['unseen', 'correct', 'doubtful', 'wrong']]
    notes: NotRequired[str]
    released: NotRequired[str]
    challenged: NotRequired[str]
    seen_version: int


class ChangeShape(TypedDict):
    clock: str
    name: str
    owner: str
    what: str
    old_due_on: str | None
    new_due_on: str | None
    earliest: str | None
    latest: str | None


class CircleGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    kind: Literal['counsel', 'common_interest']
    name: str
    agreed_on: NotRequired[str | None]


class CircleMemberShape(TypedDict):
    id: str
    name: str
    outside: bool


class CircleShape(TypedDict):
    id: str
    kind: Literal['counsel', 'common_interest']
    name: str
    agreed_on: str | None
    members: list[CircleMemberShape]


class CirclesShape(TypedDict):
    items: list[CircleShape]


class ClaimGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    organisation: NotRequired[str]
    agency: str
    topic: Literal['custodians', 'board', 'memoranda', 'co_located_with', 'dhs_staff', 'fbi', 'own_databases', 'driver_databases', 'federal_databases', 'vendors', 'gang_database', 'activity_reports', 'budget', 'audits', 'complaints', 'left', 'no_immigration_staff', 'not_with_ice', 'public_audits', 'audits_of_ice', 'audits_of_speech', 'audits_of_spending', 'informal_sharing', 'pass_through', 'plate_opt_out', 'court_orders', 'grant_share']
    finding: NotRequired[Literal['yes', 'partly', 'no', 'withheld', 'no_records']]
    value: NotRequired[str]
    status: Literal['reported', 'documented', 'withheld', 'contradicted', 'stale']
    from_on: str
    until_on: NotRequired[str | None]
    citation: str
    address: NotRequired[str]
    page: NotRequired[str]
    document: NotRequired[str]


class ClaimReason(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    reason: str


class ClaimShape(TypedDict):
    id: str
    agency: str
    topic: Literal['custodians', 'board', 'memoranda', 'co_located_with', 'dhs_staff', 'fbi', 'own_databases', 'driver_databases', 'federal_databases', 'vendors', 'gang_database', 'activity_reports', 'budget', 'audits', 'complaints', 'left', 'no_immigration_staff', 'not_with_ice', 'public_audits', 'audits_of_ice', 'audits_of_speech', 'audits_of_spending', 'informal_sharing', 'pass_through', 'plate_opt_out', 'court_orders', 'grant_share']
    finding: str
    value: str
    status: Literal['reported', 'documented', 'withheld', 'contradicted', 'stale']
    from_on: str
    until_on: str | None
    citation: str
    address: str
    page: str
    document: str | None
    ours: bool
    public: bool
    stands: bool
    withdrawn_because: str


class ClaimShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[ClaimShape]


class ClaimShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[ClaimShape]


class ClockShape(TypedDict):
    """One clock on the request's own day. `due_on` is the day to act by: the earlier reading for the requester, the later for everybody else."""

    key: str
    rule: str
    name: str
    owner: str
    scope: str
    parts: list[str]
    state: str
    opens_on: str | None
    due_on: str | None
    earliest: str | None
    latest: str | None
    days_left: int | None
    met_on: str | None
    paused_since: str | None
    ended_on: str | None
    promised_on: str | None
    conditional: bool
    standard: str | None
    unknown: str | None
    law_ref: str
    calendar_ref: str
    citation: str
    verified: bool
    confidence: str
    doubts: list[str]
    extensions: list[dict[str, Any]]
    paragraph: str
    trail: list[dict[str, Any]]
    follow_up_on: NotRequired[str | None]
    override: NotRequired[dict[str, Any]]


class ClosedShape(TypedDict):
    closed: bool
    let_go: list[str]
    kept: list[str]


class ClosingGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    on: str
    windows: NotRequired[list[WindowGiven]]
    note: NotRequired[str]
    seen_version: int


class ClosureShape(TypedDict):
    on: str
    name: str
    seen_at: str


class CoalitionGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    name: str
    purpose: NotRequired[str]


class CoalitionShape(TypedDict):
    id: str
    name: str
    purpose: str
    created_at: str
    dissolved_at: str | None
    sample: bool


class CoalitionShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[CoalitionShape]


class CoalitionShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[CoalitionShape]


class ColumnShape(TypedDict):
    heading: str
    examples: list[str]


class ColumnsGiven(TypedDict):
    """Each a heading of the file. The number is needed, an agency, and the day of sending or of receipt."""

    number: NotRequired[str]
    number_prefix: NotRequired[str]
    agency: NotRequired[str]
    sub_office: NotRequired[str]
    sent_on: NotRequired[str]
    received_on: NotRequired[str]
    closed_on: NotRequired[str]
    title: NotRequired[str]
    description: NotRequired[str]
    outcome: NotRequired[str]
    outcome_detail: NotRequired[str]
    law: NotRequired[str]
    tracking: NotRequired[str]
    log: NotRequired[str]


class ComingShape(TypedDict):
    request: str
    agency: str
    on: str | None
    number: int
    why: str


class CommentGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    audience: Literal['private', 'partners', 'public']
    text: str
    privileged: NotRequired[bool]
    circle: NotRequired[str]


class CommentShape(TypedDict):
    id: str
    audience: Literal['private', 'partners', 'public']
    text: str | None
    name: str
    by: Literal['owner', 'partner', 'guest']
    person: str
    said_at: str
    changed_at: str | None
    withdrawn_at: str | None
    privileged: bool
    circle: str
    version: int


class CommentShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[CommentShape]


class CommentShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[CommentShape]


class ComparedShape(TypedDict):
    request: str
    agency: str
    title: str
    outcome: str
    group: Literal['released', 'part', 'granted', 'withheld', 'neither', 'none', 'destroyed', 'elsewhere', 'withdrawn', 'open']
    sections: list[str]


class ComparisonShape(TypedDict):
    items: list[ComparedShape]


class ContactGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    way: Literal['call', 'portal', 'in_person', 'other']
    on: str
    with_whom: NotRequired[str]
    said: str


class ContactShape(TypedDict):
    id: str
    way: Literal['call', 'portal', 'in_person', 'other']
    on: str
    with_whom: str
    said: str
    author: str | None
    event: str | None
    struck_at: str | None
    struck_why: str


class ContactShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[ContactShape]


class ContactShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[ContactShape]


class CopyGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    organisation: NotRequired[str]


class CorrectionRow(TypedDict):
    """`asked_by` says in a word who asked, where the owner chose to; never by name. `path` of what was taken down answers 410."""

    id: str
    kind: Literal['correction', 'takedown']
    subject: Literal['request', 'document', 'campaign', 'agency', 'law', 'statistic', 'other']
    path: str
    on: str
    asked_by: str | None
    text: str


class CorrectionRowNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[CorrectionRow]


class CorrectionRowPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[CorrectionRow]


class CostGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    what: str
    amount: str
    on: str


class CostShape(TypedDict):
    id: str
    what: str
    amount: str
    on: str
    taken_out: bool


class CountShape(TypedDict):
    member: str
    windows: int
    unassigned: int


class CountedAgency(TypedDict):
    id: str
    name: str
    kind: str
    jurisdiction: str
    sample: bool
    groups: dict[str, int]


class CountsShape(TypedDict):
    items: list[CountShape]


class CurveShape(TypedDict):
    n: int
    ended: int
    enough: bool
    median: MedianShape | None
    steps: list[CurveStepShape]


class CurveStepShape(TypedDict):
    day: int
    at_risk: int
    ended: int
    left: int
    waiting: float
    low: float | None
    high: float | None


class CustodianShape(TypedDict):
    name: str
    part: str
    law: str | None
    confidence: str
    note: str
    seen_at: str


class DashboardShape(TypedDict):
    """`population`: which requests are counted (filed, sample, log); the three are never counted together. `waited`: how many requests waited so many days for a first answer."""

    population: str
    populations: dict[str, int]
    total: int
    groups: dict[str, int]
    laws: dict[str, int]
    agencies: list[CountedAgency]
    waited: list[WaitedShape]
    undated: int
    longest_silence: list[SilentShape]
    newest_answers: list[NewestShape]


class DecideGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: int
    outcome: Literal['upheld', 'reversed', 'denied_in_part', 'withdrawn']
    dated_on: str
    sent_on: NotRequired[str | None]
    received_on: NotRequired[str | None]
    remanded: NotRequired[bool]
    text: NotRequired[str]
    note: NotRequired[str]


class DelayShape(TypedDict):
    """`late` of `dated` requests with a last day under the law were or are past it, by `days` in all."""

    dated: int
    late: int
    days: int
    longest: int
    extended: int
    notices: int


class DeliveryShape(TypedDict):
    id: str
    kind: str
    request: str
    state: Literal['planned', 'claimed', 'sent', 'skipped', 'cancelled', 'failed', 'unknown']
    tries: int
    why: str
    created_at: str
    sent_at: str | None


class DeliveryShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[DeliveryShape]


class DeliveryShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[DeliveryShape]


class DemandGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: int
    parts: NotRequired[list[str]]
    citation: NotRequired[str]
    note: NotRequired[str]
    sent_on: str
    text: NotRequired[str]


class DemandShape(TypedDict):
    event: str
    sent_on: str | None
    parts: list[str]
    text: str


class DestructionGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: int
    parts: NotRequired[list[str]]
    citation: NotRequired[str]
    note: NotRequired[str]
    source: str
    destroys_on: NotRequired[str]
    begins_on: NotRequired[str]
    period: NotRequired[int]
    unit: NotRequired[Literal['days', 'months', 'years']]


class DetailsShape(TypedDict):
    public_title: str
    working_title: str
    tracking_number: str
    held_back: bool
    version: int


class DigestShape(TypedDict):
    period: Literal['daily', 'weekly', 'catch_up']
    day: str
    next_at: str
    sent_at: str | None
    state: Literal['planned', 'claimed', 'sent', 'skipped', 'cancelled', 'failed', 'unknown']
    reminders: int
    outcome: str


class DigestShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[DigestShape]


class DigestShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[DigestShape]


class DocumentProposed(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    file: str
    received_on: str
    note: str


class DocumentShape(TypedDict):
    id: str
    title: str
    size: int
    sha256: str
    event: str | None
    file: str | None
    state: Literal['unreleased', 'released', 'withdrawn', 'erased']
    added_at: str
    original_name: NotRequired[str]
    note: NotRequired[str]
    privileged: NotRequired[bool]
    handed_in_by: NotRequired[str]
    received_on: NotRequired[str | None]


class Done(TypedDict):
    done: bool


class DroppedShape(TypedDict):
    done: bool


class DueShape(TypedDict):
    on: str
    name: str


class EffectShape(TypedDict):
    """What an event changes: standing before and after on the request's own day, and clock by clock."""

    on: str
    changes_nothing: bool
    before: StandingThen
    after: StandingThen
    clocks: list[ChangeShape]
    warnings: list[EventWarningShape]


class EventGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    kind: Literal['acknowledged', 'agency_closed', 'agency_reopened', 'appeal_decided', 'appeal_filed', 'bounced', 'category_decided', 'clarification_answered', 'clarification_asked', 'closed', 'consulted', 'date_promised', 'deposit_asked', 'deposit_paid', 'destruction_scheduled', 'determined', 'disputed', 'expedite_asked', 'expedite_decided', 'extension_noticed', 'fee_estimated', 'fee_invoiced', 'fee_paid', 'fee_refunded', 'fee_waiver_asked', 'fee_waiver_decided', 'follow_up_sent', 'injunction_sought', 'instalment_promised', 'narrowed', 'notice_sent', 'order_met', 'ordered', 'ordered_us', 'override', 'override_released', 'parts_named', 'perfected', 'preservation_demanded', 'produced', 'receipt_confirmed', 'records_destroyed', 'referred', 'remanded', 'review_decided', 'review_filed', 'ruling_brief_sent', 'ruling_issued', 'ruling_requested', 'sued', 'suit_decided', 'third_party_notified', 'third_party_objected', 'transferred', 'waived', 'withdrawn']
    seen_version: int
    dated_on: NotRequired[str | None]
    sent_on: NotRequired[str | None]
    received_on: NotRequired[str | None]
    dated_at: NotRequired[str | None]
    sent_at: NotRequired[str | None]
    received_at: NotRequired[str | None]
    parts: NotRequired[list[str]]
    outcome: NotRequired[Literal['granted', 'produced', 'produced_in_part', 'denied', 'denied_in_part', 'no_records', 'neither_confirms_nor_denies', 'not_ours', 'not_a_public_body', 'not_subject', 'not_found_as_described', 'directed_to_web', 'destroyed', 'upheld', 'reversed', 'withdrawn']]
    text: NotRequired[str]
    note: NotRequired[str]
    amount: NotRequired[str | None]
    tracking_number: NotRequired[str]
    names_received_on: NotRequired[str]
    until: NotRequired[str]
    days: NotRequired[int]
    unit: NotRequired[Literal['business_days', 'calendar_days']]
    reason_given: NotRequired[bool]
    due_on: NotRequired[str]
    clock: NotRequired[str]
    about: NotRequired[Literal['records', 'fees', 'suit', 'grounds', 'mediation']]
    basis: NotRequired[Literal['portal', 'return_receipt', 'certified_post', 'email_accepted']]
    event: NotRequired[str]
    of: NotRequired[str]
    law_facts: NotRequired[dict[str, Any]]


class EventProposed(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    what: Literal['acknowledged', 'extension_noticed', 'date_promised', 'produced', 'determined', 'agency_closed']
    happened_on: str
    until_on: NotRequired[str | None]
    outcome: NotRequired[Literal['denied', 'denied_in_part', 'destroyed', 'directed_to_web', 'granted', 'neither_confirms_nor_denies', 'no_records', 'not_a_public_body', 'not_found_as_described', 'not_ours', 'not_subject', 'produced', 'produced_in_part', '']]
    note: NotRequired[str]


class EventShape(TypedDict):
    """One event at the viewer's own level: words and amounts from correspondence on, notes and names ours alone."""

    id: str
    kind: str
    on: str
    dated_on: str | None
    sent_on: str | None
    received_on: str | None
    dated_at: str | None
    sent_at: str | None
    received_at: str | None
    parts: list[str]
    outcome: str | None
    facts: dict[str, Any]
    recorded_at: str
    retracted_by: str | None
    text: NotRequired[str]
    amount: NotRequired[str | None]
    note: NotRequired[str]
    recorded_by: NotRequired[str | None]


class EventWarningShape(TypedDict):
    code: str
    sentence: str


class EventsShape(TypedDict):
    """The whole ledger: it is short, and a part of it would be a ledger of something else."""

    items: list[EventShape]
    version: NotRequired[int]


class FeeGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    line: Literal['estimate', 'waiver-asked', 'waiver-decided', 'deposit-asked', 'deposit-paid', 'invoice', 'paid', 'refund']
    on: str
    seen_version: int
    amount: NotRequired[str | None]
    hours: NotRequired[str]
    hourly: NotRequired[str]
    pages: NotRequired[int]
    page_rate: NotRequired[str]
    media: NotRequired[str | None]
    due_on: NotRequired[str]
    decision: NotRequired[Literal['granted', 'part', 'refused']]
    text: NotRequired[str]
    note: NotRequired[str]


class FeeLineShape(TypedDict):
    event: str
    kind: str
    on: str | None
    amount: str | None
    text: str
    basis: BasisShape | None
    counted: bool


class FeeRecordedShape(TypedDict):
    event: str
    warnings: list[str]
    account: AccountShape


class FeedGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    shows: Literal['person', 'organisation', 'campaign', 'view', 'coalition']
    name: str
    campaign: NotRequired[str]
    view: NotRequired[str]
    coalition: NotRequired[str]


class FeedShape(TypedDict):
    id: str
    name: str
    shows: Literal['person', 'organisation', 'campaign', 'view', 'coalition']
    campaign: str
    coalition: str
    by: str
    created_at: str
    last_fetched_at: str | None
    revoked_at: str | None


class FeedShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[FeedShape]


class FeedShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[FeedShape]


class FieldError(TypedDict):
    field: str
    detail: str


class FileGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: int
    sent_on: str
    received_on: NotRequired[str | None]
    note: NotRequired[str]


class FixedGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    agency: NotRequired[str]
    law: NotRequired[str]


class FollowUpWords(TypedDict):
    request: str
    subject: str
    body: str
    address: str
    skip: str


class FollowUpsDone(TypedDict):
    letters: list[str]
    held: list[HeldShape]


class FollowUpsGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    organisation: NotRequired[str]
    campaign: NotRequired[str]
    again_days: NotRequired[Literal[7, 14, 30]]
    requests: list[str]


class FollowUpsPreview(TypedDict):
    letters: list[FollowUpWords]


class FoundGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    name: str
    purpose: NotRequired[str]
    organisation: str
    shown_as: str


class FrozenShape(TypedDict):
    name: str
    size: int
    sha256: str


class GrantsShape(TypedDict):
    campaigns: int
    requests: int
    letters: int
    documents: int
    everything: int


class GroundGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    part: NotRequired[str]
    code: NotRequired[str]
    section: NotRequired[str]
    ground: NotRequired[Literal['records_law', 'state_statute', 'federal_law', 'part_23', 'marking', 'contract', 'third_party', 'privilege', 'none_cited', '']]
    pages_full: NotRequired[int | None]
    pages_part: NotRequired[int | None]
    ranges: NotRequired[str]
    reason: NotRequired[str]
    our_view: NotRequired[Literal['unseen', 'correct', 'doubtful', 'wrong']]
    notes: NotRequired[str]
    released: NotRequired[str]
    challenged: NotRequired[str]


class GroundShape(TypedDict):
    ground: str
    law: str
    section: str
    citation: str
    n: int


class GuestGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    email: str
    level: Literal['status', 'correspondence', 'documents', 'both', 'everything']
    until: str
    shown_as: NotRequired[str]
    reason: NotRequired[str]


class HeldShape(TypedDict):
    agency: str
    why: str


class HitShape(TypedDict):
    id: str
    name: str


class HoldGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    reason: str
    lift: NotRequired[bool]


class HoldShape(TypedDict):
    id: str
    of: str
    reason: str
    set_at: str
    set_by: str | None
    lifted_at: str | None


class ImportRowShape(TypedDict):
    id: str
    state: Literal['uploaded', 'checking', 'checked', 'applying', 'applied', 'undone', 'failed']
    file: str
    sha256: str
    log: str
    created_at: str
    applied_at: str | None
    undone_at: str | None
    rows: int
    rows_done: int
    counts: dict[str, int]
    problem: str


class ImportRowShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[ImportRowShape]


class ImportRowShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[ImportRowShape]


class ImportShape(TypedDict):
    id: str
    state: Literal['uploaded', 'checking', 'checked', 'applying', 'applied', 'undone', 'failed']
    file: str
    sha256: str
    log: str
    created_at: str
    applied_at: str | None
    undone_at: str | None
    rows: int
    rows_done: int
    counts: dict[str, int]
    problem: str
    columns: list[ColumnShape]
    trouble: str
    mapping: MappingShape


class InForceShape(TypedDict):
    clock: str
    what: Literal['acknowledged', 'snoozed', 'delegated', 'muted', 'unmuted']
    person: str
    due_on: str | None
    until_on: str | None
    to: str | None


class InboxShape(TypedDict):
    id: str
    organisation: str
    kind: Literal['reminder', 'mention', 'offer', 'escalated', 'correction', 'assigned', 'webhook', 'publishing', 'proposal']
    request: str | None
    clock: str | None
    due_on: str | None
    at: str
    read: bool


class InboxShapeNumbered(TypedDict):
    unread: int
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[InboxShape]


class InboxShapePage(TypedDict):
    unread: int
    next: str | None
    previous: str | None
    items: list[InboxShape]


class InsideDraft(TypedDict):
    id: str
    kind: Literal['request', 'follow_up', 'appeal', 'review', 'notice', 'demand', 'answer', 'other']
    state: Literal['draft', 'queued', 'stopped']
    subject: str
    body: str
    by: str
    edited_at: str


class InsideDraftNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[InsideDraft]


class InsideDraftPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[InsideDraft]


class InsideNote(TypedDict):
    id: str
    text: str
    by: str
    written_at: str
    edited_at: str | None


class InsideNoteNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[InsideNote]


class InsideNotePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[InsideNote]


class InvitationGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    email: str
    role: Literal['viewer', 'editor', 'owner']


class InvitationShape(TypedDict):
    id: str
    email: str
    role: Literal['viewer', 'editor', 'owner']
    by: str | None
    created_at: str
    expires_at: str
    mail: Literal['planned', 'sent', 'failed']
    mail_sent_at: str | None
    mail_outcome: str


class InvitationShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[InvitationShape]


class InvitationShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[InvitationShape]


class ItemShape(TypedDict):
    item: str
    fingerprint: str
    masked: dict[str, Any]
    suspect: dict[str, Any]
    blocks: bool
    looked_at: bool
    by: str | None


class JoinGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    organisation: str
    shown_as: str


class JointCellShape(TypedDict):
    ask: str
    member: str
    organization: str
    ours: bool
    request: str
    custodian: str | None
    law: str
    filed_on: str
    group: str
    stage: str
    outcome: str | None
    whose_move: str | None
    late: bool
    days_late: int
    answer_due_earliest: str | None
    answer_due_latest: str | None
    next: NextDate | None
    sample: bool


class JointEffectShape(TypedDict):
    campaigns: int
    parts: int
    cells: int
    lost_parts: int
    lost_cells: int
    feeds: int


class JointGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    name: str
    question: NotRequired[str]


class JointMatrixShape(TypedDict):
    """`total` and `groups` count what you see of all of it; `items` are one page of what the filters leave."""

    joint: str
    asks: list[str]
    total: int
    groups: dict[str, int]
    agencies: int
    asked_twice: int
    page: int
    pages: int
    items: list[JointRowShape]


class JointPartShape(TypedDict):
    id: str
    organization: str
    ours: bool
    ask: str
    campaign: str
    put_in_at: str


class JointPartShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[JointPartShape]


class JointPartShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[JointPartShape]


class JointRowShape(TypedDict):
    agency: AgencyRef
    twice: bool
    cells: list[JointCellShape]


class JointShape(TypedDict):
    id: str
    name: str
    question: str
    created_at: str
    closed_at: str | None


class JointShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[JointShape]


class JointShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[JointShape]


class KitLookGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    kit: str


class KitOfferGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    kit: str
    tier: Literal['observer', 'member', 'steering']
    title: str


class KitOfferRow(TypedDict):
    id: str
    title: str
    began_from: str | None
    organization: str
    ours: bool
    tier: Literal['observer', 'member', 'steering']
    offered_at: str


class KitOfferRowNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[KitOfferRow]


class KitOfferRowPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[KitOfferRow]


class KitOfferShape(TypedDict):
    id: str
    title: str
    began_from: str | None
    organization: str
    ours: bool
    tier: Literal['observer', 'member', 'steering']
    offered_at: str
    text: str


class KitToldShape(TypedDict):
    text: str
    withheld: int


class LawChangeShape(TypedDict):
    id: str
    organisation: str
    law: str
    revision: int
    state: str
    created_at: str
    counted: int
    total: int
    moved: int
    waiting: int


class LawChangeShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[LawChangeShape]


class LawChangeShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[LawChangeShape]


class LawDecidedShape(TypedDict):
    requests: int
    law_change: LawChangeShape


class LawDecisionGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    accept: bool
    requests: NotRequired[list[str]]


class LawOfAgency(TypedDict):
    law: str
    why: str
    confidence: str
    seen_at: str


class LetterGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    request: NotRequired[str]
    kind: NotRequired[Literal['request', 'follow_up', 'appeal', 'review', 'notice', 'demand', 'answer', 'other']]
    organisation: NotRequired[str]
    agency: NotRequired[str]
    custodian: NotRequired[str]
    law: NotRequired[str]
    kit: NotRequired[str]
    parts: NotRequired[list[str]]
    subject: NotRequired[str]
    body: NotRequired[str]
    public_title: NotRequired[str]


class LetterProposed(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    letter: Literal['follow_up', 'appeal', 'review', 'notice', 'demand', 'answer', 'other']
    subject: str
    body: str
    note: NotRequired[str]


class LetterRow(TypedDict):
    id: str
    kind: str
    stage: str
    subject: str
    agency: str
    request: str | None
    campaign: str | None
    kit: str
    sent_on: str | None
    created_at: str


class LetterRowNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[LetterRow]


class LetterRowPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[LetterRow]


class LetterShape(TypedDict):
    id: str
    kind: str
    stage: str
    subject: str
    agency: str
    request: str | None
    campaign: str | None
    kit: str
    sent_on: str | None
    created_at: str
    body: str
    parts: list[str]
    channel: str
    recipient: str
    address: str
    version: int
    problem: str
    attachments: list[AttachmentShape]
    warnings: list[WarningShape]
    due_if_sent_today: str | None
    proof: ProofShape | None


class LineShape(TypedDict):
    line: int
    verdict: str
    number: str
    cells: dict[str, str]
    problems: list[ProblemShape]
    request: str | None


class LineShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[LineShape]


class LineShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[LineShape]


class LinkShape(TypedDict):
    coalition: str
    purpose: str
    invited_by: str
    tier: Literal['observer', 'member', 'steering']
    message: str
    expires_at: str


class ListShape(TypedDict):
    items: list[WithholdingShape]


class LogUploadGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    organisation: NotRequired[str]
    log: NotRequired[str]
    file: str


class LookGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    letter: str
    subject: NotRequired[str]
    body: NotRequired[str]


class LostShape(TypedDict):
    requests: int
    letters: int
    documents: int
    everything: int


class MadeFeedShape(TypedDict):
    id: str
    name: str
    shows: Literal['person', 'organisation', 'campaign', 'view', 'coalition']
    campaign: str
    coalition: str
    by: str
    created_at: str
    last_fetched_at: str | None
    revoked_at: str | None
    url: str


class MappingGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    log: NotRequired[str]
    columns: ColumnsGiven
    fixed: NotRequired[FixedGiven]
    words: NotRequired[dict[str, Literal['agency_closed||', 'determined|denied_in_part|', 'determined|denied|', 'determined|destroyed|', 'determined|directed_to_web|', 'determined|granted|', 'determined|neither_confirms_nor_denies|', 'determined|no_records|', 'determined|not_a_public_body|', 'determined|not_found_as_described|', 'determined|not_ours|', 'determined|not_ours|referred', 'determined|not_subject|', 'determined|produced_in_part|', 'determined|produced|', 'withdrawn|withdrawn|', '||']]]
    agencies: NotRequired[dict[str, str]]
    order: NotRequired[Literal['month', 'day']]
    log_on: NotRequired[str]
    history: NotRequired[bool]
    custom: NotRequired[list[str]]


class MappingShape(TypedDict):
    """columns: our field to their heading. fixed: one value for every row. words: their outcome to a meaning. agencies: their name to the id of an agency."""

    columns: dict[str, str]
    fixed: dict[str, str]
    words: dict[str, str]
    agencies: dict[str, str]
    order: str
    log_on: dict[str, str]
    history: bool
    custom: list[str]


class MarkShape(TypedDict):
    on: str
    until: str | None
    name: str
    owner: str
    request: str
    title: str
    agency: str
    late: bool
    sample: bool


class MatrixLine(TypedDict):
    """One request. `steps`: the last of each kind that stands (determined, produced, appeal_filed, review_filed, ruling_requested, sued)."""

    id: str
    title: str
    agency: AgencyRef
    custodian: str | None
    law: str
    filed_on: str
    today: str
    group: str
    stage: str
    outcome: str | None
    whose_move: str | None
    late: bool
    days_late: int
    answer_due_earliest: str | None
    answer_due_latest: str | None
    steps: dict[str, MatrixStepShape]
    next: NextDate | None
    sample: bool


class MatrixShape(TypedDict):
    """`groups` and `moves` count the whole campaign, `items` are what the filters leave of it."""

    campaign: str
    total: int
    agencies: int
    first_filed_on: str | None
    last_filed_on: str | None
    groups: dict[str, int]
    moves: dict[str, int]
    items: list[MatrixLine]


class MatrixStepShape(TypedDict):
    on: str
    outcome: str | None


class MedianShape(TypedDict):
    days: int
    low: int
    high: int | None


class MeetGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: int
    sent_on: str
    text: NotRequired[str]


class MemberShape(TypedDict):
    id: str
    name: str
    tier: Literal['observer', 'member', 'steering']
    coordinates: bool
    since: str
    ours: bool
    tells_counts: bool | None
    tells_collisions: bool | None


class MemberShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[MemberShape]


class MemberShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[MemberShape]


class MergeGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    into: str


class MergedShape(TypedDict):
    requests: int


class ModelRow(TypedDict):
    id: str
    title: str
    kind: Literal['request', 'follow_up', 'appeal', 'review', 'notice', 'demand', 'answer', 'other']
    law: str | None
    kit: str | None
    organization: str
    ours: bool
    tier: Literal['observer', 'member', 'steering']
    offered_at: str


class ModelRowNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[ModelRow]


class ModelRowPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[ModelRow]


class ModelShape(TypedDict):
    id: str
    title: str
    kind: Literal['request', 'follow_up', 'appeal', 'review', 'notice', 'demand', 'answer', 'other']
    law: str | None
    kit: str | None
    organization: str
    ours: bool
    tier: Literal['observer', 'member', 'steering']
    offered_at: str
    subject: str
    body: str


class ModelsEffectShape(TypedDict):
    ending: int
    lost: int


class MovedClockShape(TypedDict):
    name: str
    parts: list[str]
    owner: str
    days: int | None
    old: ReadingShape
    new: ReadingShape


class NamedGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    email: str


class NewestShape(TypedDict):
    id: str
    title: str
    agency: str
    jurisdiction: str
    sample: bool
    on: str
    outcome: str


class NextDate(TypedDict):
    on: str
    name: str
    owner: str


class NoteShape(TypedDict):
    id: str
    text: str | None
    author: str | None
    written_at: str
    edited_at: str | None
    deleted_at: str | None
    version: int
    mentions: list[str]
    privileged: bool


class NoteShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[NoteShape]


class NoteShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[NoteShape]


class NoteVersionShape(TypedDict):
    version: int
    text: str
    until: str


class NoteWhole(TypedDict):
    id: str
    text: str | None
    author: str | None
    written_at: str
    edited_at: str | None
    deleted_at: str | None
    version: int
    mentions: list[str]
    privileged: bool
    before: list[NoteVersionShape]


class NoteWritten(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    text: str
    mention: NotRequired[list[str]]
    privileged: NotRequired[bool]
    circle: NotRequired[str]


class NumberGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    kind: Literal['agency', 'portal', 'police_report', 'appeal', 'other']
    number: str


class NumberShape(TypedDict):
    id: str
    kind: Literal['agency', 'portal', 'police_report', 'appeal', 'other']
    number: str


class NumbersShape(TypedDict):
    items: list[NumberShape]


class OfferGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    letter: str
    tier: Literal['observer', 'member', 'steering']
    title: str
    subject: NotRequired[str]
    body: NotRequired[str]


class OfferedMoveShape(TypedDict):
    request: str
    title: str
    agency: str
    sample: bool
    from_revision: int
    decision: Literal['waiting', 'chosen', 'applied', 'declined', 'replaced', 'moot']
    decided_by: str
    decided_at: str | None
    changes: list[MovedClockShape]


class OfferedMoveShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[OfferedMoveShape]


class OfferedMoveShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[OfferedMoveShape]


class OfferingShape(TypedDict):
    subject: str
    body: str
    withheld: int


class OneShape(TypedDict):
    id: str
    to_us: bool
    kind: Literal['event', 'draft', 'document']
    request: str | None
    name: str
    person: str
    in_advance: bool
    what: str
    subject: str
    body: str
    outcome: str | None
    happened_on: str | None
    until_on: str | None
    file: str | None
    size: int
    sha256: str
    note: str
    proposed_at: str
    state: Literal['waiting', 'accepted', 'declined', 'withdrawn', None]
    reason: str
    decided_at: str | None
    version: int | None
    effect: EffectShape | None
    cannot: str


class OpenDataFileShape(TypedDict):
    name: str
    table: str
    rows: int
    size: int
    sha256: str
    url: str


class OpenDataShape(TypedDict):
    """`stands` is false from the moment something of the files is taken back until they are made anew, mostly within a minute; there are none to fetch then."""

    license: str
    dictionary: str
    stands: bool
    as_of: str | None
    files: list[OpenDataFileShape]


class OpenGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    kind: Literal['appeal', 'review', 'notice', 'suit']
    clock: NotRequired[str]
    parts: NotRequired[list[str]]
    body: NotRequired[str]
    level: NotRequired[int]
    adopts: NotRequired[str]


class OpenWindowShape(TypedDict):
    request: str
    title: str
    agency: str
    clock: str
    name: str
    kind: Literal['appeal', 'review', 'notice', 'suit', 'order']
    parts: list[str]
    opens_on: str | None
    due_on: str | None
    latest: str | None
    days_left: int | None
    closed: bool
    standard: str
    sample: bool


class OpenWindowShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[OpenWindowShape]


class OpenWindowShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[OpenWindowShape]


class OrderGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: int
    what: Literal['answer', 'production', 'index', 'status_report', 'brief', 'hearing', 'fee_motion', 'other']
    owes: Literal['agency', 'requester']
    due_on: str
    dated_on: str
    received_on: NotRequired[str | None]
    entry: NotRequired[str]
    moves: NotRequired[str]
    text: NotRequired[str]


class OrderShape(TypedDict):
    id: str
    name: str
    owner: str
    due_on: str | None
    state: str
    met_on: str | None
    citation: str


class OrganisationGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    name: str


class OrganisationMemberShape(TypedDict):
    id: str
    email: str
    name: str
    role: Literal['viewer', 'editor', 'owner']
    since: str
    protected: bool


class OrganisationMemberShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[OrganisationMemberShape]


class OrganisationMemberShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[OrganisationMemberShape]


class OrganisationShape(TypedDict):
    id: str
    name: str
    role: Literal['viewer', 'editor', 'owner']
    requires_second_factor: bool
    audit_years: int | None
    two_to_publish: bool
    one_asked: bool
    created_at: str
    sample: bool


class OrganisationShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[OrganisationShape]


class OrganisationShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[OrganisationShape]


class OutShape(TypedDict):
    cells: int
    share_ends: bool


class OversightShape(TypedDict):
    recommendation: Literal['left', 'no_immigration_staff', 'not_with_ice', 'public_audits', 'audits_of_ice', 'audits_of_speech', 'audits_of_spending', 'informal_sharing', 'pass_through', 'plate_opt_out', 'court_orders', 'grant_share']
    value: Literal['yes', 'partly', 'no', 'withheld', 'no_records', 'unknown', 'not_asked']
    known: Literal['reported', 'documented', 'withheld', 'contradicted', 'stale', None]
    page: str
    from_on: str | None
    until_on: str | None
    citation: str
    sources_differ: bool
    first_asked_on: str | None
    tested_by: list[str]


class OwnGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    shown_as: str
    tells_counts: bool
    tells_collisions: bool


class OwnKitGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    organisation: NotRequired[str]
    name: str
    copy_from: str


class OwnKitRow(TypedDict):
    id: str
    ref: str
    name: str
    copied_from: str
    retired: bool


class OwnKitRowNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[OwnKitRow]


class OwnKitRowPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[OwnKitRow]


class OwnKitSave(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen: str
    text: str
    name: NotRequired[str]
    ready: NotRequired[bool]


class OwnKitShape(TypedDict):
    id: str
    ref: str
    name: str
    copied_from: str
    retired: bool
    version: int
    state: str
    seen: str
    text: str
    problems: list[str]


class OwnModelRow(TypedDict):
    id: str
    title: str
    kind: Literal['request', 'follow_up', 'appeal', 'review', 'notice', 'demand', 'answer', 'other']
    law: str | None
    kit: str | None
    by_partner: str
    copied_at: str


class OwnModelRowNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[OwnModelRow]


class OwnModelRowPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[OwnModelRow]


class OwnModelShape(TypedDict):
    id: str
    title: str
    kind: Literal['request', 'follow_up', 'appeal', 'review', 'notice', 'demand', 'answer', 'other']
    law: str | None
    kit: str | None
    by_partner: str
    copied_at: str
    subject: str
    body: str


class OwnershipGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    member: str
    then: Literal['editor', 'viewer']


class PagesGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    pages: int | None


class PartGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    label: NotRequired[str]
    title: NotRequired[str]


class PartShape(TypedDict):
    label: str
    title: str


class PartnerRequestShape(TypedDict):
    request: str
    organization: str
    filed_on: str


class PartnerShape(TypedDict):
    id: str
    name: str


class PartnersAskedPage(TypedDict):
    items: list[PartnersAskedShape]
    page: int
    pages: int


class PartnersAskedShape(TypedDict):
    agency: str
    kit: str
    asked: list[PartnerRequestShape]
    somebody: bool | None


class PartsGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    parts: list[PartGiven]
    split_from: NotRequired[str]


class PartsShape(TypedDict):
    items: list[PartShape]
    version: int


class PatchedCommentChanged(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    text: NotRequired[str]
    seen_version: NotRequired[int]


class PatchedDecisionGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    act: NotRequired[Literal['confirm', 'agree', 'publish', 'extend', 'withdraw', 'unpublish']]
    seen: NotRequired[dict[str, str]]
    embargo_until: NotRequired[str]
    whole: NotRequired[bool]


class PatchedDescribeGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    title: NotRequired[str]
    event: NotRequired[str | None]


class PatchedDetailsGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: NotRequired[int]
    public_title: NotRequired[str]
    working_title: NotRequired[str]
    tracking_number: NotRequired[str]
    held_back: NotRequired[bool]


class PatchedLetterSave(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: NotRequired[int]
    subject: NotRequired[str]
    body: NotRequired[str]
    public_title: NotRequired[str]
    channel: NotRequired[Literal['email', 'post', 'certified_post', 'fax', 'portal', 'hand']]
    recipient: NotRequired[str]
    address: NotRequired[str]


class PatchedNoteChanged(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    text: NotRequired[str]
    mention: NotRequired[list[str]]
    seen_version: NotRequired[int]


class PatchedOrganisationChanged(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    name: NotRequired[str]
    requires_second_factor: NotRequired[bool]
    audit_years: NotRequired[int | None]
    two_to_publish: NotRequired[bool]


class PatchedPartChanged(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    title: NotRequired[str]
    seen_title: NotRequired[str]


class PatchedRequesterChanged(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    name: NotRequired[str]
    signs_as: NotRequired[str]
    postal_address: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    residency: NotRequired[str]
    fee_category: NotRequired[Literal['', 'news_media', 'education', 'science', 'other', 'commercial']]
    attestation: NotRequired[str]
    protected: NotRequired[bool]
    proxies: NotRequired[list[ProxyGiven]]
    default: NotRequired[bool]
    seen_version: NotRequired[int]


class PatchedTagGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    name: NotRequired[str]


class PatchedWriteGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: NotRequired[int]
    level: NotRequired[int]
    parts: NotRequired[list[str]]
    challenged: NotRequired[list[SectionGiven]]
    body: NotRequired[str]
    grounds: NotRequired[str]
    relief: NotRequired[str]
    subject: NotRequired[str]
    letter: NotRequired[str]
    notes: NotRequired[str]
    court: NotRequired[str]
    docket: NotRequired[str]
    judge: NotRequired[str]
    counsel: NotRequired[str]


class PeopleGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    assignee: str | None
    backup: NotRequired[str | None]
    seen_version: int


class PeopleShape(TypedDict):
    assignee: str | None
    backup: str | None
    version: int


class PersonalGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    zone: str
    quiet_from: NotRequired[str | None]
    quiet_until: NotRequired[str | None]
    quiet_weekdays: NotRequired[list[int]]
    digest: NotRequired[Literal['single', 'daily', 'weekly']]
    digest_at: NotRequired[str]
    digest_weekday: NotRequired[int]


class PersonalShape(TypedDict):
    zone: str
    quiet_from: str | None
    quiet_until: str | None
    quiet_weekdays: list[int]
    digest: str
    digest_at: str
    digest_weekday: int


class PlanShape(TypedDict):
    id: str
    title: str
    kits: list[str]
    agencies: int
    written: int


class PolicyGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    rules: list[RuleGiven]
    seen_version: int


class PolicyShape(TypedDict):
    rules_of: str
    own: bool
    version: int
    rules: list[RuleShape]


class PreservationShape(TypedDict):
    demands: list[DemandShape]
    alarms: list[AlarmShape]
    holds: list[HoldShape]
    version: int


class PrivilegeGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    privileged: bool
    circle: NotRequired[str]
    reason: NotRequired[str]


class PrivilegeShape(TypedDict):
    privileged: bool
    circle: str | None


class PrivilegedDocument(TypedDict):
    id: str
    title: str
    size: int
    sha256: str
    file: str
    circle: str | None


class PrivilegedNote(TypedDict):
    id: str
    text: str
    written_at: str
    author: str | None
    circle: str | None


class PrivilegedNoteNumbered(TypedDict):
    documents: list[PrivilegedDocument]
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[PrivilegedNote]


class PrivilegedNotePage(TypedDict):
    documents: list[PrivilegedDocument]
    next: str | None
    previous: str | None
    items: list[PrivilegedNote]


class Problem(TypedDict):
    """Why there is no answer. `code` is stable for programs, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: NotRequired[str]
    errors: NotRequired[list[FieldError]]
    seen_version: NotRequired[int]
    current_version: NotRequired[int]
    current: NotRequired[Any]


class ProblemShape(TypedDict):
    field: str
    sentence: str


class ProofShape(TypedDict):
    message_id: str
    at: str
    address: str
    law_ref: str
    text_sha256: str
    pdf_sha256: str
    tracking_number: str
    attachments: list[FrozenShape]
    server: list[str]


class ProposalDecisionGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    state: Literal['accepted', 'declined', 'withdrawn']
    reason: NotRequired[str]
    seen_version: NotRequired[int]


class ProposalGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    correspondence: NotRequired[bool]
    documents: NotRequired[bool]
    reason: NotRequired[str]
    embargo_until: NotRequired[str | None]
    embargo_zone: NotRequired[str]
    by_itself: NotRequired[bool]


class ProposalShape(TypedDict):
    id: str
    to_us: bool
    kind: Literal['event', 'draft', 'document']
    request: str | None
    name: str
    person: str
    in_advance: bool
    what: str
    subject: str
    body: str
    outcome: str | None
    happened_on: str | None
    until_on: str | None
    file: str | None
    size: int
    sha256: str
    note: str
    proposed_at: str
    state: Literal['waiting', 'accepted', 'declined', 'withdrawn', None]
    reason: str
    decided_at: str | None


class ProposalShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[ProposalShape]


class ProposalShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[ProposalShape]


class ProtectionGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    member: str
    protected: bool


class ProxyGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    state: str
    standing: Literal['citizen', 'resident']
    name: str
    postal_address: NotRequired[str]
    email: NotRequired[str]


class ProxyShape(TypedDict):
    state: str
    standing: Literal['citizen', 'resident']
    name: str
    postal_address: str
    email: str


class PublicationShape(TypedDict):
    id: str
    request: str | None
    campaign: str | None
    state: Literal['proposed', 'agreed', 'published', 'withdrawn', 'ended']
    correspondence: bool
    documents: bool
    reason: str
    proposed_by: str | None
    proposed_at: str
    agreed_by: str | None
    embargo_until: str | None
    embargo_zone: str
    by_itself: bool


class PublicationShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[PublicationShape]


class PublicationShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[PublicationShape]


class PublishingShape(TypedDict):
    public: bool
    publication: PublicationShape | None
    checklist: list[ItemShape]


class PutGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    campaign: str
    ask: str
    tier: Literal['observer', 'member', 'steering']
    level: NotRequired[Literal['status', 'correspondence', 'documents', 'both', 'everything']]


class PutPreviewShape(TypedDict):
    grants: bool
    level: str
    then_level: str
    requests: int
    held_back: int
    partners: list[str]


class QueueGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: int
    accepted: NotRequired[list[str]]


class ReadGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    ids: list[str]
    read: NotRequired[bool]


class ReadShape(TypedDict):
    changed: int


class ReadingGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    delimiter: NotRequired[Literal[',', ';', '\t', '|']]
    encoding: NotRequired[str]
    sheet: NotRequired[str]
    head_line: NotRequired[int]


class ReadingShape(TypedDict):
    due: str | None
    earliest: str | None
    latest: str | None
    standard: str
    unknown: str


class RecordedShape(TypedDict):
    event: str
    version: int
    effect: EffectShape | None


class RedraftGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: int


class RemediesShape(TypedDict):
    windows: list[RemedyWindowShape]
    remedies: list[RemedyShape]


class RemedyLetterShape(TypedDict):
    letter: str


class RemedyRow(TypedDict):
    id: str
    request: str
    kind: str
    level: int
    round: int
    body: str
    court: str
    docket: str
    parts: list[str]
    created_at: str


class RemedyRowNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[RemedyRow]


class RemedyRowPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[RemedyRow]


class RemedyShape(TypedDict):
    """stage: draft, filed, decided, remanded or dropped."""

    id: str
    request: str
    kind: str
    level: int
    round: int
    body: str
    court: str
    docket: str
    parts: list[str]
    created_at: str
    version: int
    request_version: int
    stage: str
    judge: str
    counsel: str
    grounds: str
    relief: str
    subject: str
    letter: str
    letter_id: str | None
    notes: str
    challenged: list[SectionShape]
    filed_on: str | None
    late_by: int | None
    decided_on: str | None
    outcome: str | None
    answer_due_on: str | None
    orders: list[OrderShape]
    costs: list[CostShape]
    total: str


class RemedyWindowShape(TypedDict):
    """A window of ours. state: open, locked, coming, closed, used or gone."""

    clock: str
    name: str
    kind: str
    state: str
    body: str
    parts: list[str]
    opens_on: str | None
    due_on: str | None
    latest: str | None
    days_left: int | None
    standard: str
    citation: str
    verified: bool
    needs: list[str]
    ends: list[str]
    ended_by: list[str]
    does_not_stop: list[str]
    forums: list[str]


class RemovalGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    member: str
    successor: NotRequired[str]


class RemovedShape(TypedDict):
    requests: int


class RequestGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    organisation: NotRequired[str]
    agency: str
    custodian: NotRequired[str]
    law: NotRequired[str]
    public_title: str
    working_title: NotRequired[str]
    campaign: NotRequired[str]
    parts: NotRequired[list[RequestPartGiven]]
    sent_on: str
    channel: Literal['email', 'portal', 'post', 'certified_post', 'fax', 'hand', 'in_person', 'phone']
    received_on: NotRequired[str | None]
    receipt_basis: NotRequired[Literal['accepted', 'accepted_email', 'acknowledgement', 'by_hand', 'certified_post', 'email_accepted', 'ordinary_post', 'portal', 'portal_receipt', 'receipt', 'return_receipt', 'stated']]
    tracking_number: NotRequired[str]
    letter: NotRequired[str]
    law_facts: NotRequired[dict[str, Any]]


class RequestPartGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    label: str
    title: NotRequired[str]


class RequestPartShape(TypedDict):
    label: str
    title: str
    outcome: str | None
    stage: NotRequired[str | None]
    whose_move: NotRequired[str | None]
    late: NotRequired[bool | None]


class RequestRow(TypedDict):
    """One request on its own local day. Of another organization it is the public projection: no move and no window of the requester."""

    id: str
    title: str
    ours: bool
    agency: AgencyRef
    law: str
    filed_on: str
    today: str
    stage: str | None
    outcome: str | None
    whose_move: str | None
    late: bool
    days_late: int
    next: NextDate | None
    sample: bool


class RequestRowNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[RequestRow]


class RequestRowPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[RequestRow]


class RequestShape(TypedDict):
    """One request at the viewer's own level: what the viewer may not read is absent, not empty."""

    id: str
    title: str
    ours: bool
    agency: AgencyRef
    custodian: str | None
    law: str
    filed_on: str
    today: str
    zone: str
    sample: bool
    campaign: CampaignRef | None
    standing: StandingShape | None
    parts: list[RequestPartShape]
    clocks: list[ClockShape]
    version: NotRequired[int]
    law_revision: NotRequired[int]
    working_title: NotRequired[str]
    assignee: NotRequired[str | None]
    backup: NotRequired[str]
    notes: NotRequired[str]
    superseded: NotRequired[list[SupersededShape]]
    published: NotRequired[bool]
    tracking_number: NotRequired[str]
    letter: NotRequired[str]


class RequestTasksShape(TypedDict):
    items: list[TaskShape]
    partners: list[PartnerShape]


class RequesterGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    name: str
    signs_as: NotRequired[str]
    postal_address: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    residency: NotRequired[str]
    fee_category: NotRequired[Literal['', 'news_media', 'education', 'science', 'other', 'commercial']]
    attestation: NotRequired[str]
    protected: NotRequired[bool]
    proxies: NotRequired[list[ProxyGiven]]
    default: NotRequired[bool]


class RequesterShape(TypedDict):
    id: str
    name: str
    signs_as: str
    postal_address: str
    email: str
    phone: str
    residency: str
    fee_category: str
    attestation: str
    protected: bool
    proxies: list[ProxyShape]
    default: bool
    version: int


class RequesterShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[RequesterShape]


class RequesterShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[RequesterShape]


class RetractionGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: int
    reason: str


class RightGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    grantee: str
    right: Literal['comment', 'propose_event', 'log_event', 'upload', 'draft', 'send', 'publish']
    until: NotRequired[str | None]
    reason: NotRequired[str]


class RightShape(TypedDict):
    id: str
    name: str
    right: Literal['comment', 'propose_event', 'log_event', 'upload', 'draft']
    counts: bool
    since: str
    until: str | None
    granted_by: str
    reason: str


class RightsShape(TypedDict):
    items: list[RightShape]


class RoleGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    member: str
    role: Literal['viewer', 'editor', 'owner']
    seen_role: Literal['viewer', 'editor', 'owner']


class RuleGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    clocks: Literal['ours', 'agency']
    days: NotRequired[list[int]]
    unit: NotRequired[Literal['calendar', 'business']]
    on_opening: NotRequired[bool]
    repeat_every: NotRequired[int | None]
    repeat_unit: NotRequired[Literal['calendar', 'business']]
    repeat_until: NotRequired[int]
    channels: list[Literal['email', 'inbox', 'webhook']]
    recipients: NotRequired[list[Literal['assignee', 'backup', 'owners', 'editors', 'viewers']]]
    escalate_after: NotRequired[int | None]
    escalate_to: NotRequired[Literal['owners', 'backup', 'editors']]


class RuleShape(TypedDict):
    clocks: str
    days: list[int]
    unit: str
    on_opening: bool
    repeat_every: int | None
    repeat_unit: str
    repeat_until: int
    channels: list[str]
    recipients: list[str]
    escalate_after: int | None
    escalate_to: str


class RulesEffectShape(TypedDict):
    added: int
    dropped: int
    requests: int
    whole: bool


class RulesGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    rules: list[RuleGiven]


class SavedShape(TypedDict):
    requests: int
    planned: bool


class ScheduleShape(TypedDict):
    rules_of: str
    to_come: list[ToComeShape]


class SearchShape(TypedDict):
    requests: list[RequestRow]
    requests_total: int
    agencies: list[HitShape]
    agencies_total: int
    campaigns: list[HitShape]
    people: list[str]


class SecretShape(TypedDict):
    id: str
    name: str
    url: str
    form: Literal['json', 'slack']
    kinds: list[Literal['reminder.due', 'request.filed', 'event.recorded', 'letter.sent', 'letter.failed', 'date.moved']]
    active: bool
    created_at: str
    last_sent_at: str | None
    failing_since: str | None
    last_failure: str
    switched_off_at: str | None
    secret: str


class SectionGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    part: NotRequired[str]
    section: str
    basis: NotRequired[Literal['records_law', 'state_statute', 'federal', 'part_23', 'marking', 'contract', 'third_party', 'privilege', 'none']]


class SectionShape(TypedDict):
    part: str
    section: str
    basis: str


class SentGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    seen_version: int
    channel: Literal['post', 'certified_post', 'fax', 'portal', 'hand']
    sent_on: str
    tracking_number: NotRequired[str]
    proof: NotRequired[str]


class SentShape(TypedDict):
    at: str
    kind: str
    clock: str
    due_on: str
    to: str
    channels: list[str]
    state: str
    outcome: str


class SentShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[SentShape]


class SentShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[SentShape]


class ShareChangeShape(TypedDict):
    grantee: str
    given: Literal['nothing', 'status', 'correspondence', 'documents', 'both', 'everything']
    then_given: Literal['nothing', 'status', 'correspondence', 'documents', 'both', 'everything']
    sees: Literal['nothing', 'status', 'correspondence', 'documents', 'both', 'everything']
    then_sees: Literal['nothing', 'status', 'correspondence', 'documents', 'both', 'everything']
    until: str | None


class ShareChangesShape(TypedDict):
    seen: str
    changes: list[ShareChangeShape]


class ShareRow(TypedDict):
    """Somebody it is, or could be, shared with. `given` by the grant of this row, `sees` by all of them together."""

    grantee: str
    kind: Literal['coalition', 'guest', 'partner', 'public']
    name: str
    tier: Literal['observer', 'member', 'steering', None]
    given: Literal['nothing', 'status', 'correspondence', 'documents', 'both', 'everything']
    sees: Literal['nothing', 'status', 'correspondence', 'documents', 'both', 'everything']
    since: str | None
    until: str | None
    granted_by: str
    reason: str
    mail: Literal['planned', 'sent', 'failed', None]


class ShareWishGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    grantee: str
    level: Literal['nothing', 'status', 'correspondence', 'documents', 'both', 'everything']
    until: NotRequired[str | None]


class SharesGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    changes: list[ShareWishGiven]
    reason: NotRequired[str]
    seen: NotRequired[str]


class SharesShape(TypedDict):
    requests: int
    held_back: int
    seen: str
    items: list[ShareRow]


class ShelfShape(TypedDict):
    bundles: list[BundleShape]
    files: int
    size: int
    proposals: NotRequired[list[str]]


class SilentShape(TypedDict):
    id: str
    title: str
    agency: str
    jurisdiction: str
    sample: bool
    filed_on: str
    days: int
    due_on: str | None


class SkippedShape(TypedDict):
    request: str
    why: str


class StandingShape(TypedDict):
    stage: str
    outcome: str
    whose_move: str
    late: bool
    late_since: str | None
    next: NextDate | None


class StandingThen(TypedDict):
    stage: str
    outcome: str | None
    whose_move: str
    late: bool


class StatementRow(TypedDict):
    """In full and unchanged, but for names that are withheld. `request` is null where it is about the agency itself."""

    id: str
    agency: str
    agency_name: str
    request: str | None
    text: str
    sent_by: str
    verified: str
    received_on: str
    published_at: str | None
    attachment_url: str
    url: str


class StatementRowNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[StatementRow]


class StatementRowPage(TypedDict):
    next: str | None
    previous: str | None
    items: list[StatementRow]


class StatisticsShape(TypedDict):
    """`population`: which requests are counted (filed, sample, log); the three are never counted together."""

    population: str
    populations: dict[str, int]
    as_of: str
    units: UnitsShape
    groups: dict[str, int]
    acknowledged: int | None
    undated: int
    first_answer: CurveShape
    completion: CurveShape
    acknowledgment: CurveShape
    delay: DelayShape
    grounds_of: int
    grounds: list[GroundShape]
    sections: list[GroundShape]


class StayEffectShape(TypedDict):
    ending: GrantsShape
    starting: GrantsShape
    lost: LostShape
    joint: JointEffectShape
    models: ModelsEffectShape
    kits: ModelsEffectShape
    work: WorkEffectShape


class StepShape(TypedDict):
    remedy: RemedyShape
    event: str
    warnings: list[str]


class StopGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    stop: Literal['digests', 'ours', 'nothing']
    confirmed: NotRequired[bool]


class StopShape(TypedDict):
    digests: bool
    ours: bool


class StrikeGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    why: str


class SumsShape(TypedDict):
    requests: int
    estimated: str | None
    charged: str | None
    paid: str | None
    balance: str | None


class SupersededShape(TypedDict):
    key: str
    name: str
    due_on: str | None
    superseded_at: str


class SwitchGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    on: bool


class TagGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    name: str


class TagShape(TypedDict):
    id: str
    name: str
    organisation: str
    requests: int


class TagShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[TagShape]


class TagShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[TagShape]


class TagsOf(TypedDict):
    items: list[TagShape]


class TaskAnswered(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    act: Literal['accept', 'decline', 'done', 'withdraw']
    person: NotRequired[str]
    reason: NotRequired[str]


class TaskGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    partner: str
    title: str
    due_on: NotRequired[str | None]
    note: NotRequired[str]


class TaskShape(TypedDict):
    id: str
    state: Literal['asked', 'accepted', 'declined', 'done', 'withdrawn', 'ended']
    title: str
    note: str
    due_on: str | None
    request: str
    ours: bool
    partner: str
    asked_by: str
    person: str
    reason: str
    asked_at: str
    answered_at: str | None


class TaskShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[TaskShape]


class TaskShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[TaskShape]


class TierGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    tier: Literal['observer', 'member', 'steering']
    coordinates: bool
    seen_tier: Literal['observer', 'member', 'steering']


class ToComeShape(TypedDict):
    at: str
    on: str
    kind: str
    number: int
    clock: str
    due_on: str
    to: str
    channels: list[str]


class TodayShape(TypedDict):
    day: str
    counts: dict[str, int]
    todo: list[TodoShape]


class TodoShape(TypedDict):
    group: Literal['closing', 'owed', 'closed', 'late', 'promised', 'today', 'court', 'check', 'asked', 'drafts', 'waves', 'readings', 'imports']
    on: str | None
    until: str | None
    request: str
    id: str
    title: str
    agency: str
    name: str
    owner: str
    kind: str
    assignee: str
    number: int
    also: list[AlsoShape]
    sample: bool


class TokenShape(TypedDict):
    id: str
    name: str
    start: str
    by: str
    scope: Literal['read', 'write']
    state: Literal['live', 'expired', 'revoked']
    created_at: str
    expires_at: str
    last_used_at: str | None
    revoked_at: str | None


class TokenShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[TokenShape]


class TokenShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[TokenShape]


class UndoneShape(TypedDict):
    removed: int
    state: str


class UnitsShape(TypedDict):
    requests: int
    asks: int
    agencies: int
    centers: int
    custodians: int


class UniverseGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    agencies: list[str]


class UniverseMemberShape(TypedDict):
    agency: str
    name: str
    jurisdiction: str
    left_out: bool


class UniverseMemberShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[UniverseMemberShape]


class UniverseMemberShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[UniverseMemberShape]


class UniverseShape(TypedDict):
    agencies: int
    changed: int
    unknown: list[str]


class UploadGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    event: NotRequired[str]
    file: str
    privileged: NotRequired[bool]
    circle: NotRequired[str]


class ViewGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    organisation: NotRequired[str]
    name: str
    query: str
    shared: NotRequired[bool]


class ViewShape(TypedDict):
    id: str
    name: str
    query: str
    shared: bool


class ViewsShape(TypedDict):
    items: list[ViewShape]


class WaitedShape(TypedDict):
    days: int
    answered: bool
    n: int


class WaitingList(TypedDict):
    items: list[WaitingShape]
    again_days: int


class WaitingShape(TypedDict):
    request: str
    agency: str
    title: str
    due_on: str | None
    late_days: int
    address: str
    skip: str


class WarningShape(TypedDict):
    code: str
    says: str
    fix: str
    blocks: bool


class WaveGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    planned_for: NotRequired[str | None]
    most: NotRequired[int | None]


class WaveQueueGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    accepted: NotRequired[list[str]]


class WaveShape(TypedDict):
    number: int
    state: str
    planned_for: str | None
    counts: dict[str, int]
    queued: NotRequired[int]
    left: NotRequired[dict[str, int]]
    stopped: NotRequired[int]


class WavesShape(TypedDict):
    items: list[WaveShape]


class WebhookDelivery(TypedDict):
    """Ids and kinds alone. Ask the API for the rest, with your own rights."""

    id: str
    kind: Literal['reminder.due', 'request.filed', 'event.recorded', 'letter.sent', 'letter.failed', 'date.moved', 'test']
    at: str
    organization: str
    request: str | None
    reminder: NotRequired[str]
    clock: NotRequired[str]
    event: NotRequired[str]
    event_kind: NotRequired[str]
    letter: NotRequired[str]


class WebhookGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    name: str
    url: str
    form: NotRequired[Literal['json', 'slack']]
    kinds: list[Literal['reminder.due', 'request.filed', 'event.recorded', 'letter.sent', 'letter.failed', 'date.moved']]


class WebhookShape(TypedDict):
    id: str
    name: str
    url: str
    form: Literal['json', 'slack']
    kinds: list[Literal['reminder.due', 'request.filed', 'event.recorded', 'letter.sent', 'letter.failed', 'date.moved']]
    active: bool
    created_at: str
    last_sent_at: str | None
    failing_since: str | None
    last_failure: str
    switched_off_at: str | None


class WebhookShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[WebhookShape]


class WebhookShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[WebhookShape]


class WindowGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    clock: str
    keep: bool
    reason: NotRequired[str]


class WindowShape(TypedDict):
    clock: str
    name: str
    parts: list[str]
    due_on: str | None


class WindowsShape(TypedDict):
    items: list[WindowShape]
    version: int


class WithholdingShape(TypedDict):
    """One ground as a letter asserts it. Our view, notes and challenge are there for our own people alone."""

    id: str
    request: str
    agency: str
    event: str
    part: str
    section: str
    citation: str
    ground: Literal['records_law', 'state_statute', 'federal_law', 'part_23', 'marking', 'contract', 'third_party', 'privilege', 'none_cited']
    pages_full: int | None
    pages_part: int | None
    ranges: str
    reason: str
    released: str | None
    retracted: bool
    version: int
    our_view: NotRequired[Literal['unseen', 'correct', 'doubtful', 'wrong']]
    challenged: NotRequired[str | None]
    notes: NotRequired[str]


class WithholdingShapeNumbered(TypedDict):
    next: str | None
    previous: str | None
    count: int
    count_exact: bool
    results: list[WithholdingShape]


class WithholdingShapePage(TypedDict):
    next: str | None
    previous: str | None
    items: list[WithholdingShape]


class WithholdingsGiven(TypedDict):
    """Words that come in. A name that is not a field is refused, and told which there are."""

    event: str
    grounds: list[GroundGiven]


class WorkEffectShape(TypedDict):
    asked: int
    to_do: int
    offered: int
    proposed: int
