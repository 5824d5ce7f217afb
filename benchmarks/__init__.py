"""Measurements in a real browser and of the numerics; timings are printed, never asserted."""
