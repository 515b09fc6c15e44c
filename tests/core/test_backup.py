"""A backup brings back every row and every file, or says why it does not and changes nothing."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import re
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from crediting.actions.decisions import award_credit
from crediting.models import LedgerEntry
from crediting.states import EntryKind, RequestState
from mbl.core.backup import ArchiveProblem, Manifest, archive, make, restore, stored, tables, verify
from mbl.core.backup.make import PRODUCT
from mbl.core.models import District, User
from tests.factories.core import make_district, make_user
from tests.factories.crediting import make_ground, make_request
from tests.factories.profiles import make_account_holder
from tests.factories.transcripts import make_line, make_transcript, run_waiting_jobs
from tests.personas import Personas, make_personas

_numbers = itertools.count(1)
OTHER = "restored"
LOCAL = "django.core.files.storage.FileSystemStorage"


def storages_in(folder: Path) -> dict[str, Any]:
    """The storages of files as folders below ``folder``; settings for a test."""
    return settings.STORAGES | {
        alias: {"BACKEND": LOCAL, "OPTIONS": {"location": folder / alias, "base_url": None}}
        for alias in ("evidence", "documents")
    }


@pytest.fixture
def files_folder(tmp_path: Path, settings: Any) -> Path:
    """Where this test's files are stored."""
    settings.STORAGES = storages_in(tmp_path / "stored")
    return tmp_path / "stored"


@pytest.fixture
def empty_database(db: None) -> Iterator[BaseDatabaseWrapper]:
    """A database without tables beside the test's own, as the alias ``restored``."""
    yield from another_database("template0")


@pytest.fixture
def migrated_database(db: None, tables_made: str) -> Iterator[BaseDatabaseWrapper]:
    """The same with tables, which have no rows."""
    yield from another_database(tables_made)


