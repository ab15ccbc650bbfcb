"""Clauses that nobody could miss, each with why it stands. One that comes to matter fails: it is listed no more."""

_NOBODY = "Whoever belongs nowhere has an empty list, and nothing is in it."
_NULL = "What is null equals nothing: the clause says so, and the comparison knows it."
EQUIVALENT: dict[str, str] = {
    "CommentQuerySet._reached: Q(campaign__isnull=False) & Exists(by_owner.filter(campaign=OuterRef('campaign_id'))) "
    "without Q(campaign__isnull=False)": _NULL,
    "JointRightQuerySet.visible_to: Q(Exists(of_campaign), campaign__isnull=False) "
    "without campaign__isnull=False": _NULL,
    "JointRightQuerySet.visible_to: Q(Exists(of_request), request__isnull=False) without request__isnull=False": _NULL,
    "ContentQuerySet._shared: shares.filter(request__isnull=False) without request__isnull=False": _NULL,
    "JointRightQuerySet.visible_to: viewer.roles is True": _NOBODY,
    "live_shares: public is not True and viewer.roles without viewer.roles": _NOBODY,
    "ContentQuerySet.visible_to: viewer.roles is True": _NOBODY,
    "_offered_by: organisations is True": _NOBODY,
    "PartnerTaskQuerySet.visible_to: not viewer.roles is False": _NOBODY,
    "JointRightQuerySet.visible_to: viewer.kind == 'person' is True": "A share with a guest reaches a person "
    "alone, and without one the right is not shown.",
    "JointRightQuerySet.live: Q(stay=None) | Q(stay__left_at=None) without Q(stay=None)": "Where there is no "
    "stay, none was left: the join says the same.",
    "ContentQuerySet.visible_to: partner and self.for_public() == self.for_partners() is False": "Where partners and "
    "the public read the same rows, both ways ask for the same; one asks once.",
    "ContentQuerySet._shared: prefix == 'request__' is False": "Both say the same of the request; one spares a join.",
}
