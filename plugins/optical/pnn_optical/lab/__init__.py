"""Drivers of a pulse shaper and a spectrometer, and the device that they make up."""
