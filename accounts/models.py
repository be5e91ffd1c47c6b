"""Firms and the people who work in them."""

import unicodedata
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, ClassVar, Self

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Case, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.browsers import browser_of
from lexai.database import Index, SortKey
from lexai.queries import Given
from lexai.system import Actor

RESET_LIFETIME = timedelta(hours=1)
INVITATION_LIFETIME = timedelta(days=7)
LINK_RETRIED_AFTER = timedelta(minutes=1)
LINK_LIFETIME = Case(
    When(password_updated_at__isnull=True, then=Value(INVITATION_LIFETIME)),
    default=Value(RESET_LIFETIME),
    output_field=models.DurationField(),
)


class FirmQuerySet(models.QuerySet["Firm"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the user's own firm; the system sees all."""
        if not user.is_active:
            return self.none()
        return self if user.is_system else self.filter(pk=user.firm_id)


class Firm(models.Model):
    """A law firm: the wall that nothing crosses."""

    name = models.CharField(max_length=100, error_messages={"blank": "A firm needs a name."})
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = FirmQuerySet.as_manager()

    class Meta:
        db_table = "firms"
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""), name="firm_named", violation_error_message="A firm needs a name."
            ),
            models.UniqueConstraint(
                fields=["name"],
                name="ix_firms_name",
                violation_error_message="A firm of this name exists already. Choose another name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return the firm itself, and no client."""
        return self.pk, []


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the people of the user's own firm; the system sees all."""
        if not user.is_active:
            return self.none()
        return self if user.is_system else self.filter(firm_id=user.firm_id)

    def matching(self, words: str | Given) -> Self:
        """Return whom a part of the name or of the address names."""
        named = Q(first_name__holds=words) | Q(last_name__holds=words)
        return self.filter(named | Q(email__holds=words))

    def by_name(self) -> Self:
        """Return the people in the order of their names as pages write them."""
        return self.order_by(SortKey("first_name"), SortKey("last_name"), "pk")

    def with_last_seen(self) -> Self:
        """Give everybody `last_seen_at`: the last sign-in, or the last use of a session that is kept."""
        used = Session.objects.filter(user=OuterRef("pk")).order_by().values("user")
        newest = Subquery(used.annotate(newest=Max("seen_at")).values("newest"))
        return self.annotate(last_seen_at=Greatest("last_login", newest))

    def administrators(self) -> Self:
        """Return the active administrators who have chosen a password: the invited cannot act yet."""
        return self.filter(is_active=True, role=User.Role.ADMIN, password_updated_at__isnull=False)

    def with_links_due(self) -> Self:
        """Return whoever waits for a mail with a link, and was not tried within the last minute."""
        is_untried = Q(reset_token_expires__isnull=True) | Q(
            reset_token_expires__lte=Now() + LINK_LIFETIME - LINK_RETRIED_AFTER
        )
        return self.filter(is_untried, is_active=True, link_requested_at__gt=Now() - LINK_LIFETIME)

    def with_links_outlived(self) -> Self:
        """Return whoever waits in vain: the mail could not be sent for as long as its link would have lived."""
        return self.filter(link_requested_at__lte=Now() - LINK_LIFETIME)

    def with_credentials_of(self, user: "User") -> Self:
        """Return the person while active, and with the password and the role that a session began with."""
        return self.filter(
            pk=user.pk,
            is_active=True,
            password=user.password,
            role=user.role,
            role_changed_at=user.role_changed_at,
        )


UNSEEN = {"Cc", "Cf", "Cs"}  # Unicode's categories of control, format and surrogate characters


def one_spelling(email: str) -> str:
    """Return the one spelling under which an address is kept and looked up.

    Wide letters, capitals, surrounding space and whatever no eye can see make no other address.
    """
    if email.isascii() and email.isprintable():  # as nearly every one is
        return email.lower().strip()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).casefold())
    return "".join(letter for letter in folded if unicodedata.category(letter) not in UNSEEN).strip()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    """Django's manager of people, speaking the queries above."""

    def get_by_natural_key(self, email: str | None) -> "User":
        """Return whom an address names, in any spelling; sign-in asks here. Raises User.DoesNotExist."""
        person: User = self.get(email=one_spelling(email or ""))
        return person


