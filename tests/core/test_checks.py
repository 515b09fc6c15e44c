"""Settings that do not fit together are said at start."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import CheckMessage
from django.test import override_settings

from mbl.core.checks import settings_fit


def store_at(endpoint: str) -> dict[str, Any]:
    """Documents in an object store at ``endpoint``."""
    store = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"endpoint_url": endpoint}}
    return {**settings.STORAGES, "documents": store}


SOUND: dict[str, Any] = {
    "DEBUG": False,
    "DEMO_MODE": False,
    "HTTPS": True,
    "PUBLIC_URL": "https://credit.example.org",
    "SECRET_KEY": "x" * 50,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "TRUSTED_PROXIES": 1,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}


def found() -> list[CheckMessage]:
    return list(settings_fit(None))


def test_sound_settings_are_quiet() -> None:
    with override_settings(**SOUND):
        assert found() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DEBUG": True}, "mbl.E001"),
        ({"PUBLIC_URL": "http://credit.example.org"}, "mbl.E002"),
        ({"SECRET_KEY": "short"}, "mbl.E003"),
        ({"TRUSTED_PROXIES": 0}, "mbl.E004"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}, "mbl.W001"),
        ({"METRICS_TOKEN": "short"}, "mbl.E006"),
        ({"STORAGES": store_at("http://minio.example.org:9000")}, "mbl.W002"),
    ],
)
def test_what_does_not_fit_is_said_with_what_to_do(changes: dict[str, Any], code: str) -> None:
    with override_settings(**(SOUND | changes)):
        messages = found()

    assert [message.id for message in messages] == [code]
    assert messages[0].hint


def test_work_of_students_may_not_lie_in_the_public_folder() -> None:
    inside = str(Path(settings.STATIC_ROOT) / "evidence")
    storages = {**settings.STORAGES, "evidence": {"BACKEND": "x", "OPTIONS": {"location": inside}}}

    with override_settings(**SOUND, STORAGES=storages):
        assert [message.id for message in found()] == ["mbl.E005"]
