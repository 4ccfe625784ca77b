"""How fast the driver of a sound card measures, in real time and where it runs free.

The virtual plate stands behind a real sound server; the unmodified driver plays batches
to it. The limit is the time that waveforms and guards last as sound: the ratio is that
time over the time taken, so 1 is perfect in real time. Opening and the first
calibration are not counted; dropouts and what they cost are.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # the plate needs the other core

from statistics import median
from time import perf_counter

import numpy as np
from harness import record
from pnn_acoustic.card.device import PlateDevice
from pnn_acoustic.sound_bench.server import SoundBench

BATCH = 256
ROUNDS = {"jack": 20, "pulse": 3}
WHAT = {
    "jack": ("JACK, freewheeling", "free_running"),
    "pulse": ("PulseAudio, real time", "real_time"),
}


def measured(server: str) -> tuple[list[str], dict[str, float]]:
    """Return a table's row and the figures for one server."""
    title, name = WHAT[server]
    rng = np.random.default_rng(0)
    with SoundBench(server=server), PlateDevice() as plate:
        config = plate.config
        sound_s = BATCH * (config.samples + config.guard) / config.sample_rate_hz
        taken = []
        for _ in range(ROUNDS[server]):
            inputs = rng.uniform(-5, 5, (BATCH, config.samples)).astype(np.float32)
            start = perf_counter()
            plate.run(inputs)
            taken.append(perf_counter() - start)
    ratios = [sound_s / seconds for seconds in taken]
    timing, total = plate.timing, BATCH * ROUNDS[server]
    row = [
        title,
        f"{sound_s:.2f} s",
        f"{median(taken):.3f} s",
        f"{median(ratios):.3g} ({min(ratios):.3g} to {max(ratios):.3g})",
        f"{BATCH / median(taken):.0f}",
        f"{timing.latency_samples} ± {timing.jitter_samples:.1g}",
        f"{plate.remeasured} of {total}",
    ]
    figures = {
        f"{name}_ratio": median(ratios),
        f"{name}_worst_ratio": min(ratios),
        f"{name}_examples_per_s": BATCH / median(taken),
        f"{name}_remeasured_share": plate.remeasured / total,
    }
    return row, figures


def main() -> None:
    """Measure, print one table, write the result."""
    rows, figures = [], {}
    for server in WHAT:
        row, found = measured(server)
        rows.append(row)
        figures |= found
    columns = [
        "sound server",
        f"sound of {BATCH} examples",
        "time taken",
        "ratio (range)",
        "examples / s",
        "latency, samples",
        "measured again",
    ]
    record("acoustic_io", columns, rows, figures)


if __name__ == "__main__":
    main()
