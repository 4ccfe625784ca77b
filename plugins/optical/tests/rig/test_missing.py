"""What a machine without the libraries is told."""

import pytest
from pnn_optical.lab import libraries
from pnn_optical.lab.device import ShgDevice
from pnn_optical.rig.server import OpticalRig

import pnn_core as pnn


@pytest.fixture
def nothing_installed(monkeypatch):
    """Hide every library that the drivers need."""
    hidden = set(libraries.PACKAGES)
    find, version = libraries.find_spec, libraries.version

    def lacks(package):
        raise libraries.PackageNotFoundError(package)

    monkeypatch.setattr(
        libraries, "find_spec", lambda name: None if name in hidden else find(name)
    )
    monkeypatch.setattr(libraries, "version", lacks)
    return version


@pytest.mark.usefixtures("nothing_installed")
def test_opening_says_what_to_install(refusal):
    with refusal(
        pnn.DeviceError, "seabreeze and pyusb", "pip install 'pnn-optical[lab]'"
    ):
        ShgDevice().open()


@pytest.mark.usefixtures("nothing_installed")
def test_doctor_names_what_is_missing_and_the_remedy():
    lines = list(ShgDevice.doctor())
    assert [line.split()[0] for line in lines] == [
        "seabreeze",
        "pyusb",
        "slmsuite",
        "pyvisa",
        "pyvisa-py",
    ]
    assert all("is missing" in line and "pip install" in line for line in lines)


def test_doctor_names_versions():
    pytest.importorskip("seabreeze")
    import seabreeze

    assert f"seabreeze {seabreeze.__version__}: spectrometers" in ShgDevice.doctor()


def test_rig_says_what_its_device_lacks(monkeypatch):
    monkeypatch.setattr("pnn_optical.rig.server.find_spec", lambda name: None)
    assert "seabreeze, pyusb not installed" in OpticalRig.missing()
    with pytest.raises(pnn.DeviceError, match="pnn-optical"), OpticalRig():
        pass
