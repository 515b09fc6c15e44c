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
CONSENT_ASKED = notice(
    "profiles.consent_asked",
    _("%(party)s asks to see the record of %(student)s. Nothing is shared unless you agree."),
    subject=_("Somebody asks to see a student's record"),
)
CONSENT_SIGNED = notice(
    "profiles.consent_signed",
    _("The record of %(student)s is open to %(party)s until %(ends_on)s."),
    subject=_("A student's record was opened"),
)
CONSENT_ENDED = notice(
    "profiles.consent_ended",
    _("The record of %(student)s is not open to %(party)s."),
    subject=_("A student's record is not shared"),
)
PICKED_UP = notice(
    "profiles.import_picked_up",
    _("%(file)s was picked up: %(rows)s rows written, %(rejected)s not taken."),
    subject=_("A file was imported"),
)
PICKUP_LEFT = notice(
    "profiles.import_pickup_left",
    _("%(file)s was picked up and nothing was changed. Somebody has to look at it."),
    subject=_("A file waits for you"),
)