class User(AbstractBaseUser):
    """A person of a firm, known by e-mail address."""

    class Role(models.TextChoices):
        USER = "user", "User"
        ADMIN = "admin", "Administrator"
        PREMIUM = "premium", "Premium user"

    class Tier(models.TextChoices):
        FREE = "free", "Free"
        PREMIUM = "premium", "Premium"

    class Status(models.TextChoices):
        INVITED = "invited", "Invited"
        ACTIVE = "active", "Active"
        DEACTIVATED = "deactivated", "Deactivated"

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="users", db_constraint=False, db_index=False)
    email = models.CharField(max_length=120)
    password = models.TextField(db_column="password_hash")
    first_name = models.CharField(max_length=50)
    last_name = models.CharField(max_length=50)
    firm_name = models.CharField(max_length=100, null=True, blank=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.USER, db_default=Role.USER.value)
    role_changed_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    last_login = models.DateTimeField(null=True, blank=True)
    password_updated_at = models.DateTimeField(null=True, blank=True)
    reset_token = models.CharField(max_length=64, null=True, blank=True)
    reset_token_expires = models.DateTimeField(null=True, blank=True)
    link_requested_at = models.DateTimeField(null=True, blank=True)  # a mail with a link waits to be sent
    subscription_tier = models.CharField(
        max_length=20, null=True, choices=Tier, default=Tier.FREE, db_default=Tier.FREE.value
    )
    subscription_expires = models.DateTimeField(null=True, blank=True)
    has_shortcuts = models.BooleanField(default=True, db_default=True)  # single keys do something on pages

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    LINK_FIELDS = ("reset_token", "reset_token_expires", "link_requested_at")
    is_system = False

    class Meta:
        db_table = "users"
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                name="ix_users_email",
                violation_error_message="A user with this e-mail address exists already.",
                violation_error_code="unique",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["user", "admin", "premium"]),
                name="user_role_known",
                violation_error_message="The role must be user, admin or premium.",
            ),
        ]
        indexes = [
            # the people of a firm
            Index(fields=["firm"], name="ix_users_firm_id"),
            # administrators, and active administrators
            Index(fields=["role"], name="ix_users_role"),
            Index(fields=["is_active"], name="ix_users_is_active"),
            Index(fields=["is_active", "role"], name="ix_users_active_role"),
            # the mails that wait to be sent
            Index(
                fields=["link_requested_at"],
                name="ix_users_link_requested_at",
                condition=Q(link_requested_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_staff(self) -> bool:
        """Say whether this person administers the firm; Django's admin asks it."""
        return self.is_active and self.role == self.Role.ADMIN

    @property
    def status(self) -> Status:
        """Return where the person stands: invited means that no password was chosen yet."""
        if not self.is_active:
            return self.Status.DEACTIVATED
        return self.Status.ACTIVE if self.password_updated_at else self.Status.INVITED

    @property
    def link_lifetime(self) -> timedelta:
        """Return how long a mailed link opens the account: longer for whoever is new."""
        return RESET_LIFETIME if self.password_updated_at else INVITATION_LIFETIME

    def drop_link(self) -> None:
        """Forget the link that was mailed, and the one that waits to be; whoever calls saves LINK_FIELDS."""
        self.reset_token = self.reset_token_expires = self.link_requested_at = None

    @property
    def display_name(self) -> str:
        """Return what pages call the person: the name, or the address of whoever has none."""
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must carry to stay alive: it ends with the password, and with the role.

        A role that is given back revives nothing: when it last changed is part of it.
        """
        kept = f"{self.password} {self.role} {self.role_changed_at}"
        return salted_hmac("accounts.session", kept, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, _permission: str, _target: Any = None) -> bool:
        """Say no: there are no stored permissions, the policies decide."""
        return False

    def has_module_perms(self, _app_label: str) -> bool:
        """Say no: each ModelAdmin asks the policies itself."""
        return False

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return the person's firm, and no client."""
        return self.firm_id, []


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the user's own tokens; the system sees all."""
        if not user.is_active:
            return self.none()
        return self if user.is_system else self.filter(user=user.pk)

    def alive(self) -> Self:
        """Return the tokens that still open the door: not expired, of an active user in the same role.

        A token that ends with the password is dead once the password is younger than it.
        """
        is_older_password = Q(user__password_updated_at__isnull=True) | Q(
            user__password_updated_at__lte=F("created_at")
        )
        return self.filter(
            Q(ends_with_password=False) | is_older_password,
            expires_at__gt=Now(),
            user__is_active=True,
            user__role=F("role"),
        )


class ApiToken(models.Model):
    """A key with which a program acts for a user; only its SHA-256 is kept."""

    class Scope(models.TextChoices):
        READ = "read", "Read only"
        FULL = "full", "Full"

    user = models.ForeignKey(
        User, models.CASCADE, related_name="api_tokens", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=100, error_messages={"blank": "A token needs a name."})
    prefix = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    scope = models.CharField(max_length=20, choices=Scope, default=Scope.READ, db_default=Scope.READ.value)
    role = models.CharField(max_length=20, choices=User.Role)
    ends_with_password = models.BooleanField(default=True, db_default=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        db_table = "api_tokens"
        verbose_name = "API token"
        constraints = [
            models.UniqueConstraint(fields=["sha256"], name="ix_api_tokens_sha256"),
            models.CheckConstraint(
                condition=Q(scope__in=["read", "full"]),
                name="api_token_scope_known",
                violation_error_message="The scope must be read or full.",
            ),
        ]
        indexes = [
            # the tokens of a user
            Index(fields=["user"], name="ix_api_tokens_user_id"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}..."

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return the firm of the token's user, and no client."""
        return self.user.audit_scope()


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the user's own sessions; the system sees all."""
        if not user.is_active:
            return self.none()
        return self if user.is_system else self.filter(user=user.pk)

    def alive(self) -> Self:
        """Return the sessions that still open the door: neither idle for too long nor too old."""
        now = timezone.now()
        return self.filter(
            expire_date__gt=now,
            seen_at__gt=now - timedelta(minutes=settings.SESSION_IDLE_MINUTES),
            started_at__gt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE),
        )


class Session(AbstractBaseSession):
    """A browser that is signed in: Django's session, in a row that knows whose it is.

    The key opens the account, and stands in no page: the `reference` names a session there.
    """

    user = models.ForeignKey(
        User, models.CASCADE, null=True, related_name="sessions", db_constraint=False, db_index=False
    )
    reference = models.CharField(max_length=32)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    objects = SessionQuerySet.as_manager()  # type: ignore[assignment, misc]  # Django's own encodes what a store does

    class Meta:
        db_table = "sessions"
        indexes = [
            # the sessions of a user
            Index(fields=["user"], name="ix_sessions_user_id"),
        ]

    def __str__(self) -> str:
        return self.reference

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return what reads and writes the rows; `accounts.sessions` imports this module."""
        return import_module(settings.SESSION_ENGINE).SessionStore

    @property
    def browser(self) -> str:
        """Return which browser it is, in words."""
        return browser_of(self.user_agent)

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return the firm of the session's user, and no client."""
        return (self.user.firm_id if self.user else None), []


class LockoutQuerySet(models.QuerySet["Lockout"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the lockouts that hold now, of the firm that the user administers; the system sees all."""
        people = User.objects.visible_to(user)
        if not user.is_system and not user.is_staff:
            people = people.none()
        return self.holding().filter(username__in=people.values("email"))

    def holding(self) -> Self:
        """Return the lockouts that hold now: enough failures, and the last of them not long enough ago."""
        enough = self.filter(failures_since_start__gte=settings.AXES_FAILURE_LIMIT)
        return enough.filter(attempt_time__gte=Now() - settings.AXES_COOLOFF_TIME)


class Lockout(AccessAttempt):
    """An account that nobody can sign in to from one address for a while: too many tries have failed."""

    objects = LockoutQuerySet.as_manager()

    class Meta:
        proxy = True
        app_label = "accounts"

    def __str__(self) -> str:
        return f"{self.username} from {self.ip_address}"

    @property
    def email(self) -> str:
        return str(self.username)

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return no firm and no client: whose account it is, its address alone says."""
        return None, []

    @property
    def ends_at(self) -> datetime:
        """Return when it ends by itself."""
        last: datetime = self.attempt_time
        return last + settings.AXES_COOLOFF_TIME
