"""How oscillations and spikes begin as a parameter grows."""
