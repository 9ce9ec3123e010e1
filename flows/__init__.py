"""WHAT happens, in order. Flows compose tasks; no rule, no SQL, no prompt."""
