"""Mechanical substrates for pnn-core."""
