"""Attestations: asking, writing down, reading, withdrawing; and the pages of one-time links, which anybody may open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crediting.models import CreditRequest
from tests.access.matrix import Row
from tests.factories.attestations import make_attestation, make_invite, make_token
from tests.factories.crediting import make_ground, make_request
from tests.personas import Personas


def _sent(personas: Personas) -> CreditRequest:
    return make_request(make_ground(personas.school), personas.student.student, personas.teacher.person)


def sent(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": _sent(personas).public_id}


def asked(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_invite(_sent(personas), personas.teacher.user).public_id}


def given(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_attestation(_sent(personas), personas.teacher.user).public_id}


def link(personas: Personas) -> Mapping[str, Any]:
    return {"token": make_token(_sent(personas), personas.teacher.user)}


def no_link(personas: Personas) -> Mapping[str, Any]:
    return {"token": "0000000000000000"}


STRANGERS: dict[str, Any] = dict.fromkeys(("other_district_administrator", "other_district_student"), 404)
KEEPERS = ("teacher", "credit_manager", "principal")

ROWS = [
    Row("crediting:attestation-ask", sent, others=403, student=200, also=dict.fromkeys(KEEPERS, 200) | STRANGERS),
    Row("crediting:attestation-record", sent, others=403, also=dict.fromkeys(KEEPERS, 200) | STRANGERS),
    # That it exists, everybody who sees the request learns; what it says, not: tests/crediting/views.
    Row("crediting:attestation", given, others=200, **STRANGERS),
    Row("crediting:attestation", given, method="POST", others=403, also=dict.fromkeys(KEEPERS, 302) | STRANGERS),
    Row("crediting:attestation-withdraw", given, others=403, also=dict.fromkeys(KEEPERS, 200) | STRANGERS),
    Row(
        "crediting:attestation-cancel",
        asked,
        method="POST",
        others=403,
        student=302,
        also=dict.fromkeys(KEEPERS, 302) | STRANGERS,
    ),
    Row(
        "crediting:attestation-again",
        asked,
        method="POST",
        others=403,
        student=200,
        also=dict.fromkeys(KEEPERS, 200) | STRANGERS,
    ),
    Row("crediting:attest", link, others=200, anonymous=200),
    Row("crediting:attest", link, method="POST", others=422, anonymous=422),
    Row("crediting:attest", no_link, others=404, anonymous=404),
    Row("crediting:attest-code", others=200, anonymous=200),
    Row("crediting:attest-done", others=200, anonymous=200),
]
