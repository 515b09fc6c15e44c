"""Typed readers for environment variables; each refuses a bad value with a sentence that says what to do."""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    raw = os.environ.get(name)
    if raw is None:
        return default
    value = raw.strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {raw!r}. Set it to 1 or 0.")


def integer(name: str, default: int, *, low: int = 0, high: int = 2**31 - 1) -> int:
    raw = text(name)
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {raw!r}. Set it to a whole number.") from None
    if not low <= value <= high:
        raise ImproperlyConfigured(f"{name} is {value}. Set it to a number from {low} to {high}.")
    return value


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """A comma-separated list."""
    raw = text(name)
    return [part.strip() for part in raw.split(",") if part.strip()] if raw else list(default)


def folder(name: str, default: Path) -> Path:
    raw = text(name)
    return Path(raw).expanduser().absolute() if raw else default


def optional_folder(name: str) -> Path | None:
    raw = text(name)
    return Path(raw).expanduser().absolute() if raw else None


def storage(name: str, folder_name: str, default: Path) -> dict[str, object]:
    """Where files are kept, as an entry of Django's ``STORAGES``: a folder, or ``s3://bucket/prefix`` with ``endpoint``
    and ``region`` behind a question mark. Keys are read by boto3 itself (``AWS_ACCESS_KEY_ID`` and its relatives)."""
    url = text(name)
    if not url:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder(folder_name, default), "base_url": None},
        }
    if text(folder_name):
        raise ImproperlyConfigured(f"{name} and {folder_name} are both set. Keep one: files are in one place.")
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    unknown = sorted(query.keys() - {"endpoint", "region"})
    if parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc or unknown:
        raise ImproperlyConfigured(
            f"{name} is not an address of an object store. Write it as s3://bucket/prefix, for a store other than "
            "Amazon's with ?endpoint=https://… behind it, and give the keys in AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY."
        )
    endpoint = query.get("endpoint", "")
    if endpoint and urlsplit(endpoint).scheme not in {"http", "https"}:
        raise ImproperlyConfigured(f"{name}: the endpoint is {endpoint!r}. Write it with https:// in front.")
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        # Stores other than Amazon's rarely have a host name for each bucket, and do not know its newer checksums.
        s3={"addressing_style": "path" if endpoint else "auto"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=5,
        read_timeout=60,
        retries={"max_attempts": 3, "mode": "standard"},
    )
    options = {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "endpoint_url": endpoint or None,
        "region_name": query.get("region") or None,
        "client_config": config,
        "default_acl": None,  # the bucket's owner alone
        "file_overwrite": False,
        "max_memory_size": 5 * 1024 * 1024,  # larger files pass through the disk, not through memory
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def database(name: str = "DATABASE_URL") -> dict[str, object]:
    """``postgresql://user:password@host:port/name?host=/socket/folder`` as Django's settings for one database."""
    url = text(name)
    if not url:
        raise ImproperlyConfigured(
            f"{name} is not set. Start with `make run`, which brings its own PostgreSQL, "
            "or set it to postgresql://user:password@host:5432/name."
        )
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"{name} starts with {parts.scheme!r}. Only postgresql:// is supported.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or (parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
        "CONN_MAX_AGE": integer("DATABASE_CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
    }


def broker(url: str) -> str:
    """The Celery form of a Redis address: ``unix://…?db=0`` becomes ``redis+socket://…?virtual_host=0``."""
    if not url.startswith("unix://"):
        return url
    parts = urlsplit(url)
    db = parse_qs(parts.query).get("db", ["0"])[-1]
    return f"redis+socket://{parts.path}?virtual_host={db}"
