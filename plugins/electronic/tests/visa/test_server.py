import os
import signal
import subprocess
import sys

import pytest
from pnn_electronic.visa.server import VisaServer

import pnn_core as pnn

PARENT = """
import sys
from pnn_electronic.visa.server import VisaServer
server = VisaServer()
server.start()
print(server.program.process.pid, flush=True)
sys.stdin.read()
"""


def test_it_leaves_no_process_when_its_parent_is_killed():
    """Takes seconds: two processes start, one after the other."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        child = os.pidfd_open(int(parent.stdout.readline()))
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.communicate()
    try:
        import select

        ended, _, _ = select.select([child], [], [], 10)
        assert ended
    finally:
        os.close(child)


def test_a_start_that_fails_leaves_nothing_and_says_why(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    server = VisaServer()
    with pytest.raises(pnn.DeviceError, match="did not answer"):
        server.start()
    assert server.program.process is None
    server.stop()


def test_a_server_that_does_not_run_cannot_be_told_anything(refusal):
    with refusal(pnn.DeviceError, "does not run", "Start it"):
        VisaServer().state()


def test_hislip_device_clear_discards_half_a_message(servers):
    pyvisa = pytest.importorskip("pyvisa")
    name = servers("keysight", "hislip").settings()["awg_resource"]
    with pyvisa.ResourceManager("@py").open_resource(name) as link:
        session = link.visalib.sessions[link.session].interface
        session._send_data_packet(b"NONSENSE")  # no end follows
        link.clear()
        link.read_termination = "\n"
        assert link.query("SYST:ERR?") == '+0,"No error"'
