"""Circuits and networks that learn."""
