"""The two nouns that core owns: the tenant and the account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from mbl.core.models.base import PublicIdModel, state_check
from mbl.core.states import DistrictKind

T = TypeVar("T")


class District(PublicIdModel):
    """The tenant: a school district, charter school, state-tribal compact school or college (WAC 180-51-051(1)(a))."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, default=DistrictKind.DISTRICT)
    state_code = models.CharField(
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^\d{5}$", _("A county-district code has five digits; keep its leading zero."))],
        help_text=_("County-district code, five digits with its leading zero."),
    )
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    timezone = models.CharField(max_length=50, default="America/Los_Angeles")
    language = models.CharField(max_length=10, default="en")
    brand_color = models.CharField(max_length=7, blank=True, help_text=_("Like #14594A."))
    # Settings a district chooses, each with a typed reader and a default in the app that owns it
    # (``gpa_places``, ``retake_policy``, ``idle_timeout_minutes``, ``date_order`` …).
    settings = models.JSONField(default=dict, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [state_check("kind", DistrictKind, "district_kind_known")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, login_name: str, email: str = "", password: str | None = None, **extra: Any) -> User:
        user = self.model(login_name=login_name.strip().lower(), email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(login_name=(username or "").strip().lower())


class User(PublicIdModel, AbstractBaseUser, PermissionsMixin):
    """An account: how somebody signs in. Global; what a person is in a district is ``profiles.Person``."""

    login_name = models.CharField(max_length=150, unique=True)
    # Families and young students share addresses or have none, so an address may be empty but is one person's.
    email = models.EmailField(blank=True)
    display_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, blank=True)
    density = models.CharField(max_length=12, default="comfortable")
    single_key_shortcuts = models.BooleanField(default=True)
    email_notices = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "login_name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique", condition=~models.Q(email="")),
            models.UniqueConstraint(Lower("login_name"), name="user_login_unique"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.login_name

    @cached_property
    def known(self) -> dict[str, Any]:
        """What was read about the account since it was fetched, that is in this request."""
        return {}

    def once(self, what: str, read: Callable[[], T]) -> T:
        """The answer of ``read``, asked for once in a request; ``what`` names it."""
        if what not in self.known:
            self.known[what] = read()
        answer: T = self.known[what]
        return answer

    @property
    def initials(self) -> str:
        parts = str(self).split()
        return "".join(part[0] for part in (parts[:1] + parts[1:][-1:]) if part).upper() or "?"
