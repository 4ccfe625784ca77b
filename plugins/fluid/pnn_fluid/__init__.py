"""Fluid substrates: a wave tank between two plungers."""
