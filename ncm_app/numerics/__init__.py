"""Arrays in, frozen results out: nothing here knows a model or a page."""
