"""The number of a transcript."""


def number(district_code: str, school_year: int, count: int) -> str:
    """A transcript's number: ``CEDAR-2027-000123``; the year is the ending year of the school year."""
    return f"{district_code.upper()}-{school_year}-{count:06d}"
