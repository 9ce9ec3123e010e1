"""Bytes to text, hidden text included, and the places that documents come from."""
