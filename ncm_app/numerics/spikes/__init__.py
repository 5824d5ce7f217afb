"""Spike trains: how they are made, and what is measured of them. Models may use these building blocks."""
