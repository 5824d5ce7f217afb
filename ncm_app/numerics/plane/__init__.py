"""The phase plane: field, nullclines, manifolds of saddles, cycles and basins."""
