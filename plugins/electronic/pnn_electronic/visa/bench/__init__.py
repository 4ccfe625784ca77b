"""The virtual instruments that the VISA server consists of."""
