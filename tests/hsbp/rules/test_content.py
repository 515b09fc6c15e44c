"""What a plan holds and how two versions differ."""

from hsbp.rules.content import (
    Change,
    ChangeKind,
    PlannedCourse,
    Section,
    changed_sections,
    changes,
    fingerprint,
    is_blank,
    read,
    replaced,
)

GEOMETRY = {"code": "MAT201", "title": "Geometry"}


def test_nothing_at_all_is_an_empty_plan() -> None:
    content = read({})
    assert all(content.is_empty(section) for section in Section)
    assert read(content.as_json()) == content


def test_hostile_shapes_are_read_as_empty() -> None:
    assert read({"goals": [1], "courses": "x", "pathway": None, "activities": [3, {"title": 7}], "aid": 4}) == read({})


def test_forty_courses_and_repeats_survive_a_round_trip() -> None:
    raw = {"courses": {"11": [{"code": f"C{n:02}", "title": f"Course {n}"} for n in range(38)] + [GEOMETRY, GEOMETRY]}}
    content = read(raw)
    assert len(content.courses) == 40
    assert read(content.as_json()) == content


def test_words_are_kept_as_typed() -> None:
    content = read({"goals": {"career": "  line one\r\nline two  "}})
    assert content.career == "line one\nline two"


def test_unknown_course_codes_stay() -> None:
    content = read({"courses": {"12": [{"code": "NOPE1", "title": "Something new"}]}})
    assert content.courses == (PlannedCourse("12", "NOPE1", "Something new"),)


def test_changes_say_what_was_added_removed_and_changed_in_the_plans_order() -> None:
    old = read(
        {
            "goals": {"career": "Nurse", "education": "College"},
            "courses": {"11": [GEOMETRY]},
            "pathway": {"options": ["sat_act"], "reason": "I like tests"},
        }
    )
    new = read(
        {
            "goals": {"career": "Electrician"},
            "courses": {"11": [{"code": "MAT301", "title": "Algebra 2"}]},
            "pathway": {"options": ["cte_sequence"], "reason": "I like tests"},
        }
    )
    assert changes(old, new) == (
        Change(Section.GOALS, ChangeKind.CHANGED, "career", "Nurse", "Electrician"),
        Change(Section.GOALS, ChangeKind.REMOVED, "education", "College", ""),
        Change(Section.COURSES, ChangeKind.REMOVED, "MAT201", "Geometry", "", "11"),
        Change(Section.COURSES, ChangeKind.ADDED, "MAT301", "", "Algebra 2", "11"),
        Change(Section.PATHWAY, ChangeKind.REMOVED, "sat_act", "sat_act", ""),
        Change(Section.PATHWAY, ChangeKind.ADDED, "cte_sequence", "", "cte_sequence"),
    )
    assert changes(new, new) == ()


def test_taking_the_same_course_a_second_time_is_an_addition() -> None:
    once, twice = read({"courses": {"10": [GEOMETRY]}}), read({"courses": {"10": [GEOMETRY, GEOMETRY]}})
    assert [change.kind for change in changes(once, twice)] == [ChangeKind.ADDED]


def test_one_section_is_replaced_and_the_others_stay() -> None:
    before = read({"goals": {"career": "Nurse"}, "courses": {"11": [GEOMETRY]}})
    after = replaced(before, Section.GOALS, {"career": "Electrician", "hostile": [1]})
    assert (after.career, after.courses) == ("Electrician", before.courses)
    assert replaced(before, Section.GOALS, "nothing of the kind") == replaced(before, Section.GOALS, {})
    assert changed_sections(before, after) == {"goals": 1}


def test_equal_contents_have_equal_fingerprints_and_different_ones_differ() -> None:
    one = read({"goals": {"career": "Nurse"}, "aid": {"programs": "2026-10-01", "documents": "2026-10-02"}})
    same = read({"aid": {"documents": "2026-10-02", "programs": "2026-10-01"}, "goals": {"career": " Nurse "}})
    assert fingerprint(one) == fingerprint(same)
    assert fingerprint(one) != fingerprint(read({"goals": {"career": "nurse"}}))


def test_a_plan_with_a_single_word_is_not_blank() -> None:
    assert is_blank(read({}))
    assert not is_blank(read({"interests": {"text": "Water"}}))


def test_characters_that_the_database_cannot_keep_are_left_out() -> None:
    assert read({"goals": {"career": "Nu\0rse"}, "interests": {"inventory": "a\0b"}}).career == "Nurse"
