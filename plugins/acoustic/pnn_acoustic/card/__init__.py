"""The driver of the real plate: one sound card that plays and records."""
