"""Texts made from a model: typeset equations, scripts, calls, and how the code is read for them."""
