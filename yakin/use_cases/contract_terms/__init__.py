"""The terms of a contract that somebody has to watch."""
