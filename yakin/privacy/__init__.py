"""What a text contains, and the only code that can make a ClearedText."""
