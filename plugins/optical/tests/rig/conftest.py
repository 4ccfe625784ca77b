"""Virtual instruments, started once, and a device that reaches them."""

from importlib import import_module
from importlib.util import find_spec

import pytest
from pnn_optical.lab.device import ShgDevice
from pnn_optical.rig.server import OpticalRig

QUIET = {"shot_noise": 0.0, "read_noise_electrons": 0.0, "laser_noise": 0.0}
TAU_S = 2e-4
NEEDS = {"slm": ["slmsuite.hardware.slms.remote"], "mask": ["pyvisa", "pyvisa_py"]}
FAULTS = ("drop", "cut", "short", "hang", "error")


@pytest.fixture(scope="session")
def rigs():
    """Return a function that starts a rig, or returns the one already started."""
    if lacking := OpticalRig.missing():
        pytest.skip(lacking)
    started = {}

    def rig(shaper):
        for name in NEEDS[shaper]:
            if find_spec(name.partition(".")[0]) is None:
                pytest.skip(f"{name} is not installed: pip install 'pnn-optical[lab]'")
        if shaper not in started:
            for name in NEEDS[shaper]:
                import_module(name)  # takes a second, and no test's
            started[shaper] = OpticalRig(shaper=shaper, shaper_tau_s=TAU_S, **QUIET)
            started[shaper].start()
        return started[shaper]

    yield rig
    for rig in started.values():
        rig.stop()


@pytest.fixture(params=list(NEEDS))
def rig(request, rigs):
    """Start a rig with each shaper; leave no fault behind."""
    rig = rigs(request.param)
    yield rig
    for fault in FAULTS:
        for instrument in ("shaper", "spectrometer"):
            rig.provoke(instrument, fault, times=0)
    rig.order(laser=1.0, dark_level=0.0)


@pytest.fixture
def mask_rig(rigs):
    """Start the rig whose shaper is the faster one."""
    rig = rigs("mask")
    yield rig
    rig.order(laser=1.0, dark_level=0.0)


@pytest.fixture
def shg():
    """Return a function that builds the device for a rig's instruments.

    Without noise one dark frame is as good as many.
    """
    return lambda rig, **settings: ShgDevice(
        **(rig.settings() | {"dark_frames": 1} | settings)
    )
