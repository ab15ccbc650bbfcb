"""What the views of one request of the viewer's own organization share."""

from __future__ import annotations

import datetime as dt

from requests_app.models import RecordsRequest
from requests_app.queries.days import day_in

from .base import ApiView

MOST = 2**31 - 1
HERE = "requests/<slug:pid>"


class RequestView(ApiView):
    """Base of the views of one request of the viewer's own organization."""

    def own(self, pid: str, *, edit: bool = False) -> RecordsRequest:
        rows = RecordsRequest.objects.of_organisation(self.viewer)
        if edit:
            rows = rows.editable_by(self.viewer)
        found: RecordsRequest = self.found(rows.select_related("agency", "organisation"), public_id=pid)
        return found

    def today(self, of: RecordsRequest) -> dt.date:
        return day_in(of.zone, self.now)
