"""Damage to tables in text files, as exports, spreadsheets and editors do it: for tests that change files at random."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

# Which kind, which file, which line, which cell, and what is written there.
Harm = tuple[str, int, int, int, str]
CELLS = (
    "", " ", "0", "1.0", "1E+09", "=1+1", "-1", "NULL", "true", "TRUE", "student", "districtAdministrator",
    "tobedeleted", "active", "15/06/2023", "2027-02-30", "2026-09-01", "9/1/2026", "a" * 300, '"', "a,b", "usr-s1",
    "org-cfhs", "\u00a0", "Å\u0301", "\u202egnp", "😀", "<b>x</b>", "\ufeff",
)  # fmt: skip
# What is odd in the state's files and in results of tests.
ODD = (
    "9999", "42", "7777", "K2", "B+", "Q7", "50001", "1000050002", "1000000002", "1,5", "1,350", "Level 3",
    "12/31/9999", "0001-01-01", "2031", "Novice Mid", "9" * 20,
)  # fmt: skip


@st.composite
def damage(draw: st.DrawFn, kinds: tuple[str, ...] = (), cells: tuple[str, ...] = CELLS) -> Harm:
    chosen = kinds or ("cell", "drop", "twice", "swap", "header", "cut", "bytes", "sign", "file")
    number = st.integers(0, 1_000_000)
    return draw(st.sampled_from(chosen)), draw(number), draw(number), draw(number), draw(st.sampled_from(cells))


def hurt(folder: Path, harm: Harm, *, pattern: str = "*.csv", sign: str = ",") -> None:
    """One kind of damage at one place of one file; nothing where no file is left."""
    kind, which, at, column, cell = harm
    files = sorted(folder.glob(pattern))
    if not files:
        return
    path = files[which % len(files)]
    if kind == "file":
        path.unlink()
        return
    if kind == "bytes":
        raw = bytearray(path.read_bytes())
        raw[at % len(raw)] = column % 256
        path.write_bytes(raw)
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    place = 0 if kind == "header" else at % len(lines)
    cells = lines[place].split(sign)
    if kind in {"cell", "header"}:
        cells[column % len(cells)] = cell
        lines[place] = sign.join(cells)
    elif kind == "drop":
        del lines[place]
    elif kind == "twice":
        lines.append(lines[place])
    elif kind == "swap":
        lines[place], lines[column % len(lines)] = lines[column % len(lines)], lines[place]
    elif kind == "cut":
        lines[place] = lines[place][: column % (len(lines[place]) + 1)]
    else:
        lines[place] += sign + cell
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def turn_around(path: Path) -> None:
    """The rows of a file the other way round. Not where a quote may hold a line's end."""
    raw = path.read_bytes()
    if raw.count(b'"') % 2:
        return
    header, *rows = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n")
    path.write_bytes(b"\n".join([header, *reversed(rows)]) + b"\n")
