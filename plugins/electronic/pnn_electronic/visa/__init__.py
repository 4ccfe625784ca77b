"""The circuit between a waveform generator and an oscilloscope, reached by VISA."""
