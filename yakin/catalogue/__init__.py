"""Reviewed reference data as YAML and the loader that validates it."""
