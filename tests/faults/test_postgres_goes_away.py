"""Postgres is restarted in the middle of a night."""

import psycopg

from tests.faults.interfered import wait_until

DROP = (
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid()"
)


def test_a_night_whose_connections_are_all_cut_ends_plainly_and_the_same_command_finishes(night):
    night.write(30)
    night.limit(concurrency=4)
    night.vendors(latency_s=0.6)
    process = night.start()
    wait_until(lambda: night.answered() >= 5)

    with psycopg.connect(night.house.owner_url, autocommit=True) as conn:
        conn.execute(DROP)
    _, err = process.communicate(timeout=120)
    print("exit", process.returncode, err[-600:])

    assert process.returncode in (0, 1), err
    assert "Traceback" not in err
    again = night.run()

    assert again.code == 0, again.err
    assert night.answered() == 30
    night.books_balance()
