"""The requester of record: the name under which an organization asks, and what it said of itself each time."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .ids import public_id
from .people import Organisation, Person
from .requests import RecordsRequest
from .visibility import OwnQuerySet


class FeeCategory(models.TextChoices):
    """As the federal act parts them; the states that part requesters at all follow it closely."""

    NONE = "", _("Not stated")
    NEWS = "news_media", _("Representative of the news media")
    EDUCATION = "education", _("Educational institution")
    SCIENCE = "science", _("Noncommercial scientific institution")
    OTHER = "other", _("Any other requester, not commercial")
    COMMERCIAL = "commercial", _("Commercial use")


class Standing(models.TextChoices):
    """How somebody satisfies a law that not everybody may use."""

    CITIZEN = "citizen", _("Citizen of the state")
    RESIDENT = "resident", _("Resident of the state")


class RequesterWords(models.Model):
    """What a letter says of who asks: the same fields in the profile and in what one request kept of it."""

    name = models.CharField(_("name"), max_length=200)
    signs_as = models.CharField(
        _("organization, as it signs"), max_length=200, blank=True, help_text="Empty: a person alone."
    )
    postal_address = models.CharField(_("postal address"), max_length=1000, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    residency = models.CharField(
        _("state of residence"), max_length=8, blank=True, help_text="Code of the place, such as us-tn."
    )
    fee_category = models.CharField(
        _("fee category"), max_length=12, choices=FeeCategory.choices, blank=True, default=FeeCategory.NONE
    )
    attestation = models.CharField(
        _("words of attestation"), max_length=4000, blank=True, help_text="Why the category holds."
    )
    protected = models.BooleanField(
        _("protected identity"),
        default=False,
        help_text="The name appears on nothing that leaves us, but the letter.",
    )

    class Meta:
        abstract = True


class RequesterProfile(RequesterWords):
    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    is_default = models.BooleanField(default=False)
    version = models.PositiveIntegerField(
        default=1, help_text="Raised by every change: a stale form is refused."
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(is_default=True, retired_at=None),
                name="one_default_requester",
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="requester_of_its_owner"),
        ]

    def __str__(self) -> str:
        return f"requester {self.public_id}"


class RequesterProxy(models.Model):
    """Who asks in our stead where the law wants a citizen or a resident of its state."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey(RequesterProfile, on_delete=models.CASCADE, related_name="proxies")
    state = models.CharField(max_length=8, help_text="Code of the place, such as us-tn.")
    standing = models.CharField(max_length=8, choices=Standing.choices)
    name = models.CharField(max_length=200)
    postal_address = models.CharField(max_length=1000, blank=True)
    email = models.EmailField(blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "requester proxies"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "profile", "state"], name="one_proxy_a_state"),
            models.CheckConstraint(
                condition=models.Q(standing__in=Standing.values), name="proxy_standing_known"
            ),
        ]

    def __str__(self) -> str:
        return f"proxy in {self.state}"


class RequestRequester(RequesterWords):
    """Who asked in one request, as it stood when it was asked. No share reaches it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    request = models.OneToOneField(RecordsRequest, on_delete=models.CASCADE, related_name="requester")
    profile = models.ForeignKey(
        RequesterProfile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    proxy_name = models.CharField(max_length=200, blank=True)
    proxy_standing = models.CharField(max_length=8, choices=Standing.choices, blank=True)
    proxy_postal_address = models.CharField(max_length=1000, blank=True)
    proxy_email = models.EmailField(blank=True)
    taken_at = models.DateTimeField(db_default=Now())
    taken_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return f"requester of {self.request_id}"
