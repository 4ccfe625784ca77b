"""Acoustic substrates: a plate driven by a loudspeaker and heard by a microphone."""
