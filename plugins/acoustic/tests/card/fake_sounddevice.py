"""A sound library of few lines: each block of 64 frames hears the one before it."""

import threading
import types

FLAGS = ""
BLOCK = 64

default = types.SimpleNamespace(device=(0, 0))


class PortAudioError(Exception):
    pass


def query_hostapis():
    return [{"name": "FAKE"}]


def query_devices():
    channels = {"max_input_channels": 2, "max_output_channels": 2}
    return [{"name": "card", "hostapi": 0, "default_samplerate": 44100.0} | channels]


def _terminate():
    pass


class RawStream:
    """The last output channel is heard in every input channel."""

    def __init__(self, samplerate, device, channels, dtype, latency, callback):
        self.samplerate, self.channels, self.callback = samplerate, channels, callback
        self.active, self.stop = True, threading.Event()

    def start(self):
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        inputs, outputs = self.channels
        frames, time = [bytes(4)] * BLOCK, types.SimpleNamespace(currentTime=0.0)
        while not self.stop.wait(1e-4):
            heard = b"".join(frame * inputs for frame in frames)
            played = bytearray(BLOCK * 4 * outputs)
            self.callback(heard, played, BLOCK, time, FLAGS)
            ends = range(4 * outputs, len(played) + 1, 4 * outputs)
            frames = [bytes(played[end - 4 : end]) for end in ends]

    def abort(self):
        self.stop.set()
