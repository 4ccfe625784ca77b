"""What a report promises: self-contained, faithful to its folders, hard to break."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from pnn_core import PNNError, RunError
from pnn_core.report import write_report
from pnn_core.run import Run

TOML = """name = "{name}"
task = {{ name = "vowels" }}
device = {{ name = "toy-bench" }}
encoder = {{ name = "affine" }}
twin = {{ name = "learned" }}
trainer = {{ name = "{trainer}" }}
"""
USAGE = {"runs": 12345, "examples": 67890, "seconds": 7.25, "joules": 3.5}
CALIBRATION = {"gap": 0.125, "gap_before": 0.875, "examples": 4321, "seconds": 2.5}
EPOCHS = [
    {
        "number": number,
        "loss": 2.0 / number,
        "accuracy": 0.3 * number,
        "validation": 0.25 * number,
        "seconds": 1.0 * number,
        "usage": {"runs": 111 * number, "examples": 9, "seconds": 1.0, "joules": None},
    }
    for number in (1, 2, 3)
]
CLASSES = ["ah", "ee", "oo"]


def evaluation(accuracy):
    confusion = [[17, 2, 1], [0, 19, 1], [3, 0, 18]]
    return {
        "accuracy": accuracy,
        "loss": 0.5,
        "confusion": confusion,
        "classes": CLASSES,
        "virtual": True,
    }


def started(folder, *, name="vowels-on-toy", trainer="pat", **facts):
    return Run.create(folder, TOML.format(name=name, trainer=trainer), **facts)


def finished(folder, *, accuracies=None, **facts):
    rng = np.random.default_rng(0)
    run = started(folder, **{"virtual": True, **facts})
    run.write_json("calibration.json", CALIBRATION)
    run.write_json("metrics.json", EPOCHS)
    accuracies = accuracies or {"test_device": 0.8765}
    run.write_json(
        "evaluation.json", {key: evaluation(a) for key, a in accuracies.items()}
    )
    network = {"layer1.gain": np.float32(0.625)}
    network["layer1.body.physics.theta"] = np.zeros(2, np.float32)
    network["layer1.body.physics.params"] = np.array([1.25, 0.75], np.float32)
    network["layer1.body.encoder.gain"] = rng.normal(size=196).astype(np.float32)
    network["layer2.body.encoder.gain"] = rng.normal(size=60).astype(np.float32)
    run.write_arrays("network.npz", network)
    measured = rng.normal(size=(1, 196))
    run.write_arrays(
        "waveforms.npz",
        {
            "features": rng.random((1, 12)),
            "inputs": rng.uniform(-1, 1, (1, 196)),
            "measured": measured,
            "predicted": measured + 0.1,
            "input_range": np.array([-1.0, 1.0]),
        },
    )
    run.mark("trained", usage=USAGE)
    return run


def report(tmp_path, *runs):
    return write_report(runs, tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Return the page of a finished run, another like it, and one just started."""
    folder = tmp_path_factory.mktemp("runs")
    accuracies = {"test_device": 0.8765, "test_twin": 0.9265, "test_identity": 0.6765}
    runs = [
        finished(folder / "first", accuracies=accuracies),
        finished(folder / "second", trainer="in-silico"),
        started(folder / "third"),
    ]
    return report(folder, *runs)


class Parsed(HTMLParser):
    """Tags in their order, each with its attributes; what is open at the end."""

    VOID = frozenset({"meta", "img", "br", "link", "input"})

    def __init__(self, page):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def told(self):
        """Return the alternative texts of the pictures, "" for none."""
        pictures = [a for tag, a in self.tags if tag in ("svg", "img")]
        return [a.get("aria-label") or a.get("alt") or "" for a in pictures]


def cells(page):
    """Return the summary's cells as {(group, heading): text}, one dict a run."""
    body = page.split('<table class="summary">')[1].split("</table>")[0]
    pattern = r'data-group="([^"]*)" data-label="([^"]*)">([^<]*)<'
    rows = body.split("<tbody>")[1].split("</tr>")[:-1]
    return [{(g, h): text for g, h, text in re.findall(pattern, row)} for row in rows]


def test_a_page_fetches_nothing(page):
    parsed = Parsed(page)
    assert not {"script", "link", "iframe", "base"} & {tag for tag, _ in parsed.tags}
    for _, attributes in parsed.tags:
        for name in {"href", "xlink:href", "src", "srcset"} & attributes.keys():
            assert attributes[name].startswith(("#", "data:image/png"))
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)", page))
    assert "http://" not in page
    assert "https://" not in page
    assert "@import" not in page


def test_a_page_closes_what_it_opens_and_names_nothing_twice(page):
    parsed = Parsed(page)
    ids = [a["id"] for _, a in parsed.tags if "id" in a]
    links = [a["href"] for _, a in parsed.tags if "href" in a]
    assert parsed.open == []
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)


