"""What to do about the issues that all formats share, by code."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HINTS: dict[str, str | Promise] = {
    "COLUMN_MISSING": _("Add the column to the export, or choose the right kind of file."),
    "COLUMN_NOT_MAPPED": _("Bring the file on the page Imports and choose the columns there."),
    "COLUMN_RENAMED": _("Nothing to do if the column was read rightly."),
    "COLUMN_TWICE": _("Delete or rename one of the two columns."),
    "EXCEL_DATE": _("A spreadsheet took the code for a date. Export again; do not open the file before sending."),
    "EXCEL_DECIMAL": _("A spreadsheet added a decimal. Format the column as text before saving."),
    "EXCEL_SCIENTIFIC": _("A spreadsheet shortened a long number and lost digits. Export again as text."),
    "EXCEL_ZEROS": _("A spreadsheet dropped leading zeros. Format the column as text before saving."),
    "FILE_CONTROL_CHARACTERS": _("Save the file as CSV (UTF-8) from the program that made it."),
    "FILE_NOT_UTF8": _("Choose UTF-8 when exporting; then names with accents arrive as they are."),
    "MANY_MOVED": _("Compare the export with the last one. If the change is meant, confirm it."),
    "MANY_NEW": _("Compare the export with the last one. If the change is meant, confirm it."),
    "MANY_WITHDRAWN": _("Compare the export with the last one. If the change is meant, confirm it."),
    "ROW_ENDS_EARLY": _("Check that the last columns of the row were not cut off."),
    "ROW_TOO_LONG": _("A comma inside a cell needs quotes around the cell."),
    "ROW_TOO_SHORT": _("A line break inside a cell needs quotes around the cell."),
    "ROW_UNREADABLE": _("Check the quotes in this line."),
    "ZIP_NESTED": _("Unpack the inner archive and zip its files."),
}
