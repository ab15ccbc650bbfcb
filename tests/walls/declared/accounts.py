"""Accounts, organizations and their members, settings."""

from __future__ import annotations

from tests.walls.matrix import POST_ONLY, SIGNED_IN, _row

ELSEWHERE = _row(302, 302, 302, 302, 302, 302, 302)
UNSET = _row(302, 404, 404, 404, 404, 404, 404)  # of what nobody here has set up
TO_PROOF = ELSEWHERE  # a page that asks for a fresh proof first, or for a second factor that nobody here has
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "organisation-switch": (POST_ONLY, None),
    "mfa_index": (SIGNED_IN, None),
    "mfa_authenticate": (ELSEWHERE, None),
    "mfa_reauthenticate": (ELSEWHERE, None),
    "mfa_activate_totp": (TO_PROOF, None),
    "mfa_deactivate_totp": (UNSET, None),
    "mfa_view_recovery_codes": (UNSET, None),
    "mfa_generate_recovery_codes": (TO_PROOF, None),
    "mfa_download_recovery_codes": (UNSET, None),
    "mfa_list_webauthn": (SIGNED_IN, None),
    "mfa_add_webauthn": (TO_PROOF, None),
    "mfa_reauthenticate_webauthn": (ELSEWHERE, None),
    "mfa_remove_webauthn": (TO_PROOF, None),
    "mfa_edit_webauthn": (TO_PROOF, None),
    "mfa_login_webauthn": (ELSEWHERE, None),
    "usersessions_list": (SIGNED_IN, None),
}


def params(stage, request, event):  # type: ignore[no-untyped-def]
    return {"mfa_remove_webauthn": [1], "mfa_edit_webauthn": [1]}