@pytest.fixture(scope="module")
def tables_made(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a database to copy that has tables: the test run's own template, or one made here."""
    if template := connection.settings_dict["TEST"].get("TEMPLATE"):
        yield template
        return
    with django_db_blocker.unblock():
        for database in another_database("template0"):
            call_command("migrate", database=OTHER, verbosity=0)
            database.close()
            del connections[OTHER]
            yield database.settings_dict["NAME"]
            connections[OTHER] = database


def another_database(template: str) -> Iterator[BaseDatabaseWrapper]:
    name = f"{connection.settings_dict['NAME']}_restored_{next(_numbers)}"
    server = connection.copy()
    with server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    connections[OTHER] = connection.copy(alias=OTHER)
    connections[OTHER].settings_dict["NAME"] = name
    yield connections[OTHER]
    connections[OTHER].close()
    del connections[OTHER]
    with server.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')
    server.close()


@dataclass(frozen=True)
class Archived:
    """An archive, and what was there when it was made."""

    path: Path
    contents: dict[str, tuple[int, str]]
    schema: set[tuple[str, ...]]
    files: dict[str, bytes]
    files_folder: Path


@pytest.fixture(scope="module")
def archived(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Archived]:
    """Three districts with people, policies, requests, a re-awarded credit, a transcript and files; made once."""
    folder = tmp_path_factory.mktemp("archived")
    with django_db_blocker.unblock(), override_settings(STORAGES=storages_in(folder / "stored")):
        fill()
        path = archive_of(folder)
        found = contents(connection), schema(connection), files_in(folder / "stored")
        call_command("flush", interactive=False, verbosity=0)
        connection.close()
    yield Archived(path, *found, folder / "stored")


def fill() -> None:
    personas = make_personas()
    ground = make_ground(personas.school)
    decider = personas.credit_manager.user
    student, assessor = personas.student.student, personas.teacher.person
    make_request(ground, student, assessor, RequestState.RETURNED)
    request = make_request(ground, student, assessor, RequestState.REVERSED, decider=decider)
    taken_back = request.decisions.latest("pk")
    award_credit(request, reason="It was right.", actor=decider, replaces=taken_back)
    make_line(student, "Algebra I")
    make_transcript(student, personas.registrar.user)
    run_waiting_jobs()
    storages["evidence"].save("ab/abcdef.txt", ContentFile("Opposite angles are equal – ¿verdad?".encode()))
    storages["evidence"].save("cd/empty.txt", ContentFile(b""))
    storages["evidence"].save(f"ef/{'long' * 40}.bin", ContentFile(bytes(range(256)) * 5000))
    make_user("quirks", display_name='tab\tquote"back\\slash\nnew line, \\N and \\.')
    personas.student.client()
    call_command("generate_district", students=100, verbosity=0, stdout=io.StringIO(), stderr=io.StringIO())
    assert LedgerEntry.objects.filter(kind=EntryKind.REVERSAL).exists()
    assert LedgerEntry.objects.exclude(replaces=None).exists()


def contents(of: BaseDatabaseWrapper) -> dict[str, tuple[int, str]]:
    """Each table's number of rows and the hash of its sorted rows."""
    found = {}
    with of.cursor() as cursor:
        for name, columns in tables.columns_by_table(cursor).items():
            if name in tables.WITHOUT_ROWS:
                continue
            listed = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(f'SELECT ({listed})::text FROM "{name}" ORDER BY 1')
            rows = [row[0] for row in cursor.fetchall()]
            found[name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


def schema(of: BaseDatabaseWrapper) -> set[tuple[str, ...]]:
    """Constraints, indexes and triggers with their definitions and whether triggers fire."""
    with of.cursor() as cursor:
        cursor.execute(
            """
            SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION SELECT 'index', tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'
            UNION SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text
            FROM pg_trigger WHERE NOT tgisinternal
            """
        )
        # PostgreSQL prints the casts of a condition differently once the condition was read from print.
        casts = re.compile(r"::(character varying|text)(\[\])?|[()]")
        return {tuple(casts.sub("", str(cell)) for cell in row) for row in cursor.fetchall()}


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def archive_of(tmp_path: Path) -> Path:
    path = tmp_path / f"{next(_numbers)}.tar"
    call_command("backup", str(path), stdout=io.StringIO(), stderr=io.StringIO())
    return path


# --- There and back ---------------------------------------------------------------------------------------------------


def test_every_row_and_every_file_comes_back(
    archived: Archived, files_folder: Path, empty_database: BaseDatabaseWrapper
) -> None:
    restored = restore(archived.path, using=OTHER)

    assert contents(empty_database) == archived.contents
    assert schema(empty_database) == archived.schema
    assert sum(rows for rows, _digest in archived.contents.values()) > 3000
    assert files_in(files_folder) == archived.files
    assert restored.files == len(archived.files) == 4
    assert any(name.endswith(".pdf") for name in archived.files)
    assert not restored.was_migrated


def test_what_comes_back_can_be_worked_with(
    archived: Archived, files_folder: Path, migrated_database: BaseDatabaseWrapper
) -> None:
    """New rows get new numbers, and the guards of history stand again."""
    restore(archived.path, using=OTHER)

    last = User.objects.using(OTHER).order_by("-pk").values_list("pk", flat=True)[0]
    added = User(login_name="new.person")
    added.save(using=OTHER)
    assert added.pk > last
    with pytest.raises(IntegrityError, match="is refused"), migrated_database.cursor() as cursor:
        cursor.execute("UPDATE core_auditevent SET verb = 'x'")


def test_sessions_stay_behind(archived: Archived, files_folder: Path, migrated_database: BaseDatabaseWrapper) -> None:
    """Who signed out after the backup is not signed in again by a restore."""
    restore(archived.path, using=OTHER)

    with migrated_database.cursor() as cursor:
        assert tables.filled(cursor, ["core_user", "django_session"]) == ["core_user"]


def test_a_database_with_tables_but_no_rows_is_taken_too(
    archived: Archived, files_folder: Path, migrated_database: BaseDatabaseWrapper
) -> None:
    restore(archived.path, using=OTHER)

    assert contents(migrated_database) == archived.contents


def test_an_older_archive_is_restored_and_brought_up_to_date(
    files_folder: Path, migrated_database: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    """The tables are made as they were, filled, and migrated: here from before equity had tables."""
    call_command("migrate", "equity", "zero", database=OTHER, verbosity=0)
    District(name="Northfield", code="northfield").save(using=OTHER)
    path = tmp_path / "older.tar"
    with path.open("wb") as out:
        make(out, using=OTHER)
    with migrated_database.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    migrated_database.close()

    restored = restore(path, using=OTHER)

    assert restored.was_migrated
    assert District.objects.using(OTHER).get().name == "Northfield"
    assert set(MigrationRecorder(migrated_database).applied_migrations()) == set(
        MigrationRecorder(connection).applied_migrations()
    )


def test_files_that_survived_are_taken_as_they_are(
    archived: Archived, migrated_database: BaseDatabaseWrapper, settings: Any
) -> None:
    """The database was lost, the storage was not."""
    settings.STORAGES = storages_in(archived.files_folder)

    restored = restore(archived.path, using=OTHER)

    assert restored.files == 4
    assert files_in(archived.files_folder) == archived.files


def test_check_reads_the_archive_and_touches_nothing(archived: Archived) -> None:
    said = io.StringIO()

    call_command("restore", str(archived.path), check=True, stdout=said)

    assert said.getvalue().startswith("Whole: version ")
    assert "4 files" in said.getvalue()


# --- Refused, with a sentence -----------------------------------------------------------------------------------------


def refused(path: Path) -> str:
    with pytest.raises(ArchiveProblem) as problem:
        restore(path, using=OTHER)
    return str(problem.value)


def is_untouched(database: BaseDatabaseWrapper) -> bool:
    with database.cursor() as cursor:
        return tables.columns_by_table(cursor) == {}


def test_a_database_with_rows_is_not_overwritten(
    archived: Archived, files_folder: Path, migrated_database: BaseDatabaseWrapper
) -> None:
    District(name="Southport", code="southport").save(using=OTHER)
    before = contents(migrated_database)

    assert "The database is not empty: core_district has rows" in refused(archived.path)
    assert contents(migrated_database) == before
    assert files_in(files_folder) == {}


def test_an_archive_cut_off_anywhere_is_refused(
    archived: Archived, empty_database: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    whole = archived.path.read_bytes()
    path = tmp_path / "cut.tar"
    for share in (0.02, 0.3, 0.6, 0.9, 0.97):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert "ends too early" in refused(path)
    assert is_untouched(empty_database)


def test_a_changed_byte_is_found_wherever_it_is(
    archived: Archived, empty_database: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    with tarfile.open(archived.path) as tar:
        data = {member.name: member.offset_data for member in tar if member.size > 35}
    bad = tmp_path / "bad.tar"
    for prefix in ("tables/core_user/", "files/evidence/ab/", "files/documents/", "index/", "manifest.json"):
        name = next(name for name in data if name.startswith(prefix))
        damaged = bytearray(archived.path.read_bytes())
        damaged[data[name] + 20] ^= 1
        bad.write_bytes(damaged)
        assert "is damaged" in refused(bad)
    assert is_untouched(empty_database)


def test_a_part_that_was_taken_out_or_put_in_is_found(
    archived: Archived, empty_database: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.tar"

    rewrite(archived.path, bad, without="files/evidence/ab/abcdef.txt")
    assert "is damaged: “files/evidence/ab/abcdef.txt”" in refused(bad)

    rewrite(archived.path, bad, extra=("files/evidence/zz/zz.txt", b"more"))
    assert "is damaged: “files/evidence/zz/zz.txt”" in refused(bad)
    assert is_untouched(empty_database)


def rewrite(path: Path, target: Path, *, without: str = "", extra: tuple[str, bytes] | None = None) -> None:
    """Copy an archive without a part, or with one more before the index."""
    with tarfile.open(path) as old, tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as new:
        for member in old:
            if extra and member.name.startswith("index/"):
                put(new, *extra)
            content = old.extractfile(member)
            assert content is not None
            if member.name != without:
                put(new, member.name, content.read())


@pytest.mark.parametrize("column", ["school_id", "course_id", "district_id"])
def test_a_ledger_line_that_names_nothing_is_found(
    people: Personas, files_folder: Path, tmp_path: Path, empty_database: BaseDatabaseWrapper, column: str
) -> None:
    """No trigger looks at rows that come in from an archive, and these keys are no constraints."""
    make_line(people.student.student, "Algebra I")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE crediting_ledgerentry DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE crediting_ledgerentry SET {column} = 987654321")
        cursor.execute("ALTER TABLE crediting_ledgerentry ENABLE TRIGGER USER")
    assert f"crediting_ledgerentry has a row whose {column} names" in refused(archive_of(tmp_path))
    assert not LedgerEntry.objects.using(OTHER).exists() and not District.objects.using(OTHER).exists()


def put(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def test_an_archive_of_a_newer_version_is_refused(
    files_folder: Path, migrated_database: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    MigrationRecorder(migrated_database).record_applied("core", "0999_from_the_future")
    path = tmp_path / "newer.tar"
    with path.open("wb") as out:
        make(out, using=OTHER)

    said = refused(path)
    assert "core.0999_from_the_future" in said
    assert "Install that version or a newer one" in said


def test_tables_of_another_version_are_not_mixed(
    archived: Archived, files_folder: Path, migrated_database: BaseDatabaseWrapper
) -> None:
    call_command("migrate", "equity", "zero", database=OTHER, verbosity=0)

    assert "The tables of this database are of another version" in refused(archived.path)


def test_a_newer_format_and_a_strange_file_are_refused(tmp_path: Path, empty_database: BaseDatabaseWrapper) -> None:
    path = tmp_path / "strange.tar"
    path.write_bytes(b"GIF89a, or anything else" * 100)
    assert "is not an archive of this product" in refused(path)

    with tarfile.open(path, "w") as tar:
        put(tar, "holiday.jpg", b"sunset")
    assert "is not an archive of this product" in refused(path)

    with tarfile.open(path, "w") as tar:
        put(tar, "format.json", json.dumps({"format": 99, "product": PRODUCT}).encode())
    assert "was written by a newer version" in refused(path)


def test_another_file_under_the_same_name_stays_and_nothing_is_restored_until_it_is_gone(
    archived: Archived, files_folder: Path, migrated_database: BaseDatabaseWrapper
) -> None:
    storages["evidence"].save("cd/empty.txt", ContentFile(b"not empty"))
    before = contents(migrated_database)

    assert "has another file named cd/empty.txt" in refused(archived.path)
    assert files_in(files_folder) == {"evidence/cd/empty.txt": b"not empty"}
    assert contents(migrated_database) == before

    storages["evidence"].delete("cd/empty.txt")
    restore(archived.path, using=OTHER)
    assert contents(migrated_database) == archived.contents
    assert files_in(files_folder) == archived.files


# --- Writing ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(transactional_db: None, files_folder: Path) -> Personas:
    """Two districts with people and two files, committed, so that another connection sees them."""
    personas = make_personas()
    storages["evidence"].save("ab/one.txt", ContentFile(b"one"))
    storages["documents"].save("cd/two.txt", ContentFile(b"two"))
    return personas


def rows_here() -> dict[str, int]:
    return {name: rows for name, (rows, _digest) in contents(connection).items()}


def rows_in(manifest: Manifest) -> dict[str, int]:
    return {table.name: table.rows for table in manifest.tables if table.name not in tables.WITHOUT_ROWS}


def test_a_backup_can_go_through_a_pipe(people: Personas, tmp_path: Path, capfdbinary: Any) -> None:
    """``backup - | gpg …``: nothing but the archive is on stdout."""
    call_command("backup", "-")

    path = tmp_path / "piped.tar"
    path.write_bytes(capfdbinary.readouterr().out)
    manifest = verify(path, product=PRODUCT)
    assert rows_in(manifest) == rows_here()
    assert manifest.file_count == 2


def test_without_files_only_the_tables_travel(
    people: Personas, files_folder: Path, migrated_database: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    path = tmp_path / "tables.tar"
    call_command("backup", str(path), without_files=True, stdout=io.StringIO(), stderr=io.StringIO())

    assert restore(path, using=OTHER).files == 0
    assert contents(migrated_database) == contents(connection)


def test_large_tables_and_many_files_come_back_from_many_parts(
    people: Personas, migrated_database: BaseDatabaseWrapper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a large district, where a table does not fit one part nor the hashes one index."""
    monkeypatch.setattr(tables, "BYTES_PER_PART", 100)
    monkeypatch.setattr(archive, "PARTS_PER_INDEX", 7)
    path = archive_of(tmp_path)

    restore(path, using=OTHER)

    with tarfile.open(path) as tar:
        names = tar.getnames()
    assert sum(name.startswith("tables/profiles_person/") for name in names) > 5
    assert sum(name.startswith("index/") for name in names) > 5
    assert contents(migrated_database) == contents(connection)


def test_only_its_owner_can_read_an_archive(people: Personas, tmp_path: Path) -> None:
    assert archive_of(tmp_path).stat().st_mode & 0o777 == 0o600


def test_an_archive_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "there.tar"
    path.write_bytes(b"last night's")

    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(path))
    assert path.read_bytes() == b"last night's"


def test_a_backup_that_cannot_be_written_leaves_nothing(people: Personas, tmp_path: Path) -> None:
    """A full disk: ``/dev/full`` takes no byte."""
    (tmp_path / "b.tar.unfinished").symlink_to("/dev/full")

    with pytest.raises(CommandError, match="No backup was written: No space left on device"):
        call_command("backup", str(tmp_path / "b.tar"), stderr=io.StringIO())
    assert list(tmp_path.glob("b.tar*")) == []


def test_a_file_that_goes_away_meanwhile_is_left_out(
    people: Personas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_keys = stored.keys

    def with_one_that_is_gone(storage: Storage, folder: str = "") -> Iterator[str]:
        yield from list_keys(storage, folder)
        yield "gone/just-now.txt"

    monkeypatch.setattr(stored, "keys", with_one_that_is_gone)
    said = io.StringIO()
    path = tmp_path / "b.tar"

    call_command("backup", str(path), stdout=io.StringIO(), stderr=said)

    assert "evidence/gone/just-now.txt was removed meanwhile" in said.getvalue()
    assert verify(path, product=PRODUCT).files["evidence"].count == 1


def test_tables_show_one_moment(people: Personas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is added while tables are read: the archive has neither the district nor the account."""
    before = rows_here()
    read_table = tables.copy_out

    def while_somebody_works(cursor: Any, name: str, columns: Any, keep: Any) -> int:
        if name == "core_district":
            with ThreadPoolExecutor(1) as other:
                other.submit(add_another_district).result()
        return read_table(cursor, name, columns, keep)

    monkeypatch.setattr(tables, "copy_out", while_somebody_works)
    manifest = verify(archive_of(tmp_path), product=PRODUCT)

    assert rows_in(manifest) == before
    assert District.objects.count() == before["core_district"] + 1


def add_another_district() -> None:
    """In a connection of its own."""
    make_account_holder(make_district(), "Nadia Novak")
    connection.close()


def test_restore_says_when_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", str(tmp_path / "nothing.tar"))
