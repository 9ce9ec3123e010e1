import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import psycopg
import pytest

from yakin.errors import SettingsError, StoreError
from yakin.store import migrate as migrating
from yakin.store.migrate import migrate, migrations, needs_migration

NAMES = [each.name for each in migrations()]


@pytest.fixture
def empty(postgres):
    """An empty database that the owner owns: its URL."""
    name = f"empty_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres.owner_url, autocommit=True) as conn:
        conn.execute(f"create database {name}")
    yield urlsplit(postgres.owner_url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(postgres.owner_url, autocommit=True) as conn:
        conn.execute(f"drop database {name} with (force)")


def test_an_empty_database_gets_everything_once(empty):
    assert needs_migration(empty)
    assert migrate(empty) == [*NAMES, "views"]
    assert not needs_migration(empty)
    assert migrate(empty) == []


def test_processes_that_migrate_at_once_apply_each_file_once(empty):
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(migrate, [empty] * 4))
    assert sorted(results, key=len) == [[], [], [], [*NAMES, "views"]]


def test_the_app_may_ask_whether_the_database_is_up_to_date(database):
    assert not needs_migration(database.app_url)


def test_a_file_that_changed_after_it_was_applied_is_refused(database):
    with psycopg.connect(database.owner_url) as conn:
        conn.execute("update yakin.migration set sha256 = 'other' where number = 2")
    with pytest.raises(StoreError, match="0002_documents was changed"):
        migrate(database.owner_url)


def test_a_database_of_a_newer_yakin_is_refused(database):
    with psycopg.connect(database.owner_url) as conn:
        conn.execute("insert into yakin.migration (number, name, sha256) values (99, 'later', 'x')")
    with pytest.raises(StoreError, match="update yakin"):
        migrate(database.owner_url)


def test_changed_views_are_made_again_and_keep_what_others_built_on_them(database):
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute("update yakin.views_version set sha256 = 'older'")
        conn.execute("create view public.theirs as select run_id from bi.runs")
        assert needs_migration(database.owner_url)
        assert migrate(database.owner_url) == ["views"]
        assert conn.execute("select count(*) from public.theirs").fetchone() == (0,)


def test_a_login_that_may_not_migrate_is_told_the_remedy(database, postgres):
    with pytest.raises(SettingsError, match="alter database"):
        migrate(database.app_url)


def test_the_app_role_must_not_be_the_owner(database):
    with pytest.raises(SettingsError, match="yakin_owner is or can become the owner"):
        migrate(database.owner_url, app_role="yakin_owner")


def test_an_old_server_is_refused(database, monkeypatch):
    monkeypatch.setattr(migrating, "MINIMUM_POSTGRES", 99)
    with pytest.raises(SettingsError, match="yakin needs 99 or newer"):
        migrate(database.owner_url)


def test_a_migration_that_fails_leaves_nothing_half_done(empty, monkeypatch):
    broken = migrating.Migration(len(NAMES) + 1, "broken", "create table yakin.half (); select 1 / 0")
    monkeypatch.setattr(migrating, "migrations", lambda: [*migrations(), broken])
    with pytest.raises(StoreError, match="22012"):
        migrate(empty)
    monkeypatch.undo()
    assert migrate(empty) == [*NAMES, "views"]
