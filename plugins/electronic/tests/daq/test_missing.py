import subprocess
import sys

import pytest
from pnn_electronic.daq.device import CircuitDaq

from pnn_core import DeviceError


def test_without_nis_driver_it_says_what_to_install(monkeypatch):
    errors = pytest.importorskip("nidaqmx.errors")
    import nidaqmx

    def absent(**_):
        raise errors.DaqNotFoundError("no library")

    monkeypatch.setattr(nidaqmx, "Task", absent)
    daq = CircuitDaq()
    with pytest.raises(DeviceError, match="no NI-DAQmx driver") as caught:
        daq.open()
    assert "Install NI-DAQmx" in str(caught.value)
    assert "set host and port to its NI gRPC Device Server" in str(caught.value)
    assert not daq.is_open


@pytest.mark.parametrize(("module", "host"), [("nidaqmx", None), ("grpc", "localhost")])
def test_without_a_package_it_says_which_to_install(monkeypatch, module, host):
    if module == "grpc":
        pytest.importorskip("nidaqmx")
    monkeypatch.delitem(sys.modules, "pnn_electronic.daq.remote", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    message = rf"needs the package {module}.\n  pip install pnn-electronic\[daq\]"
    with pytest.raises(DeviceError, match=message):
        CircuitDaq(host=host).open()


def test_doctor_says_what_is_here_and_what_is_not(monkeypatch):
    found = {"nidaqmx": "libnidaqmx.so"}
    monkeypatch.setattr("ctypes.util.find_library", found.get)
    assert "NI-DAQmx driver found" in list(CircuitDaq.doctor())
    found.clear()
    *_, driver = CircuitDaq.doctor()
    assert "not found. Install NI-DAQmx" in driver


def test_listing_the_driver_loads_no_nidaqmx():
    code = (
        "import sys; from pnn_electronic.daq.device import CircuitDaq as C; "
        "from pnn_electronic.daq.server import DaqServer as S; C().inputs; S(); "
        "assert not {'nidaqmx', 'grpc', 'torch', 'numba'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
