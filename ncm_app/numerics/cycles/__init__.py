"""Limit cycles: found, followed over a parameter, their stability, and where their branches end."""
