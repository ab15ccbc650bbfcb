"""The one road to the public, as a person goes it: proposed, looked through, agreed to."""

from __future__ import annotations

import datetime as dt

from requests_app.actions import publishing
from requests_app.actions.shares import STATUS_ONLY, Grants
from requests_app.models import Campaign, Person, RecordsRequest, Share
from requests_app.models.visibility import viewing_as
from requests_app.queries.publishing import looked_at


def publish(
    owner: Person, what: RecordsRequest | Campaign, *, second: Person | None = None, grants: Grants = STATUS_ONLY
) -> Share:
    now, agrees = dt.datetime.now(dt.UTC), second or owner
    with viewing_as(owner) as viewer:
        made = publishing.propose(viewer=viewer, subject=what, actor=owner, now=now, grants=grants)
        seen = {one.item.key: one.item.fingerprint for one in looked_at(made)}
        publishing.confirm(viewer=viewer, publication=made, actor=owner, seen=seen)
    with viewing_as(agrees) as viewer:
        publishing.agree(viewer=viewer, publication=made, actor=agrees, now=now)
        of = {"campaign": what} if isinstance(what, Campaign) else {"request": what}
        return Share.objects.get(grantee_kind="public", revoked_at=None, **of)
