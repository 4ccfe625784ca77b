"""Electronic substrates: a resonant circuit of four parts, and what plays it."""
