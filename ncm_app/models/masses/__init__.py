"""Neural mass models: populations described by their mean potentials."""
