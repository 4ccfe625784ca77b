"""The circuit on NI-DAQmx: a driver, and a virtual board that it can reach."""
