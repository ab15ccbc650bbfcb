"""Harbor's published request with a released document, a request that nobody outside sees, and a way to report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from requests_app.models import Document, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.builders import Cast

ASK = {
    "wants": "error", "asked_by": "person", "text": "The page names my street; it is another street.",
    "name": "Quillfeather", "email": "q@quill.example", "website": "",
}  # fmt: skip


@dataclass
class Scene:
    cast: Cast
    public: RecordsRequest
    hidden: RecordsRequest
    document: Document

    def url(self, of: RecordsRequest | Document) -> str:
        name = "document-file" if isinstance(of, Document) else "request"
        return reverse(name, args=[of.public_id])


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def cast(db: Any) -> Cast:
    return builders.cast()


@pytest.fixture
def scene(cast: Cast) -> Scene:
    public = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    hidden = builders.bare_request(cast.olive, cast.harbor, cast.agency, public_title="Hidden lists")
    builders.publish(cast.olive, public, documents=True)
    with viewing_as(cast.olive):
        kept = Document.objects.create(
            organisation=cast.harbor, request=public, title="page.pdf", size=4, sha256="a" * 64, blob="x",
            released_at=Now(),
        )  # fmt: skip
        kept.refresh_from_db()
    return Scene(cast, public, hidden, kept)


def form_of(about: str, client: Client | None = None) -> dict[str, str]:
    """The form as a browser gets it, without its words."""
    page = (client or Client()).get(reverse("report-page"), {"about": about}).content.decode()
    found = dict(re.findall(r'<input type="hidden" name="(about|once)" value="([^"]*)"', page))
    assert set(found) == {"about", "once"}
    return found


def send(about: str, client: Client | None = None, **changes: str) -> Any:
    who = client or Client()
    return who.post(reverse("report-page"), {**ASK, **form_of(about, who), **changes})

