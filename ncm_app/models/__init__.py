"""One file per model: facts and a right-hand side. Nothing is registered by hand."""
