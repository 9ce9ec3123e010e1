"""The yakin command."""
