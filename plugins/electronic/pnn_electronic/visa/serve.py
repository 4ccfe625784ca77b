"""The server's own process: two virtual instruments with the circuit between them.

It is given its settings as JSON, prints on which ports it listens, and then takes one
JSON object a line from its standard input: {"instrument": "generator", "fault":
"hang", "times": 1}, where the fault "error" puts an error into the queue; or {"gain":
30}, the probe's, which saturates the digitiser. It answers each with its state, and
ends with its input.
"""

from __future__ import annotations

import json
import sys
from threading import Lock, Thread

import numpy as np

from pnn_core.program import say, tether
from pnn_electronic.circuit import Circuit
from pnn_electronic.converters import Converters
from pnn_electronic.parts import built
from pnn_electronic.visa.bench.afg31000 import Afg31000
from pnn_electronic.visa.bench.hislip import HislipHandler
from pnn_electronic.visa.bench.infiniivision import InfiniiVision
from pnn_electronic.visa.bench.mso import Mso
from pnn_electronic.visa.bench.port import Port, SocketHandler, SocketServer
from pnn_electronic.visa.bench.trueform import Trueform
from pnn_electronic.visa.bench.wiring import Wiring
from pnn_electronic.visa.server import VisaServer

__all__ = ["main"]

FAMILIES = {"keysight": (Trueform, InfiniiVision), "tektronix": (Afg31000, Mso)}
HANDLERS = {"socket": SocketHandler, "hislip": HislipHandler}


def main(config: VisaServer.Config) -> None:
    """Serve until standard input ends."""
    tether()
    parts = built(config)
    circuit = Circuit(parts, config.substeps)
    circuit.respond(np.zeros((1, 2), np.float32), 1e6)  # compiles, once
    precise = config.model_copy(update={"adc_bits": 24})
    wiring = Wiring(circuit, Converters(precise, parts), config.latency_s)
    plays, takes = FAMILIES[config.family]
    generator = plays(wiring, config.dac_bits)
    digitiser = takes(wiring, config.adc_bits)
    lock = Lock()
    ports = {"generator": Port(generator, lock), "digitiser": Port(digitiser, lock)}
    handler = HANDLERS[config.transport]
    servers = {name: SocketServer(port, handler) for name, port in ports.items()}
    for server in servers.values():
        Thread(target=server.serve_forever, daemon=True).start()
    say({name: server.server_address[1] for name, server in servers.items()})
    for line in sys.stdin:
        asked = json.loads(line)
        wiring.gain = asked.get("gain", wiring.gain)
        if fault := asked.get("fault"):
            port = ports[asked["instrument"]]
            if fault == "error":
                port.instrument.push(-222)
            else:
                port.faults[fault] = asked["times"]
        say({"output": generator.on, "shape": generator.shape})


if __name__ == "__main__":
    main(VisaServer.Config.model_validate_json(sys.argv[1]))
