"""What counts: a student's credits, subject by subject."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from crediting.queries.biliteracy import seal_evidence
from crediting.queries.graduation import in_force
from crediting.queries.ledger import awarded_for_later, credits_by_subject, credits_earned
from crediting.rules.biliteracy import WORLD_LANGUAGES
from crediting.views.whose import whose
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, page


@require_safe
def credits(request: AuthenticatedRequest) -> HttpResponse:
    """Every line that counts, by subject; each mastery credit opens how it was decided."""
    record = whose(request)
    subjects = credits_by_subject(record.student)
    today = clock.today(record.student.district)
    context = {
        "record": record,
        "subjects": subjects,
        "earned": credits_earned(subjects),
        "later": awarded_for_later(record.student),
        "seal": seal_evidence(record.student) if any(one.subject == WORLD_LANGUAGES for one in subjects) else (),
        "today": today,
        "has_line": in_force(record.student.district, today) is not None,
    }
    return page(request, "crediting/ledger/credits.html", context)
