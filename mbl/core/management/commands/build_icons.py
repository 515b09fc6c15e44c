"""Join the product's icons into ``static/img/icons.svg``."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mbl.core.ui.icons import OWN, TABLER

SYMBOL = re.compile(r'<symbol id="([^"]+)".*?</symbol>', re.DOTALL)
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
TABLER_BOX = '<path stroke="none" d="M0 0h24v24H0z" fill="none"/>'
OUTLINE = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'


class Command(BaseCommand):
    help = (
        "Join the icons named in mbl/core/ui/icons.py into static/img/icons.svg. New outline icons need --source, the "
        "folder icons/outline of an unpacked @tabler/icons package; icons already joined are kept without it."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", type=Path, help="folder icons/outline of an unpacked @tabler/icons package")

    def handle(self, *args: Any, source: Path | None, **options: Any) -> None:
        images = Path(settings.BASE_DIR) / "static" / "img"
        target = images / "icons.svg"
        symbols = {name: _own(name, images / f"{name}.svg") for name in OWN}
        symbols |= {name: symbol for name, symbol in _joined(target).items() if name in TABLER}
        if source is not None:
            symbols |= {name: _outline(name, source / f"{name}.svg") for name in TABLER}
        if missing := sorted(TABLER - symbols.keys()):
            raise CommandError(f"No drawing yet for {', '.join(missing)}. Run again with --source.")
        body = "\n".join(symbols[name] for name in sorted(symbols))
        target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n', encoding="utf-8")
        self.stdout.write(f"{len(symbols)} icons in {target}")


def _joined(target: Path) -> dict[str, str]:
    if not target.exists():
        return {}
    return {match[1]: match[0] for match in SYMBOL.finditer(target.read_text(encoding="utf-8"))}


def _outline(name: str, path: Path) -> str:
    return f'<symbol id="{name}" viewBox="0 0 24 24" {OUTLINE}>{_drawing(path).replace(TABLER_BOX, "")}</symbol>'


def _own(name: str, path: Path) -> str:
    return f'<symbol id="{name}" viewBox="0 0 24 24">{_drawing(path)}</symbol>'


def _drawing(path: Path) -> str:
    if not path.exists():
        raise CommandError(f"There is no drawing at {path}.")
    match = DRAWING.search(path.read_text(encoding="utf-8"))
    if match is None:
        raise CommandError(f"{path} is not one svg drawing.")
    return re.sub(r"\s+", " ", match[1].replace("\n", "")).replace(" />", "/>").replace("> <", "><").strip()
