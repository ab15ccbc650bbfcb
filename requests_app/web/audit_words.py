"""A line of the audit as a sentence. The actor's name stands before it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.models import AuditEntry, Tier
from requests_app.queries.audit import Names

# %(subject)s, %(person)s, %(successor)s are names; the rest are keys of the line's own detail.
SENTENCES: dict[str, Any] = {
    "organisation.created": gettext_lazy("started the organization."),
    "organisation.renamed": gettext_lazy("renamed the organization."),
    "organisation.second_factor": gettext_lazy("changed whether editors and owners need a second factor."),
    "organisation.one_asked": gettext_lazy("asked that one person is enough to publish. Another owner has to, too."),
    "organisation.two_to_publish": gettext_lazy("decided on whether two persons publish."),
    "member.added": gettext_lazy("added %(person)s as %(role)s."),
    "member.role_changed": gettext_lazy("made %(person)s %(role)s."),
    "member.protected": gettext_lazy("made %(person)s a protected identity."),
    "member.unprotected": gettext_lazy("ended the protection of the identity of %(person)s."),
    "member.ended": gettext_lazy("removed %(person)s."),
    "member.left": gettext_lazy("left the organization."),
    "invitation.sent": gettext_lazy("invited %(subject)s as %(role)s."),
    "invitation.resent": gettext_lazy("sent the invitation of %(subject)s again."),
    "invitation.revoked": gettext_lazy("withdrew the invitation of %(subject)s."),
    "invitation.accepted": gettext_lazy("accepted the invitation, as %(role)s."),
    "requester.added": gettext_lazy("added the requester %(subject)s."),
    "requester.changed": gettext_lazy("changed the requester %(subject)s."),
    "requester.retired": gettext_lazy("took the requester %(subject)s out of use."),
    "token.made": gettext_lazy("made a token for a program: it %(scope)ss, for %(days)s days."),
    "token.revoked": gettext_lazy("revoked a token for a program."),
    "feed.made": gettext_lazy("made a calendar feed."),
    "feed.revoked": gettext_lazy("revoked a calendar feed of %(person)s."),
    "webhook.made": gettext_lazy("made a webhook."),
    "webhook.changed": gettext_lazy("changed a webhook."),
    "webhook.rotated": gettext_lazy("gave a webhook a new secret."),
    "webhook.on": gettext_lazy("switched a webhook on."),
    "webhook.off": gettext_lazy("switched a webhook off."),
    "webhook.removed": gettext_lazy("removed a webhook."),
    "webhook.again": gettext_lazy("sent a message of a webhook again."),
    "webhook.gave_up": gettext_lazy("switched off a webhook that nobody had answered at for %(days)s days."),
    "share.granted": gettext_lazy("shared %(subject)s (%(to)s)."),
    "share.told_again": gettext_lazy("sent the mail to a guest of %(subject)s again."),
    "share.revoked": gettext_lazy("took back a share of %(subject)s (%(to)s)."),
    "share.changed": gettext_lazy("changed a share of %(subject)s (%(to)s)."),
    "report.decided": gettext_lazy("decided on a report about %(subject)s (%(decision)s)."),
    "correction.published": gettext_lazy("published a note of a correction about %(subject)s."),
    "correction.withdrawn": gettext_lazy("took back a note of a correction about %(subject)s."),
    "statement.drafted": gettext_lazy("took a statement of the agency on %(subject)s."),
    "statement.published": gettext_lazy("published a statement of the agency on %(subject)s."),
    "statement.withdrawn": gettext_lazy("took back a statement of the agency on %(subject)s."),
    "comment.published": gettext_lazy("said something to the public on %(subject)s."),
    "comment.changed": gettext_lazy("changed what is said to the public on %(subject)s."),
    "comment.withdrawn": gettext_lazy("took down a comment on %(subject)s."),
    "circle.made": gettext_lazy("recorded who may read privileged items: %(subject)s."),
    "circle.named": gettext_lazy("named somebody who may read privileged items: %(subject)s."),
    "circle.ended": gettext_lazy("ended that somebody may read privileged items: %(subject)s."),
    "claim.recorded": gettext_lazy("recorded what a source says of a fusion center: %(subject)s."),
    "claim.superseded": gettext_lazy("replaced what a source says of a fusion center: %(subject)s."),
    "claim.published": gettext_lazy("published what a source says of a fusion center: %(subject)s."),
    "claim.withdrawn": gettext_lazy("withdrew what a source says of a fusion center: %(subject)s."),
    "right.granted": gettext_lazy("gave a right to do something with %(subject)s (%(do)s, %(to)s)."),
    "right.revoked": gettext_lazy("took back a right to do something with %(subject)s (%(do)s, %(to)s)."),
    "task.asked": gettext_lazy("asked a partner to take a task on %(subject)s."),
    "task.withdrawn": gettext_lazy("took back a task that a partner was asked to take on %(subject)s."),
    "privilege.marked": gettext_lazy("marked a %(what)s of %(subject)s as privileged."),
    "privilege.ended": gettext_lazy("ended the privilege of a %(what)s of %(subject)s: %(reason)s"),
    "proposal.made": gettext_lazy("proposed something on %(subject)s (%(what)s)."),
    "proposal.withdrawn": gettext_lazy("withdrew what was proposed on %(subject)s (%(what)s)."),
    "proposal.accepted": gettext_lazy("accepted what was proposed on %(subject)s (%(what)s)."),
    "proposal.logged": gettext_lazy(
        "recorded what a partner or a guest logged on %(subject)s, as agreed in advance."
    ),
    "proposal.declined": gettext_lazy("declined what was proposed on %(subject)s (%(what)s)."),
    "request.held_back": gettext_lazy("held %(subject)s back from its campaign’s share."),
    "request.taken_in": gettext_lazy("took %(subject)s into its campaign’s share again."),
    "share.read_everything": gettext_lazy("read everything of %(subject)s, what was written for your own people, too."),
    "share.downloaded": gettext_lazy("downloaded a file of %(subject)s."),
    "break_glass.opened": gettext_lazy("runs this service and opened %(subject)s for half an hour: “%(why)s”"),
    "publication.proposed": gettext_lazy("proposed to publish %(subject)s."),
    "publication.checked": gettext_lazy("looked through lines of the checklist of %(subject)s."),
    "publication.agreed": gettext_lazy("agreed to publish %(subject)s."),
    "publication.published": gettext_lazy("published %(subject)s."),
    "publication.withdrawn": gettext_lazy("took back the proposal to publish %(subject)s."),
    "embargo.extended": gettext_lazy("extended the embargo of %(subject)s."),
    "embargo.delayed": gettext_lazy("moved the end of the embargo of %(subject)s: its warning was late."),
    "embargo.warned": gettext_lazy("warned the owners that the embargo of %(subject)s ends."),
    "document.looked_through": gettext_lazy("looked through a file of what is public; another owner has to, too."),
    "import.applied": gettext_lazy("imported a log: %(requests)s requests."),
    "import.undone": gettext_lazy("undid an import."),
    "revision_applied": gettext_lazy("applied a newer reading of a law to %(requests)s requests."),
    "revision_declined": gettext_lazy("left %(requests)s requests at the earlier reading of a law."),
    "coalition.founded": gettext_lazy("founded the coalition %(subject)s."),
    "coalition.renamed": gettext_lazy("changed the name or the purpose of the coalition %(subject)s."),
    "coalition.invited": gettext_lazy("asked an organization into the coalition %(subject)s, as %(tier)s."),
    "coalition.invited_again": gettext_lazy("sent an invitation into the coalition %(subject)s again."),
    "coalition.uninvited": gettext_lazy("withdrew an invitation into the coalition %(subject)s."),
    "coalition.joined": gettext_lazy("brought %(member)s into the coalition %(subject)s, as %(tier)s."),
    "coalition.left": gettext_lazy(
        "took %(member)s out of the coalition %(subject)s. What it shared there has ended."
    ),
    "coalition.removed": gettext_lazy(
        "removed %(member)s from the coalition %(subject)s. What it shared there has ended."
    ),
    "coalition.tier": gettext_lazy("set the tier of %(member)s in the coalition %(subject)s to %(tier)s."),
    "coalition.dissolved": gettext_lazy(
        "dissolved the coalition %(subject)s. Everything that was shared there has ended."
    ),
    "coalition.consent": gettext_lazy("changed what the coalition %(subject)s is told of your organization."),
    "coalition.shown_as": gettext_lazy("changed the name that partners in the coalition %(subject)s read."),
    "collision.looked": gettext_lazy(
        "looked whether partners had asked already: %(looks)s offices by kit; somebody had asked %(told)s."
    ),
    "collision.told": gettext_lazy(
        "looked whether somebody had asked already: %(looks)s offices by kit, of which your organization %(told)s."
    ),
    "joint.made": gettext_lazy("made the joint campaign %(subject)s."),
    "joint.renamed": gettext_lazy("changed the name or the question of the joint campaign %(subject)s."),
    "joint.closed": gettext_lazy("closed the joint campaign %(subject)s."),
    "joint.put_in": gettext_lazy("put %(subject)s into the joint campaign %(joint)s."),
    "joint.taken_out": gettext_lazy("took %(subject)s out of the joint campaign %(joint)s."),
    "joint.ended": gettext_lazy("%(subject)s is out of the joint campaign %(joint)s: the stay in the coalition ended."),
    "model.offered": gettext_lazy("offered the model letter %(subject)s to partners, to the tier %(tier)s and above."),
    "model.withdrawn": gettext_lazy("withdrew the model letter %(subject)s."),
    "kit_offer.made": gettext_lazy("offered the kit %(subject)s to partners, to the tier %(tier)s and above."),
    "kit_offer.withdrawn": gettext_lazy("withdrew the offer of the kit %(subject)s."),
    "kit_offer.ended": gettext_lazy("%(subject)s is no longer offered: the stay in the coalition ended."),
    "model.ended": gettext_lazy("%(subject)s is no longer offered: the stay in the coalition ended."),
    "audit.let_go": gettext_lazy("let go of %(lines)s lines of the audit, as old as the organization said."),
    "sample.removed": gettext_lazy("removed the sample data."),
}
ROLES = {
    "viewer": gettext_lazy("a viewer"),
    "editor": gettext_lazy("an editor"),
    "owner": gettext_lazy("an owner"),
}
# The part of an act before the dot.
KINDS = {
    "organisation": gettext_lazy("The organization"),
    "member": gettext_lazy("Members"),
    "invitation": gettext_lazy("Invitations"),
    "requester": gettext_lazy("Requesters"),
    "token": gettext_lazy("Tokens for programs"),
    "feed": gettext_lazy("Calendar feeds"),
    "webhook": gettext_lazy("Webhooks"),
    "share": gettext_lazy("Shares"),
    "break_glass": gettext_lazy("Break-glass"),
    "right": gettext_lazy("Rights to do"),
    "claim": gettext_lazy("What is said of fusion centers"),
    "privilege": gettext_lazy("What is privileged"),
    "proposal": gettext_lazy("Proposals"),
    "publication": gettext_lazy("Publishing"),
    "embargo": gettext_lazy("Embargoes"),
    "document": gettext_lazy("Documents"),
    "comment": gettext_lazy("Comments"),
    "report": gettext_lazy("Reports"),
    "correction": gettext_lazy("Corrections"),
    "statement": gettext_lazy("Statements of agencies"),
    "circle": gettext_lazy("Privilege"),
    "coalition": gettext_lazy("Coalitions"),
    "joint": gettext_lazy("Joint campaigns"),
    "model": gettext_lazy("Model letters"),
    "kit_offer": gettext_lazy("Kits offered"),
    "task": gettext_lazy("Tasks of partners"),
    "collision": gettext_lazy("Looks before filing"),
    "request": gettext_lazy("Requests"),
    "import": gettext_lazy("Imports"),
    "archive": gettext_lazy("Full copies"),
    "audit": gettext_lazy("The audit"),
}
SUBJECTS = {
    "request": gettext_lazy("a request"),
    "campaign": gettext_lazy("a campaign"),
    "invitation": gettext_lazy("somebody"),
    "requester": gettext_lazy("a requester"),
    "publication": gettext_lazy("something of the organization’s"),
    "coalition": gettext_lazy("that you can no longer see"),
    "joint": gettext_lazy("that you can no longer see"),
    "model": gettext_lazy("a model letter"),
    "kit_offer": gettext_lazy("a kit"),
}


QUOTED = ("request", "campaign", "coalition", "joint", "model", "kit_offer")
TIERS = {str(tier.value): tier.label for tier in Tier}


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def sentence(row: AuditEntry, names: Names) -> str:
    detail = row.detail if isinstance(row.detail, dict) else {}
    kind = row.subject.partition(" ")[0]
    subject = names.subjects.get(row.subject)
    quoted = f"“{subject}”" if subject and kind in QUOTED else subject
    given = _Known(detail)
    given["subject"] = quoted or str(SUBJECTS.get(kind, row.subject))
    given["person"] = names.people.get(
        str(detail.get("person", "")), _("somebody who has no account any more")
    )
    given["role"] = str(ROLES.get(str(detail.get("role", "")), detail.get("role", "")))
    if row.act.startswith("coalition."):
        given["member"] = names.members.get(str(detail.get("member", "")), _("an organization"))
        given["tier"] = TIERS.get(str(detail.get("tier", "")), "?")
    if row.act in ("model.offered", "kit_offer.made"):
        given["tier"] = TIERS.get(str(detail.get("tier", "")), "?")
    if row.act.startswith("joint."):
        joint = names.subjects.get(f"joint {detail.get('joint', '')}")
        given["joint"] = f"“{joint}”" if joint else str(SUBJECTS["joint"])
    words = SENTENCES.get(row.act)
    if words is None and row.act != "audit.kept_for":
        # An act that has no sentence yet is told by its name rather than left out.
        return f"{act_name(row.act)}: {given['subject']}."
    said = str(words or "") % given
    if row.act == "member.ended" and str(detail.get("requests", "0")) != "0":
        to = names.people.get(str(detail.get("successor", "")), _("the backup of each, or nobody"))
        said += " " + _("Requests handed on: %(n)s, to %(to)s.") % {"n": detail["requests"], "to": to}
    if row.act == "coalition.tier":
        said += " " + (_("It coordinates.") if detail.get("coordinates") else _("It does not coordinate."))
    if row.act == "coalition.consent":
        said += " " + (_("Counts of windows: told.") if detail.get("counts") else _("Counts of windows: not told."))
        collides = _("That somebody asked already: told.")
        said += " " + (collides if detail.get("collisions") else _("That somebody asked already: not told."))
    if row.act == "organisation.second_factor":
        said += " " + (_("They do.") if detail.get("required") == "True" else _("They do not."))
    if row.act == "organisation.two_to_publish":
        said += " " + (_("They do.") if detail.get("required") == "True" else _("One is enough."))
        if detail.get("alone") == "True":
            said += " " + _("Nobody else owned it to be asked.")
    if row.act == "audit.kept_for":
        said = _("chose that the audit is kept for good.")
        if detail.get("years"):
            said = _("chose that the audit is kept for %(years)s years.") % {"years": detail["years"]}
    return said


def actor_words(row: AuditEntry) -> str:
    """Who did it. What a partner does in a coalition is told without the person, whom only their own people know."""
    if row.actor:
        return str(row.actor)
    if row.act in ("share.read_everything", "share.downloaded") and row.detail.get("by"):
        return str(row.detail["by"])
    if row.act in ("share.read_everything", "share.downloaded"):
        return _("Somebody of a partner")
    partners = row.act.startswith(("coalition.", "joint.", "model.", "kit_offer.", "collision."))
    return _("Somebody of a partner") if partners else _("The system")


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind) or act_name(kind))


def act_name(act: str) -> str:
    """For the filter: organisation.second_factor becomes Organization, second factor."""
    words = act.replace("organisation", "organization").replace(".", ", ").replace("_", " ")
    return words[:1].upper() + words[1:]
