"""Networks of spiking cells."""
