"""The formats of crediting that the Imports page and the console know."""

from django.utils.translation import gettext_lazy as _

from crediting.actions.import_standards import KIND, import_case
from mbl.core.imports import Adapter, register_import

register_import(
    Adapter(
        kind=KIND,
        label=_("Standards (CASE package, workbook or table)"),
        hint=_(
            "A framework as a .json file, an OpenSALT workbook (.xlsx), a table of items (.csv), or a zip or gzip of "
            "one. Nothing outside the file is opened."
        ),
        accept=".json,.zip,.gz,.xlsx,.csv",
        run=import_case,
        kinds={
            "frameworks": _("Frameworks"),
            "standards": _("Standards"),
            "associations": _("Links between standards"),
        },
    )
)
