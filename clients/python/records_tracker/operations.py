"""Every operation of the API, as a method. Written by generate.py; not by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from . import shapes
from .transport import Transport


class Operations(Transport):
    def absences(self) -> shapes.AbsencesShape:
        """Who is away."""
        found: shapes.AbsencesShape = self.ask('GET', '/api/v1/absences/')
        return found

    def absence_set(self, body: shapes.AbsenceGiven, *, idempotency_key: str | None = None) -> shapes.AbsenceShape:
        """Set an absence."""
        found: shapes.AbsenceShape = self.ask('POST', '/api/v1/absences/', body=body, key=idempotency_key)
        return found

    def absence_end(self, absence_pid: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """End an absence."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/absences/{self.quoted(absence_pid)}/', key=idempotency_key)
        return found

    def agencies(self, *, cursor: str | None = None, fields: str | None = None, jurisdiction: str | None = None, kind: Literal['fusion_center', 'state_police', 'state_agency', 'county_sheriff', 'city_police', 'county_agency', 'city_agency', 'federal', 'university', 'tribal', 'other'] | None = None, limit: int | None = None, mark: Literal['real', 'sample', 'both'] | None = None, ordering: Literal['jurisdiction', 'name', '-name'] | None = None, q: str | None = None) -> shapes.AgencyRowPage:
        """Agencies, searched and filtered."""
        found: shapes.AgencyRowPage = self.ask('GET', '/api/v1/agencies/', query={'cursor': cursor, 'fields': fields, 'jurisdiction': jurisdiction, 'kind': kind, 'limit': limit, 'mark': mark, 'ordering': ordering, 'q': q})
        return found

    def each_agencies(self, *, cursor: str | None = None, fields: str | None = None, jurisdiction: str | None = None, kind: Literal['fusion_center', 'state_police', 'state_agency', 'county_sheriff', 'city_police', 'county_agency', 'city_agency', 'federal', 'university', 'tribal', 'other'] | None = None, limit: int | None = None, mark: Literal['real', 'sample', 'both'] | None = None, ordering: Literal['jurisdiction', 'name', '-name'] | None = None, q: str | None = None) -> Iterator[shapes.AgencyRow]:
        """Agencies, searched and filtered: every row of every page."""
        yield from self.walk(self.agencies(cursor=cursor, fields=fields, jurisdiction=jurisdiction, kind=kind, limit=limit, mark=mark, ordering=ordering, q=q))

    def agency(self, slug: str, *, fields: str | None = None) -> shapes.AgencyShape:
        """One agency: contacts, custodians, laws, closed days."""
        found: shapes.AgencyShape = self.ask('GET', f'/api/v1/agencies/{self.quoted(slug)}/', query={'fields': fields})
        return found

    def bulk_act(self, body: shapes.BulkGiven, *, idempotency_key: str | None = None) -> shapes.BulkShape:
        """One act on many requests."""
        found: shapes.BulkShape = self.ask('POST', '/api/v1/bulk/', body=body, key=idempotency_key)
        return found

    def bulk_preview(self, body: shapes.BulkGiven, *, idempotency_key: str | None = None) -> shapes.BulkPlanShape:
        """What an act on many requests would do."""
        found: shapes.BulkPlanShape = self.ask('POST', '/api/v1/bulk/preview/', body=body, key=idempotency_key)
        return found

    def bulk_act_read(self, pid: str) -> shapes.BulkShape:
        """What an act on many requests did."""
        found: shapes.BulkShape = self.ask('GET', f'/api/v1/bulk/{self.quoted(pid)}/')
        return found

    def bulk_undo(self, pid: str, *, idempotency_key: str | None = None) -> shapes.BulkShape:
        """Undo an act on many requests."""
        found: shapes.BulkShape = self.ask('POST', f'/api/v1/bulk/{self.quoted(pid)}/undo/', key=idempotency_key)
        return found

    def calendar_days(self, *, since: str, until: str, campaign: str | None = None, organisation: str | None = None, owner: Literal['agency', 'requester', 'reviewer', 'court', 'third_party'] | None = None) -> shapes.CalendarShape:
        """Due days between two days."""
        found: shapes.CalendarShape = self.ask('GET', '/api/v1/calendar/', query={'campaign': campaign, 'organisation': organisation, 'owner': owner, 'since': since, 'until': until})
        return found

    def calendar(self, ref: str, *, year: int | None = None) -> dict[str, Any]:
        """The weekdays that do not count, by name, and those that are argued."""
        found: dict[str, Any] = self.ask('GET', f'/api/v1/calendars/{self.quoted(ref)}/', query={'year': year})
        return found

    def campaign_begin(self, body: shapes.CampaignGiven, *, idempotency_key: str | None = None) -> shapes.PlanShape:
        """Begin a campaign."""
        found: shapes.PlanShape = self.ask('POST', '/api/v1/campaign-plans/', body=body, key=idempotency_key)
        return found

    def campaigns(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None, ordering: Literal['created_at', '-created_at'] | None = None) -> shapes.CampaignRowPage:
        """Campaigns you may see."""
        found: shapes.CampaignRowPage = self.ask('GET', '/api/v1/campaigns/', query={'cursor': cursor, 'fields': fields, 'limit': limit, 'ordering': ordering})
        return found

    def each_campaigns(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None, ordering: Literal['created_at', '-created_at'] | None = None) -> Iterator[shapes.CampaignRow]:
        """Campaigns you may see: every row of every page."""
        yield from self.walk(self.campaigns(cursor=cursor, fields=fields, limit=limit, ordering=ordering))

    def campaign(self, pid: str, *, fields: str | None = None) -> shapes.CampaignShape:
        """One campaign with its counts."""
        found: shapes.CampaignShape = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/', query={'fields': fields})
        return found

    def automatic_follow_ups(self, pid: str) -> shapes.AutomaticShape:
        """Follow-ups that leave by themselves."""
        found: shapes.AutomaticShape = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/automatic-follow-ups/')
        return found

    def automatic_follow_ups_set(self, pid: str, body: shapes.AutomaticGiven, *, idempotency_key: str | None = None) -> shapes.AutomaticShape:
        """Switch them on or off."""
        found: shapes.AutomaticShape = self.ask('PUT', f'/api/v1/campaigns/{self.quoted(pid)}/automatic-follow-ups/', body=body, key=idempotency_key)
        return found

    def campaign_comments(self, pid: str, *, audience: Literal['private', 'partners', 'public'] | None = None, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.CommentShapePage:
        """Comments on a campaign."""
        found: shapes.CommentShapePage = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/comments/', query={'audience': audience, 'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_campaign_comments(self, pid: str, *, audience: Literal['private', 'partners', 'public'] | None = None, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.CommentShape]:
        """Comments on a campaign: every row of every page."""
        yield from self.walk(self.campaign_comments(pid, audience=audience, cursor=cursor, fields=fields, limit=limit))

    def campaign_comment_add(self, pid: str, body: shapes.CommentGiven, *, idempotency_key: str | None = None) -> shapes.CommentShape:
        """Comment on a campaign."""
        found: shapes.CommentShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/comments/', body=body, key=idempotency_key)
        return found

    def campaign_comment_change(self, pid: str, key: str, body: shapes.PatchedCommentChanged, *, idempotency_key: str | None = None) -> shapes.CommentShape:
        """Change a comment."""
        found: shapes.CommentShape = self.ask('PATCH', f'/api/v1/campaigns/{self.quoted(pid)}/comments/{self.quoted(key)}/', body=body, key=idempotency_key)
        return found

    def campaign_comment_withdraw(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Withdraw a comment."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/campaigns/{self.quoted(pid)}/comments/{self.quoted(key)}/', key=idempotency_key)
        return found

    def campaign_hold(self, pid: str, body: shapes.HoldGiven, *, idempotency_key: str | None = None) -> shapes.HoldShape:
        """Set or lift a legal hold on a campaign."""
        found: shapes.HoldShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/hold/', body=body, key=idempotency_key)
        return found

    def campaign_matrix(self, pid: str, *, group: Literal['answered', 'closed', 'denied', 'elsewhere', 'full', 'late', 'none', 'part', 'pending', 'refused', 'review'] | None = None, move: Literal['agency', 'requester', 'reviewer', 'court', 'third_party', 'nobody'] | None = None, within: int | None = None) -> shapes.MatrixShape:
        """Agency by stage: every request of a campaign."""
        found: shapes.MatrixShape = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/matrix/', query={'group': group, 'move': move, 'within': within})
        return found

    def campaign_partners_asked(self, pid: str) -> shapes.PartnersAskedPage:
        """What partners have asked of a campaign's universe."""
        found: shapes.PartnersAskedPage = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/partners-asked/')
        return found

    def campaign_plan(self, pid: str) -> shapes.PlanShape:
        """Plan of a campaign."""
        found: shapes.PlanShape = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/plan/')
        return found

    def campaign_publishing(self, pid: str) -> shapes.PublishingShape:
        """Publishing of one campaign."""
        found: shapes.PublishingShape = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/publishing/')
        return found

    def campaign_publish(self, pid: str, body: shapes.ProposalGiven, *, idempotency_key: str | None = None) -> shapes.PublishingShape:
        """Propose to publish a campaign."""
        found: shapes.PublishingShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/publishing/', body=body, key=idempotency_key)
        return found

    def campaign_publish_decide(self, pid: str, body: shapes.PatchedDecisionGiven, *, idempotency_key: str | None = None) -> shapes.PublishingShape:
        """Look through, agree, publish, extend, take back."""
        found: shapes.PublishingShape = self.ask('PATCH', f'/api/v1/campaigns/{self.quoted(pid)}/publishing/', body=body, key=idempotency_key)
        return found

    def campaign_reminder_policy(self, pid: str) -> shapes.PolicyShape:
        """Who is reminded of what: a campaign."""
        found: shapes.PolicyShape = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/reminder-policy/')
        return found

    def campaign_reminder_policy_save(self, pid: str, body: shapes.PolicyGiven, *, idempotency_key: str | None = None) -> shapes.SavedShape:
        """Set the rules: a campaign."""
        found: shapes.SavedShape = self.ask('PUT', f'/api/v1/campaigns/{self.quoted(pid)}/reminder-policy/', body=body, key=idempotency_key)
        return found

    def campaign_reminder_policy_forget(self, pid: str, *, idempotency_key: str | None = None) -> shapes.SavedShape:
        """Take the rules away: a campaign."""
        found: shapes.SavedShape = self.ask('DELETE', f'/api/v1/campaigns/{self.quoted(pid)}/reminder-policy/', key=idempotency_key)
        return found

    def campaign_reminder_policy_preview(self, pid: str, body: shapes.RulesGiven, *, idempotency_key: str | None = None) -> shapes.RulesEffectShape:
        """What other rules would change: a campaign."""
        found: shapes.RulesEffectShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/reminder-policy/preview/', body=body, key=idempotency_key)
        return found

    def campaign_rights(self, pid: str) -> shapes.RightsShape:
        """Who may do what with a campaign."""
        found: shapes.RightsShape = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/rights/')
        return found

    def campaign_right_give(self, pid: str, body: shapes.RightGiven, *, idempotency_key: str | None = None) -> shapes.RightsShape:
        """Let a partner or a guest do something."""
        found: shapes.RightsShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/rights/', body=body, key=idempotency_key)
        return found

    def campaign_right_end(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.RightsShape:
        """Take a right back."""
        found: shapes.RightsShape = self.ask('DELETE', f'/api/v1/campaigns/{self.quoted(pid)}/rights/{self.quoted(key)}/', key=idempotency_key)
        return found

    def campaign_shares(self, pid: str) -> shapes.SharesShape:
        """Who sees a campaign of yours."""
        found: shapes.SharesShape = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/shares/')
        return found

    def campaign_shares_change(self, pid: str, body: shapes.SharesGiven, *, idempotency_key: str | None = None) -> shapes.SharesShape:
        """Change who sees a campaign."""
        found: shapes.SharesShape = self.ask('PUT', f'/api/v1/campaigns/{self.quoted(pid)}/shares/', body=body, key=idempotency_key)
        return found

    def campaign_shares_guest(self, pid: str, body: shapes.GuestGiven, *, idempotency_key: str | None = None) -> shapes.SharesShape:
        """Share a campaign with a guest."""
        found: shapes.SharesShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/shares/guests/', body=body, key=idempotency_key)
        return found

    def campaign_shares_guest_mail(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.SharesShape:
        """Send the mail to a guest of a campaign again."""
        found: shapes.SharesShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/shares/guests/{self.quoted(key)}/mail/', key=idempotency_key)
        return found

    def campaign_shares_preview(self, pid: str, body: shapes.SharesGiven, *, idempotency_key: str | None = None) -> shapes.ShareChangesShape:
        """What a change of shares would show to whom."""
        found: shapes.ShareChangesShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/shares/preview/', body=body, key=idempotency_key)
        return found

    def campaign_universe(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.UniverseMemberShapePage:
        """Whom a campaign asks."""
        found: shapes.UniverseMemberShapePage = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/universe/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_campaign_universe(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.UniverseMemberShape]:
        """Whom a campaign asks: every row of every page."""
        yield from self.walk(self.campaign_universe(pid, cursor=cursor, fields=fields, limit=limit))

    def campaign_universe_add(self, pid: str, body: shapes.UniverseGiven, *, idempotency_key: str | None = None) -> shapes.UniverseShape:
        """Add agencies to a campaign."""
        found: shapes.UniverseShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/universe/', body=body, key=idempotency_key)
        return found

    def campaign_universe_remove(self, pid: str, *, idempotency_key: str | None = None) -> shapes.UniverseShape:
        """Take agencies out of a campaign."""
        found: shapes.UniverseShape = self.ask('DELETE', f'/api/v1/campaigns/{self.quoted(pid)}/universe/', key=idempotency_key)
        return found

    def campaign_waves(self, pid: str) -> shapes.WavesShape:
        """Waves of a campaign."""
        found: shapes.WavesShape = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/waves/')
        return found

    def campaign_wave_prepare(self, pid: str, body: shapes.WaveGiven, *, idempotency_key: str | None = None) -> shapes.WaveShape:
        """Write the letters of a wave."""
        found: shapes.WaveShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/waves/', body=body, key=idempotency_key)
        return found

    def campaign_wave(self, pid: str, number: str) -> shapes.WaveShape:
        """One wave."""
        found: shapes.WaveShape = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/waves/{self.quoted(number)}/')
        return found

    def campaign_wave_letters(self, pid: str, number: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.LetterRowPage:
        """Letters of a wave."""
        found: shapes.LetterRowPage = self.ask('GET', f'/api/v1/campaigns/{self.quoted(pid)}/waves/{self.quoted(number)}/letters/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_campaign_wave_letters(self, pid: str, number: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.LetterRow]:
        """Letters of a wave: every row of every page."""
        yield from self.walk(self.campaign_wave_letters(pid, number, cursor=cursor, fields=fields, limit=limit))

    def campaign_wave_queue(self, pid: str, number: str, body: shapes.WaveQueueGiven, *, idempotency_key: str | None = None) -> shapes.WaveShape:
        """Queue a wave, or go on with it."""
        found: shapes.WaveShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/waves/{self.quoted(number)}/queue/', body=body, key=idempotency_key)
        return found

    def campaign_wave_stop(self, pid: str, number: str, *, idempotency_key: str | None = None) -> shapes.WaveShape:
        """Stop a wave."""
        found: shapes.WaveShape = self.ask('POST', f'/api/v1/campaigns/{self.quoted(pid)}/waves/{self.quoted(number)}/stop/', key=idempotency_key)
        return found

    def centers(self, *, jurisdiction: str | None = None, sample: bool | None = None) -> shapes.CentersShape:
        """Fusion centers by twelve recommendations."""
        found: shapes.CentersShape = self.ask('GET', '/api/v1/centers/', query={'jurisdiction': jurisdiction, 'sample': sample})
        return found

    def claims(self, *, agency: str | None = None, cursor: str | None = None, fields: str | None = None, limit: int | None = None, topic: Literal['custodians', 'board', 'memoranda', 'co_located_with', 'dhs_staff', 'fbi', 'own_databases', 'driver_databases', 'federal_databases', 'vendors', 'gang_database', 'activity_reports', 'budget', 'audits', 'complaints', 'left', 'no_immigration_staff', 'not_with_ice', 'public_audits', 'audits_of_ice', 'audits_of_speech', 'audits_of_spending', 'informal_sharing', 'pass_through', 'plate_opt_out', 'court_orders', 'grant_share'] | None = None) -> shapes.ClaimShapePage:
        """What sources say of fusion centers."""
        found: shapes.ClaimShapePage = self.ask('GET', '/api/v1/claims/', query={'agency': agency, 'cursor': cursor, 'fields': fields, 'limit': limit, 'topic': topic})
        return found

    def each_claims(self, *, agency: str | None = None, cursor: str | None = None, fields: str | None = None, limit: int | None = None, topic: Literal['custodians', 'board', 'memoranda', 'co_located_with', 'dhs_staff', 'fbi', 'own_databases', 'driver_databases', 'federal_databases', 'vendors', 'gang_database', 'activity_reports', 'budget', 'audits', 'complaints', 'left', 'no_immigration_staff', 'not_with_ice', 'public_audits', 'audits_of_ice', 'audits_of_speech', 'audits_of_spending', 'informal_sharing', 'pass_through', 'plate_opt_out', 'court_orders', 'grant_share'] | None = None) -> Iterator[shapes.ClaimShape]:
        """What sources say of fusion centers: every row of every page."""
        yield from self.walk(self.claims(agency=agency, cursor=cursor, fields=fields, limit=limit, topic=topic))

    def claim_record(self, body: shapes.ClaimGiven, *, idempotency_key: str | None = None) -> shapes.ClaimShape:
        """Record what a source says of a fusion center."""
        found: shapes.ClaimShape = self.ask('POST', '/api/v1/claims/', body=body, key=idempotency_key)
        return found

    def claim(self, pid: str) -> shapes.ClaimShape:
        """One claim."""
        found: shapes.ClaimShape = self.ask('GET', f'/api/v1/claims/{self.quoted(pid)}/')
        return found

    def claim_publish(self, pid: str, *, idempotency_key: str | None = None) -> shapes.ClaimShape:
        """Publish a claim."""
        found: shapes.ClaimShape = self.ask('POST', f'/api/v1/claims/{self.quoted(pid)}/publish/', key=idempotency_key)
        return found

    def claim_withdraw(self, pid: str, body: shapes.ClaimReason, *, idempotency_key: str | None = None) -> shapes.ClaimShape:
        """Withdraw a claim."""
        found: shapes.ClaimShape = self.ask('POST', f'/api/v1/claims/{self.quoted(pid)}/withdraw/', body=body, key=idempotency_key)
        return found

    def coalitions(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.CoalitionShapePage:
        """Coalitions you belong to."""
        found: shapes.CoalitionShapePage = self.ask('GET', '/api/v1/coalitions/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_coalitions(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.CoalitionShape]:
        """Coalitions you belong to: every row of every page."""
        yield from self.walk(self.coalitions(cursor=cursor, fields=fields, limit=limit))

    def coalition_found(self, body: shapes.FoundGiven, *, idempotency_key: str | None = None) -> shapes.CoalitionShape:
        """Found a coalition."""
        found: shapes.CoalitionShape = self.ask('POST', '/api/v1/coalitions/', body=body, key=idempotency_key)
        return found

    def coalition_link(self, token: str) -> shapes.LinkShape:
        """What the link of an invitation asks."""
        found: shapes.LinkShape = self.ask('GET', f'/api/v1/coalitions/invitations/{self.quoted(token)}/')
        return found

    def coalition_decline(self, token: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Decline a link."""
        found: shapes.Done = self.ask('POST', f'/api/v1/coalitions/invitations/{self.quoted(token)}/decline/', key=idempotency_key)
        return found

    def coalition_join(self, token: str, body: shapes.JoinGiven, *, idempotency_key: str | None = None) -> shapes.MemberShape:
        """Join by a link."""
        found: shapes.MemberShape = self.ask('POST', f'/api/v1/coalitions/invitations/{self.quoted(token)}/join/', body=body, key=idempotency_key)
        return found

    def coalition(self, pid: str) -> shapes.CoalitionShape:
        """One coalition."""
        found: shapes.CoalitionShape = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/')
        return found

    def coalition_rename(self, pid: str, body: shapes.CoalitionGiven, *, idempotency_key: str | None = None) -> shapes.CoalitionShape:
        """Change its name and purpose."""
        found: shapes.CoalitionShape = self.ask('PUT', f'/api/v1/coalitions/{self.quoted(pid)}/', body=body, key=idempotency_key)
        return found

    def coalition_dissolve(self, pid: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Dissolve a coalition."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/coalitions/{self.quoted(pid)}/', key=idempotency_key)
        return found

    def coalition_invitations(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.AskedShapePage:
        """Invitations that wait."""
        found: shapes.AskedShapePage = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/asked/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_coalition_invitations(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.AskedShape]:
        """Invitations that wait: every row of every page."""
        yield from self.walk(self.coalition_invitations(pid, cursor=cursor, fields=fields, limit=limit))

    def coalition_invite(self, pid: str, body: shapes.AskGiven, *, idempotency_key: str | None = None) -> shapes.AskedShape:
        """Ask an organization in."""
        found: shapes.AskedShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/asked/', body=body, key=idempotency_key)
        return found

    def coalition_withdraw(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Withdraw an invitation into a coalition."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/coalitions/{self.quoted(pid)}/asked/{self.quoted(key)}/', key=idempotency_key)
        return found

    def coalition_resend(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.AskedShape:
        """Send an invitation into a coalition again."""
        found: shapes.AskedShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/asked/{self.quoted(key)}/resend/', key=idempotency_key)
        return found

    def coalition_counts(self, pid: str) -> shapes.CountsShape:
        """How many windows of partners end soon."""
        found: shapes.CountsShape = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/counts/')
        return found

    def coalition_dissolving(self, pid: str) -> shapes.StayEffectShape:
        """What dissolving would do to shares."""
        found: shapes.StayEffectShape = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/dissolving/')
        return found

    def coalition_joint_list(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.JointShapePage:
        """Joint campaigns of a coalition."""
        found: shapes.JointShapePage = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/joint/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_coalition_joint_list(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.JointShape]:
        """Joint campaigns of a coalition: every row of every page."""
        yield from self.walk(self.coalition_joint_list(pid, cursor=cursor, fields=fields, limit=limit))

    def coalition_joint_make(self, pid: str, body: shapes.JointGiven, *, idempotency_key: str | None = None) -> shapes.JointShape:
        """Make a joint campaign."""
        found: shapes.JointShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/joint/', body=body, key=idempotency_key)
        return found

    def coalition_joint(self, pid: str, key: str) -> shapes.JointShape:
        """One joint campaign."""
        found: shapes.JointShape = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/joint/{self.quoted(key)}/')
        return found

    def coalition_joint_change(self, pid: str, key: str, body: shapes.JointGiven, *, idempotency_key: str | None = None) -> shapes.JointShape:
        """Its name and question."""
        found: shapes.JointShape = self.ask('PUT', f'/api/v1/coalitions/{self.quoted(pid)}/joint/{self.quoted(key)}/', body=body, key=idempotency_key)
        return found

    def coalition_joint_close(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Close it."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/coalitions/{self.quoted(pid)}/joint/{self.quoted(key)}/', key=idempotency_key)
        return found

    def coalition_joint_matrix(self, pid: str, key: str, *, group: Literal['answered', 'closed', 'denied', 'elsewhere', 'full', 'late', 'none', 'part', 'pending', 'refused', 'review'] | None = None, partner: str | None = None, twice: bool | None = None) -> shapes.JointMatrixShape:
        """Agencies by what is asked, as you see it."""
        found: shapes.JointMatrixShape = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/joint/{self.quoted(key)}/matrix/', query={'group': group, 'partner': partner, 'twice': twice})
        return found

    def coalition_joint_parts(self, pid: str, key: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.JointPartShapePage:
        """What is in it, as far as you see it."""
        found: shapes.JointPartShapePage = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/joint/{self.quoted(key)}/parts/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_coalition_joint_parts(self, pid: str, key: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.JointPartShape]:
        """What is in it, as far as you see it: every row of every page."""
        yield from self.walk(self.coalition_joint_parts(pid, key, cursor=cursor, fields=fields, limit=limit))

    def coalition_joint_put(self, pid: str, key: str, body: shapes.PutGiven, *, idempotency_key: str | None = None) -> shapes.JointPartShape:
        """Put a campaign in."""
        found: shapes.JointPartShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/joint/{self.quoted(key)}/parts/', body=body, key=idempotency_key)
        return found

    def coalition_joint_preview(self, pid: str, key: str, body: shapes.PutGiven, *, idempotency_key: str | None = None) -> shapes.PutPreviewShape:
        """What putting a campaign in would show."""
        found: shapes.PutPreviewShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/joint/{self.quoted(key)}/parts/preview/', body=body, key=idempotency_key)
        return found

    def coalition_joint_part(self, pid: str, key: str, part: str) -> shapes.OutShape:
        """What taking it out would do."""
        found: shapes.OutShape = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/joint/{self.quoted(key)}/parts/{self.quoted(part)}/')
        return found

    def coalition_joint_out(self, pid: str, key: str, part: str, *, keep_share: bool | None = None, idempotency_key: str | None = None) -> shapes.Done:
        """Take a campaign of your own out."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/coalitions/{self.quoted(pid)}/joint/{self.quoted(key)}/parts/{self.quoted(part)}/', query={'keep_share': keep_share}, key=idempotency_key)
        return found

    def coalition_kits(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.KitOfferRowPage:
        """Kits offered in a coalition."""
        found: shapes.KitOfferRowPage = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/kits/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_coalition_kits(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.KitOfferRow]:
        """Kits offered in a coalition: every row of every page."""
        yield from self.walk(self.coalition_kits(pid, cursor=cursor, fields=fields, limit=limit))

    def coalition_kit_offer(self, pid: str, body: shapes.KitOfferGiven, *, idempotency_key: str | None = None) -> shapes.KitOfferShape:
        """Offer a kit."""
        found: shapes.KitOfferShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/kits/', body=body, key=idempotency_key)
        return found

    def coalition_kit_preview(self, pid: str, body: shapes.KitLookGiven, *, idempotency_key: str | None = None) -> shapes.KitToldShape:
        """What partners would read of a kit."""
        found: shapes.KitToldShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/kits/preview/', body=body, key=idempotency_key)
        return found

    def coalition_kit(self, pid: str, key: str) -> shapes.KitOfferShape:
        """One kit that is offered."""
        found: shapes.KitOfferShape = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/kits/{self.quoted(key)}/')
        return found

    def coalition_kit_withdraw(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Withdraw a kit of your own."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/coalitions/{self.quoted(pid)}/kits/{self.quoted(key)}/', key=idempotency_key)
        return found

    def coalition_kit_copy(self, pid: str, key: str, body: shapes.CopyGiven, *, idempotency_key: str | None = None) -> shapes.OwnKitShape:
        """Copy a kit."""
        found: shapes.OwnKitShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/kits/{self.quoted(key)}/copy/', body=body, key=idempotency_key)
        return found

    def coalition_members(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.MemberShapePage:
        """Who is in it."""
        found: shapes.MemberShapePage = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/members/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_coalition_members(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.MemberShape]:
        """Who is in it: every row of every page."""
        yield from self.walk(self.coalition_members(pid, cursor=cursor, fields=fields, limit=limit))

    def coalition_member(self, pid: str, key: str) -> shapes.MemberShape:
        """One member of a coalition."""
        found: shapes.MemberShape = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/members/{self.quoted(key)}/')
        return found

    def coalition_member_change(self, pid: str, key: str, body: shapes.OwnGiven, *, idempotency_key: str | None = None) -> shapes.MemberShape:
        """Its name and consents."""
        found: shapes.MemberShape = self.ask('PUT', f'/api/v1/coalitions/{self.quoted(pid)}/members/{self.quoted(key)}/', body=body, key=idempotency_key)
        return found

    def coalition_member_end(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Leave, or remove a partner."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/coalitions/{self.quoted(pid)}/members/{self.quoted(key)}/', key=idempotency_key)
        return found

    def coalition_effect(self, pid: str, key: str, *, tier: Literal['observer', 'member', 'steering'] | None = None) -> shapes.StayEffectShape:
        """What another tier, or the end of a stay, would do to shares."""
        found: shapes.StayEffectShape = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/members/{self.quoted(key)}/effect/', query={'tier': tier})
        return found

    def coalition_tier(self, pid: str, key: str, body: shapes.TierGiven, *, idempotency_key: str | None = None) -> shapes.MemberShape:
        """Set a member's tier."""
        found: shapes.MemberShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/members/{self.quoted(key)}/tier/', body=body, key=idempotency_key)
        return found

    def coalition_models(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.ModelRowPage:
        """Model letters of a coalition."""
        found: shapes.ModelRowPage = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/models/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_coalition_models(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.ModelRow]:
        """Model letters of a coalition: every row of every page."""
        yield from self.walk(self.coalition_models(pid, cursor=cursor, fields=fields, limit=limit))

    def coalition_model_offer(self, pid: str, body: shapes.OfferGiven, *, idempotency_key: str | None = None) -> shapes.ModelShape:
        """Offer a letter as a model."""
        found: shapes.ModelShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/models/', body=body, key=idempotency_key)
        return found

    def coalition_model_preview(self, pid: str, body: shapes.LookGiven, *, idempotency_key: str | None = None) -> shapes.OfferingShape:
        """What partners would read."""
        found: shapes.OfferingShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/models/preview/', body=body, key=idempotency_key)
        return found

    def coalition_model(self, pid: str, key: str) -> shapes.ModelShape:
        """One model letter."""
        found: shapes.ModelShape = self.ask('GET', f'/api/v1/coalitions/{self.quoted(pid)}/models/{self.quoted(key)}/')
        return found

    def coalition_model_withdraw(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Withdraw a model of your own."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/coalitions/{self.quoted(pid)}/models/{self.quoted(key)}/', key=idempotency_key)
        return found

    def coalition_model_copy(self, pid: str, key: str, body: shapes.CopyGiven, *, idempotency_key: str | None = None) -> shapes.OwnModelShape:
        """Copy a model."""
        found: shapes.OwnModelShape = self.ask('POST', f'/api/v1/coalitions/{self.quoted(pid)}/models/{self.quoted(key)}/copy/', body=body, key=idempotency_key)
        return found

    def corrections(self, *, cursor: str | None = None, fields: str | None = None, kind: Literal['correction', 'takedown'] | None = None, limit: int | None = None) -> shapes.CorrectionRowPage:
        """What was corrected or taken down."""
        found: shapes.CorrectionRowPage = self.ask('GET', '/api/v1/corrections/', query={'cursor': cursor, 'fields': fields, 'kind': kind, 'limit': limit})
        return found

    def each_corrections(self, *, cursor: str | None = None, fields: str | None = None, kind: Literal['correction', 'takedown'] | None = None, limit: int | None = None) -> Iterator[shapes.CorrectionRow]:
        """What was corrected or taken down: every row of every page."""
        yield from self.walk(self.corrections(cursor=cursor, fields=fields, kind=kind, limit=limit))

    def dashboard(self, *, campaign: str | None = None, group: Literal['answered', 'closed', 'denied', 'elsewhere', 'full', 'late', 'none', 'part', 'pending', 'refused', 'review'] | None = None, jurisdiction: str | None = None, kind: Literal['fusion_center', 'state_police', 'state_agency', 'county_sheriff', 'city_police', 'county_agency', 'city_agency', 'federal', 'university', 'tribal', 'other'] | None = None, population: Literal['filed', 'sample', 'log'] | None = None) -> shapes.DashboardShape:
        """What the public dashboard counts."""
        found: shapes.DashboardShape = self.ask('GET', '/api/v1/dashboard/', query={'campaign': campaign, 'group': group, 'jurisdiction': jurisdiction, 'kind': kind, 'population': population})
        return found

    def deadline(self, *, law: str, received: str, event: list[str] | None = None, fact: list[str] | None = None, on: str | None = None, sent: str | None = None) -> dict[str, Any]:
        """When is it due?."""
        found: dict[str, Any] = self.ask('GET', '/api/v1/deadline/', query={'event': event, 'fact': fact, 'law': law, 'on': on, 'received': received, 'sent': sent})
        return found

    def document(self, document_pid: str) -> shapes.DocumentShape:
        """One document."""
        found: shapes.DocumentShape = self.ask('GET', f'/api/v1/documents/{self.quoted(document_pid)}/')
        return found

    def document_describe(self, document_pid: str, body: shapes.PatchedDescribeGiven, *, idempotency_key: str | None = None) -> shapes.DocumentShape:
        """Name a document, or put it beside another event."""
        found: shapes.DocumentShape = self.ask('PATCH', f'/api/v1/documents/{self.quoted(document_pid)}/', body=body, key=idempotency_key)
        return found

    def document_act(self, document_pid: str, body: shapes.ActGiven, *, idempotency_key: str | None = None) -> shapes.DocumentShape:
        """Release, hold back, withdraw, restore or erase."""
        found: shapes.DocumentShape = self.ask('POST', f'/api/v1/documents/{self.quoted(document_pid)}/act/', body=body, key=idempotency_key)
        return found

    def document_file(self, document_pid: str) -> bytes:
        """The bytes of a document."""
        found: bytes = self.ask('GET', f'/api/v1/documents/{self.quoted(document_pid)}/file/', binary=True)
        return found

    def document_privilege(self, document_pid: str, body: shapes.PrivilegeGiven, *, idempotency_key: str | None = None) -> shapes.PrivilegeShape:
        """Mark a document as privileged, or end that."""
        found: shapes.PrivilegeShape = self.ask('POST', f'/api/v1/documents/{self.quoted(document_pid)}/privilege/', body=body, key=idempotency_key)
        return found

    def fees(self, *, organisation: str | None = None) -> shapes.AccountsShape:
        """What the requests of an organization cost."""
        found: shapes.AccountsShape = self.ask('GET', '/api/v1/fees/', query={'organisation': organisation})
        return found

    def follow_ups(self, *, again_days: Literal[7, 14, 30] | None = None, campaign: str | None = None, organisation: str | None = None) -> shapes.WaitingList:
        """Whom to ask again."""
        found: shapes.WaitingList = self.ask('GET', '/api/v1/follow-ups/', query={'again_days': again_days, 'campaign': campaign, 'organisation': organisation})
        return found

    def follow_ups_send(self, body: shapes.FollowUpsGiven, *, idempotency_key: str | None = None) -> shapes.FollowUpsDone:
        """Ask again."""
        found: shapes.FollowUpsDone = self.ask('POST', '/api/v1/follow-ups/', body=body, key=idempotency_key)
        return found

    def follow_ups_preview(self, body: shapes.FollowUpsGiven, *, idempotency_key: str | None = None) -> shapes.FollowUpsPreview:
        """The letters that would go."""
        found: shapes.FollowUpsPreview = self.ask('POST', '/api/v1/follow-ups/preview/', body=body, key=idempotency_key)
        return found

    def imports(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.ImportRowShapePage:
        """Imports of your organizations."""
        found: shapes.ImportRowShapePage = self.ask('GET', '/api/v1/imports/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_imports(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.ImportRowShape]:
        """Imports of your organizations: every row of every page."""
        yield from self.walk(self.imports(cursor=cursor, fields=fields, limit=limit))

    def import_upload(self, body: shapes.LogUploadGiven, *, idempotency_key: str | None = None) -> shapes.ImportShape:
        """Upload a log."""
        found: shapes.ImportShape = self.ask('POST', '/api/v1/imports/', form=body, key=idempotency_key)
        return found

    def import_(self, pid: str) -> shapes.ImportShape:
        """One import."""
        found: shapes.ImportShape = self.ask('GET', f'/api/v1/imports/{self.quoted(pid)}/')
        return found

    def import_again(self, pid: str, *, idempotency_key: str | None = None) -> shapes.ImportShape:
        """The same file as a new import."""
        found: shapes.ImportShape = self.ask('POST', f'/api/v1/imports/{self.quoted(pid)}/again/', key=idempotency_key)
        return found

    def import_apply(self, pid: str, *, idempotency_key: str | None = None) -> shapes.ImportShape:
        """Make requests of the rows."""
        found: shapes.ImportShape = self.ask('POST', f'/api/v1/imports/{self.quoted(pid)}/apply/', key=idempotency_key)
        return found

    def import_map(self, pid: str, body: shapes.MappingGiven, *, idempotency_key: str | None = None) -> shapes.ImportShape:
        """Say which column holds what."""
        found: shapes.ImportShape = self.ask('POST', f'/api/v1/imports/{self.quoted(pid)}/mapping/', body=body, key=idempotency_key)
        return found

    def import_read(self, pid: str, body: shapes.ReadingGiven, *, idempotency_key: str | None = None) -> shapes.ImportShape:
        """Read the file otherwise."""
        found: shapes.ImportShape = self.ask('POST', f'/api/v1/imports/{self.quoted(pid)}/reading/', body=body, key=idempotency_key)
        return found

    def import_rows(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None, verdict: Literal['new', 'known', 'warned', 'refused'] | None = None) -> shapes.LineShapePage:
        """Rows of an import with what is wrong with each."""
        found: shapes.LineShapePage = self.ask('GET', f'/api/v1/imports/{self.quoted(pid)}/rows/', query={'cursor': cursor, 'fields': fields, 'limit': limit, 'verdict': verdict})
        return found

    def each_import_rows(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None, verdict: Literal['new', 'known', 'warned', 'refused'] | None = None) -> Iterator[shapes.LineShape]:
        """Rows of an import with what is wrong with each: every row of every page."""
        yield from self.walk(self.import_rows(pid, cursor=cursor, fields=fields, limit=limit, verdict=verdict))

    def import_undo(self, pid: str, *, idempotency_key: str | None = None) -> shapes.UndoneShape:
        """Take out every request that an import made."""
        found: shapes.UndoneShape = self.ask('POST', f'/api/v1/imports/{self.quoted(pid)}/undo/', key=idempotency_key)
        return found

    def inbox(self, *, cursor: str | None = None, fields: str | None = None, kind: Literal['reminder', 'mention', 'offer', 'escalated', 'correction', 'assigned', 'webhook', 'publishing', 'proposal'] | None = None, limit: int | None = None, unread: bool | None = None) -> shapes.InboxShapePage:
        """Your inbox."""
        found: shapes.InboxShapePage = self.ask('GET', '/api/v1/inbox/', query={'cursor': cursor, 'fields': fields, 'kind': kind, 'limit': limit, 'unread': unread})
        return found

    def each_inbox(self, *, cursor: str | None = None, fields: str | None = None, kind: Literal['reminder', 'mention', 'offer', 'escalated', 'correction', 'assigned', 'webhook', 'publishing', 'proposal'] | None = None, limit: int | None = None, unread: bool | None = None) -> Iterator[shapes.InboxShape]:
        """Your inbox: every row of every page."""
        yield from self.walk(self.inbox(cursor=cursor, fields=fields, kind=kind, limit=limit, unread=unread))

    def inbox_read(self, body: shapes.ReadGiven, *, idempotency_key: str | None = None) -> shapes.ReadShape:
        """Mark lines as read."""
        found: shapes.ReadShape = self.ask('POST', '/api/v1/inbox/read/', body=body, key=idempotency_key)
        return found

    def jurisdictions(self) -> dict[str, Any]:
        """The places, their legal time and laws."""
        found: dict[str, Any] = self.ask('GET', '/api/v1/jurisdictions/')
        return found

    def kits(self) -> dict[str, Any]:
        """Every request kit in short, the shared paragraphs, the merge fields."""
        found: dict[str, Any] = self.ask('GET', '/api/v1/kits/')
        return found

    def kit(self, kit_id: str, *, law: str | None = None) -> dict[str, Any]:
        """One request kit: parts, narrower alternatives, refusals to expect, its letter."""
        found: dict[str, Any] = self.ask('GET', f'/api/v1/kits/{self.quoted(kit_id)}/', query={'law': law})
        return found

    def law_changes(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.LawChangeShapePage:
        """Newer readings of laws offered to you."""
        found: shapes.LawChangeShapePage = self.ask('GET', '/api/v1/law-changes/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_law_changes(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.LawChangeShape]:
        """Newer readings of laws offered to you: every row of every page."""
        yield from self.walk(self.law_changes(cursor=cursor, fields=fields, limit=limit))

    def law_change(self, pid: str) -> shapes.LawChangeShape:
        """One newer reading of a law."""
        found: shapes.LawChangeShape = self.ask('GET', f'/api/v1/law-changes/{self.quoted(pid)}/')
        return found

    def law_change_decide(self, pid: str, body: shapes.LawDecisionGiven, *, idempotency_key: str | None = None) -> shapes.LawDecidedShape:
        """Apply a newer reading, or leave the dates."""
        found: shapes.LawDecidedShape = self.ask('POST', f'/api/v1/law-changes/{self.quoted(pid)}/decision/', body=body, key=idempotency_key)
        return found

    def law_change_moves(self, pid: str, *, cursor: str | None = None, decision: Literal['waiting', 'chosen', 'applied', 'declined', 'replaced', 'moot', 'all'] | None = None, fields: str | None = None, limit: int | None = None, ours: bool | None = None) -> shapes.OfferedMoveShapePage:
        """The dates it would move."""
        found: shapes.OfferedMoveShapePage = self.ask('GET', f'/api/v1/law-changes/{self.quoted(pid)}/moves/', query={'cursor': cursor, 'decision': decision, 'fields': fields, 'limit': limit, 'ours': ours})
        return found

    def each_law_change_moves(self, pid: str, *, cursor: str | None = None, decision: Literal['waiting', 'chosen', 'applied', 'declined', 'replaced', 'moot', 'all'] | None = None, fields: str | None = None, limit: int | None = None, ours: bool | None = None) -> Iterator[shapes.OfferedMoveShape]:
        """The dates it would move: every row of every page."""
        yield from self.walk(self.law_change_moves(pid, cursor=cursor, decision=decision, fields=fields, limit=limit, ours=ours))

    def laws(self, *, number: Literal['no', 'yes'] | None = None, q: str | None = None, review: Literal['advisory', 'binding', 'none'] | None = None, silence: Literal['approved', 'denied', 'exhausted', 'may_be_treated_as_denied', 'nothing', 'presumed_public'] | None = None, sort: Literal['-answer', '-checked', '-confidence', '-court', '-extension', '-fees', '-jurisdiction', '-owes', '-review', '-silence', '-who', '-window', 'answer', 'checked', 'confidence', 'court', 'extension', 'fees', 'jurisdiction', 'owes', 'review', 'silence', 'who', 'window'] | None = None, verified: Literal['all', 'not-all'] | None = None, who: Literal['anyone', 'restricted'] | None = None) -> dict[str, Any]:
        """Every law as a row, with the filters of the table."""
        found: dict[str, Any] = self.ask('GET', '/api/v1/laws/', query={'number': number, 'q': q, 'review': review, 'silence': silence, 'sort': sort, 'verified': verified, 'who': who})
        return found

    def law(self, law_id: str) -> dict[str, Any]:
        """One law: its page in words, every text and reading with rules and worked examples."""
        found: dict[str, Any] = self.ask('GET', f'/api/v1/laws/{self.quoted(law_id)}/')
        return found

    def law_rules(self, law_id: str, *, version: str | None = None) -> dict[str, Any]:
        """The clocks of one text in plain words, as its page says them."""
        found: dict[str, Any] = self.ask('GET', f'/api/v1/laws/{self.quoted(law_id)}/rules/', query={'version': version})
        return found

    def letters(self, *, campaign: str | None = None, cursor: str | None = None, fields: str | None = None, kind: Literal['request', 'follow_up', 'appeal', 'review', 'notice', 'demand', 'answer', 'other'] | None = None, limit: int | None = None, request: str | None = None, stage: Literal['draft', 'queued', 'failed', 'sent', 'printed', 'stopped', 'discarded'] | None = None) -> shapes.LetterRowPage:
        """Letters of your organizations."""
        found: shapes.LetterRowPage = self.ask('GET', '/api/v1/letters/', query={'campaign': campaign, 'cursor': cursor, 'fields': fields, 'kind': kind, 'limit': limit, 'request': request, 'stage': stage})
        return found

    def each_letters(self, *, campaign: str | None = None, cursor: str | None = None, fields: str | None = None, kind: Literal['request', 'follow_up', 'appeal', 'review', 'notice', 'demand', 'answer', 'other'] | None = None, limit: int | None = None, request: str | None = None, stage: Literal['draft', 'queued', 'failed', 'sent', 'printed', 'stopped', 'discarded'] | None = None) -> Iterator[shapes.LetterRow]:
        """Letters of your organizations: every row of every page."""
        yield from self.walk(self.letters(campaign=campaign, cursor=cursor, fields=fields, kind=kind, limit=limit, request=request, stage=stage))

    def letter_draft(self, body: shapes.LetterGiven, *, idempotency_key: str | None = None) -> shapes.LetterShape:
        """Draft a letter."""
        found: shapes.LetterShape = self.ask('POST', '/api/v1/letters/', body=body, key=idempotency_key)
        return found

    def letter(self, pid: str) -> shapes.LetterShape:
        """One letter."""
        found: shapes.LetterShape = self.ask('GET', f'/api/v1/letters/{self.quoted(pid)}/')
        return found

    def letter_save(self, pid: str, body: shapes.PatchedLetterSave, *, idempotency_key: str | None = None) -> shapes.LetterShape:
        """Save a draft."""
        found: shapes.LetterShape = self.ask('PATCH', f'/api/v1/letters/{self.quoted(pid)}/', body=body, key=idempotency_key)
        return found

    def letter_attachments(self, pid: str) -> shapes.AttachmentsShape:
        """What a letter encloses."""
        found: shapes.AttachmentsShape = self.ask('GET', f'/api/v1/letters/{self.quoted(pid)}/attachments/')
        return found

    def letter_attach(self, pid: str, body: shapes.AttachmentGiven, *, idempotency_key: str | None = None) -> shapes.AttachmentsShape:
        """Enclose a document."""
        found: shapes.AttachmentsShape = self.ask('POST', f'/api/v1/letters/{self.quoted(pid)}/attachments/', body=body, key=idempotency_key)
        return found

    def letter_take_off(self, pid: str, attachment_pid: str, *, idempotency_key: str | None = None) -> shapes.AttachmentsShape:
        """Take an enclosure off."""
        found: shapes.AttachmentsShape = self.ask('DELETE', f'/api/v1/letters/{self.quoted(pid)}/attachments/{self.quoted(attachment_pid)}/', key=idempotency_key)
        return found

    def letter_queue(self, pid: str, body: shapes.QueueGiven, *, idempotency_key: str | None = None) -> shapes.LetterShape:
        """Send a letter by e-mail."""
        found: shapes.LetterShape = self.ask('POST', f'/api/v1/letters/{self.quoted(pid)}/queue/', body=body, key=idempotency_key)
        return found

    def letter_sent(self, pid: str, body: shapes.SentGiven, *, idempotency_key: str | None = None) -> shapes.LetterShape:
        """Mark a letter as sent by post, fax, portal or hand."""
        found: shapes.LetterShape = self.ask('POST', f'/api/v1/letters/{self.quoted(pid)}/sent/', body=body, key=idempotency_key)
        return found

    def letter_stop(self, pid: str, *, idempotency_key: str | None = None) -> shapes.LetterShape:
        """Stop a letter."""
        found: shapes.LetterShape = self.ask('POST', f'/api/v1/letters/{self.quoted(pid)}/stop/', key=idempotency_key)
        return found

    def own_models(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.OwnModelRowPage:
        """Copies of model letters."""
        found: shapes.OwnModelRowPage = self.ask('GET', '/api/v1/models/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_own_models(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.OwnModelRow]:
        """Copies of model letters: every row of every page."""
        yield from self.walk(self.own_models(cursor=cursor, fields=fields, limit=limit))

    def own_model(self, key: str) -> shapes.OwnModelShape:
        """One copy."""
        found: shapes.OwnModelShape = self.ask('GET', f'/api/v1/models/{self.quoted(key)}/')
        return found

    def own_model_throw(self, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Throw a copy away."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/models/{self.quoted(key)}/', key=idempotency_key)
        return found

    def own_model_letter(self, key: str, body: shapes.BeginGiven, *, idempotency_key: str | None = None) -> shapes.BegunShape:
        """Start a letter from a copy."""
        found: shapes.BegunShape = self.ask('POST', f'/api/v1/models/{self.quoted(key)}/letter/', body=body, key=idempotency_key)
        return found

    def open_data(self) -> shapes.OpenDataShape:
        """The files of the open data."""
        found: shapes.OpenDataShape = self.ask('GET', '/api/v1/open-data/')
        return found

    def organisations(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.OrganisationShapePage:
        """Organizations you belong to."""
        found: shapes.OrganisationShapePage = self.ask('GET', '/api/v1/organisations/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_organisations(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.OrganisationShape]:
        """Organizations you belong to: every row of every page."""
        yield from self.walk(self.organisations(cursor=cursor, fields=fields, limit=limit))

    def organisation_start(self, body: shapes.OrganisationGiven, *, idempotency_key: str | None = None) -> shapes.OrganisationShape:
        """Start an organization."""
        found: shapes.OrganisationShape = self.ask('POST', '/api/v1/organisations/', body=body, key=idempotency_key)
        return found

    def organisation(self, pid: str) -> shapes.OrganisationShape:
        """One organization of yours."""
        found: shapes.OrganisationShape = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/')
        return found

    def organisation_change(self, pid: str, body: shapes.PatchedOrganisationChanged, *, idempotency_key: str | None = None) -> shapes.OrganisationShape:
        """Change its name or its rules."""
        found: shapes.OrganisationShape = self.ask('PATCH', f'/api/v1/organisations/{self.quoted(pid)}/', body=body, key=idempotency_key)
        return found

    def archives(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.ArchiveShapePage:
        """Full copies of an organization you own."""
        found: shapes.ArchiveShapePage = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/archives/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_archives(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.ArchiveShape]:
        """Full copies of an organization you own: every row of every page."""
        yield from self.walk(self.archives(pid, cursor=cursor, fields=fields, limit=limit))

    def archive_ask(self, pid: str, *, idempotency_key: str | None = None) -> shapes.ArchiveShape:
        """Ask for a full copy."""
        found: shapes.ArchiveShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/archives/', key=idempotency_key)
        return found

    def archive(self, pid: str, key: str) -> shapes.ArchiveShape:
        """One full copy."""
        found: shapes.ArchiveShape = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/archives/{self.quoted(key)}/')
        return found

    def audit(self, pid: str, *, act: str | None = None, actor: str | None = None, cursor: str | None = None, fields: str | None = None, kind: str | None = None, limit: int | None = None, since: str | None = None, subject: str | None = None, until: str | None = None) -> shapes.AuditLineShapePage:
        """What was done in an organization you own."""
        found: shapes.AuditLineShapePage = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/audit/', query={'act': act, 'actor': actor, 'cursor': cursor, 'fields': fields, 'kind': kind, 'limit': limit, 'since': since, 'subject': subject, 'until': until})
        return found

    def each_audit(self, pid: str, *, act: str | None = None, actor: str | None = None, cursor: str | None = None, fields: str | None = None, kind: str | None = None, limit: int | None = None, since: str | None = None, subject: str | None = None, until: str | None = None) -> Iterator[shapes.AuditLineShape]:
        """What was done in an organization you own: every row of every page."""
        yield from self.walk(self.audit(pid, act=act, actor=actor, cursor=cursor, fields=fields, kind=kind, limit=limit, since=since, subject=subject, until=until))

    def circles(self, pid: str) -> shapes.CirclesShape:
        """Who reads privileged items."""
        found: shapes.CirclesShape = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/circles/')
        return found

    def circle_make(self, pid: str, body: shapes.CircleGiven, *, idempotency_key: str | None = None) -> shapes.CirclesShape:
        """Record counsel or a common-interest group."""
        found: shapes.CirclesShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/circles/', body=body, key=idempotency_key)
        return found

    def circle_name(self, pid: str, key: str, body: shapes.NamedGiven, *, idempotency_key: str | None = None) -> shapes.CirclesShape:
        """Name somebody in it."""
        found: shapes.CirclesShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/circles/{self.quoted(key)}/members/', body=body, key=idempotency_key)
        return found

    def circle_end(self, pid: str, key: str, member: str, *, idempotency_key: str | None = None) -> shapes.CirclesShape:
        """Take a name out of it."""
        found: shapes.CirclesShape = self.ask('DELETE', f'/api/v1/organisations/{self.quoted(pid)}/circles/{self.quoted(key)}/members/{self.quoted(member)}/', key=idempotency_key)
        return found

    def digests(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.DigestShapePage:
        """Your digests."""
        found: shapes.DigestShapePage = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/digests/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_digests(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.DigestShape]:
        """Your digests: every row of every page."""
        yield from self.walk(self.digests(pid, cursor=cursor, fields=fields, limit=limit))

    def digest_stop(self, pid: str) -> shapes.StopShape:
        """Which mail you stopped."""
        found: shapes.StopShape = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/digests/stop/')
        return found

    def digest_stop_set(self, pid: str, body: shapes.StopGiven, *, idempotency_key: str | None = None) -> shapes.StopShape:
        """Stop digests, or have them again."""
        found: shapes.StopShape = self.ask('PUT', f'/api/v1/organisations/{self.quoted(pid)}/digests/stop/', body=body, key=idempotency_key)
        return found

    def feeds(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.FeedShapePage:
        """Calendar feeds of yours; for owners, of everybody."""
        found: shapes.FeedShapePage = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/feeds/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_feeds(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.FeedShape]:
        """Calendar feeds of yours; for owners, of everybody: every row of every page."""
        yield from self.walk(self.feeds(pid, cursor=cursor, fields=fields, limit=limit))

    def feed_make(self, pid: str, body: shapes.FeedGiven, *, idempotency_key: str | None = None) -> shapes.MadeFeedShape:
        """Make a calendar feed for yourself."""
        found: shapes.MadeFeedShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/feeds/', body=body, key=idempotency_key)
        return found

    def feed_revoke(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Revoke a calendar feed."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/organisations/{self.quoted(pid)}/feeds/{self.quoted(key)}/', key=idempotency_key)
        return found

    def invitations(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.InvitationShapePage:
        """Invitations that stand."""
        found: shapes.InvitationShapePage = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/invitations/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_invitations(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.InvitationShape]:
        """Invitations that stand: every row of every page."""
        yield from self.walk(self.invitations(pid, cursor=cursor, fields=fields, limit=limit))

    def invitation_send(self, pid: str, body: shapes.InvitationGiven, *, idempotency_key: str | None = None) -> shapes.InvitationShape:
        """Ask somebody in."""
        found: shapes.InvitationShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/invitations/', body=body, key=idempotency_key)
        return found

    def invitation_withdraw(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Withdraw an invitation."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/organisations/{self.quoted(pid)}/invitations/{self.quoted(key)}/', key=idempotency_key)
        return found

    def invitation_resend(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.InvitationShape:
        """Send an invitation again."""
        found: shapes.InvitationShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/invitations/{self.quoted(key)}/resend/', key=idempotency_key)
        return found

    def organisation_leave(self, pid: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Leave an organization."""
        found: shapes.Done = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/leave/', key=idempotency_key)
        return found

    def members(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.OrganisationMemberShapePage:
        """Who belongs to an organization of yours."""
        found: shapes.OrganisationMemberShapePage = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/members/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_members(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.OrganisationMemberShape]:
        """Who belongs to an organization of yours: every row of every page."""
        yield from self.walk(self.members(pid, cursor=cursor, fields=fields, limit=limit))

    def member_protect(self, pid: str, body: shapes.ProtectionGiven, *, idempotency_key: str | None = None) -> shapes.OrganisationMemberShape:
        """Mask every part of a member's name in what others read."""
        found: shapes.OrganisationMemberShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/members/protection/', body=body, key=idempotency_key)
        return found

    def member_remove(self, pid: str, body: shapes.RemovalGiven, *, idempotency_key: str | None = None) -> shapes.RemovedShape:
        """Remove a member."""
        found: shapes.RemovedShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/members/removal/', body=body, key=idempotency_key)
        return found

    def member_role(self, pid: str, body: shapes.RoleGiven, *, idempotency_key: str | None = None) -> shapes.OrganisationMemberShape:
        """Change what a member may do."""
        found: shapes.OrganisationMemberShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/members/role/', body=body, key=idempotency_key)
        return found

    def member(self, pid: str, key: str) -> shapes.OrganisationMemberShape:
        """One member of an organization of yours."""
        found: shapes.OrganisationMemberShape = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/members/{self.quoted(key)}/')
        return found

    def personal_reminding(self, pid: str) -> shapes.PersonalShape:
        """When reminders of an organization reach you."""
        found: shapes.PersonalShape = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/my-reminders/')
        return found

    def personal_reminding_save(self, pid: str, body: shapes.PersonalGiven, *, idempotency_key: str | None = None) -> shapes.PersonalShape:
        """Set when reminders reach you."""
        found: shapes.PersonalShape = self.ask('PUT', f'/api/v1/organisations/{self.quoted(pid)}/my-reminders/', body=body, key=idempotency_key)
        return found

    def personal_reminder_policy(self, pid: str) -> shapes.PolicyShape:
        """Who is reminded of what: yourself."""
        found: shapes.PolicyShape = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/my-reminders/rules/')
        return found

    def personal_reminder_policy_save(self, pid: str, body: shapes.PolicyGiven, *, idempotency_key: str | None = None) -> shapes.SavedShape:
        """Set the rules: yourself."""
        found: shapes.SavedShape = self.ask('PUT', f'/api/v1/organisations/{self.quoted(pid)}/my-reminders/rules/', body=body, key=idempotency_key)
        return found

    def personal_reminder_policy_forget(self, pid: str, *, idempotency_key: str | None = None) -> shapes.SavedShape:
        """Take the rules away: yourself."""
        found: shapes.SavedShape = self.ask('DELETE', f'/api/v1/organisations/{self.quoted(pid)}/my-reminders/rules/', key=idempotency_key)
        return found

    def personal_reminder_policy_preview(self, pid: str, body: shapes.RulesGiven, *, idempotency_key: str | None = None) -> shapes.RulesEffectShape:
        """What other rules would change: yourself."""
        found: shapes.RulesEffectShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/my-reminders/rules/preview/', body=body, key=idempotency_key)
        return found

    def ownership_transfer(self, pid: str, body: shapes.OwnershipGiven, *, idempotency_key: str | None = None) -> shapes.Done:
        """Hand the organization on."""
        found: shapes.Done = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/ownership/', body=body, key=idempotency_key)
        return found

    def organisation_reminder_policy(self, pid: str) -> shapes.PolicyShape:
        """Who is reminded of what: an organization."""
        found: shapes.PolicyShape = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/reminder-policy/')
        return found

    def organisation_reminder_policy_save(self, pid: str, body: shapes.PolicyGiven, *, idempotency_key: str | None = None) -> shapes.SavedShape:
        """Set the rules: an organization."""
        found: shapes.SavedShape = self.ask('PUT', f'/api/v1/organisations/{self.quoted(pid)}/reminder-policy/', body=body, key=idempotency_key)
        return found

    def organisation_reminder_policy_forget(self, pid: str, *, idempotency_key: str | None = None) -> shapes.SavedShape:
        """Take the rules away: an organization."""
        found: shapes.SavedShape = self.ask('DELETE', f'/api/v1/organisations/{self.quoted(pid)}/reminder-policy/', key=idempotency_key)
        return found

    def organisation_reminder_policy_preview(self, pid: str, body: shapes.RulesGiven, *, idempotency_key: str | None = None) -> shapes.RulesEffectShape:
        """What other rules would change: an organization."""
        found: shapes.RulesEffectShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/reminder-policy/preview/', body=body, key=idempotency_key)
        return found

    def requesters(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.RequesterShapePage:
        """Under which names an organization of yours asks."""
        found: shapes.RequesterShapePage = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/requesters/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_requesters(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.RequesterShape]:
        """Under which names an organization of yours asks: every row of every page."""
        yield from self.walk(self.requesters(pid, cursor=cursor, fields=fields, limit=limit))

    def requester_add(self, pid: str, body: shapes.RequesterGiven, *, idempotency_key: str | None = None) -> shapes.RequesterShape:
        """Add a requester."""
        found: shapes.RequesterShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/requesters/', body=body, key=idempotency_key)
        return found

    def requester(self, pid: str, key: str) -> shapes.RequesterShape:
        """One requester."""
        found: shapes.RequesterShape = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/requesters/{self.quoted(key)}/')
        return found

    def requester_change(self, pid: str, key: str, body: shapes.PatchedRequesterChanged, *, idempotency_key: str | None = None) -> shapes.RequesterShape:
        """Change a requester."""
        found: shapes.RequesterShape = self.ask('PATCH', f'/api/v1/organisations/{self.quoted(pid)}/requesters/{self.quoted(key)}/', body=body, key=idempotency_key)
        return found

    def requester_retire(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Take a requester out of use."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/organisations/{self.quoted(pid)}/requesters/{self.quoted(key)}/', key=idempotency_key)
        return found

    def tokens(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.TokenShapePage:
        """Tokens of an organization you own."""
        found: shapes.TokenShapePage = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/tokens/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_tokens(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.TokenShape]:
        """Tokens of an organization you own: every row of every page."""
        yield from self.walk(self.tokens(pid, cursor=cursor, fields=fields, limit=limit))

    def token_revoke(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Revoke a token."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/organisations/{self.quoted(pid)}/tokens/{self.quoted(key)}/', key=idempotency_key)
        return found

    def webhooks(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.WebhookShapePage:
        """Webhooks of an organization you own."""
        found: shapes.WebhookShapePage = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/webhooks/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_webhooks(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.WebhookShape]:
        """Webhooks of an organization you own: every row of every page."""
        yield from self.walk(self.webhooks(pid, cursor=cursor, fields=fields, limit=limit))

    def webhook_make(self, pid: str, body: shapes.WebhookGiven, *, idempotency_key: str | None = None) -> shapes.SecretShape:
        """Make a webhook."""
        found: shapes.SecretShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/webhooks/', body=body, key=idempotency_key)
        return found

    def webhook(self, pid: str, key: str) -> shapes.WebhookShape:
        """A webhook."""
        found: shapes.WebhookShape = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/webhooks/{self.quoted(key)}/')
        return found

    def webhook_change(self, pid: str, key: str, body: shapes.WebhookGiven, *, idempotency_key: str | None = None) -> shapes.WebhookShape:
        """Change a webhook."""
        found: shapes.WebhookShape = self.ask('PUT', f'/api/v1/organisations/{self.quoted(pid)}/webhooks/{self.quoted(key)}/', body=body, key=idempotency_key)
        return found

    def webhook_remove(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Remove a webhook."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/organisations/{self.quoted(pid)}/webhooks/{self.quoted(key)}/', key=idempotency_key)
        return found

    def webhook_switch(self, pid: str, key: str, body: shapes.SwitchGiven, *, idempotency_key: str | None = None) -> shapes.WebhookShape:
        """Switch a webhook on or off."""
        found: shapes.WebhookShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/webhooks/{self.quoted(key)}/active/', body=body, key=idempotency_key)
        return found

    def webhook_deliveries(self, pid: str, key: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.DeliveryShapePage:
        """What a webhook was told, and what became of it."""
        found: shapes.DeliveryShapePage = self.ask('GET', f'/api/v1/organisations/{self.quoted(pid)}/webhooks/{self.quoted(key)}/deliveries/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_webhook_deliveries(self, pid: str, key: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.DeliveryShape]:
        """What a webhook was told, and what became of it: every row of every page."""
        yield from self.walk(self.webhook_deliveries(pid, key, cursor=cursor, fields=fields, limit=limit))

    def webhook_again(self, pid: str, key: str, delivery: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Send one message of a webhook again."""
        found: shapes.Done = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/webhooks/{self.quoted(key)}/deliveries/{self.quoted(delivery)}/again/', key=idempotency_key)
        return found

    def webhook_rotate(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.SecretShape:
        """Give a webhook a new secret."""
        found: shapes.SecretShape = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/webhooks/{self.quoted(key)}/secret/', key=idempotency_key)
        return found

    def webhook_test(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Send a test."""
        found: shapes.Done = self.ask('POST', f'/api/v1/organisations/{self.quoted(pid)}/webhooks/{self.quoted(key)}/test/', key=idempotency_key)
        return found

    def own_kits(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.OwnKitRowPage:
        """Kits of your organizations."""
        found: shapes.OwnKitRowPage = self.ask('GET', '/api/v1/own-kits/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_own_kits(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.OwnKitRow]:
        """Kits of your organizations: every row of every page."""
        yield from self.walk(self.own_kits(cursor=cursor, fields=fields, limit=limit))

    def own_kit_begin(self, body: shapes.OwnKitGiven, *, idempotency_key: str | None = None) -> shapes.OwnKitShape:
        """Begin a kit of your own."""
        found: shapes.OwnKitShape = self.ask('POST', '/api/v1/own-kits/', body=body, key=idempotency_key)
        return found

    def own_kit(self, pid: str) -> shapes.OwnKitShape:
        """One kit of your own."""
        found: shapes.OwnKitShape = self.ask('GET', f'/api/v1/own-kits/{self.quoted(pid)}/')
        return found

    def own_kit_save(self, pid: str, body: shapes.OwnKitSave, *, idempotency_key: str | None = None) -> shapes.OwnKitShape:
        """Save a kit, or make it ready."""
        found: shapes.OwnKitShape = self.ask('PUT', f'/api/v1/own-kits/{self.quoted(pid)}/', body=body, key=idempotency_key)
        return found

    def partners_asked(self, *, agency: str, kit: str, organization: str | None = None) -> shapes.PartnersAskedShape:
        """Whether partners have put a kit to an agency."""
        found: shapes.PartnersAskedShape = self.ask('GET', '/api/v1/partners-asked/', query={'agency': agency, 'kit': kit, 'organization': organization})
        return found

    def proposals(self, *, by_us: bool | None = None, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.ProposalShapePage:
        """Proposals."""
        found: shapes.ProposalShapePage = self.ask('GET', '/api/v1/proposals/', query={'by_us': by_us, 'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_proposals(self, *, by_us: bool | None = None, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.ProposalShape]:
        """Proposals: every row of every page."""
        yield from self.walk(self.proposals(by_us=by_us, cursor=cursor, fields=fields, limit=limit))

    def proposal(self, key: str) -> shapes.OneShape:
        """A proposal."""
        found: shapes.OneShape = self.ask('GET', f'/api/v1/proposals/{self.quoted(key)}/')
        return found

    def proposal_decide(self, key: str, body: shapes.ProposalDecisionGiven, *, idempotency_key: str | None = None) -> shapes.OneShape:
        """Decide on a proposal."""
        found: shapes.OneShape = self.ask('POST', f'/api/v1/proposals/{self.quoted(key)}/', body=body, key=idempotency_key)
        return found

    def proposal_file(self, key: str) -> bytes:
        """The bytes of a document that waits."""
        found: bytes = self.ask('GET', f'/api/v1/proposals/{self.quoted(key)}/file/', binary=True)
        return found

    def publishing(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.PublicationShapePage:
        """What waits to be published."""
        found: shapes.PublicationShapePage = self.ask('GET', '/api/v1/publishing/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_publishing(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.PublicationShape]:
        """What waits to be published: every row of every page."""
        yield from self.walk(self.publishing(cursor=cursor, fields=fields, limit=limit))

    def remedies(self, *, cursor: str | None = None, fields: str | None = None, kind: Literal['appeal', 'review', 'notice', 'suit'] | None = None, limit: int | None = None) -> shapes.RemedyRowPage:
        """Everything your organizations began."""
        found: shapes.RemedyRowPage = self.ask('GET', '/api/v1/remedies/', query={'cursor': cursor, 'fields': fields, 'kind': kind, 'limit': limit})
        return found

    def each_remedies(self, *, cursor: str | None = None, fields: str | None = None, kind: Literal['appeal', 'review', 'notice', 'suit'] | None = None, limit: int | None = None) -> Iterator[shapes.RemedyRow]:
        """Everything your organizations began: every row of every page."""
        yield from self.walk(self.remedies(cursor=cursor, fields=fields, kind=kind, limit=limit))

    def remedy(self, pid: str) -> shapes.RemedyShape:
        """One appeal, review, notice or suit."""
        found: shapes.RemedyShape = self.ask('GET', f'/api/v1/remedies/{self.quoted(pid)}/')
        return found

    def remedy_write(self, pid: str, body: shapes.PatchedWriteGiven, *, idempotency_key: str | None = None) -> shapes.RemedyShape:
        """Change what is written about it."""
        found: shapes.RemedyShape = self.ask('PATCH', f'/api/v1/remedies/{self.quoted(pid)}/', body=body, key=idempotency_key)
        return found

    def remedy_drop(self, pid: str, *, idempotency_key: str | None = None) -> shapes.RemedyShape:
        """Put a draft aside."""
        found: shapes.RemedyShape = self.ask('DELETE', f'/api/v1/remedies/{self.quoted(pid)}/', key=idempotency_key)
        return found

    def remedy_cost(self, pid: str, body: shapes.CostGiven, *, idempotency_key: str | None = None) -> shapes.CostShape:
        """Add a cost."""
        found: shapes.CostShape = self.ask('POST', f'/api/v1/remedies/{self.quoted(pid)}/costs/', body=body, key=idempotency_key)
        return found

    def remedy_cost_back(self, pid: str, cost: str, *, idempotency_key: str | None = None) -> shapes.CostShape:
        """Take a cost out of the sum."""
        found: shapes.CostShape = self.ask('DELETE', f'/api/v1/remedies/{self.quoted(pid)}/costs/{self.quoted(cost)}/', key=idempotency_key)
        return found

    def remedy_decide(self, pid: str, body: shapes.DecideGiven, *, idempotency_key: str | None = None) -> shapes.StepShape:
        """Record the decision."""
        found: shapes.StepShape = self.ask('POST', f'/api/v1/remedies/{self.quoted(pid)}/decide/', body=body, key=idempotency_key)
        return found

    def remedy_decide_preview(self, pid: str, body: shapes.DecideGiven, *, idempotency_key: str | None = None) -> shapes.EffectShape:
        """What the decision would change."""
        found: shapes.EffectShape = self.ask('POST', f'/api/v1/remedies/{self.quoted(pid)}/decide/preview/', body=body, key=idempotency_key)
        return found

    def remedy_file(self, pid: str, body: shapes.FileGiven, *, idempotency_key: str | None = None) -> shapes.StepShape:
        """Record that it was filed."""
        found: shapes.StepShape = self.ask('POST', f'/api/v1/remedies/{self.quoted(pid)}/file/', body=body, key=idempotency_key)
        return found

    def remedy_file_preview(self, pid: str, body: shapes.FileGiven, *, idempotency_key: str | None = None) -> shapes.EffectShape:
        """What filing would change."""
        found: shapes.EffectShape = self.ask('POST', f'/api/v1/remedies/{self.quoted(pid)}/file/preview/', body=body, key=idempotency_key)
        return found

    def remedy_letter(self, pid: str, *, idempotency_key: str | None = None) -> shapes.RemedyLetterShape:
        """Make a letter of it."""
        found: shapes.RemedyLetterShape = self.ask('POST', f'/api/v1/remedies/{self.quoted(pid)}/letter/', key=idempotency_key)
        return found

    def remedy_order(self, pid: str, body: shapes.OrderGiven, *, idempotency_key: str | None = None) -> shapes.StepShape:
        """A date that a court set."""
        found: shapes.StepShape = self.ask('POST', f'/api/v1/remedies/{self.quoted(pid)}/orders/', body=body, key=idempotency_key)
        return found

    def remedy_order_preview(self, pid: str, body: shapes.OrderGiven, *, idempotency_key: str | None = None) -> shapes.EffectShape:
        """What the order would change."""
        found: shapes.EffectShape = self.ask('POST', f'/api/v1/remedies/{self.quoted(pid)}/orders/preview/', body=body, key=idempotency_key)
        return found

    def remedy_order_met(self, pid: str, uid: str, body: shapes.MeetGiven, *, idempotency_key: str | None = None) -> shapes.StepShape:
        """Done as ordered."""
        found: shapes.StepShape = self.ask('POST', f'/api/v1/remedies/{self.quoted(pid)}/orders/{self.quoted(uid)}/done/', body=body, key=idempotency_key)
        return found

    def remedy_order_met_preview(self, pid: str, uid: str, body: shapes.MeetGiven, *, idempotency_key: str | None = None) -> shapes.EffectShape:
        """What doing as ordered would change."""
        found: shapes.EffectShape = self.ask('POST', f'/api/v1/remedies/{self.quoted(pid)}/orders/{self.quoted(uid)}/done/preview/', body=body, key=idempotency_key)
        return found

    def remedy_redraft(self, pid: str, body: shapes.RedraftGiven, *, idempotency_key: str | None = None) -> shapes.RemedyShape:
        """Draft its letter anew from the record."""
        found: shapes.RemedyShape = self.ask('POST', f'/api/v1/remedies/{self.quoted(pid)}/redraft/', body=body, key=idempotency_key)
        return found

    def requests_list(self, *, agency: str | None = None, campaign: str | None = None, cursor: str | None = None, fields: str | None = None, group: str | None = None, jurisdiction: str | None = None, kind: str | None = None, late: bool | None = None, law: str | None = None, limit: int | None = None, move: str | None = None, ordering: Literal['filed_on', '-filed_on'] | None = None, organisation: str | None = None, outcome: str | None = None, population: str | None = None, q: str | None = None, sort: Literal['newest', 'oldest'] | None = None, stage: str | None = None, updated_since: str | None = None, view: Literal['public'] | None = None, within: int | None = None) -> shapes.RequestRowPage:
        """Requests you may see, with the filters of the page."""
        found: shapes.RequestRowPage = self.ask('GET', '/api/v1/requests/', query={'agency': agency, 'campaign': campaign, 'cursor': cursor, 'fields': fields, 'group': group, 'jurisdiction': jurisdiction, 'kind': kind, 'late': late, 'law': law, 'limit': limit, 'move': move, 'ordering': ordering, 'organisation': organisation, 'outcome': outcome, 'population': population, 'q': q, 'sort': sort, 'stage': stage, 'updated_since': updated_since, 'view': view, 'within': within})
        return found

    def each_requests_list(self, *, agency: str | None = None, campaign: str | None = None, cursor: str | None = None, fields: str | None = None, group: str | None = None, jurisdiction: str | None = None, kind: str | None = None, late: bool | None = None, law: str | None = None, limit: int | None = None, move: str | None = None, ordering: Literal['filed_on', '-filed_on'] | None = None, organisation: str | None = None, outcome: str | None = None, population: str | None = None, q: str | None = None, sort: Literal['newest', 'oldest'] | None = None, stage: str | None = None, updated_since: str | None = None, view: Literal['public'] | None = None, within: int | None = None) -> Iterator[shapes.RequestRow]:
        """Requests you may see, with the filters of the page: every row of every page."""
        yield from self.walk(self.requests_list(agency=agency, campaign=campaign, cursor=cursor, fields=fields, group=group, jurisdiction=jurisdiction, kind=kind, late=late, law=law, limit=limit, move=move, ordering=ordering, organisation=organisation, outcome=outcome, population=population, q=q, sort=sort, stage=stage, updated_since=updated_since, view=view, within=within))

    def request_file(self, body: shapes.RequestGiven, *, idempotency_key: str | None = None) -> shapes.RequestShape:
        """File a request."""
        found: shapes.RequestShape = self.ask('POST', '/api/v1/requests/', body=body, key=idempotency_key)
        return found

    def request(self, pid: str, *, fields: str | None = None) -> shapes.RequestShape:
        """One request: standing, parts, clocks with the steps that led to each date."""
        found: shapes.RequestShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/', query={'fields': fields})
        return found

    def closing(self, pid: str) -> shapes.WindowsShape:
        """What closing would ask."""
        found: shapes.WindowsShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/close/')
        return found

    def close(self, pid: str, body: shapes.ClosingGiven, *, idempotency_key: str | None = None) -> shapes.ClosedShape:
        """Close a request."""
        found: shapes.ClosedShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/close/', body=body, key=idempotency_key)
        return found

    def request_comments(self, pid: str, *, audience: Literal['private', 'partners', 'public'] | None = None, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.CommentShapePage:
        """Comments on a request."""
        found: shapes.CommentShapePage = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/comments/', query={'audience': audience, 'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_request_comments(self, pid: str, *, audience: Literal['private', 'partners', 'public'] | None = None, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.CommentShape]:
        """Comments on a request: every row of every page."""
        yield from self.walk(self.request_comments(pid, audience=audience, cursor=cursor, fields=fields, limit=limit))

    def request_comment_add(self, pid: str, body: shapes.CommentGiven, *, idempotency_key: str | None = None) -> shapes.CommentShape:
        """Comment on a request."""
        found: shapes.CommentShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/comments/', body=body, key=idempotency_key)
        return found

    def request_comment_change(self, pid: str, key: str, body: shapes.PatchedCommentChanged, *, idempotency_key: str | None = None) -> shapes.CommentShape:
        """Change a comment."""
        found: shapes.CommentShape = self.ask('PATCH', f'/api/v1/requests/{self.quoted(pid)}/comments/{self.quoted(key)}/', body=body, key=idempotency_key)
        return found

    def request_comment_withdraw(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Withdraw a comment."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/requests/{self.quoted(pid)}/comments/{self.quoted(key)}/', key=idempotency_key)
        return found

    def contacts(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.ContactShapePage:
        """Calls and visits of one request."""
        found: shapes.ContactShapePage = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/contacts/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_contacts(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.ContactShape]:
        """Calls and visits of one request: every row of every page."""
        yield from self.walk(self.contacts(pid, cursor=cursor, fields=fields, limit=limit))

    def contact_log(self, pid: str, body: shapes.ContactGiven, *, idempotency_key: str | None = None) -> shapes.ContactShape:
        """Log a call or a visit."""
        found: shapes.ContactShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/contacts/', body=body, key=idempotency_key)
        return found

    def contact_strike(self, pid: str, contact_pid: str, body: shapes.StrikeGiven, *, idempotency_key: str | None = None) -> shapes.ContactShape:
        """Strike a logged call out."""
        found: shapes.ContactShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/contacts/{self.quoted(contact_pid)}/strike/', body=body, key=idempotency_key)
        return found

    def details(self, pid: str) -> shapes.DetailsShape:
        """Titles and number of one request."""
        found: shapes.DetailsShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/details/')
        return found

    def details_change(self, pid: str, body: shapes.PatchedDetailsGiven, *, idempotency_key: str | None = None) -> shapes.DetailsShape:
        """Change titles and number."""
        found: shapes.DetailsShape = self.ask('PATCH', f'/api/v1/requests/{self.quoted(pid)}/details/', body=body, key=idempotency_key)
        return found

    def documents(self, pid: str) -> shapes.ShelfShape:
        """Documents of one request."""
        found: shapes.ShelfShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/documents/')
        return found

    def document_upload(self, pid: str, body: shapes.UploadGiven, *, idempotency_key: str | None = None) -> shapes.DocumentShape:
        """Keep a file with a request."""
        found: shapes.DocumentShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/documents/', form=body, key=idempotency_key)
        return found

    def events(self, pid: str) -> shapes.EventsShape:
        """The ledger of one request."""
        found: shapes.EventsShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/events/')
        return found

    def event_record(self, pid: str, body: shapes.EventGiven, *, idempotency_key: str | None = None) -> shapes.RecordedShape:
        """Record an event."""
        found: shapes.RecordedShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/events/', body=body, key=idempotency_key)
        return found

    def event_preview(self, pid: str, body: shapes.EventGiven, *, idempotency_key: str | None = None) -> shapes.EffectShape:
        """What an event would change."""
        found: shapes.EffectShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/events/preview/', body=body, key=idempotency_key)
        return found

    def event_retract(self, pid: str, uid: str, body: shapes.RetractionGiven, *, idempotency_key: str | None = None) -> shapes.RecordedShape:
        """Take an event back."""
        found: shapes.RecordedShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/events/{self.quoted(uid)}/retract/', body=body, key=idempotency_key)
        return found

    def request_fees(self, pid: str) -> shapes.AccountShape:
        """The account of one request."""
        found: shapes.AccountShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/fees/')
        return found

    def fee_record(self, pid: str, body: shapes.FeeGiven, *, idempotency_key: str | None = None) -> shapes.FeeRecordedShape:
        """Record one line of the account."""
        found: shapes.FeeRecordedShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/fees/', body=body, key=idempotency_key)
        return found

    def hold(self, pid: str, body: shapes.HoldGiven, *, idempotency_key: str | None = None) -> shapes.HoldShape:
        """Set or lift a legal hold."""
        found: shapes.HoldShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/hold/', body=body, key=idempotency_key)
        return found

    def inside_drafts(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.InsideDraftPage:
        """Letters of a request that have not gone out."""
        found: shapes.InsideDraftPage = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/inside/drafts/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_inside_drafts(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.InsideDraft]:
        """Letters of a request that have not gone out: every row of every page."""
        yield from self.walk(self.inside_drafts(pid, cursor=cursor, fields=fields, limit=limit))

    def inside_notes(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.InsideNotePage:
        """Notes on a request that is shared whole."""
        found: shapes.InsideNotePage = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/inside/notes/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_inside_notes(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.InsideNote]:
        """Notes on a request that is shared whole: every row of every page."""
        yield from self.walk(self.inside_notes(pid, cursor=cursor, fields=fields, limit=limit))

    def notes(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.NoteShapePage:
        """Notes of one request."""
        found: shapes.NoteShapePage = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/notes/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_notes(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.NoteShape]:
        """Notes of one request: every row of every page."""
        yield from self.walk(self.notes(pid, cursor=cursor, fields=fields, limit=limit))

    def note_add(self, pid: str, body: shapes.NoteWritten, *, idempotency_key: str | None = None) -> shapes.NoteShape:
        """Write a note."""
        found: shapes.NoteShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/notes/', body=body, key=idempotency_key)
        return found

    def note(self, pid: str, note_pid: str) -> shapes.NoteWhole:
        """One note with what it said before."""
        found: shapes.NoteWhole = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/notes/{self.quoted(note_pid)}/')
        return found

    def note_change(self, pid: str, note_pid: str, body: shapes.PatchedNoteChanged, *, idempotency_key: str | None = None) -> shapes.NoteShape:
        """Change a note."""
        found: shapes.NoteShape = self.ask('PATCH', f'/api/v1/requests/{self.quoted(pid)}/notes/{self.quoted(note_pid)}/', body=body, key=idempotency_key)
        return found

    def note_delete(self, pid: str, note_pid: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Delete a note."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/requests/{self.quoted(pid)}/notes/{self.quoted(note_pid)}/', key=idempotency_key)
        return found

    def note_privilege(self, pid: str, note_pid: str, body: shapes.PrivilegeGiven, *, idempotency_key: str | None = None) -> shapes.PrivilegeShape:
        """Mark a note as privileged, or end that."""
        found: shapes.PrivilegeShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/notes/{self.quoted(note_pid)}/privilege/', body=body, key=idempotency_key)
        return found

    def numbers(self, pid: str) -> shapes.NumbersShape:
        """Further numbers of one request."""
        found: shapes.NumbersShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/numbers/')
        return found

    def number_add(self, pid: str, body: shapes.NumberGiven, *, idempotency_key: str | None = None) -> shapes.NumbersShape:
        """Add a number."""
        found: shapes.NumbersShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/numbers/', body=body, key=idempotency_key)
        return found

    def number_drop(self, pid: str, number_pid: str, *, idempotency_key: str | None = None) -> shapes.NumbersShape:
        """Remove a number."""
        found: shapes.NumbersShape = self.ask('DELETE', f'/api/v1/requests/{self.quoted(pid)}/numbers/{self.quoted(number_pid)}/', key=idempotency_key)
        return found

    def parts(self, pid: str) -> shapes.PartsShape:
        """Parts of one request."""
        found: shapes.PartsShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/parts/')
        return found

    def parts_add(self, pid: str, body: shapes.PartsGiven, *, idempotency_key: str | None = None) -> shapes.PartsShape:
        """Set out or split parts."""
        found: shapes.PartsShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/parts/', body=body, key=idempotency_key)
        return found

    def part_rename(self, pid: str, label: str, body: shapes.PatchedPartChanged, *, idempotency_key: str | None = None) -> shapes.PartShape:
        """Give a part another title."""
        found: shapes.PartShape = self.ask('PATCH', f'/api/v1/requests/{self.quoted(pid)}/parts/{self.quoted(label)}/', body=body, key=idempotency_key)
        return found

    def people(self, pid: str) -> shapes.PeopleShape:
        """Who is responsible for a request."""
        found: shapes.PeopleShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/people/')
        return found

    def people_set(self, pid: str, body: shapes.PeopleGiven, *, idempotency_key: str | None = None) -> shapes.PeopleShape:
        """Say who is responsible."""
        found: shapes.PeopleShape = self.ask('PUT', f'/api/v1/requests/{self.quoted(pid)}/people/', body=body, key=idempotency_key)
        return found

    def request_preservation(self, pid: str) -> shapes.PreservationShape:
        """What keeps its records alive."""
        found: shapes.PreservationShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/preservation/')
        return found

    def preservation_date(self, pid: str, body: shapes.DestructionGiven, *, idempotency_key: str | None = None) -> shapes.PreservationShape:
        """Note when records go."""
        found: shapes.PreservationShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/preservation/dates/', body=body, key=idempotency_key)
        return found

    def preservation_demand(self, pid: str, body: shapes.DemandGiven, *, idempotency_key: str | None = None) -> shapes.PreservationShape:
        """Record a demand."""
        found: shapes.PreservationShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/preservation/demands/', body=body, key=idempotency_key)
        return found

    def privileged(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.PrivilegedNotePage:
        """What is privileged on a request."""
        found: shapes.PrivilegedNotePage = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/privileged/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_privileged(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.PrivilegedNote]:
        """What is privileged on a request: every row of every page."""
        yield from self.walk(self.privileged(pid, cursor=cursor, fields=fields, limit=limit))

    def production_pages(self, pid: str, uid: str, body: shapes.PagesGiven, *, idempotency_key: str | None = None) -> shapes.ShelfShape:
        """State the pages of a production."""
        found: shapes.ShelfShape = self.ask('PUT', f'/api/v1/requests/{self.quoted(pid)}/productions/{self.quoted(uid)}/', body=body, key=idempotency_key)
        return found

    def proposal_document(self, pid: str, body: shapes.DocumentProposed, *, idempotency_key: str | None = None) -> shapes.ProposalShape:
        """Hand in a document."""
        found: shapes.ProposalShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/proposals/documents/', form=body, key=idempotency_key)
        return found

    def proposal_event(self, pid: str, body: shapes.EventProposed, *, idempotency_key: str | None = None) -> shapes.ProposalShape:
        """Propose an event."""
        found: shapes.ProposalShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/proposals/events/', body=body, key=idempotency_key)
        return found

    def proposal_letter(self, pid: str, body: shapes.LetterProposed, *, idempotency_key: str | None = None) -> shapes.ProposalShape:
        """Draft a letter for them."""
        found: shapes.ProposalShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/proposals/letters/', body=body, key=idempotency_key)
        return found

    def request_publishing(self, pid: str) -> shapes.PublishingShape:
        """Publishing of one request."""
        found: shapes.PublishingShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/publishing/')
        return found

    def request_publish(self, pid: str, body: shapes.ProposalGiven, *, idempotency_key: str | None = None) -> shapes.PublishingShape:
        """Propose to publish a request."""
        found: shapes.PublishingShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/publishing/', body=body, key=idempotency_key)
        return found

    def request_publish_decide(self, pid: str, body: shapes.PatchedDecisionGiven, *, idempotency_key: str | None = None) -> shapes.PublishingShape:
        """Look through, agree, publish, extend, take back."""
        found: shapes.PublishingShape = self.ask('PATCH', f'/api/v1/requests/{self.quoted(pid)}/publishing/', body=body, key=idempotency_key)
        return found

    def request_remedies(self, pid: str) -> shapes.RemediesShape:
        """Windows and remedies of one request."""
        found: shapes.RemediesShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/remedies/')
        return found

    def remedy_open(self, pid: str, body: shapes.OpenGiven, *, idempotency_key: str | None = None) -> shapes.RemedyShape:
        """Begin an appeal, a review, a notice or a suit."""
        found: shapes.RemedyShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/remedies/', body=body, key=idempotency_key)
        return found

    def reminder_answers(self, pid: str, *, clock: str) -> shapes.AnswersShape:
        """Answers to the reminders of a clock."""
        found: shapes.AnswersShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/reminder-answers/', query={'clock': clock})
        return found

    def reminder_answer(self, pid: str, body: shapes.AnswerGiven, *, idempotency_key: str | None = None) -> shapes.AnswerShape:
        """Answer the reminders of a clock."""
        found: shapes.AnswerShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/reminder-answers/', body=body, key=idempotency_key)
        return found

    def request_reminder_policy(self, pid: str) -> shapes.PolicyShape:
        """Who is reminded of what: a request."""
        found: shapes.PolicyShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/reminder-policy/')
        return found

    def request_reminder_policy_save(self, pid: str, body: shapes.PolicyGiven, *, idempotency_key: str | None = None) -> shapes.SavedShape:
        """Set the rules: a request."""
        found: shapes.SavedShape = self.ask('PUT', f'/api/v1/requests/{self.quoted(pid)}/reminder-policy/', body=body, key=idempotency_key)
        return found

    def request_reminder_policy_forget(self, pid: str, *, idempotency_key: str | None = None) -> shapes.SavedShape:
        """Take the rules away: a request."""
        found: shapes.SavedShape = self.ask('DELETE', f'/api/v1/requests/{self.quoted(pid)}/reminder-policy/', key=idempotency_key)
        return found

    def request_reminder_policy_preview(self, pid: str, body: shapes.RulesGiven, *, idempotency_key: str | None = None) -> shapes.RulesEffectShape:
        """What other rules would change: a request."""
        found: shapes.RulesEffectShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/reminder-policy/preview/', body=body, key=idempotency_key)
        return found

    def request_reminders(self, pid: str) -> shapes.ScheduleShape:
        """Reminders of a request that are to come."""
        found: shapes.ScheduleShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/reminders/')
        return found

    def request_reminders_sent(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.SentShapePage:
        """Reminders of a request that went out, or did not."""
        found: shapes.SentShapePage = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/reminders/sent/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_request_reminders_sent(self, pid: str, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.SentShape]:
        """Reminders of a request that went out, or did not: every row of every page."""
        yield from self.walk(self.request_reminders_sent(pid, cursor=cursor, fields=fields, limit=limit))

    def request_rights(self, pid: str) -> shapes.RightsShape:
        """Who may do what with a request."""
        found: shapes.RightsShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/rights/')
        return found

    def request_right_give(self, pid: str, body: shapes.RightGiven, *, idempotency_key: str | None = None) -> shapes.RightsShape:
        """Let a partner or a guest do something."""
        found: shapes.RightsShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/rights/', body=body, key=idempotency_key)
        return found

    def request_right_end(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.RightsShape:
        """Take a right back."""
        found: shapes.RightsShape = self.ask('DELETE', f'/api/v1/requests/{self.quoted(pid)}/rights/{self.quoted(key)}/', key=idempotency_key)
        return found

    def request_shares(self, pid: str) -> shapes.SharesShape:
        """Who sees a request of yours."""
        found: shapes.SharesShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/shares/')
        return found

    def request_shares_change(self, pid: str, body: shapes.SharesGiven, *, idempotency_key: str | None = None) -> shapes.SharesShape:
        """Change who sees a request."""
        found: shapes.SharesShape = self.ask('PUT', f'/api/v1/requests/{self.quoted(pid)}/shares/', body=body, key=idempotency_key)
        return found

    def request_shares_guest(self, pid: str, body: shapes.GuestGiven, *, idempotency_key: str | None = None) -> shapes.SharesShape:
        """Share a request with a guest."""
        found: shapes.SharesShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/shares/guests/', body=body, key=idempotency_key)
        return found

    def request_shares_guest_mail(self, pid: str, key: str, *, idempotency_key: str | None = None) -> shapes.SharesShape:
        """Send the mail to a guest of a request again."""
        found: shapes.SharesShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/shares/guests/{self.quoted(key)}/mail/', key=idempotency_key)
        return found

    def request_shares_preview(self, pid: str, body: shapes.SharesGiven, *, idempotency_key: str | None = None) -> shapes.ShareChangesShape:
        """What a change of shares would show to whom."""
        found: shapes.ShareChangesShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/shares/preview/', body=body, key=idempotency_key)
        return found

    def request_tags(self, pid: str) -> shapes.TagsOf:
        """Tags of one request."""
        found: shapes.TagsOf = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/tags/')
        return found

    def request_tag_add(self, pid: str, body: shapes.TagGiven, *, idempotency_key: str | None = None) -> shapes.TagsOf:
        """Put a tag on a request."""
        found: shapes.TagsOf = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/tags/', body=body, key=idempotency_key)
        return found

    def request_tag_drop(self, pid: str, tag_pid: str, *, idempotency_key: str | None = None) -> shapes.TagsOf:
        """Take a tag off a request."""
        found: shapes.TagsOf = self.ask('DELETE', f'/api/v1/requests/{self.quoted(pid)}/tags/{self.quoted(tag_pid)}/', key=idempotency_key)
        return found

    def request_tasks(self, pid: str) -> shapes.RequestTasksShape:
        """Tasks asked on a request."""
        found: shapes.RequestTasksShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/tasks/')
        return found

    def request_task_ask(self, pid: str, body: shapes.TaskGiven, *, idempotency_key: str | None = None) -> shapes.TaskShape:
        """Ask a partner to take a task."""
        found: shapes.TaskShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/tasks/', body=body, key=idempotency_key)
        return found

    def request_withholdings(self, pid: str) -> shapes.ListShape:
        """Grounds of one request."""
        found: shapes.ListShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/withholdings/')
        return found

    def withholdings_record(self, pid: str, body: shapes.WithholdingsGiven, *, idempotency_key: str | None = None) -> shapes.ListShape:
        """Record what a decision withholds."""
        found: shapes.ListShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/withholdings/', body=body, key=idempotency_key)
        return found

    def withholding_compare(self, pid: str, *, part: str | None = None) -> shapes.ComparisonShape:
        """The same part at other agencies."""
        found: shapes.ComparisonShape = self.ask('GET', f'/api/v1/requests/{self.quoted(pid)}/withholdings/compare/', query={'part': part})
        return found

    def withholding_change(self, pid: str, wid: str, body: shapes.ChangeGiven, *, idempotency_key: str | None = None) -> shapes.WithholdingShape:
        """Change one ground."""
        found: shapes.WithholdingShape = self.ask('PUT', f'/api/v1/requests/{self.quoted(pid)}/withholdings/{self.quoted(wid)}/', body=body, key=idempotency_key)
        return found

    def withholding_retract(self, pid: str, wid: str, body: shapes.BackGiven, *, idempotency_key: str | None = None) -> shapes.WithholdingShape:
        """Take one ground back."""
        found: shapes.WithholdingShape = self.ask('POST', f'/api/v1/requests/{self.quoted(pid)}/withholdings/{self.quoted(wid)}/retract/', body=body, key=idempotency_key)
        return found

    def search(self, *, q: str) -> shapes.SearchShape:
        """What a few words find."""
        found: shapes.SearchShape = self.ask('GET', '/api/v1/search/', query={'q': q})
        return found

    def statements(self, *, agency: str | None = None, cursor: str | None = None, fields: str | None = None, limit: int | None = None, request: str | None = None) -> shapes.StatementRowPage:
        """What agencies say."""
        found: shapes.StatementRowPage = self.ask('GET', '/api/v1/statements/', query={'agency': agency, 'cursor': cursor, 'fields': fields, 'limit': limit, 'request': request})
        return found

    def each_statements(self, *, agency: str | None = None, cursor: str | None = None, fields: str | None = None, limit: int | None = None, request: str | None = None) -> Iterator[shapes.StatementRow]:
        """What agencies say: every row of every page."""
        yield from self.walk(self.statements(agency=agency, cursor=cursor, fields=fields, limit=limit, request=request))

    def statistics(self, *, campaign: str | None = None, filed_from: str | None = None, filed_until: str | None = None, group: Literal['answered', 'closed', 'denied', 'elsewhere', 'full', 'late', 'none', 'part', 'pending', 'refused', 'review'] | None = None, jurisdiction: str | None = None, kind: Literal['fusion_center', 'state_police', 'state_agency', 'county_sheriff', 'city_police', 'county_agency', 'city_agency', 'federal', 'university', 'tribal', 'other'] | None = None, kit: str | None = None, population: Literal['filed', 'sample', 'log'] | None = None) -> shapes.StatisticsShape:
        """How long it takes, and what came of it."""
        found: shapes.StatisticsShape = self.ask('GET', '/api/v1/statistics/', query={'campaign': campaign, 'filed_from': filed_from, 'filed_until': filed_until, 'group': group, 'jurisdiction': jurisdiction, 'kind': kind, 'kit': kit, 'population': population})
        return found

    def tags(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> shapes.TagShapePage:
        """Tags of your organizations."""
        found: shapes.TagShapePage = self.ask('GET', '/api/v1/tags/', query={'cursor': cursor, 'fields': fields, 'limit': limit})
        return found

    def each_tags(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None) -> Iterator[shapes.TagShape]:
        """Tags of your organizations: every row of every page."""
        yield from self.walk(self.tags(cursor=cursor, fields=fields, limit=limit))

    def tag_rename(self, tag_pid: str, body: shapes.PatchedTagGiven, *, idempotency_key: str | None = None) -> shapes.TagShape:
        """Rename a tag everywhere."""
        found: shapes.TagShape = self.ask('PATCH', f'/api/v1/tags/{self.quoted(tag_pid)}/', body=body, key=idempotency_key)
        return found

    def tag_delete(self, tag_pid: str, *, idempotency_key: str | None = None) -> shapes.Done:
        """Delete a tag."""
        found: shapes.Done = self.ask('DELETE', f'/api/v1/tags/{self.quoted(tag_pid)}/', key=idempotency_key)
        return found

    def tag_merge(self, tag_pid: str, body: shapes.MergeGiven, *, idempotency_key: str | None = None) -> shapes.MergedShape:
        """Merge a tag into another."""
        found: shapes.MergedShape = self.ask('POST', f'/api/v1/tags/{self.quoted(tag_pid)}/merge/', body=body, key=idempotency_key)
        return found

    def partner_tasks(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None, organisation: str | None = None, side: Literal['of-us', 'by-us'] | None = None) -> shapes.TaskShapePage:
        """Tasks among partners."""
        found: shapes.TaskShapePage = self.ask('GET', '/api/v1/tasks/', query={'cursor': cursor, 'fields': fields, 'limit': limit, 'organisation': organisation, 'side': side})
        return found

    def each_partner_tasks(self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None, organisation: str | None = None, side: Literal['of-us', 'by-us'] | None = None) -> Iterator[shapes.TaskShape]:
        """Tasks among partners: every row of every page."""
        yield from self.walk(self.partner_tasks(cursor=cursor, fields=fields, limit=limit, organisation=organisation, side=side))

    def partner_task(self, key: str) -> shapes.TaskShape:
        """A task among partners."""
        found: shapes.TaskShape = self.ask('GET', f'/api/v1/tasks/{self.quoted(key)}/')
        return found

    def partner_task_answer(self, key: str, body: shapes.TaskAnswered, *, idempotency_key: str | None = None) -> shapes.TaskShape:
        """Accept, decline, finish or withdraw a task."""
        found: shapes.TaskShape = self.ask('POST', f'/api/v1/tasks/{self.quoted(key)}/', body=body, key=idempotency_key)
        return found

    def today(self, *, organisation: str | None = None, who: Literal['mine'] | None = None) -> shapes.TodayShape:
        """What an organization has to do today."""
        found: shapes.TodayShape = self.ask('GET', '/api/v1/today/', query={'organisation': organisation, 'who': who})
        return found

    def views_list(self, *, organisation: str | None = None) -> shapes.ViewsShape:
        """Saved views of the list."""
        found: shapes.ViewsShape = self.ask('GET', '/api/v1/views/', query={'organisation': organisation})
        return found

    def view_save(self, body: shapes.ViewGiven, *, idempotency_key: str | None = None) -> shapes.ViewShape:
        """Save a view, or change the one of this name."""
        found: shapes.ViewShape = self.ask('POST', '/api/v1/views/', body=body, key=idempotency_key)
        return found

    def view_drop(self, pid: str, *, idempotency_key: str | None = None) -> shapes.DroppedShape:
        """Drop a saved view of your own."""
        found: shapes.DroppedShape = self.ask('DELETE', f'/api/v1/views/{self.quoted(pid)}/', key=idempotency_key)
        return found

    def windows(self, *, cursor: str | None = None, fields: str | None = None, kind: Literal['appeal', 'review', 'notice', 'suit', 'order'] | None = None, limit: int | None = None, organisation: str | None = None, state: Literal['open', 'closed'] | None = None, within: Literal[7, 14, 30, 90] | None = None) -> shapes.OpenWindowShapePage:
        """Every window of ours."""
        found: shapes.OpenWindowShapePage = self.ask('GET', '/api/v1/windows/', query={'cursor': cursor, 'fields': fields, 'kind': kind, 'limit': limit, 'organisation': organisation, 'state': state, 'within': within})
        return found

    def each_windows(self, *, cursor: str | None = None, fields: str | None = None, kind: Literal['appeal', 'review', 'notice', 'suit', 'order'] | None = None, limit: int | None = None, organisation: str | None = None, state: Literal['open', 'closed'] | None = None, within: Literal[7, 14, 30, 90] | None = None) -> Iterator[shapes.OpenWindowShape]:
        """Every window of ours: every row of every page."""
        yield from self.walk(self.windows(cursor=cursor, fields=fields, kind=kind, limit=limit, organisation=organisation, state=state, within=within))

    def withholdings(self, *, campaign: str | None = None, challenged: Literal['yes', 'no'] | None = None, cursor: str | None = None, fields: str | None = None, ground: Literal['records_law', 'state_statute', 'federal_law', 'part_23', 'marking', 'contract', 'third_party', 'privilege', 'none_cited'] | None = None, jurisdiction: str | None = None, kind: str | None = None, limit: int | None = None, part: str | None = None, q: str | None = None, released: Literal['yes', 'no'] | None = None, section: str | None = None, view: Literal['unseen', 'correct', 'doubtful', 'wrong'] | None = None) -> shapes.WithholdingShapePage:
        """Grounds of all requests of your organizations."""
        found: shapes.WithholdingShapePage = self.ask('GET', '/api/v1/withholdings/', query={'campaign': campaign, 'challenged': challenged, 'cursor': cursor, 'fields': fields, 'ground': ground, 'jurisdiction': jurisdiction, 'kind': kind, 'limit': limit, 'part': part, 'q': q, 'released': released, 'section': section, 'view': view})
        return found

    def each_withholdings(self, *, campaign: str | None = None, challenged: Literal['yes', 'no'] | None = None, cursor: str | None = None, fields: str | None = None, ground: Literal['records_law', 'state_statute', 'federal_law', 'part_23', 'marking', 'contract', 'third_party', 'privilege', 'none_cited'] | None = None, jurisdiction: str | None = None, kind: str | None = None, limit: int | None = None, part: str | None = None, q: str | None = None, released: Literal['yes', 'no'] | None = None, section: str | None = None, view: Literal['unseen', 'correct', 'doubtful', 'wrong'] | None = None) -> Iterator[shapes.WithholdingShape]:
        """Grounds of all requests of your organizations: every row of every page."""
        yield from self.walk(self.withholdings(campaign=campaign, challenged=challenged, cursor=cursor, fields=fields, ground=ground, jurisdiction=jurisdiction, kind=kind, limit=limit, part=part, q=q, released=released, section=section, view=view))
