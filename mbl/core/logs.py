"""Logs carry ids and never names, form values or addresses' secrets."""

import logging
import re
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")
# One-time links and check codes are secrets: a log line keeps only where they stood.
_SECRET_PATH = re.compile(r"(/(?:verify|invitation|attest|password/reset/key)/)[^/\s?\"]+")


def current_request_id() -> str:
    return _request_id.get()


def set_request_id(value: str) -> None:
    _request_id.set(value)


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id() or "-"
        return True


def without_secrets(line: str) -> str:
    """``line`` without query strings and without the secrets that stand in addresses."""
    return re.sub(r"\?[^\s\"']*", "?…", _SECRET_PATH.sub(r"\1…", line))


class SafeFormatter(logging.Formatter):
    """One line an event, with secrets in addresses and query strings removed."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))
