"""People, organisations and who belongs to which."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from .ids import drawn_by_the_database, public_id
from .visibility import OrganisationQuerySet


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """An operator: sees that rows exist and their health, never content."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, default="America/New_York")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_sample = models.BooleanField(default=False)
    short_password = models.BooleanField(
        default=False, help_text="Long enough only beside a second factor, which then stays."
    )
    session_turn = models.PositiveIntegerField(default=0, help_text="Raised to end every session at once.")
    date_joined = models.DateTimeField(db_default=Now())

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_an_address")]

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's hook: a session whose hash no longer fits is nobody's. It follows the password; ours also the turn.
        salt = "requests_app.models.people.Person.session"
        return salted_hmac(
            salt, f"{self.password}:{self.session_turn}", secret=secret, algorithm="sha256"
        ).hexdigest()


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    EDITOR = "editor", _("Editor")
    OWNER = "owner", _("Owner")


class Organisation(models.Model):
    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=200)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    is_sample = models.BooleanField(default=False)
    requires_second_factor = models.BooleanField(
        default=True, help_text="Editors and owners read only, until they have one."
    )
    audit_years = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Sealed lines of the audit older than that may be let go; empty: none."
    )
    two_to_publish = models.BooleanField(
        db_default=False, default=False, help_text="Nothing becomes public by one person alone."
    )
    one_asked_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="An owner who asks that one person is enough to publish; another owner has to want it, too.",
    )  # fmt: skip
    one_asked_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audit_years=None) | models.Q(audit_years__range=(2, 100)),
                name="audit_kept_two_years",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    # The database gives one of its own too: it makes the membership itself where an invitation is accepted.
    public_id = models.CharField(
        max_length=12, unique=True, default=public_id, db_default=drawn_by_the_database(), editable=False
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices)
    since = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    protected = models.BooleanField(
        db_default=False, default=False, help_text="Every part of the name is masked in what others read."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="one_membership_a_person"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]
        indexes = [models.Index(fields=["person"], condition=models.Q(ended_at=None), name="membership_live")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.organisation_id}: {self.role}"
