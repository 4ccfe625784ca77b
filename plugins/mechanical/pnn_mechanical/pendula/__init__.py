"""A sheet of pendula, simulated by MuJoCo."""
