"""Bring a database to this version: roles, numbered migrations, views. Safe to run twice and at once."""

from psycopg import AsyncConnection


def migrate(owner_url: str, *, app_role: str = "yakin_app") -> list[str]:
    """Synchronous. Apply what is missing and return its names; an up-to-date database returns [].

    Needs Postgres 15 or newer and a login that owns the database and has CREATEROLE, or roles that an
    administrator made before. Raises SettingsError with the remedy.
    """


async def schema_version(conn: AsyncConnection) -> int:
    """The number of the newest migration applied; 0 for an empty database."""


def needs_migration(url: str) -> bool:
    """Synchronous. Whether `migrate` would change this database; any role of ours may ask."""
