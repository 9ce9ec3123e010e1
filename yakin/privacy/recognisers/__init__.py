"""One recogniser per kind of evidence. Each also works as a Presidio recogniser, see presidio_pack."""
