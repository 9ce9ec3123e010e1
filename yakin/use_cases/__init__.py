"""One folder per use case: what is asked of a document."""
