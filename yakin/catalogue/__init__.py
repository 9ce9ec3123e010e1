"""Reviewed reference data: endpoints, models, dated prices, policy, source register, exchange rates."""