def test_every_picture_is_there_and_told_in_words(page):
    told = Parsed(page).told()
    assert all(told)
    for words in (
        "Training loss over 3 epochs",
        "validation at 75.00 %",
        "Example 1: input, output",
        "Confusion matrix, test split, on the device (virtual bench): 54 of 61",
        "Most often confused: oo taken for ah, 3 times.",
        "layer 1 gain [1] as an image of 14 by 14 elements",
        "layer 2 gain [1] as a line over 60 elements",
    ):
        assert any(words in text for text in told), words


def test_the_summary_repeats_the_files(page):
    assert cells(page)[0] == {
        ("", "trainer"): "pat",
        ("", "twin"): "learned",
        ("Calibration", "reality gap"): "0.125",
        ("Calibration", "measurements"): "4\u202f321",
        ("Test accuracy, %", "device"): "87.65",
        ("Test accuracy, %", "twin"): "92.65",
        ("Test accuracy, %", "identity"): "67.65",
        ("Device usage", "runs"): "12\u202f345",
        ("Device usage", "examples"): "67\u202f890",
        ("Device usage", "time, s"): "7.25",
        ("Device usage", "energy, J"): "3.50",
    }


def test_small_arrays_are_told_as_numbers_and_theta_as_params(page):
    assert re.search(r"layer1\.gain</code>.*0\.625", page)
    assert re.search(r"layer1\.body\.physics\.params</code>.*1\.25, 0\.750", page)
    assert "theta</code>" not in page


def test_a_virtual_bench_is_said_and_hardware_is_not_called_one(tmp_path, page):
    assert "virtual bench" in page.split("</header>")[0]
    virtual = report(tmp_path, started(tmp_path / "virtual", virtual=True))
    assert "virtual bench" in virtual.split("</header>")[0]
    real = report(tmp_path, started(tmp_path / "real", virtual=False))
    assert "virtual bench" not in real


def test_axes_carry_the_units_of_the_manifest(tmp_path, page):
    port = {"shape": [196], "unit": "Pa", "low": 0, "high": 1, "sample_rate_hz": 1e4}
    run = finished(tmp_path / "a", signals={"inputs": port, "outputs": port})
    known = report(tmp_path, run)
    assert "output [Pa]" in known
    assert "time [ms]" in known
    assert "output [device units]" in page


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "$x_{$ & \\frac"])
def test_hostile_text_stays_text(tmp_path, hostile, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["pnn", hostile])
    name = hostile.replace("\\", "\\\\")
    run = finished(tmp_path / "a", name=name, error=hostile)
    found = evaluation(0.9) | {"classes": [hostile, '"><img src=x onerror=y>', "ok"]}
    run.write_json("evaluation.json", {f"test_{hostile}": found})
    run.write_arrays("network.npz", {hostile.replace("/", ""): np.ones(196)})
    tags = Parsed(report(tmp_path, run)).tags
    assert "script" not in {tag for tag, _ in tags}
    assert not any("onerror" in attributes for _, attributes in tags)


def test_several_runs_are_compared(page):
    assert [row["", "trainer"] for row in cells(page)] == ["pat", "in-silico", "pat"]
    (told,) = (text for text in Parsed(page).told() if "one line a run" in text)
    assert "first ends at 75.00 %; second ends at 75.00 %" in told
    assert "third" not in told


def test_runs_of_one_name_are_told_apart(tmp_path):
    page = report(tmp_path, started(tmp_path / "a/run"), started(tmp_path / "b/run"))
    assert f"Run {tmp_path / 'a/run'}" in page
    assert f"Run {tmp_path / 'b/run'}" in page


def test_what_is_missing_is_a_dash(tmp_path):
    (row,) = cells(report(tmp_path, started(tmp_path / "a")))
    assert {text for (group, _), text in row.items() if group} == {"\N{EN DASH}"}


@pytest.mark.parametrize(
    "name", ["calibration", "metrics", "evaluation", "network", "waveforms"]
)
def test_any_file_but_the_manifest_may_be_missing(tmp_path, name):
    run = finished(tmp_path / "a")
    (found,) = run.folder.glob(f"{name}.*")
    found.unlink()
    assert "<h2>Run a" in report(tmp_path, run)


def test_validation_accuracies_have_columns_if_there_are_any(tmp_path):
    run = started(tmp_path / "a")
    run.write_json("evaluation.json", {"validation_device": evaluation(0.5)})
    (row,) = cells(report(tmp_path, run))
    assert row["Validation accuracy, %", "device"] == "50.00"


