"""Vendors' accounts as files: usage, costs and invoices, each format with its own validation."""
