"""What people are told about their roles and relations."""

from django.utils.translation import gettext_lazy as _

from mbl.core.notify import notice

ROLE_GIVEN = notice(
    "profiles.role_given",
    _("You now have the role %(role)s (%(place)s)."),
    subject=_("You have a new role"),
)
ROLE_ENDED = notice(
    "profiles.role_ended",
    _("Your role %(role)s (%(place)s) ends. Its last day is %(last_day)s."),
    subject=_("A role of yours ends"),
)
FAMILY_ACCESS = notice(
    "profiles.family_access",
    _("You can now see the record of %(student)s."),
    subject=_("You can see a student's record"),
)
