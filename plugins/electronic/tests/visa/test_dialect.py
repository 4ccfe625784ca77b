import pytest
from pnn_electronic.visa.dialect import DigitiserDialect, GeneratorDialect, Poll
from pnn_electronic.visa.dialect_files import SHIPPED, load, shipped

import pnn_core as pnn

MODELS = {"generator": GeneratorDialect, "digitiser": DigitiserDialect}


@pytest.mark.parametrize("name", shipped())
def test_shipped_dialects_are_valid_and_name_their_manual(name):
    kind = shipped()[name]["kind"]
    assert (
        "Manual" in load(MODELS[kind], name).manual.title()
        or "Guide" in load(MODELS[kind], name).manual
    )


@pytest.mark.parametrize("kind", MODELS)
def test_two_dialects_of_a_kind_share_no_command(kind):
    one, other = (
        load(MODELS[kind], name)
        for name, content in shipped().items()
        if content["kind"] == kind
    )
    assert not set(one.record) & set(other.record)
    assert one.codes != other.codes
    assert one.errors.query != other.errors.query


def test_record_lengths_are_multiples_of_the_granularity():
    content = shipped()["keysight-trueform"] | {"granularity": 16}
    model = GeneratorDialect(**content)
    assert [model.points(wanted) for wanted in (1, 16, 17, 200)] == [16, 16, 32, 208]


def test_poll_compares_the_masked_bits_of_an_answer():
    running = Poll(query="?", until=["0"], mask=8)
    assert [running.reached(answer) for answer in ("40", "32", "+8")] == [
        False,
        True,
        False,
    ]
    assert Poll(query="?", until=["READY"]).reached("Ready")


def changed(tmp_path, old, new, name="keysight-trueform"):
    text = (SHIPPED / f"{name}.toml").read_text()
    assert old in text
    path = tmp_path / "lab.toml"
    path.write_text(text.replace(old, new))
    return str(path)


def test_a_lab_adds_its_own_by_path(tmp_path):
    path = changed(tmp_path, "max_points = 1_000_000", "max_points = 16_000_000")
    assert load(GeneratorDialect, path).max_points == 16_000_000


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{rate_hz:", "{rate:", "cannot fill in rate; there are rate_hz"),
        ("min_points = 8", "min_point = 8", "did you mean 'min_points'?"),
        ('trigger = ["*TRG"]', "", "trigger: required"),
        ("high = 32767", "high = 40000", "-32768 <= low < high <= 32767"),
        ("idn = '(", "idn = '((", "no regular expression"),
        ('query = "SYST:ERR?"', "query = 'E?'\nanswer = '.*'", "groups code and text"),
        ('kind = "generator"', 'kind = "digitiser"', "kind = 'digitiser'"),
        ('kind = "generator"', "kind = generator", "Correct its TOML"),
    ],
)
def test_wrong_files_are_refused_with_the_reason(tmp_path, refusal, old, new, said):
    with refusal(pnn.SettingError, said) as caught:
        load(GeneratorDialect, changed(tmp_path, old, new))
    assert "lab.toml" in str(caught.value)


def test_unknown_dialects_list_the_known(refusal):
    with refusal(
        pnn.SettingError, "did you mean 'keysight-trueform'?", "tektronix-afg"
    ):
        load(GeneratorDialect, "keysight-trueforms")
    with refusal(pnn.SettingError, "keysight-infiniivision, tektronix-mso"):
        load(DigitiserDialect, "rigol")
