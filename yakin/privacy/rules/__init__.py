"""Rules of other scanners that ship beside the code, each with its origin and licence."""