def test_an_interrupted_run_shows_what_there_is(tmp_path):
    run = started(tmp_path / "a", virtual=True)
    run.write_json("metrics.json", EPOCHS[:1])
    run.mark("interrupted")
    page = report(tmp_path, run)
    (row,) = cells(page)
    assert "The run was interrupted" in page
    assert row["Device usage", "runs"] == "111*"
    assert any("Training loss over 1 epochs" in text for text in Parsed(page).told())


def test_a_failed_run_says_why(tmp_path):
    run = started(tmp_path / "a")
    run.mark("failed", error="The amplifier <burnt> is off.\n  Switch it on.")
    page = report(tmp_path, run)
    assert "The amplifier &lt;burnt&gt; is off.\n  Switch it on." in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metrics.json", b"{"),
        ("metrics.json", b'{"loss": 1}'),
        ("metrics.json", b'[{"number": 1}]'),
        ("evaluation.json", b"[]"),
        ("calibration.json", b'{"gap": "wide"}'),
        ("network.npz", b"PK no archive"),
        ("waveforms.npz", b""),
    ],
)
def test_a_damaged_file_is_named_and_no_page_is_left(tmp_path, name, content):
    run, page = finished(tmp_path / "a"), tmp_path / "report.html"
    page.write_text("the one before")
    (run.folder / name).write_bytes(content)
    with pytest.raises(RunError, match=name):
        write_report([finished(tmp_path / "b"), run], page)
    assert page.read_text() == "the one before"
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b", "report.html"}


def test_waveforms_that_do_not_belong_together_are_damage(tmp_path):
    run = finished(tmp_path / "a")
    arrays = run.read_arrays("waveforms.npz")
    run.write_arrays("waveforms.npz", arrays | {"predicted": np.zeros((1, 7))})
    with pytest.raises(RunError, match="do not belong together"):
        report(tmp_path, run)


def test_a_confusion_matrix_that_does_not_fit_its_classes_is_damage(tmp_path):
    run = finished(tmp_path / "a")
    found = evaluation(0.5) | {"classes": ["ah"]}
    run.write_json("evaluation.json", {"test_device": found})
    with pytest.raises(RunError, match=r"evaluation\.json is damaged"):
        report(tmp_path, run)


def test_degenerate_arrays_are_still_drawn(tmp_path):
    run = finished(tmp_path / "a")
    run.write_arrays(
        "network.npz",
        {
            "layer1.body.encoder.gain": np.full(25, np.nan),
            "layer1.body.encoder.offset": np.zeros(30),
            "layer1.body.physics.params": np.zeros(0),
            "layer1.body.encoder.mask": np.ones((3, 4, 5)),
        },
    )
    few = np.ones((1, 4))
    run.write_arrays(
        "waveforms.npz", {"inputs": few, "measured": few, "predicted": few}
    )
    curves, examples, matrices, arrays = 2, 1, 1, 3
    told = Parsed(report(tmp_path, run)).told()
    assert len(told) == curves + examples + matrices + arrays


def test_a_picture_with_many_marks_becomes_an_image(tmp_path):
    run, rng = finished(tmp_path / "a"), np.random.default_rng(0)
    long = rng.normal(size=(1, 40_000))
    run.write_arrays(
        "waveforms.npz", {"inputs": long, "measured": long, "predicted": long}
    )
    page = report(tmp_path, run)
    assert '<img alt="Example 1' in page
    assert len(page) < 3e6


def test_a_page_is_a_function_of_its_folders(tmp_path):
    run = finished(tmp_path / "a")
    assert report(tmp_path, run) == report(tmp_path, run)


def test_no_runs_are_refused(tmp_path):
    with pytest.raises(RunError, match="at least one run"):
        write_report([], tmp_path / "report.html")


def test_a_page_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(RunError, match="cannot be written"):
        report(tmp_path, started(tmp_path / "a"))


@pytest.mark.parametrize("package", ["matplotlib", "jinja2"])
def test_a_missing_extra_says_what_to_install(tmp_path, package):
    run = started(tmp_path / "a")
    code = f"""
import sys
sys.modules[{package!r}] = None
from pathlib import Path
from pnn_core import PNNError
from pnn_core.report import write_report
from pnn_core.run import Run
try:
    write_report([Run.open(Path({str(run.folder)!r}))], Path("unused.html"))
except PNNError as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert 'pip install "pnn-core[report]"' in told.stdout
    assert issubclass(RunError, PNNError)


def test_a_report_needs_neither_torch_nor_a_display(tmp_path):
    run = finished(tmp_path / "a")
    code = f"""
import json, sys
from pathlib import Path
from pnn_core.report import write_report
from pnn_core.run import Run
early = sorted({{"matplotlib", "jinja2"}} & set(sys.modules))
write_report([Run.open(Path({str(run.folder)!r}))], Path({str(tmp_path / "r.html")!r}))
late = sorted({{"torch", "matplotlib.pyplot"}} & set(sys.modules))
print(json.dumps([early, late]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [[], []]
