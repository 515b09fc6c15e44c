"""The board copy: the district's tables and each school's, as a tagged PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from crediting.words import subject_word
from equity.models import EquitySnapshot
from equity.reports.screen import printed
from equity.rules.report import ANY, DISTRICT, Table
from equity.words import OVERLAP_WORDS, partition_word
from mbl.core import pdf


def draw(snapshot: EquitySnapshot, tables: Sequence[Table], schools: Mapping[str, str], language: str) -> pdf.Pdf:
    """Every partition for the district in any subject, race and ethnicity by subject, and each school's."""
    with translation.override(language):
        parts = [
            {
                "heading": _heading(table, schools),
                "overlap": OVERLAP_WORDS.get(table.partition, ""),
                "table": printed(table, snapshot.district),
            }
            for table in sorted(
                tables, key=lambda t: (t.school != DISTRICT, t.school, t.partition != "race", t.subject)
            )
            if table.partition == "race" or table.subject == ANY
            if table.school == DISTRICT or table.subject == ANY
        ]
        html = render_to_string(
            "pdf/equity.html",
            {
                "snapshot": snapshot,
                "district": snapshot.district,
                "year": f"{snapshot.school_year - 1}–{snapshot.school_year % 100:02}",
                "parts": parts,
                "language": language,
                "thresholds": snapshot.thresholds,
            },
        )
    return pdf.draw(html, "pdf/equity.css", identifier=snapshot.public_id)


def _heading(table: Table, schools: Mapping[str, str]) -> str:
    place = _("All schools") if table.school == DISTRICT else schools.get(table.school, table.school)
    compared = str(partition_word(table.partition))
    if table.subject:
        return _("%(place)s, %(subject)s: %(compared)s") % {
            "place": place,
            "subject": subject_word(table.subject),
            "compared": compared,
        }
    return f"{place}: {compared}"
