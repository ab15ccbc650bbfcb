"""What partners and guests offer, what they are asked to do, what is noted, and what becomes privileged."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from requests_app.actions import notes, partner_tasks, privileged, proposals
from requests_app.models import CoalitionMember, Document, PartnerTask, RequestNote
from requests_app.models import Proposal as ProposalRow
from requests_app.models.visibility import Viewer

from .ground import Acting, numbers
from .rules import Offer, Task, Word

TODAY = dt.date(2026, 3, 10)


class Offers(Acting):
    # Proposals -----------------------------------------------------------------------------------------

    def offer(self, by: str, request: int) -> bool:
        made: list[Any] = []
        about = self.subject(request)

        def act(viewer: Viewer) -> None:
            made.append(proposals.propose_draft(
                viewer=viewer, records_request=about, letter="other", subject="A letter", body="Its words.",
                actor=self.people[by], once=f"p{next(numbers)}",
            ))  # fmt: skip

        waiting = sum(one.request == request and one.state == "waiting" for one in self.rules.offers)
        if not self.attempt(by, act, may=self.rules.may_offer(by, request), exactly=waiting < proposals.MOST_WAITING):
            return False
        right = next(one for one in self.rules.rights if one.pk == made[0].right_id)
        self.rules.offers.append(Offer(made[0].pk, request, right))
        return True

    def decide(self, by: str, offer: Offer, state: str) -> bool:
        """Once and for good; the same again does nothing."""
        row = ProposalRow.objects.get(pk=offer.pk)

        def act(viewer: Viewer) -> None:
            if state == "accepted":
                proposals.accept(viewer=viewer, proposal=row, actor=self.people[by], today=TODAY)
            else:
                proposals.decline(viewer=viewer, proposal=row, actor=self.people[by], reason="No.")

        asked = self.rules.requests[offer.request]
        may = self.rules.home(by) == asked.home and offer.state in ("waiting", state)
        if not self.attempt(by, act, may=may, exactly=True):
            return False
        asked.drafts += offer.state == "waiting" and state == "accepted"
        offer.state = state
        return True

    def withdraw_offer(self, by: str, offer: Offer) -> bool:
        row = ProposalRow.objects.get(pk=offer.pk)
        done = self.attempt(
            by, lambda viewer: proposals.withdraw(viewer=viewer, proposal=row, actor=self.people[by]),
            may=self.rules.follows(by, offer) and offer.state in ("waiting", "withdrawn"), exactly=True,
        )  # fmt: skip
        offer.state = "withdrawn" if done else offer.state
        return done

    # Tasks ---------------------------------------------------------------------------------------------

    def ask(self, by: str, request: int, partner: str) -> bool:
        home = self.rules.requests[request].home
        stays = {one.home: one for one in self.rules.here()}
        if partner not in stays or partner == home:
            return False
        key, made = f"o-{CoalitionMember.objects.get(pk=stays[partner].pk).public_id}", []
        about = self.subject(request)

        def act(viewer: Viewer) -> None:
            made.append(partner_tasks.ask(
                viewer=viewer, records_request=about, partner=key, title="Call the clerk", actor=self.people[by],
                today=TODAY, now=dt.datetime.now(dt.UTC), once=f"t{next(numbers)}",
            ))  # fmt: skip

        may = self.rules.home(by) == home and home in stays and self.rules.shown_to(partner, request)
        if not self.attempt(by, act, may=may, exactly=True):
            return False
        self.rules.tasks.append(Task(made[0].pk, request, partner, (stays[partner].pk, stays[home].pk)))
        return True

    def answer_task(self, by: str, task: Task, state: str) -> bool:
        row = PartnerTask.objects.get(pk=task.pk)

        def act(viewer: Viewer) -> None:
            if state == "accepted":
                partner_tasks.accept(viewer=viewer, task=row, person=None)
            elif state == "declined":
                partner_tasks.decline(viewer=viewer, task=row, reason="No time.")
            else:
                partner_tasks.finish(viewer=viewer, task=row)

        may = self.rules.home(by) == task.partner and task.is_open and self.rules.shown_to(task.partner, task.request)
        done = self.attempt(by, act, may=may, exactly=True)
        task.state = state if done else task.state
        return done

    def take_back_task(self, by: str, task: Task) -> bool:
        row = PartnerTask.objects.select_related("request__organisation").get(pk=task.pk)
        done = self.attempt(
            by, lambda viewer: partner_tasks.withdraw(viewer=viewer, task=row, actor=self.people[by]),
            may=self.rules.home(by) == self.rules.requests[task.request].home and task.is_open, exactly=True,
        )  # fmt: skip
        task.state = "withdrawn" if done else task.state
        return done

    def end_tasks(self) -> None:
        """What the database puts off until the end of an act is done at the end of each step."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ends_tasks IMMEDIATE; SET CONSTRAINTS ends_tasks DEFERRED")
        self.rules.end_tasks()

    # Notes, and what is privileged ---------------------------------------------------------------------

    def _circle(self, home: str, circle: bool) -> str:
        return str(self.ground.circle.public_id) if self.ground.circle and circle and home == "harbor" else ""

    def note(self, by: str, request: int, secret: bool, circle: bool) -> bool:
        home, made, about = self.rules.requests[request].home, [], self.subject(request)
        named = self._circle(home, circle) if secret else ""

        def act(viewer: Viewer) -> None:
            made.append(notes.write_note(
                viewer=viewer, records_request=about, text="A note.", actor=self.people[by], once=f"n{next(numbers)}",
                privileged=secret, circle=named,
            ))  # fmt: skip

        if not self.attempt(by, act, may=self.rules.home(by) == home, exactly=True):
            return False
        self.rules.notes.append(Word(made[0].pk, request, by, secret, bool(named)))
        return True

    def delete_note(self, by: str, note: Word) -> bool:
        row = RequestNote.objects.get(pk=note.pk)
        home = self.rules.requests[note.request].home
        may = self.rules.home(by) == home and by in (note.by, home) and not note.withdrawn
        done = self.attempt(
            by, lambda viewer: notes.delete_note(viewer=viewer, note=row, actor=self.people[by]),
            may=may and self.rules.reads_own(note, by),
        )  # fmt: skip
        note.withdrawn = note.withdrawn or done
        return done

    def mark_note(self, by: str, note: Word, circle: bool) -> bool:
        row = RequestNote.objects.select_related("request", "organisation").get(pk=note.pk)
        home = self.rules.requests[note.request].home
        named = self._circle(home, circle)
        may = self.rules.home(by) == home and by in (note.by, home) and not note.withdrawn
        may = may and self.rules.reads_own(note, by)
        may = may and (not note.privileged or note.circle == bool(named) or by == home)
        done = self.attempt(
            by, lambda viewer: privileged.mark(viewer=viewer, item=row, circle=named, actor=self.people[by]),
            may=may, exactly=True,
        )  # fmt: skip
        if done:
            note.privileged, note.circle = True, bool(named)
        return done

    def unmark_note(self, by: str, note: Word) -> bool:
        row = RequestNote.objects.select_related("request", "organisation").get(pk=note.pk)
        home = self.rules.requests[note.request].home
        done = self.attempt(
            by, lambda viewer: privileged.end(viewer=viewer, item=row, reason="Over.", actor=self.people[by]),
            may=self.rules.home(by) == home == by and note.privileged and not note.withdrawn, exactly=True,
        )  # fmt: skip
        if done:
            note.privileged = note.circle = False
        return done

    def mark_file(self, by: str, request: int, document: int, circle: bool) -> bool:
        """By any editor; a privileged one is changed by its owner, and no released one is privileged."""
        one = self.rules.requests[request]
        row = Document.objects.select_related("request", "organisation").get(pk=document)
        named, secret = self._circle(one.home, circle), one.secrets.get(document)
        may = self.rules.home(by) == one.home and one.files[document] != "erased"
        if secret is not None:
            same = secret.circle == bool(named)
            may = may and self.rules.reads_own(secret, by) and (same or by == one.home)
        done = self.attempt(
            by, lambda viewer: privileged.mark(viewer=viewer, item=row, circle=named, actor=self.people[by]),
            may=may, exactly=True,
        )  # fmt: skip
        if done:
            one.secrets[document] = Word(document, request, secret.by if secret else by, True, bool(named))
            if one.files[document] == "released":
                one.files[document] = "kept"
        return done

    def unmark_file(self, by: str, request: int, document: int) -> bool:
        one = self.rules.requests[request]
        row = Document.objects.select_related("request", "organisation").get(pk=document)
        may = document in one.secrets and one.files[document] != "erased"
        done = self.attempt(
            by, lambda viewer: privileged.end(viewer=viewer, item=row, reason="Over.", actor=self.people[by]),
            may=may and self.rules.home(by) == one.home == by, exactly=True,
        )  # fmt: skip
        if done:
            del one.secrets[document]
        return done
