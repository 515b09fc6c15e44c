"""The formats of crediting that the Imports page and the console know."""

from django.utils.translation import gettext_lazy as _

from crediting.actions.import_standards import KIND, import_case
from crediting.interchange import history
from mbl.core.imports import Adapter, register_import

register_import(
    Adapter(
        kind=KIND,
        label=_("Standards (CASE package)"),
        hint=_("A framework as a .json file, or a zip or gzip of one. Nothing outside the file is opened."),
        accept=".json,.zip,.gz",
        run=import_case,
        kinds={
            "frameworks": _("Frameworks"),
            "standards": _("Standards"),
            "associations": _("Links between standards"),
        },
    )
)
register_import(
    Adapter(
        kind=history.KIND,
        label=_("Course history"),
        hint=_(
            "CEDARS file H, PowerSchool StoredGrades, a Skyward or Campus export, or a CSV with our column names. "
            "It is complete for each student in it; nobody has compared these layouts with a real file yet."
        ),
        accept=".txt,.csv,.tsv,.zip",
        run=history.import_history,
        kinds={history.ROWS: _("Rows of course history")},
        run_with_progress=history.import_history,
    )
)
