"""Cycles near a Hopf point: power series in their amplitude, and harmonic balance beyond."""
