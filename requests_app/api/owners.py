"""What the views over an organization itself share: members' reading, owners' reading, owners' acts."""

from __future__ import annotations

from django.http import Http404
from django.urls import reverse

from requests_app.actions.refusals import Refused
from requests_app.actions.sign_ins import is_fresh
from requests_app.models import Membership, Organisation
from requests_app.queries.memberships import members

from .base import ApiView

HERE = "organisations/<slug:pid>"


def must_be_fresh(view: ApiView) -> None:
    """Of acts of people, which no token does: right after they proved who they are."""
    if not is_fresh(view.request._request):
        raise Refused(
            "fresh_proof_needed",
            "This asks for a fresh proof that it is you. Give it in this browser at "
            f"{view.request.build_absolute_uri(reverse('account_reauthenticate'))}, then send the same again.",
            status=403,
        )


class OrganisationView(ApiView):
    """Base of the views of one organization of the viewer's own."""

    def own(self, pid: str) -> Organisation:
        found: Organisation = self.found(Organisation.objects.visible_to(self.viewer), public_id=pid)
        return found

    def owned(self, pid: str) -> Organisation:
        """To read what owners alone read; for everybody else it is not there, as on the pages."""
        found = self.own(pid)
        if not self.viewer.may_own(found.pk):
            raise Http404
        return found

    def acting_owner(self, pid: str) -> Organisation:
        """To do what owners alone do, right after they proved who they are."""
        found = self.own(pid)
        self.no_token()
        if found.pk in self.viewer.waiting:
            raise Refused(
                "second_factor_needed",
                f"You only read here until you have a second factor. Set one up at {self._at('second-factor')}.",
                status=403,
            )
        if not self.viewer.may_own(found.pk):
            raise Refused("owners_only", "Only an owner of the organization may do this.", status=403)
        must_be_fresh(self)
        return found

    def acting_member(self, pid: str) -> Organisation:
        """To do for oneself what asks for the same proof."""
        found = self.own(pid)
        self.no_token()
        must_be_fresh(self)
        return found

    def member(self, organisation: Organisation, named: str, field: str = "member") -> Membership:
        """By the id of the membership, or by the address of the person."""
        by = {"person__email__iexact": named} if "@" in named else {"public_id": named}
        found: Membership | None = members(self.viewer, organisation).filter(**by).first()
        if found is None:
            raise Refused("not_a_member", "Nobody here has this address or id.", field=field)
        return found

    def no_token(self) -> None:
        if self.viewer.kind == "token":
            raise Refused(
                "people_only",
                "A token never does this. A person does, signed in, after a fresh proof of who they are.",
                status=403,
            )

    def _at(self, name: str) -> str:
        return self.request.build_absolute_uri(reverse(name))
