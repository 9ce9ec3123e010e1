"""Postgres drops every connection in the middle of a night, as it does when it restarts."""

import psycopg

from tests.faults.interfered import wait_until

DROP = (
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid()"
)


def test_a_night_goes_on_when_postgres_is_back_and_asks_nothing_twice(night):
    night.write(30)
    night.limit(concurrency=4)
    night.vendors(latency_s=0.6)
    process = night.start()
    wait_until(lambda: night.answered() >= 5)

    with psycopg.connect(night.house.owner_url, autocommit=True) as conn:
        conn.execute(DROP)
    out, err = process.communicate(timeout=120)

    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert night.runs() == [(night.object(out)["run_id"], "finished")]
    assert night.answered() == 30
    assert night.unknown() > 0
    night.books_balance()
