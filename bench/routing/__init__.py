"""Routing on public tables: what the planner's choices are worth beside mixes of single models and other routers."""
