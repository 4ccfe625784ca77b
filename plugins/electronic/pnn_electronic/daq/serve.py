"""The virtual board as a program: python -m pnn_electronic.daq.serve SETTINGS.

SETTINGS is JSON: host, port and name of the board, and the settings of the circuit's
virtual bench. One line of JSON on stdout says the port; then each line on stdin is a
command and is answered by the state: {"provoke": {...}} for a fault, {"reset": true} to
start afresh, or {}. The program ends with its stdin, and with its parent.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import numpy as np
from nidaqmx._stubs.nidaqmx_pb2_grpc import add_NiDAQmxServicer_to_server

from pnn_core.program import say, tether
from pnn_electronic.bench import CircuitBench
from pnn_electronic.daq.board import Board
from pnn_electronic.daq.protocol import Protocol
from pnn_electronic.daq.rack import Rack


def main() -> None:
    """Serve until stdin ends."""
    tether()
    settings = json.loads(sys.argv[1])
    place = {key: settings.pop(key) for key in ("host", "port", "board")}
    board = _board(place["board"], settings)
    rack = Rack(board)
    server = grpc.server(
        ThreadPoolExecutor(8),
        options=[
            ("grpc.so_reuseport", 0),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_receive_message_length", -1),
        ],
    )
    add_NiDAQmxServicer_to_server(Protocol(rack), server)
    port = server.add_insecure_port(f"{place['host']}:{place['port']}")
    server.start()
    say({"port": port})
    for line in sys.stdin:
        command = json.loads(line)
        if "provoke" in command:
            board.faults.provoke(**command["provoke"])
        if "reset" in command:
            rack.reset()
        say(
            {
                "output_v": board.held_v,
                "records": board.records,
                "tasks": len(rack.tasks),
            }
        )
    os._exit(0)  # calls that hang would keep the interpreter


def _board(name: str, settings: dict[str, Any]) -> Board:
    """Return a board with the bench's circuit, its compiled code warm."""
    bench = CircuitBench(**settings).open()
    bench.respond(np.zeros((1, 2)))  # compiles what one record needs
    return Board(bench.circuit.respond, bench.converters, name)


if __name__ == "__main__":
    main()
