"""Record what people do, in the transaction that does it.

A verb is a typed payload with a sentence::

    @verb("crediting.award.reversed", _("{actor} reversed {target}: {reason}"))
    class AwardReversed(Payload):
        reason: str

    audit.record(AwardReversed(reason=…), actor=user, district=…, target=entry, student=student)
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, ClassVar, Protocol, TypeVar, dataclass_transform, get_type_hints

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise

from mbl.core.logs import current_request_id
from mbl.core.models import AuditEvent, District, User


class HasPublicId(Protocol):
    """Anything an event can be about."""

    public_id: uuid.UUID


class Payload:
    """Base of all payloads; subclasses are frozen by ``@verb``."""

    verb: ClassVar[str]
    sentence: ClassVar[str | Promise]
    # The fields that hold a day.
    days: ClassVar[tuple[str, ...]]


P = TypeVar("P", bound=Payload)
_verbs: dict[str, type[Payload]] = {}


@dataclass_transform(kw_only_default=True, frozen_default=True)
def verb(name: str, sentence: str | Promise) -> Callable[[type[P]], type[P]]:
    """Register a payload under a stable name with the sentence people read."""

    def register(cls: type[P]) -> type[P]:
        if name in _verbs:
            raise ValueError(f"The audit verb {name} is registered twice.")
        frozen: type[P] = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        frozen.verb, frozen.sentence = name, sentence
        frozen.days = tuple(field for field, hint in get_type_hints(cls).items() if hint in (dt.date, dt.date | None))
        _verbs[name] = frozen
        return frozen

    return register


def verbs() -> dict[str, type[Payload]]:
    """Every registered verb by name."""
    return dict(_verbs)


def record(
    payload: Payload,
    *,
    actor: User | None,
    district: District | None,
    target: HasPublicId | None = None,
    target_kind: str = "",
    student: HasPublicId | None = None,
    acting_for: str = "",
) -> AuditEvent:
    """Append one event. Call it inside the action's transaction."""
    written = event(
        payload,
        actor=actor,
        district=district,
        target=target,
        target_kind=target_kind,
        student=student,
        acting_for=acting_for,
    )
    written.save(force_insert=True)
    return written


def record_all(events: Iterable[AuditEvent]) -> None:
    """Append what ``event`` made, in one trip. Call it inside the action's transaction."""
    AuditEvent.objects.bulk_create(events)


def event(
    payload: Payload,
    *,
    actor: User | None,
    district: District | None,
    target: HasPublicId | None = None,
    target_kind: str = "",
    student: HasPublicId | None = None,
    acting_for: str = "",
) -> AuditEvent:
    """An event before it is written: for actions that write many at once."""
    return AuditEvent(
        district=district,
        at=timezone.now(),
        actor=actor,
        actor_label=str(actor) if actor else "MBL",
        acting_for=acting_for,
        verb=payload.verb,
        target_kind=target_kind or (type(target).__name__.lower() if target is not None else ""),
        target_id=target.public_id if target is not None else None,
        target_label=str(target)[:300] if target is not None else "",
        student_id=student.public_id if student is not None else None,
        payload=_plain(dataclasses.asdict(payload)),  # type: ignore[call-overload]
        request_id=current_request_id(),
    )


def sentence(event: AuditEvent) -> str:
    """The event in the reader's language."""
    known = _verbs.get(event.verb)
    template = str(known.sentence) if known else "{actor}: " + event.verb
    days = {name: _day(event.payload[name]) for name in known.days if name in event.payload} if known else {}
    values = event.payload | days | {"actor": event.actor_label, "target": event.target_label}
    return template.format_map(_Known(values))


def _day(stored: Any) -> str:
    """A day as people write it in the reader's language."""
    return date_format(dt.date.fromisoformat(stored), "DATE_FORMAT") if stored else "–"


class _Known(dict[str, Any]):
    """An event written before a field was added still has a sentence."""

    def __missing__(self, key: str) -> str:
        return "–"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal | dt.date | dt.datetime | uuid.UUID):
        return str(value)
    return value
