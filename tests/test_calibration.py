"""Twins: what calibration reaches, reports and leaves alone."""

import numpy as np
import pytest
import torch

import pnn_core as pnn
from pnn_core.calibration import CalibrationConfig
from pnn_core.drive import draw
from pnn_core.pairs import measure_pairs


class Leaky(pnn.Device):
    """A saturating amplifier, a leaky integrator, and a gain that params set."""

    name = "leaky"
    virtual = True
    inputs = pnn.SignalSpec((24,), "V", -1.0, 1.0, sample_rate_hz=48e3)
    params = pnn.SignalSpec.empty()
    outputs = pnn.SignalSpec((24,), "V", -4.0, 4.0, sample_rate_hz=48e3)

    def measure(self, inputs, params):
        state, outputs = 0.0, np.empty_like(inputs)
        for i, volts in enumerate(np.tanh(2 * inputs).T):
            state = 0.7 * state + volts
            outputs[:, i] = state
        return outputs


class Crossbar(pnn.Device):
    """tanh(inputs W + params), for a fixed random W."""

    name = "crossbar"
    virtual = True
    inputs = pnn.SignalSpec((6,), "V", -1.0, 1.0)
    params = pnn.SignalSpec((4,), "V", -0.5, 0.5)
    outputs = pnn.SignalSpec((4,), "V", -1.0, 1.0)
    weights = np.random.default_rng(0).standard_normal((6, 4)).astype(np.float32) / 2

    def measure(self, inputs, params):
        return np.tanh(inputs @ self.weights + params)


class GainTwin(pnn.Twin):
    """A leaky integrator that is off by one gain."""

    name = "gain"

    def __init__(self, device):
        super().__init__(device)
        self.gain = torch.nn.Parameter(torch.tensor(1.2))
        lag = torch.arange(24)[None, :] - torch.arange(24)[:, None]
        self.register_buffer("leak", torch.where(lag >= 0, 0.7 ** lag.clamp(min=0), 0))

    def forward(self, inputs, params):
        return self.gain * (torch.tanh(2 * inputs) @ self.leak)


def test_the_gap_is_zero_for_the_truth_and_one_for_the_mean():
    class Mean(GainTwin):
        def forward(self, inputs, params):
            return measured.mean(0) + 0 * inputs

    with Leaky() as device:
        inputs = torch.from_numpy(
            draw(device.inputs, 40, np.random.default_rng(0), "uniform")
        )
        measured = torch.from_numpy(device.run(inputs.numpy()))
        exact = GainTwin(device)
        torch.nn.init.ones_(exact.gain)
        none = torch.empty(0)
        assert pnn.reality_gap(exact, device, inputs, none) < 1e-6
        assert pnn.reality_gap(Mean(device), device, inputs, none) == pytest.approx(1)


def test_calibration_finds_the_coefficient_and_reports_the_held_out_gap():
    with Leaky() as device:
        twin = GainTwin(device)
        found = pnn.calibrate(twin, device, examples=200, steps=200, lr=0.05)
    assert twin.gain.item() == pytest.approx(1, abs=1e-3)
    assert found.gap_before == pytest.approx(0.2, rel=0.02)  # all outputs 20 % high
    assert found.gap < 1e-3
    assert found.examples == device.usage.examples == 200


@pytest.mark.parametrize(("device", "worst"), [(Leaky, 0.02), (Crossbar, 0.05)])
def test_the_learned_twin_fits_waveforms_and_vectors(device, worst):
    with device() as opened:
        twin = pnn.LearnedTwin(opened)
        found = pnn.calibrate(twin, opened, examples=3000, steps=1500)
    assert found.gap < worst


def test_a_waveform_twin_is_causal():
    with Leaky() as device:
        twin = pnn.LearnedTwin(device)
        pnn.calibrate(twin, device, examples=200, steps=50)
    inputs = torch.zeros(1, 24)
    later = inputs.clone()
    later[0, 12:] = 0.5
    one, other = twin(inputs, torch.empty(0)), twin(later, torch.empty(0))
    torch.testing.assert_close(one[:, :12], other[:, :12], rtol=0, atol=1e-6)
    assert (one[:, 12:] - other[:, 12:]).abs().min() > 0.1


@pytest.mark.parametrize("device", [Leaky, Crossbar])
def test_the_learned_twins_gradients_agree_with_finite_differences(device):
    unopened = device()
    twin = pnn.LearnedTwin(unopened, branches=3, hidden=4, bends=2).double()
    rng = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in twin.parameters():
            weight.copy_(0.3 * torch.randn(weight.shape, generator=rng).double())
    inputs = torch.rand(2, *unopened.inputs.shape, generator=rng).double()
    params = 0.2 * torch.rand(unopened.params.shape, generator=rng).double()
    assert torch.autograd.gradcheck(
        twin, (inputs.requires_grad_(), params.requires_grad_())
    )


def test_calibrating_again_with_one_seed_gives_the_same_twin():
    weights = []
    for _ in range(2):
        with Crossbar() as device:
            twin = pnn.LearnedTwin(device)
            pnn.calibrate(twin, device, examples=100, steps=30)
        weights.append(torch.cat([p.flatten() for p in twin.parameters()]))
    assert torch.equal(*weights)


def test_calibration_leaves_a_frozen_twin_frozen():
    with Leaky() as device:
        twin = GainTwin(device).requires_grad_(False)
        pnn.calibrate(twin, device, examples=40, steps=5)
    assert not twin.gain.requires_grad
    assert twin.gain != 1.2


def test_a_diverging_calibration_gives_the_twin_back_as_it_was():
    class Explosive(GainTwin):
        def forward(self, inputs, params):
            return super().forward(inputs, params) * torch.where(
                self.gain == 1.2, 1.0, torch.nan
            )

    with Leaky() as device:
        twin = Explosive(device)
        with pytest.raises(pnn.TwinError, match="diverged"):
            pnn.calibrate(twin, device, examples=40, steps=5)
    assert twin.gain.item() == pytest.approx(1.2)


@pytest.mark.parametrize("drive", ["uniform", "varied"])
def test_drives_fill_the_range_and_never_leave_it(drive):
    spec = pnn.SignalSpec((50,), "V", -0.1, 0.3)
    signals = draw(spec, 400, np.random.default_rng(0), drive)
    spec.check(signals, port="drive", batched=True)
    assert signals.min() < -0.09
    assert signals.max() > 0.29


def test_params_are_held_within_a_group_and_vary_between_groups():
    with Crossbar() as device:
        pairs = measure_pairs(device, 60, np.random.default_rng(0), per_params=20)
    assert pairs.inputs.shape == (3, 20, 6)
    assert len(torch.unique(pairs.params, dim=0)) == 3
    for inputs, params, outputs in pairs.groups():
        with Crossbar() as device:
            again = device.run(inputs.numpy(), params.numpy())
        assert np.array_equal(outputs.numpy(), again)


def test_a_split_of_the_pairs_loses_and_shares_nothing():
    with Crossbar() as device:
        pairs = measure_pairs(device, 200, np.random.default_rng(0))
    train, held_out = pairs.parted(0.3)
    assert torch.equal(torch.cat([train.params, held_out.params]), pairs.params)
    assert len(held_out.params) == 3


def test_unknown_calibration_settings_are_refused():
    with Leaky() as device, pytest.raises(pnn.SettingError, match="did you mean 'lr'"):
        pnn.calibrate(GainTwin(device), device, lrr=1)
    assert set(CalibrationConfig.model_fields) >= {"examples", "steps", "lr"}
