"""A version of a plan as a document for the family: tagged PDF, in the language it was asked for (R61).

The facts are those of the frozen version; what the student wrote stays as written.
"""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from hsbp.models import FamilyCopy
from hsbp.queries.document import document_of
from hsbp.queries.plans import standing_reviews
from hsbp.rules.content import read
from hsbp.states import Verdict
from hsbp.words import language_word
from mbl.core import clock, pdf

STYLESHEET = "pdf/plan.css"


def draw_copy(copy: FamilyCopy) -> pdf.Pdf:
    """The file; the same copy gives the same bytes as long as catalog and record say the same."""
    return pdf.draw(html_of(copy), STYLESHEET, identifier=copy.public_id)


def html_of(copy: FamilyCopy) -> str:
    """The page the engine reads."""
    revision = copy.revision
    student, district = revision.plan.student, revision.plan.student.district
    review = standing_reviews(revision.plan).filter(revision=revision, verdict=Verdict.APPROVED).first()
    with translation.override(copy.language):
        return render_to_string(
            "pdf/plan.html",
            {
                "language": copy.language,
                "title": _("High School and Beyond Plan of %(student)s, version %(number)s")
                % {"student": student, "number": revision.number},
                "student": student,
                "district": district,
                "revision": revision,
                "review": review,
                "document": document_of(student, read(revision.content)),
                "signatures": revision.signatures.order_by("signed_on"),
                "written_in": language_word(revision.language),
                "sent_on": clock.day_of(revision.submitted_at, district),
                "approved_on": clock.day_of(review.reviewed_at, district) if review else None,
                "made_on": clock.day_of(copy.made_at, district),
                "created": copy.made_at.isoformat(timespec="seconds"),
            },
        )
