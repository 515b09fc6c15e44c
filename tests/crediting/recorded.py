"""What the audit ledger received while a test looked."""

from mbl.core.models import AuditEvent


class Recorded:
    """The audit events since this was made, in order."""

    def __init__(self) -> None:
        last = AuditEvent.objects.order_by("-pk").first()
        self._after = last.pk if last else 0

    @property
    def events(self) -> list[AuditEvent]:
        return list(AuditEvent.objects.filter(pk__gt=self._after).order_by("pk"))

    @property
    def verbs(self) -> list[str]:
        return [event.verb for event in self.events]
