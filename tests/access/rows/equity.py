"""The equity report: principals and administrators; exact counts for who holds that in the whole district."""

from tests.access.matrix import Row
from tests.access.rows.crediting_catalog import a_replay

READERS = {"principal": 200, "administrator": 200, "other_district_administrator": 200}

ROWS = [
    Row("equity:report", others=403, also=READERS),
    Row("equity:count", method="POST", others=403, also=dict.fromkeys(READERS, 302)),
    Row("equity:exact", method="POST", others=403, administrator=422, other_district_administrator=422),
    # Nothing is counted yet, so there is nothing to download: a sentence says so.
    Row("equity:download-csv", others=403, also=dict.fromkeys(READERS, 400)),
    Row("equity:download-pdf", others=403, also=dict.fromkeys(READERS, 400)),
    Row("equity:participation", others=403, also=READERS),
    Row("equity:participation-csv", others=403, also=dict.fromkeys(READERS, 400)),
    Row("equity:replay", a_replay, others=404, administrator=200),
    Row("equity:replay-count", a_replay, method="POST", others=404, administrator=302),
]
