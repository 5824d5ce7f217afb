"""Systems whose parameter drifts slowly: along a ramp, or by the system's own slow feedback."""
