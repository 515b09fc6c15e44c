"""Static files as they are served: hashed, compressed, and with the stylesheets joined into one.

``static/css/mbl.css`` imports every stylesheet into its layer. Without collecting, a browser follows the imports;
collecting writes their text in their place, so that a first visit fetches one stylesheet instead of forty.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

ENTRY = "css/mbl.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\(([a-z]+)\);\n?')
URL = re.compile(r'url\("([^"]+)"\)')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENT = re.compile(r"\n\s*")


def joined_stylesheet(read: Callable[[str], str]) -> str:
    """The text of ``ENTRY`` with each import replaced by a layer block; ``read`` gives a static file's text by name."""

    def block(match: re.Match[str]) -> str:
        name = posixpath.normpath(posixpath.join(posixpath.dirname(ENTRY), match[1]))
        folder = posixpath.relpath(posixpath.dirname(name), posixpath.dirname(ENTRY))
        text = URL.sub(lambda url: f'url("{posixpath.normpath(posixpath.join(folder, url[1]))}")', read(name))
        return f"@layer {match[2]} {{\n{_lean(text)}\n}}\n"

    return IMPORT.sub(block, COMMENT.sub("", read(ENTRY)).lstrip())


def _lean(text: str) -> str:
    return INDENT.sub("\n", COMMENT.sub("", text)).strip()


def read_source(name: str) -> str:
    """A static file's text as it stands in the project, found the way ``collectstatic`` finds it."""
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(f"There is no static file {name}.")
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        return file.read()


class JoinedStaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage, with the joined stylesheet and JavaScript modules that import each other by hashed name."""

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run and ENTRY in paths:
            text = joined_stylesheet(lambda name: _read_collected(paths, name))
            self.delete(ENTRY)
            self._save(ENTRY, ContentFile(text.encode()))
            # From here on the joined text is the file: hashing must not read the unjoined source again.
            paths = {**paths, ENTRY: (self, ENTRY)}
        yield from super().post_process(paths, dry_run, **options)


def _read_collected(paths: dict[str, Any], name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return bytes(file.read()).decode()
