"""One file that holds a whole installation: every table, every stored file, and what is needed to trust them.

``make`` writes an archive, ``restore`` brings one back into an empty database, ``archive.verify`` reads one through.
Why rows travel by COPY and not by ``pg_dump`` stands in ``docs/adr/0003-backup-by-copy.md``.
"""

from mbl.core.backup.archive import ArchiveProblem, Manifest, verify
from mbl.core.backup.make import make
from mbl.core.backup.restore import Restored, restore

__all__ = ["ArchiveProblem", "Manifest", "Restored", "make", "restore", "verify"]
