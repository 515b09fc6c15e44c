"""Settings that do not fit together, said in plain words by ``manage.py check`` and at every start."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security)
def settings_fit(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """One message for each combination that would hurt somebody."""
    found: list[CheckMessage] = []
    if settings.DEBUG and not settings.DEMO_MODE and settings.HTTPS:
        found.append(
            Error(
                "DEBUG=1 shows students' data in error pages.",
                hint="Remove DEBUG where real people sign in.",
                id="mbl.E001",
            )
        )
    if settings.HTTPS and not settings.PUBLIC_URL.startswith("https://"):
        found.append(
            Error(
                f"Pages are served over https, but PUBLIC_URL is {settings.PUBLIC_URL}.",
                hint="Set PUBLIC_URL to the address people type, such as https://credit.example.org.",
                id="mbl.E002",
            )
        )
    if len(settings.SECRET_KEY) < 50 and not settings.DEMO_MODE:
        found.append(
            Error(
                "SECRET_KEY is short, so sessions could be forged.",
                hint="Set 50 random characters or more.",
                id="mbl.E003",
            )
        )
    if settings.SECURE_PROXY_SSL_HEADER and not settings.TRUSTED_PROXIES:
        found.append(
            Error(
                "BEHIND_PROXY=1, but TRUSTED_PROXIES is 0: rate limits would count the proxy as one visitor.",
                hint="Set TRUSTED_PROXIES to the number of proxies in front of this server.",
                id="mbl.E004",
            )
        )
    if settings.HTTPS and "filebased" in settings.EMAIL_BACKEND:
        found.append(
            Warning(
                f"No mail leaves this server: it is written to {settings.EMAIL_FILE_PATH}.",
                hint="Set EMAIL_HOST, otherwise nobody can be invited or get a new password.",
                id="mbl.W001",
            )
        )
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < 20:
        found.append(
            Error(
                "METRICS_TOKEN is short, so it could be guessed.",
                hint="Set 20 random characters or more, or remove it: /metrics then answers this machine only.",
                id="mbl.E006",
            )
        )
    for name in ("evidence", "documents"):
        endpoint = cast(dict[str, Any], settings.STORAGES[name]).get("OPTIONS", {}).get("endpoint_url") or ""
        if settings.HTTPS and endpoint.startswith("http://"):
            found.append(
                Warning(
                    f"Files go to {endpoint} unencrypted.",
                    hint=f"Set an endpoint with https:// in {name.upper()}_STORAGE, unless that network is your own.",
                    id="mbl.W002",
                )
            )
    static_root = Path(settings.STATIC_ROOT)
    for name in ("evidence", "documents"):
        options = cast(dict[str, Any], settings.STORAGES[name]).get("OPTIONS", {})
        folder = options.get("location")
        if folder and Path(folder).is_relative_to(static_root):
            found.append(
                Error(
                    f"{name.upper()}_DIR lies inside the public folder {static_root}.",
                    hint=f"Set {name.upper()}_DIR to a folder that the web server does not serve.",
                    id="mbl.E005",
                )
            )
    return found
