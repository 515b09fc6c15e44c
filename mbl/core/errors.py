"""Errors for people. Anything that is not one of these is a bug and stays loud."""


class DomainError(Exception):
    """A sentence a person can act on, and the form field it concerns (empty: the whole form).

    Views place it in the form, the API turns it into 400, jobs store it on their row.
    """

    status = 400

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(DomainError):
    """The person may see the thing and may not do this with it; the page shows the reason (403)."""

    status = 403


class InvalidTransition(DomainError):
    """The thing has moved on: ``verb`` is not possible from ``state`` (409).

    ``mbl.core.http`` says it in the reader's language; this text is for logs and consoles.
    """

    status = 409

    def __init__(self, verb: str, state: str) -> None:
        super().__init__(f"This cannot be done any more ({verb}): it is now {state}. Reload to see where it stands.")
        self.verb = verb
        self.state = state
