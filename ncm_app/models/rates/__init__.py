"""Rate networks."""
