"""A framework's tree and the search of standards in a district with a million of them, beside the bare page.

Twenty frameworks of fifty thousand, four levels deep, written once in a few statements and found by later runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import ground, reference
from bench.measuring import Measurement, interleaved, milliseconds
from crediting.models import Framework
from mbl.core.models import District, User
from profiles.actions.schools import create_district
from profiles.models import Person

NAMES = ("page.standards", "search.standards")
ROUNDS = 30
GOAL = 6.0
DISTRICT = "bench-standards"
FRAMEWORKS, EACH = 20, 50_000

# Strands of ten, each with ten clusters of ten topics; what is left are standards, spread over the topics.
_FILL = """
WITH made AS (
    SELECT n, CASE WHEN n <= 10 THEN NULL WHEN n <= 110 THEN 1 + (n - 11) / 10
                   WHEN n <= 1110 THEN 11 + (n - 111) / 10 ELSE 111 + (n - 1111) %% 1000 END AS above
    FROM generate_series(1, %(each)s) AS n
), placed AS (
    SELECT a.n, a.above, CASE WHEN a.n <= 10 THEN 0 WHEN a.n <= 110 THEN 1 WHEN a.n <= 1110 THEN 2 ELSE 3 END AS depth,
           lpad(b2.n::text, 5, '0') AS p0, lpad(b1.n::text, 5, '0') AS p1, lpad(b0.n::text, 5, '0') AS p2
    FROM made a LEFT JOIN made b0 ON b0.n = a.above LEFT JOIN made b1 ON b1.n = b0.above
    LEFT JOIN made b2 ON b2.n = b1.above
)
INSERT INTO crediting_standard (id, public_id, district_id, framework_id, guid, uri, code, code_key, statement, short,
    notes, search_text, item_type, grades, parent_id, position, path, depth, is_leaf, is_placed, status, content_hash,
    extra)
SELECT %(first)s + n, gen_random_uuid(), %(district)s, %(framework)s, gen_random_uuid(), '',
       'F%(number)s.' || n, 'F%(number)s.' || n, initcap(words.text), '', '', 'f%(number)s.' || n || ' ' || words.text,
       (ARRAY['Strand', 'Cluster', 'Topic', 'Standard'])[depth + 1], ARRAY[lpad((9 + n %% 4)::text, 2, '0')],
       %(first)s + above, n, concat_ws('.', p0, p1, p2, lpad(n::text, 5, '0')), depth, depth = 3, true, 'active', '',
       '{}'
FROM placed, LATERAL (
    SELECT (ARRAY['analyze', 'compare', 'construct', 'describe', 'evaluate', 'explain', 'model', 'prove'])[1 + n %% 8]
        || ' ' || (ARRAY['fractions', 'ecosystems', 'arguments', 'triangles', 'sonnets', 'reactions', 'elections',
                         'probability', 'rhythm', 'algorithms'])[1 + n / 8 %% 10]
        || ' with ' || (ARRAY['evidence', 'diagrams', 'measurement', 'sources', 'notation'])[1 + n / 80 %% 5]
        || ' in the ' || md5(n::text || %(number)s) AS text
) AS words
"""


def measure() -> Iterator[Measurement]:
    district = District.objects.filter(code=DISTRICT).first() or _make()
    user = User.objects.get(people__district=district)
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(user)
    framework = Framework.objects.filter(district=district).order_by("pk")[0]
    tree = reverse("crediting:framework", args=[framework.public_id])
    yield _measured(NAMES[0], browser, [tree, f"{tree}?page=2"])
    find = reverse("crediting:standards-find")
    asked = ("F7.123", "triangles+diagrams", "explain+with+evidence", "algoritms+notation", "F12.49999", "sonets")
    yield _measured(NAMES[1], browser, [f"{find}?q={words}" for words in asked])


def _measured(name: str, browser: Client, addresses: list[str]) -> Measurement:
    """All addresses after each other against the bare page as often: one time is that of one page."""
    for address in addresses:
        _open(browser, address)
        with CaptureQueriesContext(connection) as queries:
            answer: Any = _open(browser, address)
        made = len(queries)  # the next request forgets them
        took = milliseconds(partial(_open, browser, address))
        ground.say(f"  {name}: {made} queries, {len(answer.content) / 1024:.1f} KB, {took:.0f} ms, {address}")

    def ours() -> None:
        for address in addresses:
            _open(browser, address)

    def bare() -> None:
        for _address in addresses:
            _open(browser, reference.PATH)

    times = interleaved(ours, bare, rounds=ROUNDS)
    each, plain = (time / len(addresses) for time in times)
    return Measurement(name, ours=each, reference=plain, unit="ms", goal=GOAL)


def _open(browser: Client, address: str) -> HttpResponseBase:
    answer = browser.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}.")
    return answer


def _make() -> District:
    ground.say(f"  writing {FRAMEWORKS * EACH:,} standards")
    district = create_district(code=DISTRICT, name="Bench Standards", actor=None)
    user = User.objects.create_user(login_name=DISTRICT, password=None)
    Person.objects.create(district=district, user=user, given_name="Bench", family_name="Reader")
    for number in range(1, FRAMEWORKS + 1):
        framework = Framework.objects.create(
            district=district,
            guid=f"00000000-0000-4000-8000-{number:012}",
            title=f"Framework {number}",
            standards_count=EACH,
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(nextval('crediting_standard_id_seq')) FROM generate_series(1, %s)", [EACH])
            (last,) = cursor.fetchone()
            values = {"first": last - EACH, "district": district.pk, "framework": framework.pk}
            cursor.execute(_FILL, values | {"each": EACH, "number": number})
            cursor.execute(
                "INSERT INTO crediting_standardword (framework_id, word) SELECT DISTINCT framework_id, word"
                " FROM crediting_standard, regexp_split_to_table(search_text, '[^a-z]+') AS word"
                " WHERE framework_id = %s AND length(word) BETWEEN 4 AND 60 ON CONFLICT DO NOTHING",
                [framework.pk],
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE crediting_standard")
        cursor.execute("VACUUM ANALYZE crediting_standardword")
    return district
