"""Cascades of the two embedded models on public-format tasks, against each model alone."""
