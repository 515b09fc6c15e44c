"""How a district's CEDARS files are read: headings of a school year, program codes, groups of race codes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from profiles.interchange.cedars.layouts import SETTING, layouts
from profiles.rules.rollup import Group
from profiles.states import Program
from profiles.verbs import CedarsSettingsSet


@transaction.atomic
def set_cedars_settings(district: District, told: dict[str, Any], *, actor: User | None) -> tuple[str, ...]:
    """Add to what is set; the names of the parts that changed. ``DomainError`` names what cannot be.

    ``told`` has ``headers`` (school year, or ``any`` -> letter -> column -> headings), ``programs`` (the state's code
    -> a program) and ``races`` (the state's code -> a group).
    """
    if unknown := told.keys() - {"headers", "programs", "races"}:
        sentence = _("There is no part %(name)s. There are headers, programs and races.")
        raise DomainError(sentence % {"name": min(unknown)})
    district = District.objects.select_for_update().get(pk=district.pk)
    before = dict(district.settings)
    cedars = dict(before.get(SETTING, {}))
    if "headers" in told:
        cedars["headers"] = _headers(cedars.get("headers", {}), told["headers"])
    if "programs" in told:
        cedars["programs"] = cedars.get("programs", {}) | _coded(told["programs"], {str(one) for one in Program})
    after = before | {SETTING: cedars}
    if "races" in told:
        groups = {str(one) for one in Group} - {Group.TWO_OR_MORE, Group.NOT_PROVIDED, Group.HISPANIC}
        after["race_codes"] = before.get("race_codes", {}) | _coded(told["races"], groups)
    if after == before:
        return ()
    changed = tuple(sorted(told))
    district.settings = after
    district.save(update_fields=["settings"])
    audit.record(CedarsSettingsSet(changed=", ".join(changed)), actor=actor, district=district, target=district)
    return changed


def _coded(told: dict[str, Any], known: set[str]) -> dict[str, str]:
    for code, name in told.items():
        if name not in known:
            sentence = _("%(code)s: there is no %(name)s. There are %(known)s.")
            raise DomainError(sentence % {"code": code, "name": name, "known": ", ".join(sorted(known))})
    return {str(code): str(name) for code, name in told.items()}


def _headers(before: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    after: dict[str, Any] = {year: dict(letters) for year, letters in before.items()}
    for year, letters in told.items():
        if year != "any" and not (year.isdigit() and len(year) == 4):
            raise DomainError(_("%(year)s is no school year. Write its ending year, or any.") % {"year": year})
        for letter, columns in letters.items():
            layout = layouts().get(letter)
            if layout is None or not columns.keys() <= layout.headings.keys():
                sentence = _("File %(letter)s has no such column. Its columns: %(columns)s.")
                known = ", ".join(layout.headings) if layout else "–"
                raise DomainError(sentence % {"letter": letter, "columns": known})
            of_year = after.setdefault("" if year == "any" else year, {})
            of_year[letter] = of_year.get(letter, {}) | {
                column: [headings] if isinstance(headings, str) else list(headings)
                for column, headings in columns.items()
            }
    return after
