"""A result drawn once with HoloViews, and the columns that change with it."""
