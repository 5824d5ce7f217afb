"""What made the data: parameters of a model from what is measured of it, and how well they are known."""
