"""Codes inside a reason are words for whoever reads it."""

import pytest

from crediting.words import said, sentence
from mbl.core.decisions import Param, Reason


@pytest.mark.parametrize(
    ("code", "params", "text"),
    [
        (
            "language.lowest",
            {"skills": "reading, signing", "reached": "novice-high"},
            "The lowest level across reading and signing is Novice High.",
        ),
        ("table.gives", {"name": "Hours", "reached": "75", "credits": "0.5"}, "Hours: 75 gives 0.5 credits."),
        (
            "cap.used_up_awards",
            {"cap": "ONE-P", "most": "1", "taken": "1"},
            "Limit ONE-P: it counts awards and allows 1. So many are made already: 1.",
        ),
        (
            "cap.used_up_released",
            {"cap": "PE", "most": "1.0", "taken": "1.0"},
            "Limit PE: requirements of 1.0 credits may be met, excused or waived, and that many are already.",
        ),
        (
            "assessment.no_level",
            {"instrument": "Smarter Balanced", "taken_on": "2026-09-01"},
            "A result is on file without its level: Smarter Balanced of Sep 1, 2026. Ask the school to add the level "
            "from the score report; then it can be decided.",
        ),
        ("ask.attempts", {"most": 2, "per": "school_year"}, "At most 2 tries in a school year."),
        ("ask.attempts", {"most": 1, "per": "quarter"}, "At most 1 try in each quarter."),
        ("ask.paper", {"paper": "learning_contract"}, "This paper at your school: learning contract."),
        ("ask.request", {"asked": "math, science; recovery"}, "Only for: Mathematics or Science; To recover credit for"
         " a course taken before."),
        ("ask.fact", {"fact": "Points", "asked": "≥ 36"}, "Points: at least 36. Your school confirms it."),
        (
            "ask.student.groups",
            {"groups": "institutional, foster_care"},
            "For students in one of these situations: in or released from an institutional education facility or "
            "foster care.",
        ),
        (
            "ask.completed",
            {"courses": "MAT201:C,same:"},
            "A course that builds on this one, completed: MAT201 with C or better or a later part of this course.",
        ),
        (
            "ask.assessment",
            {"accepted": "AP Biology\t3\nAP Chemistry\t3\nGED science"},
            "A result that your school has on file: level 3 or above on AP Biology or AP Chemistry or the standard met "
            "on GED science.",
        ),
        ("ask.days", {"event": "started", "first": "2026-09-01", "last": ""}, "Between Sep 1, 2026 and …. What counts "
         "is the day on which the work began."),
        (
            "deadline.passed",
            {"on": "2028-02-03", "last": "2028-02-02", "at": "16:00"},
            "Sent on Feb 3, 2028. It was due by Feb 2, 2028, 16:00.",
        ),
        (
            "deadline.passed",
            {"on": "2028-02-03", "last": "2028-02-02", "at": ""},
            "Sent on Feb 3, 2028. It was due by Feb 2, 2028.",
        ),
    ],
)  # fmt: skip
def test_a_reason_says_its_codes_in_words(code: str, params: dict[str, Param], text: str) -> None:
    assert sentence(Reason(code, params)) == text


def test_the_public_reads_titles_of_courses() -> None:
    courses = {"MAT201": "Geometry"}
    both = Reason("ask.all_of", {}, parts=(Reason("ask.request", {"asked": "MAT201, MAT999"}),))

    assert said(both, courses).parts[0].text == "Only for: Geometry or MAT999."
    assert sentence(both) == "All of these: Only for: MAT201 or MAT999."
    # Numbers stay numbers, also under a name that may hold a course.
    assert sentence(Reason("standards.too_few", {"named": 1, "asked": 2}), courses) == (
        "1 of at least 2 standards are named."
    )
