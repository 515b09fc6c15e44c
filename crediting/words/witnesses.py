"""Those who attest, and how their word came."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crediting.states import AttestationWay, InviteStanding, WitnessRole
from crediting.words.mastery import level_word
from mbl.core.words import register_states, state_word
from profiles.states import Role

register_states(
    WitnessRole,
    {
        WitnessRole.ELDER: _("Elder"),
        WitnessRole.PRACTITIONER: _("Cultural practitioner"),
        WitnessRole.EMPLOYER: pgettext_lazy("witness", "Employer"),
        WitnessRole.PANELIST: _("Panel member"),
        WitnessRole.WITNESS: _("Another witness"),
    },
)
register_states(
    AttestationWay,
    {
        AttestationWay.LINK: _("By link"),
        AttestationWay.SPOKEN: _("Spoken, and written down by staff"),
        AttestationWay.OWN: _("Own word of a member of staff"),
    },
)
register_states(
    InviteStanding,
    {
        InviteStanding.WAITING: pgettext_lazy("attestation", "Asked"),
        InviteStanding.GIVEN: pgettext_lazy("attestation", "Given"),
        InviteStanding.EXPIRED: (pgettext_lazy("attestation", "Expired"), "attention"),
        InviteStanding.CANCELLED: pgettext_lazy("attestation", "Canceled"),
        InviteStanding.CLOSED: pgettext_lazy("attestation", "Closed"),
    },
)


def witness_word(role: str) -> str:
    """Who attests: a witness without an account, a member of staff, or a code of the policy as a word."""
    if role in set(WitnessRole):
        return state_word(WitnessRole(role))
    return state_word(Role(role)) if role in set(Role) else level_word(role)
