import os
import select
import signal
import socket
import subprocess
import sys

import numpy as np
import pytest
from pnn_electronic.daq.server import DaqServer

import pnn_core as pnn
from pnn_core import DeviceError

pytestmark = pytest.mark.skipif(DaqServer.missing() is not None, reason="no gRPC")


def test_lab_file_leads_the_device_to_the_server_with_its_signals(quiet):
    # Two seconds: the program loads the compiled circuit.
    with DaqServer(samples=50, delay_samples=3, **quiet) as server:
        with pnn.get("device", server.device)() as daq:
            assert daq.inputs.shape == (50,)
            assert daq.outputs.start_s == pytest.approx(3e-6)
            assert daq.run(np.ones((2, 50), np.float32)).shape == (2, 50)
        process = server.program.process
    assert process.poll() is not None
    server.stop()


def test_a_port_in_use_is_told_and_nothing_is_left():
    # Two seconds, as above.
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = DaqServer(port=taken.getsockname()[1])
        with pytest.raises(DeviceError, match=r"(?i)bind"):
            server.start()
    assert server.program.process is None


def test_the_program_ends_with_its_parent():
    # Two seconds, as above.
    code = (
        "from pnn_electronic.daq.server import DaqServer as S; s = S(); s.start(); "
        "print(s.program.process.pid, flush=True); import time; time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    with parent:
        child = int(parent.stdout.readline())
        watch = os.pidfd_open(child)
        parent.send_signal(signal.SIGKILL)
    assert select.select([watch], [], [], 5.0)[0]
    os.close(watch)


def test_asking_a_server_that_does_not_run():
    with pytest.raises(DeviceError, match="does not run"):
        DaqServer().state()
