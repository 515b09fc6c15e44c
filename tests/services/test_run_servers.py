"""The servers of the test run itself."""

import os

import psycopg2
import redis


def test_the_run_has_a_database_and_a_broker() -> None:
    with psycopg2.connect(os.environ["DATABASE_URL"]) as database, database.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert redis.from_url(os.environ["REDIS_URL"]).ping()
