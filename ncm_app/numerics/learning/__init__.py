"""What learns, step by step: kernels and the linear algebra beside them. Arrays in, arrays out."""
