"""Runs of a system: fixed and adaptive steps, compiled steppers, slow sweeps, firing rates, time scales."""
