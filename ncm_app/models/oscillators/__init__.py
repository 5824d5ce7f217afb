"""Oscillators."""
