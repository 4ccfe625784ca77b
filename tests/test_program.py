"""Laws of a server's program: it answers, says why it does not, and leaves nothing."""

import pytest

import pnn_core as pnn
from pnn_core.program import Program

ECHO = """
import json, sys
from pnn_core.program import say, tether

tether()
say({"ready": sys.argv[1]})
for line in sys.stdin:
    order = json.loads(line)
    if order == "end":
        sys.exit()
    say(order)
"""


@pytest.fixture
def program(tmp_path):
    """Return a function that makes a program from its source; end them all."""
    made = []

    def make(source, *arguments):
        (tmp_path / "toy_program.py").write_text(source)
        path = {"PYTHONPATH": str(tmp_path)}
        made.append(Program("toy", "toy_program", *arguments, environment=path))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def test_a_program_answers_what_it_is_asked_until_it_is_stopped(program, refusal):
    echo = program(ECHO, "yes")
    assert echo.start(30) == {"ready": "yes"}
    assert echo.ask({"volts": [1, 2]}) == {"volts": [1, 2]}
    process = echo.process
    echo.stop()
    echo.stop()
    assert process.poll() == 0
    with refusal(pnn.DeviceError, "toy does not run"):
        echo.ask({})


def test_a_program_that_ends_by_itself_no_longer_runs(program, refusal):
    echo = program(ECHO, "yes")
    echo.start(30)
    echo.tell("end")
    echo.process.wait(30)
    with refusal(pnn.DeviceError, "toy does not run"):
        echo.ask({})


def test_a_program_that_fails_is_told_with_its_last_words(program, refusal):
    broken = program("raise OSError('port in use')")
    with refusal(pnn.DeviceError, "toy did not answer", "OSError: port in use"):
        broken.start(30)
    assert broken.process is None


def test_a_program_that_hangs_is_told_in_bounded_time_and_killed(program, refusal):
    hung = program("import time\ntime.sleep(600)")
    with refusal(pnn.DeviceError, "did not answer within 0.5 s", "It said nothing"):
        hung.start(0.5)
    assert hung.process is None
