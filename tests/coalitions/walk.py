"""A life of the world: steps drawn from a seed, both walls asked after each. A walk that fails is made shorter, and
told by the steps that are left."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from .ground import Ground
from .rules import OWNERS, PEOPLE, TABLES
from .world import LEVEL_NAMES, World

Step = tuple[str, int]
"""What is done, and what its choices are drawn from: each stays what it is when others are left out."""
OFTEN = {
    "found": 3, "join": 8, "end_stay": 1, "set_stay": 3, "dissolve": 1, "grant": 9, "invite_guest": 5, "answer_mail": 2,
    "revoke": 4, "hold": 4, "move_out": 3, "propose": 6, "agree": 8, "publish_now": 3, "unpublish": 2, "file": 5,
    "make_program": 3, "revoke_program": 2, "rotate_program": 1, "say": 3, "say_to_partners": 4, "withdraw_word": 1,
    "circle": 3, "give_right": 4, "take_right": 1, "pass_hours": 5, "leave": 1, "come_back": 2,
    "offer": 7, "decide": 6, "withdraw_offer": 1, "ask": 4, "answer_task": 5, "take_back_task": 1, "note": 3,
    "delete_note": 1, "mark": 4, "unmark": 2,
}  # fmt: skip
MOST_LOOKED, ALL_EVERY = 2, 20
STRANGERS = ("public", "guest", "lake", "island", "outside")
"""They own nothing that is looked at."""


class Differs(Exception):
    """Somebody sees other than the rules say."""

    def __init__(self, seed: str, steps: Sequence[Step], why: str) -> None:
        super().__init__(f"seed {seed}, {len(steps)} steps\n" + "\n".join(f"  {n} {d}" for n, d in steps) + f"\n{why}")


@dataclass
class Tally:
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    """What strangers saw at the end, by table: a walk in which nobody sees anything proves nothing."""


def steps_of(seed: str, length: int) -> list[Step]:
    dice = random.Random(seed)
    names = dice.choices(list(OFTEN), weights=list(OFTEN.values()), k=length)
    return [(name, dice.randrange(1 << 30)) for name in names]


def walk(ground: Ground, seed: str, length: int, tally: Tally) -> None:
    steps = steps_of(seed, length)
    why = attempt(ground, seed, steps, tally)
    if why is None:
        return
    raise Differs(seed, *shorter(ground, seed, steps, why))


def attempt(ground: Ground, seed: str, steps: Sequence[Step], tally: Tally) -> str | None:
    """What went wrong, or nothing. All of it is taken back."""
    looked = random.Random(f"looks of {seed}")
    with taken_back():
        life = Life(World(ground))
        told: dict[str, Any] = {}
        try:
            for number, (name, draw) in enumerate(steps):
                done = getattr(life, name)(random.Random(draw))
                (tally.done if done else tally.refused)[name] += 1
                life.world.end_tasks()
                now = {who: life.rules.sees(who) for who in life.rules.viewers()}
                changed = [who for who in now if now[who] != told.get(who)] if told else []
                several = [*looked.sample(changed, min(MOST_LOOKED, len(changed))), looked.choice(list(now))]
                last = number == len(steps) - 1
                several = list(now) if last or number % ALL_EVERY == ALL_EVERY - 1 else sorted(set(several))
                life.world.check(*several)
                tally.looks += len(several)
                told = now
            for table in TABLES:
                tally.rows[table] += sum(len(seen[table]) for who, seen in told.items() if who in STRANGERS)
        except Exception as problem:
            return f"{type(problem).__name__}: {problem}"
    return None


def shorter(ground: Ground, seed: str, steps: list[Step], why: str) -> tuple[list[Step], str]:
    """Without each step that the failure does not need."""
    for place in range(len(steps) - 1, -1, -1):
        fewer = steps[:place] + steps[place + 1 :]
        told = attempt(ground, seed, fewer, Tally())
        if told is not None:
            steps, why = fewer, told
    return steps, why


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


class Life:
    """Each step chooses from what there is. Now and then somebody tries it who may not."""

    def __init__(self, world: World) -> None:
        self.world, self.rules = world, world.rules

    def found(self, dice: random.Random) -> bool:
        name = dice.choice(OWNERS[:2])
        if self.world.coalition is not None or name in self.rules.out:
            return False
        self.world.found(name)
        return True

    def join(self, dice: random.Random) -> bool:
        if self.world.coalition is None:
            return self.found(dice)
        here = {one.home for one in self.rules.here()}
        name = dice.choice([name for name in OWNERS if name not in here] or OWNERS)
        hosts = [one.home for one in self.rules.here() if one.coordinates]
        if not hosts or hosts[0] in self.rules.out or name in here | self.rules.out:
            return False
        self.world.join(name, dice.randint(1, 3))
        return True

    def end_stay(self, dice: random.Random) -> bool:
        stays = self.rules.stays
        return bool(stays) and self.world.end_stay(dice.choice(OWNERS), dice.choice(stays))

    def set_stay(self, dice: random.Random) -> bool:
        if not self.rules.stays:
            return False
        stay = dice.choice(self.rules.here() or self.rules.stays)
        by = self._by(dice, [one.home for one in self.rules.here() if one.coordinates])
        return self.world.set_stay(by, stay, dice.randint(1, 3), dice.random() < 0.4)

    def dissolve(self, dice: random.Random) -> bool:
        return self.world.coalition is not None and self.world.dissolve(dice.choice(OWNERS))

    def grant(self, dice: random.Random) -> bool:
        subject = self._subject(dice)
        home = self.rules.owner_of(subject)
        kind = dice.choice(("coalition", "coalition", "organisation", "organisation", "person"))
        others = [name for name in OWNERS if name != home]
        to = {"coalition": "", "organisation": dice.choice(others), "person": "guest"}[kind]
        levels = frozenset(name for name in ("correspondence", "documents", "everything") if dice.random() < 0.4)
        return self.world.grant(
            subject, kind, to, levels, dice.randint(1, 3), _hours(dice, 0.4), _hours(dice, 0.25)
        )

    def invite_guest(self, dice: random.Random) -> bool:
        subject = self._subject(dice)
        by, who = self._by(dice, [self.rules.owner_of(subject)]), dice.choice(("guest", "guest", "island"))
        return self.world.invite_guest(by, subject, who, dice.choice(list(LEVEL_NAMES)), dice.randint(0, 6))

    def answer_mail(self, dice: random.Random) -> bool:
        self.world.answer_mail(dice.random() < 0.7)
        return True

    def revoke(self, dice: random.Random) -> bool:
        live = [one for one in self.rules.grants if not one.over]
        if not live:
            return False
        grant = dice.choice(live)
        return self.world.revoke(self._by(dice, [grant.home]), grant)

    def hold(self, dice: random.Random) -> bool:
        pk = self._request(dice)
        return self.rules.requests[pk].home not in self.rules.out and self.world.hold(pk, dice.random() < 0.5)

    def move_out(self, dice: random.Random) -> bool:
        pk = self._request(dice)
        return self.rules.requests[pk].home not in self.rules.out and self.world.move_out(pk, dice.random() < 0.6)

    def propose(self, dice: random.Random) -> bool:
        subject = self._subject(dice)
        home = self.rules.owner_of(subject)
        by = self._by(dice, ["edgar", "edgar", "harbor"] if home == "harbor" else [home])
        levels = frozenset(name for name in ("correspondence", "documents") if dice.random() < 0.4)
        return self.world.propose(by, subject, levels, _hours(dice, 0.3))

    def agree(self, dice: random.Random) -> bool:
        waiting = [one for one in self.rules.proposals if one.state == "proposed"]
        if not waiting:
            return False
        in_time = [one for one in waiting if one.embargo is None or self.rules.hour < one.embargo]
        one = dice.choice([*in_time * 5, *waiting])
        return self.world.agree(self._by(dice, [one.home]), one)

    def publish_now(self, dice: random.Random) -> bool:
        agreed = [one for one in self.rules.proposals if one.state == "agreed"]
        if not agreed:
            return False
        over = [one for one in agreed if one.embargo is not None and self.rules.hour >= one.embargo]
        one = dice.choice([*over * 5, *agreed])
        return self.world.publish_now(self._by(dice, [one.home]), one)

    def unpublish(self, dice: random.Random) -> bool:
        public = [one.subject for one in self.rules.grants if one.kind == "public" and not one.over]
        subject = dice.choice([*public, *public, self._subject(dice)])
        return self.world.unpublish(self._by(dice, [self.rules.owner_of(subject)]), subject, dice.random() < 0.5)

    def file(self, dice: random.Random) -> bool:
        pk = self._request(dice)
        one = self.rules.requests[pk]
        by = self._by(dice, [one.home, "edgar"] if one.home == "harbor" else [one.home])
        act = dice.choice(("release", "release", "release", "hold_back", "withdraw", "restore", "restore", "erase"))
        return self.world.file(by, pk, dice.choice(sorted(one.files)), act)

    def make_program(self, dice: random.Random) -> bool:
        running = sum(self.rules.runs(one) for one in self.rules.programs)
        home = dice.choice(OWNERS[:4])
        return running < 3 and self.world.make_program(self._by(dice, [home]), home, dice.random() < 0.5)

    def revoke_program(self, dice: random.Random) -> bool:
        running = [one for one in self.rules.programs if self.rules.runs(one)]
        if not running:
            return False
        one = dice.choice(running)
        return self.world.revoke_program(self._by(dice, [one.home]), one)

    def rotate_program(self, dice: random.Random) -> bool:
        running = [one for one in self.rules.programs if self.rules.runs(one)]
        if not running:
            return False
        one = dice.choice(running)
        made = self.world.make_program(one.home, one.home, one.writes)
        return self.world.revoke_program(one.home, one) and made

    def say(self, dice: random.Random) -> bool:
        pk = self._request(dice)
        home = self.rules.requests[pk].home
        by = self._by(dice, [home, "edgar"] if home == "harbor" else [home])
        return self.world.say(by, pk, dice.random() < 0.7, dice.random() < 0.5)

    def say_to_partners(self, dice: random.Random) -> bool:
        rights = [one for one in self.rules.rights if not one.over]
        if not rights or dice.random() < 0.4:
            return self.world.say_to_partners(dice.choice(PEOPLE), self._request(dice))
        right = dice.choice(rights)
        there = [pk for pk in sorted(self.rules.requests) if self.rules.covers(right.subject, pk)]
        return bool(there) and self.world.say_to_partners(right.to, dice.choice(there))

    def withdraw_word(self, dice: random.Random) -> bool:
        if not self.rules.partners:
            return False
        word = dice.choice(self.rules.partners)
        return self.world.withdraw_word(self._by(dice, [word.by, self.rules.requests[word.request].home]), word)

    def circle(self, dice: random.Random) -> bool:
        who, by = dice.choice(("edgar", "guest", "island")), self._by(dice, ["harbor"])
        if who in self.rules.circle:
            return self.world.end_in_circle(by, who)
        return self.world.name_in_circle(by, who)

    def give_right(self, dice: random.Random, what: str = "") -> bool:
        live = [one for one in self.rules.grants if self.rules.live(one) and one.kind not in ("public", "person")]
        shared = dice.choice(live) if live else None
        subject = shared.subject if shared and dice.random() < 0.8 else self._subject(dice)
        home = self.rules.owner_of(subject)
        others = [one.home for one in self.rules.here() if one.home != home]
        kind = "guest" if shared and shared.kind == "guest" else "organisation"
        to = dice.choice(others) if kind == "organisation" and others else shared.to if shared else "guest"
        to, what = to or "guest", what or dice.choice(("comment", "draft"))
        return self.world.give_right(self._by(dice, [home]), subject, what, kind, to, _hours(dice, 0.3))

    def take_right(self, dice: random.Random) -> bool:
        if not self.rules.rights:
            return False
        right = dice.choice(self.rules.rights)
        return self.world.take_right(self._by(dice, [right.home]), right)

    def offer(self, dice: random.Random) -> bool:
        """Where nobody may, the right comes first."""
        rights = [one for one in self.rules.rights if one.what == "draft"]
        may = [(one.to, pk) for one in rights for pk in sorted(self.rules.requests) if self.rules.may_offer(one.to, pk)]
        if not may:
            return self.give_right(dice, "draft")
        by, pk = dice.choice(may) if dice.random() < 0.85 else (dice.choice(PEOPLE), self._request(dice))
        return self.world.offer(by, pk)

    def decide(self, dice: random.Random) -> bool:
        if not self.rules.offers:
            return False
        waiting = [one for one in self.rules.offers if one.state == "waiting"]
        one = dice.choice([*waiting * 5, *self.rules.offers])
        by = self._of(dice, one.request)
        return self.world.decide(by, one, dice.choice(("accepted", "accepted", "declined")))

    def withdraw_offer(self, dice: random.Random) -> bool:
        if not self.rules.offers:
            return False
        one = dice.choice(self.rules.offers)
        return self.world.withdraw_offer(self._by(dice, [one.right.to]), one)

    def ask(self, dice: random.Random) -> bool:
        """Where nobody may be asked, a share comes first."""
        homes = [one.home for one in self.rules.here()]
        some = [
            (pk, partner) for pk, one in sorted(self.rules.requests.items()) if one.home in homes
            for partner in homes if partner != one.home
        ]  # fmt: skip
        if not some:
            return False
        shown = [(pk, partner) for pk, partner in some if self.rules.shown_to(partner, pk)]
        pk, partner = dice.choice(shown if shown and dice.random() < 0.85 else some)
        if not shown and dice.random() < 0.7:
            return self.world.grant(pk, "organisation", partner, frozenset(), 0, None, None)
        return self.world.ask(self._by(dice, [self.rules.requests[pk].home]), pk, partner)

    def answer_task(self, dice: random.Random) -> bool:
        if not self.rules.tasks:
            return False
        task = dice.choice([*[one for one in self.rules.tasks if one.is_open] * 5, *self.rules.tasks])
        state = dice.choice(("accepted", "accepted", "declined", "done"))
        return self.world.answer_task(self._by(dice, [task.partner]), task, state)

    def take_back_task(self, dice: random.Random) -> bool:
        if not self.rules.tasks:
            return False
        task = dice.choice(self.rules.tasks)
        return self.world.take_back_task(self._by(dice, [self.rules.requests[task.request].home]), task)

    def note(self, dice: random.Random) -> bool:
        pk = self._request(dice)
        return self.world.note(self._of(dice, pk), pk, dice.random() < 0.3, dice.random() < 0.5)

    def delete_note(self, dice: random.Random) -> bool:
        if not self.rules.notes:
            return False
        note = dice.choice(self.rules.notes)
        return self.world.delete_note(self._of(dice, note.request), note)

    def mark(self, dice: random.Random) -> bool:
        """A note or a document becomes privileged."""
        circle = dice.random() < 0.5
        if self.rules.notes and dice.random() < 0.5:
            note = dice.choice(self.rules.notes)
            return self.world.mark_note(self._of(dice, note.request), note, circle)
        pk = self._request(dice)
        document = dice.choice(sorted(self.rules.requests[pk].files))
        return self.world.mark_file(self._of(dice, pk), pk, document, circle)

    def unmark(self, dice: random.Random) -> bool:
        secret = [(pk, file) for pk, one in sorted(self.rules.requests.items()) for file in sorted(one.secrets)]
        notes = [one for one in self.rules.notes if one.privileged]
        if secret and (not notes or dice.random() < 0.5):
            pk, file = dice.choice(secret)
            return self.world.unmark_file(self._by(dice, [self.rules.requests[pk].home]), pk, file)
        if not notes:
            return False
        note = dice.choice(notes)
        return self.world.unmark_note(self._by(dice, [self.rules.requests[note.request].home]), note)

    def pass_hours(self, dice: random.Random) -> bool:
        self.world.pass_hours(dice.choice((1, 1, 2, 3, 9)))
        return True

    def leave(self, dice: random.Random) -> bool:
        name = dice.choice((*OWNERS, "edgar"))
        if name in self.rules.out:
            return False
        self.world.leave(name, back=False)
        return True

    def come_back(self, dice: random.Random) -> bool:
        if not self.rules.out:
            return False
        self.world.leave(dice.choice(sorted(self.rules.out)), back=True)
        return True

    def _request(self, dice: random.Random) -> int:
        return dice.choice(sorted(self.rules.requests))

    def _of(self, dice: random.Random, request: int) -> str:
        home = self.rules.requests[request].home
        return self._by(dice, [home, "edgar"] if home == "harbor" else [home])

    def _subject(self, dice: random.Random) -> str | int:
        some: list[str | int] = ["harbor", "harbor", "prairie", *sorted(self.rules.requests)]
        return dice.choice(some)

    @staticmethod
    def _by(dice: random.Random, who_may: list[str]) -> str:
        return dice.choice(PEOPLE) if not who_may or dice.random() < 0.15 else dice.choice(who_may)


def _hours(dice: random.Random, often: float) -> int | None:
    return dice.randint(0, 4) if dice.random() < often else None


def past_the_walls(superuser: str) -> None:
    """The connection becomes a superuser's: what the web may do is asked as the web's role."""
    from urllib.parse import urlsplit

    who = urlsplit(superuser)
    connection.close()
    connection.settings_dict.update({"USER": who.username, "PASSWORD": who.password or ""})
