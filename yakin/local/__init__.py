"""The embedded default: Postgres, Prefect server, on-premises model, sandbox vendors."""
