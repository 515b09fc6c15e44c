"""The import kernel: opens files safely, reads tables strictly, counts, keeps the record of each run.

It knows no format and no word of schooling. A format is an adapter (``registry``) whose ``run`` answers an
``ImportResult``; the page and the console commands show that one thing.
"""

from mbl.core.imports.registry import Adapter, Reading, adapter, adapters, register_import
from mbl.core.imports.result import Counts, ImportResult, Issue, Issues

__all__ = ["Adapter", "Counts", "ImportResult", "Issue", "Issues", "Reading", "adapter", "adapters", "register_import"]
