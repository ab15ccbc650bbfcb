"""Role by route: who gets which answer where. A route that is not declared here fails `test_matrix`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

VIEWERS = ("public", "noor", "omar", "ravi", "vera", "edgar", "olive")
"""public: nobody. noor: no organisation. omar: staff. ravi: a stranger's owner. vera, edgar, olive: ours."""


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    params: tuple[str, ...]


def routes(resolver: URLResolver | None = None, path: str = "", space: str = "") -> Iterator[Route]:
    """Every named and unnamed route of the project, below any include."""
    resolver = resolver or get_resolver()
    for pattern in resolver.url_patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern, here, inner)
        elif isinstance(pattern, URLPattern):
            yield Route(space + (pattern.name or here), here, tuple(pattern.pattern.converters))


def _row(*answers: int) -> dict[str, int]:
    return dict(zip(VIEWERS, answers, strict=True))


ANYBODY = _row(200, 200, 200, 200, 200, 200, 200)
SIGNED_IN = _row(302, 200, 200, 200, 200, 200, 200)
SIGNED_OUT = _row(200, 302, 302, 302, 302, 302, 302)
EDITORS_ENTRY = _row(302, 404, 404, 200, 404, 200, 200)
OUR_EDITORS = _row(404, 404, 404, 404, 404, 200, 200)
OURS = _row(404, 404, 404, 404, 200, 200, 200)
NOBODY = _row(404, 404, 404, 404, 404, 404, 404)
POST_ONLY = _row(405, 405, 405, 405, 405, 405, 405)
