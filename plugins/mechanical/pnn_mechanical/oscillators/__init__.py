"""Coupled nonlinear oscillators: a virtual bench and its twin."""
