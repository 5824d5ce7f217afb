"""Synapses and cells that they drive."""
