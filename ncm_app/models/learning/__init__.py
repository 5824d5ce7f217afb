"""Models that learn: readouts, perceptrons, layers, memories."""
