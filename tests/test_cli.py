"""Laws of the `pnn` command: quick to list, exact in its status, safe to interrupt."""

import json
import re
import signal
import sys
import warnings

import pytest

from pnn_core.cli import main
from pnn_core.run import Run

COMMANDS = (
    "list",
    "doctor",
    "new",
    "check",
    "bench",
    "calibrate",
    "train",
    "evaluate",
    "report",
)


@pytest.fixture
def pnn(capsys, monkeypatch):
    """Run the command line in this process: (status, stdout, stderr)."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["pnn", *map(str, arguments)])
        before = signal.getsignal(signal.SIGTERM)
        with warnings.catch_warnings():
            status = main()
        signal.signal(signal.SIGTERM, before)
        return status, *capsys.readouterr()

    return run


@pytest.mark.parametrize("arguments", [("--help",), ("list",), ("doctor", "--json")])
def test_looking_around_loads_no_torch(site, arguments):
    site.install_toy()
    program = "import sys; from pnn_core.cli import main; main(); print(*sys.modules)"
    out, _ = site.pnn(*arguments, python=("-c", program)).communicate(timeout=60)
    loaded = out.splitlines()[-1].split()
    assert "pnn_core.cli.app" in loaded
    assert "torch" not in loaded


def test_help_names_every_command(pnn):
    status, out, _ = pnn("--help")
    assert status == 0
    assert [c for c in COMMANDS if c not in out] == []


def test_list_shows_the_toy_in_each_of_its_kinds(pnn, toy):
    status, out, _ = pnn("list", "--json")
    found = json.loads(out)
    assert status == 0
    for kind in ("devices", "twins", "tasks"):
        assert "toy" in [row["name"] for row in found[kind]]
    assert found["faults"] == []
    assert "devices (1)\n  toy  toy  A row of saturating amplifiers" in pnn("list")[1]


def test_doctor_finds_no_fault_in_the_core(pnn):
    status, out, _ = pnn("doctor")
    assert status == 0
    assert out.endswith("no faults found\n")


def test_check_tells_each_check_and_the_verdict(pnn, toy):
    status, out, _ = pnn("check", "toy", "--kind", "device")
    assert status == 0
    assert "passed  closes-twice\n" in out
    assert "toy: conforms (22 passed, 0 exempt, 0 skipped, 0 failed)" in out
    found = json.loads(pnn("check", "toy", "--kind", "device", "--json")[1])
    assert found["conforms"]
    assert {c["state"] for c in found["checks"]} == {"passed"}


def test_check_fails_with_1_and_says_why(pnn, site):
    site.install(
        "flat",
        """
        from pnn_core import hookimpl
        from pnn_core.testing import ToyDevice

        class Flat(ToyDevice):
            '''Loses an axis.'''
            name = "flat"
            def measure(self, inputs, params):
                return inputs.sum(1)

        @hookimpl
        def pnn_devices():
            return [Flat]
        """,
    )
    status, out, _ = pnn("check", "flat")
    assert status == 1
    assert "failed  measures-declared-shape\n        SignalError: flat.outputs" in out
    assert "exempt  twin-points-downhill\n        No twin is named 'flat'" in out
    assert "flat: does not conform" in out


def test_check_all_prints_a_table_of_the_core(pnn):
    """Slow, three seconds: the learned twin is calibrated."""
    status, out, _ = pnn("check", "--all")
    assert status == 0
    assert "trainers\n   1  identity\n   2  in-silico\n   3  pat\n" in out
    assert re.search(r"  trainer-lowers-the-loss +\.  \.  \.\n", out)


def test_check_tells_the_quality_of_a_plugin(pnn, site):
    """Slow, three seconds: its listing is tried in a fresh interpreter."""
    site.install_toy()
    status, out, _ = pnn("check", "toy", "--quality")
    assert status == 1
    assert "bronze  yes  conforms\n" in out
    assert "bronze  no   says-what-it-is\n             no summary, no readme" in out
    assert out.endswith("toy (pnn-toy 1.0): none\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Usage"),
        (("lisst",), "No such command 'lisst'"),
        (("list", "--jso"), "No such option"),
        (("train",), "Missing argument"),
        (("check", "scope"), "No component named 'scope'"),
        (("check",), "expects a name, or else --all"),
        (("check", "affine", "--kind", "code"), "server, got 'code'"),
        (("train", "nowhere.toml"), "error: Experiment nowhere.toml cannot be read"),
        (("evaluate", "nowhere"), "error: nowhere is not a run folder"),
        (("evaluate", "nowhere", "--on", "moon"), "device, twin, identity, got 'moon'"),
        (("evaluate", "nowhere", "--split", "train"), "test, validation, got 'train'"),
    ],
)
def test_misuse_exits_with_2_and_says_how_to_use_it(pnn, arguments, said):
    status, out, err = pnn(*arguments)
    assert status == 2
    assert said in out + err
    assert "Traceback" not in err


def test_calibrate_train_and_evaluate_hand_over_by_folders(
    pnn, toy, experiment_file, tmp_path
):
    status, out, err = pnn("calibrate", experiment_file, "--run", tmp_path / "c")
    assert status == 0
    assert "gap" in out
    assert "calibrating the twin: done in" in err

    calibrated = ("--twin-from", tmp_path / "c", "--run", tmp_path / "t")
    status, out, err = pnn("train", experiment_file, *calibrated, "--json")
    assert status == 0
    assert json.loads(out)["number"] == 2
    assert "pat on toy\n" in err
    assert "epoch   2  loss " in err
    assert "calibrating" not in err
    assert (tmp_path / "t/twin.npz").read_bytes() == (
        tmp_path / "c/twin.npz"
    ).read_bytes()

    for place in ("device", "twin", "identity"):
        status, out, _ = pnn("evaluate", tmp_path / "t", "--on", place, "--json")
        assert status == 0
        assert 0 <= json.loads(out)["accuracy"] <= 1
    status, out, _ = pnn("evaluate", tmp_path / "t", "--split", "validation")
    assert "accuracy" in out
    assert set(Run.open(tmp_path / "t").read_json("evaluation.json")) == {
        "test_device",
        "test_twin",
        "test_identity",
        "validation_device",
    }


def test_a_run_without_a_folder_gets_one_of_its_own(
    pnn, toy, experiment_file, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    folders = {
        json.loads(pnn("calibrate", experiment_file, "--json")[1])["run"] for _ in "12"
    }
    assert len(folders) == 2
    assert all(folder.startswith("runs/toy-") for folder in folders)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_training_can_be_evaluated(
    pnn, site, experiment_file, tmp_path, number
):
    text = experiment_file.read_text().replace("epochs = 2", "epochs = 1000000")
    experiment_file.write_text(text)
    site.install_toy()
    run = site.pnn("train", str(experiment_file), "--run", "run")
    seen = []
    while not (seen and seen[-1].startswith("epoch")):
        seen.append(run.stderr.readline())
        assert seen[-1], seen
    run.send_signal(number)
    assert run.stderr.read().endswith("interrupted: what was finished is kept\n")
    assert run.wait(60) == 130
    opened = Run.open(tmp_path / "run")
    assert opened.manifest["status"] == "interrupted"
    status, out, _ = pnn("evaluate", opened.folder, "--json")
    assert status == 0
    assert json.loads(out)["accuracy"] > 0
