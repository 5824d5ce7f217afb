"""Files that users open: bytes in, arrays out, or a ValueError with one sentence; nothing here knows a model."""
