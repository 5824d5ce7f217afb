"""Compiled code: how functions become machine code, and where it is kept. It knows nothing of the package."""
