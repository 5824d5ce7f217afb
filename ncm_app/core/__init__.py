"""What a model is: quantities, states, presets, snapshots, equations, links."""
