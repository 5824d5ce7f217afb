"""Single neurons."""
