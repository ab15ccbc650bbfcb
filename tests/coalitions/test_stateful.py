"""Organizations join, leave, share, publish, revoke and wait, in any order: who sees what is what the rules say.

Here a few short walks at each push; `bench/run world` takes 500 long ones.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from django.db import connection, connections

from requests_app.models import Membership

from .ground import Ground
from .walk import Differs, Tally, past_the_walls, walk

WALKS, STEPS = 12, 30


@pytest.fixture
def ground(superuser_url: str) -> Iterator[Ground]:
    """The connection looks past the walls; what the web may do is asked as the web's role."""
    web = connections["default"]
    before = dict(web.settings_dict)
    past_the_walls(superuser_url)
    yield Ground.lay()
    web.close()
    web.settings_dict.clear()
    web.settings_dict.update(before)


def walks(ground: Ground, seed: str, many: int) -> Tally:
    tally = Tally()
    for number in range(many):
        walk(ground, f"{seed}-{number}", STEPS, tally)
    return tally


@pytest.mark.committed
def test_whatever_happened_both_walls_and_the_rules_agree(ground: Ground) -> None:
    tally = walks(ground, str(random.randrange(1 << 30)), WALKS)
    assert tally.looks > WALKS * STEPS
    assert all(tally.rows[table] for table in ("request", "document")), "somebody saw something of another's"


@pytest.mark.committed
def test_a_walk_that_differs_is_told_by_the_steps_that_matter(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that is wrong is found: members are said to see nothing of what their own organization keeps."""
    monkeypatch.setattr("tests.coalitions.rules.Rules.covers", lambda rules, subject, request: False)
    with pytest.raises(Differs) as told:
        walks(ground, "wrong", 20)
    steps = [line for line in str(told.value).splitlines() if line.startswith("  ")]
    assert 0 < len(steps) < 6, str(told.value)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM requests_app_share")
        assert cursor.fetchone() == (0,), "all of it was taken back"
    assert Membership.objects.filter(ended_at=None).count() == 6
