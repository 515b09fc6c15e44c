"""What only the operating system can give: the libraries that draw PDFs, and Chromium for the browser tests."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

from mbl.services.places import Refused, is_root

PDF_LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
    "libpangoft2-1.0.so.0",
)
PDF_LIBRARIES_MACOS = ("libgobject-2.0.dylib", "libpango-1.0.dylib", "libharfbuzz.dylib", "libfontconfig.dylib")
PDF_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
APT = ("apt-get", "install", "--no-install-recommends")
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CHROMIUM_MISSING = (
    "Chromium is not here. Install it (Debian: apt-get install chromium) or set MBL_CHROMIUM to its path."
)


class LibrariesMissing(Refused):
    """The person must install something first."""

    exit_code = 3


def missing(libraries: tuple[str, ...]) -> list[str]:
    """Those of ``libraries`` that this process could not load."""
    return [name for name in libraries if not _loads(name)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        if sys.platform == "darwin":
            return any((Path(prefix) / "lib" / library).exists() for prefix in ("/opt/homebrew", "/usr/local"))
        return False
    return True


def ensure_libraries() -> None:
    """Install the PDF libraries where we may, otherwise say the one line that does."""
    wanted = PDF_LIBRARIES_MACOS if sys.platform == "darwin" else PDF_LIBRARIES
    if not missing(wanted):
        return
    if is_root() and shutil.which("apt-get"):
        print("Installing the libraries that draw PDFs: " + " ".join(PDF_PACKAGES), flush=True)
        install(PDF_PACKAGES)
    if still := missing(wanted):
        raise LibrariesMissing(f"PDFs need {', '.join(still)}. Run this, then start again:\n{_remedy()}")


def _remedy() -> str:
    if sys.platform == "darwin":
        return "brew install pango"
    if shutil.which("apt-get"):
        return "sudo " + " ".join((*APT, *PDF_PACKAGES))
    return "Install Pango 1.44 or newer with your system's package manager (the package is named pango)."


def install(packages: tuple[str, ...]) -> None:
    """Install Debian packages as root; the lists are fetched when the first try fails, as they are on a fresh image."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = [*APT, "--yes", "--quiet", *packages]
    if subprocess.run(command, env=quiet, capture_output=True, check=False).returncode == 0:
        return
    subprocess.run(["apt-get", "update", "--quiet"], env=quiet, capture_output=True, check=False)
    again = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
    if again.returncode:
        raise LibrariesMissing(f"{' '.join(command)} failed:\n{again.stderr.strip() or again.stdout.strip()}")


def chromium() -> Path | None:
    """The browser for tests: ``MBL_CHROMIUM``, or the first one on the path."""
    given = os.environ.get("MBL_CHROMIUM", "").strip()
    for name in (given,) if given else BROWSERS:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def on_ci() -> bool:
    return os.environ.get("CI", "").strip().lower() in {"1", "true", "yes"}
