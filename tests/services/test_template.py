"""The migrated cluster that one test run leaves for the next."""

from mbl.services.places import Places
from mbl.services.postgres import Postgres
from mbl.services.template import Template
from tests.services.conftest import ask


def test_a_kept_cluster_starts_again_elsewhere_with_its_data(places: Places) -> None:
    first, second = Postgres(Places(places.var / "1"), durable=False), Postgres(Places(places.var / "2"), durable=False)
    template = Template(places.var / "templates")
    for postgres in (first, second):
        postgres.places.create()
    assert not template.copy_into(first)
    first.start()
    ask(first, "CREATE TABLE made AS SELECT 1 AS number")
    first.stop()

    template.keep(first)
    assert template.copy_into(second)
    second.start()
    try:
        assert ask(second, "SELECT number FROM made") == "1"
    finally:
        second.stop()
    for postgres in (first, second):
        postgres.places.remove()
    assert [path.name for path in (places.var / "templates").iterdir()] == [template.path.name]


def test_a_cluster_that_was_killed_is_not_kept(places: Places) -> None:
    postgres = Postgres(places, durable=False)
    postgres.start()
    postgres.child.kill()
    template = Template(places.var / "templates")

    template.keep(postgres)

    assert not template.path.exists()
