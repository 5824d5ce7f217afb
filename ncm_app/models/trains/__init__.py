"""Spike trains."""
