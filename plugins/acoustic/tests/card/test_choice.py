"""Which device is meant, and what is said if none is."""

import pytest
from pnn_acoustic.card.choice import Refusal, chosen
from pnn_acoustic.card.device import PlateDevice
from pnn_acoustic.card.refusals import refusal
from pnn_acoustic.card.stream import devices

import pnn_core as pnn


def known(*names):
    return [{"name": n, "api": "ALSA", "output": 2, "input": 0} for n in names]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [(None, 1), (0, 0), ("usb", 2), ("USB Audio", 2), ("hda", 0), ("pulse, alsa", 1)],
)
def test_a_device_is_meant_by_index_name_or_part_of_one(wanted, index):
    cards = known("HDA Intel", "pulse", "USB Audio")
    assert chosen(wanted, 1, cards, "output") == index


def test_a_whole_name_is_meant_before_a_part_of_others():
    assert chosen("pulse", 0, known("pulse 2", "pulse"), "output") == 1


@pytest.mark.parametrize(
    ("wanted", "kind"), [("x", "unknown"), ("a", "ambiguous"), (9, "unknown")]
)
def test_what_means_none_or_many_is_refused(wanted, kind):
    with pytest.raises(Refusal, match=kind):
        chosen(wanted, 0, known("HDA", "USB Audio"), "output")


def test_a_device_without_that_port_is_not_meant():
    with pytest.raises(Refusal, match="none"):
        chosen(None, 0, known("HDA"), "input")


def test_an_unforeseen_answer_is_passed_on():
    message = str(refusal({"refused": "other", "text": "odd"}, {}, "plate"))
    assert message.startswith("plate was refused by the sound system: odd.\n  ")


@pytest.mark.parametrize(
    ("lines", "changes", "error", "told"),
    [
        ("def query_devices(): return []", {}, pnn.DeviceError, "found no sound"),
        ("", {"output": "cart"}, pnn.SettingError, "'cart', did you mean 'card'"),
        ("", {"input": 7}, pnn.SettingError, "no input called 7"),
        (
            "one = query_devices()\ndef query_devices(): return 2 * one",
            {},
            pnn.SettingError,
            r"cannot tell which[^\n]*\n.*0: card, FAKE; 1: card, FAKE",
        ),
        (
            "default.device = (-1, -1)",
            {"input": None},
            pnn.DeviceError,
            r"no default one.\n  Set input to one of: 0: card",
        ),
    ],
)
def test_a_device_that_is_not_there_is_told_with_those_that_are(
    library, opened, lines, changes, error, told
):
    library(lines)
    with pytest.raises(error, match=told):
        opened(**changes)


@pytest.mark.parametrize(
    ("code", "error", "told"),
    [
        (-9985, pnn.DeviceError, "is busy"),
        (-9997, pnn.SettingError, r"48000 Hz.*\n.*44100 Hz"),
        (-9998, pnn.SettingError, "channel 2"),
        (-9993, pnn.SettingError, "same host API"),
        (-9999, pnn.DeviceError, "refused by the sound system: .*no luck"),
    ],
)
def test_what_portaudio_refuses_is_told_in_words(library, opened, code, error, told):
    library(f"def RawStream(**_): raise PortAudioError('no luck', {code})")
    with pytest.raises(error, match=f"(?s)the-driver .*{told}"):
        opened()


def test_a_stream_that_runs_at_another_rate_than_asked_is_refused(library, opened):
    library(
        "class RawStream(RawStream):\n"
        "    samplerate = property(lambda self: 44.1e3, lambda self, value: None)"
    )
    with pytest.raises(pnn.SettingError, match=r"48000 Hz.*\n.*44100 Hz"):
        opened()


def test_without_portaudio_or_sounddevice_the_way_to_get_it_is_told(library, opened):
    library(whole="raise OSError('PortAudio library not found')")
    with pytest.raises(pnn.DeviceError, match="apt install libportaudio2"):
        opened()
    library(whole="raise ModuleNotFoundError('sounddevice')")
    with pytest.raises(pnn.DeviceError, match=r"pip install 'pnn-acoustic\[sound\]'"):
        opened()
    assert "pip install" in "\n".join(PlateDevice.doctor())


def test_devices_are_listed(library):
    library()
    assert devices(5.0) == [
        {"name": "card", "api": "FAKE", "output": 2, "input": 2, "rate_hz": 44100.0}
    ]
    assert list(PlateDevice.doctor()) == [
        "sound device 0: card, FAKE (2 out, 2 in, 44100 Hz)"
    ]
