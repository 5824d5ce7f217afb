"""Fixed points of a system, those below a threshold, and those that fill a line."""
