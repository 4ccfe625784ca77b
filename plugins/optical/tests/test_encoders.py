import pytest
import torch
from pnn_optical.bench import ShgBench
from pnn_optical.encoders import DigitalLinearEncoder, SpectrumEncoder

import pnn_core as pnn

SPEC = ShgBench().inputs
FOUR = ShgBench(channels=4).inputs


def features(batch=64, size=12, seed=0):
    return torch.rand(batch, size, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("build", [SpectrumEncoder, DigitalLinearEncoder])
@pytest.mark.parametrize("spec", [SPEC, FOUR])
def test_encoders_never_leave_the_range(build, spec):
    settings = {"features": 12} if build is DigitalLinearEncoder else {}
    encoder = build(spec, **settings)
    encoder(features())
    encoder.eval()
    inputs = encoder(1e3 * (features() - 0.5))
    assert inputs.shape == (64, *spec.shape)
    assert inputs.min() >= spec.low
    assert inputs.max() <= spec.high


def test_one_half_of_the_spectrum_carries_features_and_the_other_is_trained():
    encoder = SpectrumEncoder(SPEC)
    inputs = encoder(features())
    assert (inputs[:, :50].std(0) > 0.1).all()
    assert inputs[:, 50:].std(0).max() < 1e-6
    (gradient,) = torch.autograd.grad(inputs.sum(), encoder.trained)
    assert (gradient != 0).all()


def test_first_batch_sets_the_contrast_and_later_ones_do_not():
    encoder = SpectrumEncoder(SPEC)
    inputs = encoder(features())[:, :12].detach()
    assert inputs.mean(0) == pytest.approx(0.5, abs=0.02)
    assert inputs.std(0) == pytest.approx(0.25, abs=0.02)
    dimmed = encoder(0.1 * features())[:, :12]
    assert dimmed.std(0).max() < 0.06


def test_weak_features_are_not_amplified():
    encoder = SpectrumEncoder(SPEC, least_spread=0.1)
    inputs = encoder(0.5 + 1e-3 * features())
    assert inputs[:, :50].std(0).max() < 0.01


def test_more_features_than_carriers_are_averaged():
    encoder, many = SpectrumEncoder(SPEC), features(size=100)
    pairs = many.unflatten(1, (50, 2)).mean(2)
    torch.testing.assert_close(encoder(many), SpectrumEncoder(SPEC)(pairs))


def test_overdrive_is_noted_while_training():
    encoder = SpectrumEncoder(SPEC)
    encoder(features())
    low = float(encoder.overdrive.detach())
    encoder(100 * features())
    assert float(encoder.overdrive.detach()) > 10 * low
    encoder.eval()(features())
    assert encoder.overdrive is None


def test_digital_map_is_affine_once_trained():
    encoder = DigitalLinearEncoder(FOUR, features=12, deviations=6.0)
    encoder(features(1000))
    encoder.eval()
    one, two = features(8, seed=1), features(8, seed=2)
    middle = encoder((one + two) / 2)
    torch.testing.assert_close(middle, (encoder(one) + encoder(two)) / 2)


def test_digital_map_fills_the_range_whatever_its_weights():
    encoder = DigitalLinearEncoder(FOUR, features=12)
    first = encoder(features(1000)).detach()
    with torch.no_grad():
        encoder.map.weight *= 100
    torch.testing.assert_close(encoder(features(1000)), first, atol=1e-3, rtol=0)
    assert first.std(0) == pytest.approx(0.147, abs=0.01)  # 0.88 / 2 / 3 deviations


def test_digital_map_says_how_many_features_it_was_given():
    with pytest.raises(pnn.SignalError, match="features = 13"):
        DigitalLinearEncoder(SPEC, features=12)(features(size=13))


def test_absent_features_count_as_zeros():
    encoder, some = DigitalLinearEncoder(SPEC, features=12), features(size=9)
    filled = torch.cat([some, torch.zeros(len(some), 3)], dim=1)
    torch.testing.assert_close(encoder(some), encoder(filled))


@pytest.mark.parametrize("build", [SpectrumEncoder, DigitalLinearEncoder])
def test_seed_alone_draws_the_weights(build):
    once, again, other = (build(SPEC, seed=seed) for seed in (0, 0, 1))
    key = "map.weight" if build is DigitalLinearEncoder else "trained"
    drawn = [dict(e.named_parameters())[key] for e in (once, again, other)]
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
