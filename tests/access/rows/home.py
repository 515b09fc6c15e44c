"""The first page and search."""

from tests.access.matrix import Row

ROWS = [
    Row("home:home", others=200),
    Row("home:data-use", others=200, anonymous=200),
    Row("home:own", others=403, student=200, family=200, other_district_student=200),
    Row("home:search", query="?q=a", others=200),
]
