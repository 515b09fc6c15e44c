"""What people do to their own accounts."""

from django.db import transaction

from mbl.core import audit
from mbl.core.models import User
from mbl.core.verbs import AccountSettingsChanged

_CHOICES = ("language", "density", "single_key_shortcuts", "email_notices")


@transaction.atomic
def change_account_settings(
    user: User, *, language: str, density: str, single_key_shortcuts: bool, email_notices: bool, actor: User
) -> User:
    """Save the person's own choices; the event names the settings that changed, not their values."""
    user = User.objects.select_for_update().get(pk=user.pk)
    chosen = dict(zip(_CHOICES, (language, density, single_key_shortcuts, email_notices), strict=True))
    changed = [name for name in _CHOICES if getattr(user, name) != chosen[name]]
    if not changed:
        return user
    for name in changed:
        setattr(user, name, chosen[name])
    user.save(update_fields=changed)
    audit.record(AccountSettingsChanged(changed=", ".join(changed)), actor=actor, district=None, target=user)
    return user
