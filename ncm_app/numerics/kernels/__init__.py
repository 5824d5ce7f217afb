"""Kernels without the interpreter lock: compiled once, they call the compiled flow of any system."""
