"""Builds ``.venv`` from the hash-pinned lock files, and does nothing when it is up to date.

Runs on the machine's own Python before anything is installed: ``python3 scripts/venv.py run`` (what the product
needs) or ``dev`` (tests and checks as well).
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ["requirements.lock"], "dev": ["requirements.lock", "requirements-dev.lock"]}
OLDEST = (3, 11)


def main(kind: str) -> None:
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"Python {found} is too old; 3.11 or newer is needed. Name one: make PYTHON=python3.11 run")
    with (ROOT / "requirements.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at once: the second finds the work done
        if not is_current(kind):
            build(kind)


def stamp(kind: str) -> Path:
    return VENV / f"lock-{kind}.sha256"


def fingerprint(kind: str) -> str:
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in LOCKS[kind])).hexdigest()


def is_current(kind: str) -> bool:
    """Whether this kind, or the larger one, was installed from these very lock files and its Python still runs."""
    stamped = any(stamp(k).exists() and stamp(k).read_text() == fingerprint(k) for k in {kind, "dev"})
    return stamped and runs()


def runs() -> bool:
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", "import pip"], check=False).returncode == 0


def build(kind: str) -> None:
    print("Building .venv (once, half a minute)", flush=True)
    if not runs():
        create()
    for old in LOCKS:
        stamp(old).unlink(missing_ok=True)
    files = [part for name in LOCKS[kind] for part in ("-r", name)]
    quiet = ["-qq", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    if subprocess.run([PYTHON, "-m", "pip", "install", *quiet, *files], cwd=ROOT, check=False).returncode:
        sys.exit("The packages could not be installed; pip says why above. Check the network, then try again.")
    # Makes the clone importable from anywhere in .venv, such as `.venv/bin/pytest`; relative, so it may be moved.
    site_packages = next((VENV / "lib").glob("python3.*/site-packages"))
    (site_packages / "this-clone.pth").write_text(os.path.relpath(ROOT, site_packages) + "\n")
    stamp(kind).write_text(fingerprint(kind))


def create() -> None:
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True, check=False)
    if made.returncode:
        sys.exit(
            "Python cannot make a virtual environment here. On Debian and Ubuntu install the missing part:\n"
            "sudo apt-get install python3-venv\n"
            f"(Python said: {(made.stderr or made.stdout).strip()})"
        )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
