"""The server's own access log, written as gunicorn writes it."""

from __future__ import annotations

from pathlib import Path

from gunicorn.config import Config

from mbl.gunicorn_hooks import Logger


def test_gunicorns_access_log_holds_no_secret_of_a_link_and_no_query(tmp_path: Path) -> None:
    file = tmp_path / "access.log"
    config = Config()
    config.set("accesslog", str(file))
    token, code = "7K3MQ9XR000111VW", "0123456789ABCDEF"

    Logger(config).access_log.info(
        f'192.0.2.1 - - "POST /attest/{token}/ HTTP/1.1" 302 0 "https://mbl.example/attest/{token}/" "Browser"\n'
        f'192.0.2.1 - - "GET /verify/{code}/?q=Ramirez HTTP/1.1" 200 90 "-" "Browser"'
    )

    written = file.read_text()
    assert [secret for secret in (token, code, "Ramirez") if secret in written] == []
    assert '"POST /attest/…/ HTTP/1.1" 302' in written
