"""Stylesheets, colours, bytes and the files of other projects."""

import hashlib
import re
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from django.core.management import call_command

from mbl.core.brand import contrast
from mbl.core.management.commands.check_styles import problems_in
from mbl.core.staticfiles import JoinedStaticStorage, joined_stylesheet, read_source
from mbl.core.ui import tokens

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", (STATIC / "css/tokens.css").read_text(encoding="utf-8")))

# Text on ground, and the least contrast it may have: 4.5 for text, 3 for the borders of controls and for graphics.
PAIRS = [
    *((ink, ground, 4.5) for ink in ("ink", "ink-2", "ink-3", "link", "brand") for ground in ("surface", "canvas")),
    *((tone, f"{tone}-tint", 4.5) for tone in ("info", "ok", "attention", "urgent", "award", "quiet")),
    *((tone, "surface", 4.5) for tone in ("info", "ok", "attention", "urgent", "award", "quiet")),
    *((f"level-{step}-ink", f"level-{step}", 4.5) for step in ("1", "1b", "2", "2b", "3", "4")),
    *(("surface", f"domain-{at}", 4.5) for at in range(1, 7)),
    *((f"series-{at}", "surface", 3) for at in range(1, 5)),
    ("ink-2", "sunken", 4.5),
    ("on-brand", "brand", 4.5),
    ("brand-strong", "brand-tint", 4.5),
    ("ink", "attention-wash", 4.5),
    ("ink", "urgent-wash", 4.5),
    ("ink", "hover", 4.5),
    ("line-strong", "surface", 3),
    ("line-strong", "canvas", 3),
    ("focus", "surface", 3),
    ("focus", "canvas", 3),
]


def test_stylesheets_are_in_order() -> None:
    call_command("check_styles")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (".a { color: var(--ink); ", "a block is not closed"),
        (".a { color: var(--inc); }", "there is no token --inc"),
        (".a { margin-left: 4px; }", "margin-left is physical"),
        (".a { text-align: right; }", "the value right is physical"),
        (".a { width: 4px; }", "width is physical; write inline-size"),
        ("@media print { .a { left: 0; } }", "left is physical"),
        (".a { color: #123456; }", "the colour #123456 has no name"),
        ('.a { background: url("data:image/png;base64,AA"); }', "blocks data: addresses"),
        ("@layer ui { .a { color: red; } }", "layers are given in mbl.css"),
        (".a { .b { color: red; } }", "a rule inside a rule"),
    ],
)
def test_a_stylesheet_that_would_go_wrong_silently_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "mbl.css").write_text('@import url("tokens.css") layer(tokens);\n@import url("a.css") layer(ui);\n')
    (tmp_path / "tokens.css").write_text(":root { --ink: #000000; }")
    (tmp_path / "a.css").write_text(text)
    assert any(problem in found for found in problems_in(tmp_path))


def test_a_stylesheet_nobody_imports_is_named(tmp_path: Path) -> None:
    (tmp_path / "mbl.css").write_text('@import url("gone.css") layer(ui);\n')
    (tmp_path / "lost.css").write_text("")
    assert sorted(problems_in(tmp_path)) == [
        "lost.css: mbl.css does not import it.",
        "mbl.css: gone.css is imported and does not exist.",
    ]


@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_text_and_graphics_can_be_seen_on_their_ground(ink: str, ground: str, least: float) -> None:
    assert contrast(TOKENS[ink], TOKENS[ground]) >= least


def test_drawings_use_the_same_colours_as_the_pages() -> None:
    names = {"INK": "ink", "INK_2": "ink-2", "INK_3": "ink-3", "LINE": "line", "LINE_STRONG": "line-strong"}
    names |= {"SUNKEN": "sunken", "SURFACE": "surface", "URGENT": "urgent"}
    assert {name: getattr(tokens, name) for name in names} == {name: TOKENS[token] for name, token in names.items()}
    assert list(tokens.SERIES) == [TOKENS[f"series-{at}"] for at in range(1, 5)]
    assert list(tokens.DOMAINS) == [TOKENS[f"domain-{at}"] for at in range(1, 7)]
    assert {step: TOKENS[f"level-{step}"] for step in tokens.LEVELS} == tokens.LEVELS


def test_joined_stylesheet_holds_every_file_in_its_layer_with_addresses_that_lead_somewhere() -> None:
    text = joined_stylesheet(read_source)
    assert "@import" not in text
    assert text.startswith("@layer tokens, base, layout, ui, pages, print;")
    assert text.count("{") == text.count("}")
    for address in set(re.findall(r'url\("([^"]+)"\)', text)):
        assert (STATIC / "css" / address).resolve().exists(), address


def test_collecting_joins_the_stylesheet_and_hashes_what_it_names(tmp_path: Path) -> None:
    storage = JoinedStaticStorage(location=str(tmp_path), base_url="/static/")
    from django.contrib.staticfiles import finders

    paths = {}
    for finder in finders.get_finders():
        for path, source in finder.list([]):
            if path.startswith(("css/", "js/", "img/", "fonts/", "vendor/")) and path not in paths:
                paths[path] = (source, path)
                with source.open(path) as file:
                    storage._save(path, file)
    for _name, _hashed, processed in storage.post_process(paths):
        assert not isinstance(processed, Exception), processed
    sheet = (tmp_path / storage.stored_name("css/mbl.css")).read_text(encoding="utf-8")
    assert "@import" not in sheet
    assert re.search(r"\.\./fonts/source-sans-3-latin-wght-normal\.[0-9a-f]{12}\.woff2", sheet)
    script = (tmp_path / storage.stored_name("js/main.js")).read_text(encoding="utf-8")
    assert re.search(r'import\("\./autosave\.[0-9a-f]{12}\.js"\)', script)


def test_a_first_visit_stays_within_150_kb() -> None:
    def size(*names: str) -> int:
        return sum(len(brotli.compress((STATIC / name).read_bytes())) for name in names)

    scripts = size(*(f"js/{path.name}" for path in (STATIC / "js").glob("*.js")))
    styles = len(brotli.compress(joined_stylesheet(read_source).encode()))
    fonts = sum(
        (STATIC / "fonts" / name).stat().st_size
        for name in ("source-sans-3-latin-wght-normal.woff2", "source-serif-4-latin-wght-normal.woff2")
    )
    page = 6 * 1024
    assert scripts <= 8 * 1024
    assert styles <= 14 * 1024
    assert scripts + styles + fonts + page + size("vendor/htmx.min.js", "img/icons.svg") <= 150 * 1024


def test_files_of_other_projects_are_the_ones_listed() -> None:
    listed = dict(
        re.findall(r"- `([^`]+)` `([0-9a-f]{64})`", (STATIC / "vendor/VENDORED.md").read_text(encoding="utf-8"))
    )
    assert {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in listed} == listed
    carried = [*STATIC.glob("fonts/**/*.woff2"), *STATIC.glob("fonts/**/*.ttf"), *STATIC.glob("vendor/*.js")]
    assert {str(path.relative_to(ROOT)) for path in carried} <= listed.keys()
