"""What is published, added, programmed and said in the world."""

from __future__ import annotations

import datetime as dt
from typing import Any

from requests_app.actions import comments, documents, joint_rights, privilege, publishing, tokens
from requests_app.actions.shares import Grants
from requests_app.models import (
    ApiToken,
    CircleMember,
    CoalitionMember,
    Document,
    Guest,
    JointRight,
    PartnerComment,
    Publication,
    Share,
)
from requests_app.models.visibility import Viewer
from requests_app.queries.publishing import looked_at

from .ground import numbers
from .offers import Offers
from .rules import Granted, Program, Proposal, Right, Word


class Deeds(Offers):
    # Publishing ----------------------------------------------------------------------------------------

    def propose(self, by: str, subject: str | int, levels: frozenset[str], embargo: int | None) -> bool:
        home, stands = self.rules.owner_of(subject), self.rules.standing(subject, "public", "")
        made: list[Publication] = []
        shown = self.subject(subject)

        def act(viewer: Viewer) -> None:
            one = publishing.propose(
                viewer=viewer, subject=shown, actor=self.people[by], now=dt.datetime.now(dt.UTC),
                grants=Grants(**dict.fromkeys(levels, True)), embargo_until=self.at(embargo), embargo_zone="UTC",
            )  # fmt: skip
            seen = {line.item.key: line.item.fingerprint for line in looked_at(one)}
            publishing.confirm(viewer=viewer, publication=one, actor=self.people[by], seen=seen)
            made.append(one)

        open_ = any(one.subject == subject and one.state in ("proposed", "agreed") for one in self.rules.proposals)
        covered = stands is not None and stands.levels >= levels
        if not self.attempt(by, act, may=self.rules.home(by) == home and not open_ and not covered):
            return False
        levels |= stands.levels if stands else frozenset()
        until = None if embargo is None else self.rules.hour + embargo + 1
        self.rules.proposals.append(Proposal(made[0].pk, home, subject, by, levels, until))
        return True

    def agree(self, by: str, one: Proposal) -> bool:
        """Never by whoever proposed it, where two persons publish."""
        may = self.rules.home(by) == one.home == by and one.state == "proposed"
        may = may and not (one.home == "harbor" and by == one.by)
        if self._publication(by, one, publishing.agree, may=may):
            if one.embargo is None:
                self._shown(one)
            else:
                one.state = "agreed"
            return True
        return False

    def publish_now(self, by: str, one: Proposal) -> bool:
        over = one.embargo is not None and self.rules.hour >= one.embargo
        may = self.rules.home(by) == one.home == by and one.state == "agreed" and over
        if self._publication(by, one, publishing.publish_now, may=may):
            self._shown(one)
            return True
        return False

    def _publication(self, by: str, one: Proposal, what: Any, *, may: bool) -> bool:
        row = Publication.objects.get(pk=one.pk)
        now = dt.datetime.now(dt.UTC)
        return self.attempt(
            by, lambda viewer: what(viewer=viewer, publication=row, actor=self.people[by], now=now), may=may
        )

    def _shown(self, one: Proposal) -> None:
        for before in self.rules.proposals:
            if before.subject == one.subject and before.state == "published":
                before.state = "ended"
        one.state = "published"
        stands = self.rules.standing(one.subject, "public", "")
        if stands:
            stands.levels |= one.levels
        else:
            row = Share.objects.get(**self.of(one.subject), grantee_kind="public", revoked_at=None)
            self.rules.grants.append(Granted(row.pk, one.home, one.subject, "public", "", one.levels))
        self.settle()

    def unpublish(self, by: str, subject: str | int, whole: bool) -> bool:
        rules, home = self.rules, self.rules.owner_of(subject)
        own = rules.standing(subject, "public", "")
        above = rules.standing(home, "public", "") if isinstance(subject, int) else None
        if above and isinstance(subject, int) and not rules.covers(home, subject):
            above = None
        may = rules.home(by) == home == by and bool(own or (above and whole)) and not (above and not whole)
        shown = self.subject(subject)
        done = self.attempt(
            by,
            lambda viewer: publishing.unpublish(
                viewer=viewer, subject=shown, actor=self.people[by], whole=whole
            ),
            may=may, exactly=True,
        )  # fmt: skip
        if done:
            rules.end([own] if own else [])
            if above and isinstance(subject, int):
                rules.moved |= {subject} if not rules.requests[subject].held else set()
                rules.requests[subject].held = True
            if whole and isinstance(subject, str):
                rules.end([
                    one for one in rules.grants if one.kind == "public" and not one.over
                    and isinstance(one.subject, int) and rules.requests[one.subject].campaign == subject
                ])  # fmt: skip
        return done

    # Files ---------------------------------------------------------------------------------------------

    def file(self, by: str, request: int, document: int, act: str) -> bool:
        """Released, held back, withdrawn, restored, erased. An editor withdraws; what is shown is the owner's."""
        rules, files = self.rules, self.rules.requests[request].files
        row = Document.objects.select_related("request", "organisation").get(pk=document)
        given: dict[str, Any] = {"document": row, "actor": self.people[by]}
        given |= {"looked_through": True} if act == "release" else {}
        given |= {"reason": "A mistake."} if act in ("withdraw", "erase") else {}
        home = rules.requests[request].home
        may = rules.home(by) == home and (act in ("hold_back", "withdraw", "restore") or by == home)
        secret = rules.requests[request].secrets.get(document)
        may = may and (secret is None or (act != "release" and rules.reads_own(secret, by)))
        shown: list[Any] = []
        do = getattr(documents, act)
        if not self.attempt(by, lambda viewer: shown.append(do(viewer=viewer, **given)), may=may):
            return False
        was, gone = files[document], files[document] in ("withdrawn", "erased")
        files[document] = {
            "release": "released" if shown == [True] else was, "hold_back": was if gone else "kept",
            "withdraw": was if gone else "withdrawn", "restore": "kept" if was == "withdrawn" else was,
            "erase": "erased",
        }[act]  # fmt: skip
        return True

    # Programs ------------------------------------------------------------------------------------------

    def make_program(self, by: str, home: str, writes: bool) -> bool:
        made: list[Any] = []

        def act(viewer: Viewer) -> None:
            made.append(tokens.make_token(
                viewer=viewer, organisation=self.homes[home], actor=self.people[by], name="a program",
                scope="write" if writes else "read", days=1, now=dt.datetime.now(dt.UTC), once=f"t{next(numbers)}",
            ))  # fmt: skip

        if not self.attempt(by, act, may=self.rules.home(by) == home == by, exactly=True):
            return False
        token, secret = made[0]
        self.rules.programs.append(Program(token.pk, home, writes, self.rules.hour + 24, secret))
        return True

    def revoke_program(self, by: str, one: Program) -> bool:
        token = ApiToken.objects.get(pk=one.pk)
        done = self.attempt(
            by, lambda viewer: tokens.revoke_token(viewer=viewer, token=token, actor=self.people[by]),
            may=self.rules.home(by) == one.home == by, exactly=True,
        )  # fmt: skip
        one.over = one.over or done
        return done

    # Words ---------------------------------------------------------------------------------------------

    def say(self, by: str, request: int, privileged: bool, circle: bool) -> bool:
        home = self.rules.requests[request].home
        named = str(self.ground.circle.public_id) if self.ground.circle and circle and home == "harbor" else ""
        made: list[Any] = []
        about = self.subject(request)

        def act(viewer: Viewer) -> None:
            made.append(comments.say(
                viewer=viewer, subject=about, audience="private", text="A word.",
                actor=self.people[by], once=f"w{next(numbers)}", privileged=privileged,
                circle=named if privileged else "",
            ))  # fmt: skip

        if not self.attempt(by, act, may=self.rules.home(by) == home, exactly=True):
            return False
        self.rules.words.append(Word(made[0].pk, request, by, privileged, bool(named) and privileged))
        return True

    def say_to_partners(self, by: str, request: int) -> bool:
        made: list[Any] = []
        about = self.subject(request)

        def act(viewer: Viewer) -> None:
            made.append(comments.say(
                viewer=viewer, subject=about, audience="partners", text="A word.",
                actor=self.people[by], once=f"w{next(numbers)}",
            ))  # fmt: skip

        if not self.attempt(by, act, may=self.rules.may_comment(by, request), exactly=True):
            return False
        self.rules.partners.append(Word(made[0].pk, request, by))
        return True

    def withdraw_word(self, by: str, word: Word) -> bool:
        row, about = PartnerComment.objects.get(pk=word.pk), self.subject(word.request)
        home = self.rules.requests[word.request].home
        may = not word.withdrawn and (
            self.rules.home(by) == home == by or (by == word.by and self.rules.may_comment(by, word.request))
        )
        done = self.attempt(
            by,
            lambda viewer: comments.withdraw(
                viewer=viewer, subject=about, audience="partners", comment=row,
                actor=self.people[by],
            ),
            may=may,
        )  # fmt: skip
        word.withdrawn = word.withdrawn or done
        return done

    def name_in_circle(self, by: str, who: str) -> bool:
        assert self.ground.circle is not None
        circle, email = self.ground.circle, self.people[who].email
        done = self.attempt(
            by,
            lambda viewer: privilege.name_in_circle(viewer=viewer, circle=circle, email=email, actor=self.people[by]),
            may=self.rules.home(by) == "harbor" == by and who not in self.rules.circle,
        )
        if done:
            self.rules.circle[who] = self.rules.home(who) == "harbor"
        return done

    def end_in_circle(self, by: str, who: str) -> bool:
        row = CircleMember.objects.select_related("circle").filter(ended_at=None)
        person = self.people[who]
        member = row.filter(person=person).first() or row.filter(guest__email=person.email).first()
        if member is None:
            return False
        done = self.attempt(
            by, lambda viewer: privilege.end_in_circle(viewer=viewer, member=member, actor=self.people[by]),
            may=self.rules.home(by) == "harbor" == by,
        )  # fmt: skip
        if done:
            del self.rules.circle[who]
        return done

    def give_right(
        self, by: str, subject: str | int, what: str, kind: str, to: str, lasts: int | None
    ) -> bool:
        """A guest by its row, a partner by its stay."""
        home, shown, made = self.rules.owner_of(subject), self.subject(subject), []
        stay = next((one for one in self.rules.here() if one.home == to), None) if kind == "organisation" else None
        if stay:
            key = f"o-{CoalitionMember.objects.get(pk=stay.pk).public_id}"
        else:
            guest = Guest.objects.filter(organisation=self.homes[home], email=self.people[to].email).first()
            if kind != "guest" or guest is None:
                return False
            key = f"g-{guest.public_id}"

        def act(viewer: Viewer) -> None:
            made.append(joint_rights.grant_right(
                viewer=viewer, subject=shown, grantee=key, kind=what, actor=self.people[by],
                now=dt.datetime.now(dt.UTC), until=self.at(lasts),
            ))  # fmt: skip

        if not self.attempt(by, act, may=self.rules.home(by) == home == by):
            return False
        hour = self.rules.hour
        self.rules.rights.append(Right(
            made[0].pk, home, subject, kind, to, None if lasts is None else hour + lasts + 1, made[0].stay_id or 0, what
        ))  # fmt: skip
        self.settle()
        return True

    def take_right(self, by: str, right: Right) -> bool:
        row = JointRight.objects.select_related("request", "campaign").get(pk=right.pk)
        done = self.attempt(
            by, lambda viewer: joint_rights.revoke_right(viewer=viewer, right=row, actor=self.people[by]),
            may=self.rules.home(by) == right.home == by and not right.over,
        )  # fmt: skip
        right.over = right.over or done
        return done
