"""The mathematics of appendix A."""
