"""Networks of integrate-and-fire cells: what they are made of, who is connected, how they run."""
