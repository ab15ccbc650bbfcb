"""Accounts, organizations, members, settings."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import (
    current,
    invitations,
    members,
    organisation_audit,
    organisations,
    requesters,
    settings_index,
    sign_ins,
)

urlpatterns: list[URLPattern] = [
    path("settings/", settings_index.index, name="settings"),
    path("settings/security/", sign_ins.security, name="security"),
    path("settings/security/end/", sign_ins.end_session, name="session-end"),
    path("settings/second-factor/", sign_ins.second_factor, name="second-factor"),
    path("organizations/switch/", current.switch, name="organisation-switch"),
    path("organizations/new/", organisations.new, name="organisation-new"),
    path("organizations/<slug:pid>/", organisations.organisation, name="organisation"),
    path("organizations/<slug:pid>/ownership/", organisations.ownership, name="ownership"),
    path("organizations/<slug:pid>/leave/", organisations.leave, name="organisation-leave"),
    path("organizations/<slug:pid>/members/", members.members, name="members"),
    path("organizations/<slug:pid>/members/<slug:key>/", members.member, name="member"),
    path("organizations/<slug:pid>/invitations/<slug:key>/", members.invitation_act, name="invitation-act"),
    path("organizations/<slug:pid>/audit/", organisation_audit.audit, name="organisation-audit"),
    path("organizations/<slug:pid>/audit.csv", organisation_audit.audit_csv, name="organisation-audit-csv"),
    path("organizations/<slug:pid>/requesters/", requesters.requesters, name="requesters"),
    path("organizations/<slug:pid>/requesters/new/", requesters.new, name="requester-new"),
    path("organizations/<slug:pid>/requesters/<slug:key>/", requesters.one, name="requester"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
]
