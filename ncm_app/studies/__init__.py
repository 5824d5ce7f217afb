"""A question put to a model's snapshot, and its remembered answer."""
