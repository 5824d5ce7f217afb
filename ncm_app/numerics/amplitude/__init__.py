"""Oscillators by their amplitude: averaging, the potential, noise and dwell times."""
