"""Optical substrates: shaped pulses, frequency-doubled in a crystal."""
