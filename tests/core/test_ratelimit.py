"""How often one address may do something."""

import time

import pytest
from django.test import RequestFactory, override_settings

from mbl.core.ratelimit import Limited, client_address, limited

requests = RequestFactory()


def test_the_next_one_is_told_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000.0 * 60 + 48)
    request = requests.get("/")
    assert all(limited(request, "verify", "3/m") for _ in range(3))

    verdict = limited(request, "verify", "3/m")

    assert verdict == Limited("That was too often in a short time. Wait 12 seconds and try again.", 12)


def test_the_next_window_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [6_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    request = requests.get("/")
    assert limited(request, "verify", "1/m")
    assert not limited(request, "verify", "1/m")

    now[0] += 60

    assert limited(request, "verify", "1/m")


def test_other_addresses_and_other_things_have_their_own_count() -> None:
    assert limited(requests.get("/", REMOTE_ADDR="192.0.2.1"), "verify", "1/h")

    assert limited(requests.get("/", REMOTE_ADDR="192.0.2.2"), "verify", "1/h")
    assert limited(requests.get("/", REMOTE_ADDR="192.0.2.1"), "attest", "1/h")
    assert not limited(requests.get("/", REMOTE_ADDR="192.0.2.1"), "verify", "1/h")


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "198.51.100.7", "10.0.0.1"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.1.1.1", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(proxies: int, header: str, address: str) -> None:
    request = requests.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": header})

    with override_settings(TRUSTED_PROXIES=proxies):
        assert client_address(request) == address


@override_settings(
    CACHES={
        "default": {
            "BACKEND": "mbl.core.cache.RedisOrLocalCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 1, "retry": None},
        }
    }
)
def test_limits_hold_while_redis_is_away(caplog: pytest.LogCaptureFixture) -> None:
    request = requests.get("/", REMOTE_ADDR="192.0.2.77")

    assert limited(request, "while-away", "2/h")
    assert limited(request, "while-away", "2/h")
    assert not limited(request, "while-away", "2/h")
    assert "The cache is away" in caplog.text
