"""Physics-aware training: what it computes, and what it refuses to compute."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch.utils.checkpoint import checkpoint

import pnn_core as pnn
from pnn_core.layer import PhysicsAware, forwarding, measuring_on
from pnn_core.twin import vet


class Cubic(pnn.Device):
    """outputs = x + params x^3, in volts."""

    name = "cubic"
    virtual = True
    inputs = pnn.SignalSpec((3,), "V", -1.0, 1.0)
    params = pnn.SignalSpec((3,), "V", 0.5, 1.5)
    outputs = pnn.SignalSpec((3,), "V", -4.0, 4.0)

    def measure(self, inputs, params):
        return inputs + params * inputs**3


class CubicTwin(pnn.Twin):
    """The same with a coefficient that is 10 % off."""

    name = "cubic"

    def __init__(self, device, **settings):
        super().__init__(device, **settings)
        self.factor = torch.nn.Parameter(torch.tensor(1.1, dtype=torch.float64))

    def forward(self, inputs, params):
        return inputs + self.factor * params * inputs**3


@pytest.fixture
def device():
    with Cubic() as opened:
        yield opened


@pytest.fixture
def layer(device):
    return pnn.PhysicalLayer(device, CubicTwin(device)).double()


def signal(*shape, seed=0):
    rng = torch.Generator().manual_seed(seed)
    return 2 * torch.rand(*shape, generator=rng, dtype=torch.float64) - 1


def test_forward_is_the_measurement_bit_for_bit(device, layer):
    inputs = signal(8, 3)
    expected = device.run(inputs.numpy(), layer.params.detach().numpy())
    assert torch.equal(layer(inputs), torch.from_numpy(expected))


def slopes(function, tensor, step=1e-6):
    """Return the central differences of a scalar function, element by element."""
    found = torch.zeros_like(tensor)
    with torch.no_grad():
        for index in np.ndindex(*tensor.shape):
            nudge = torch.zeros_like(tensor)
            nudge[index] = step
            rise = function(tensor + nudge) - function(tensor - nudge)
            found[index] = rise / (2 * step)
    return found


def test_gradients_are_the_twins_finite_differences_at_the_applied_values(layer):
    inputs, weights = signal(5, 3).requires_grad_(), signal(5, 3, seed=1)
    with torch.no_grad():
        layer.theta.copy_(signal(3, seed=2))
    found = torch.autograd.grad((layer(inputs) * weights).sum(), (inputs, layer.theta))
    applied = layer.params.detach()

    def by_inputs(x):
        return (layer.twin(x, applied) * weights).sum()

    def by_theta(theta):
        return (layer.twin(inputs, 1 + 0.5 * torch.tanh(theta)) * weights).sum()

    close = {"rtol": 1e-6, "atol": 1e-8}
    torch.testing.assert_close(found[0], slopes(by_inputs, inputs.detach()), **close)
    torch.testing.assert_close(
        found[1], slopes(by_theta, layer.theta.detach()), **close
    )


@pytest.mark.parametrize(
    ("depth", "in_silico", "aware"),
    [(1, 0.50, 0.50), (5, 3.09, 2.53), (10, 8.27, 5.11), (20, 33.06, 10.49)],
)
def test_gradient_error_of_the_power_law_chain_is_as_published(depth, in_silico, aware):
    """Relative errors in percent of Wright, Onodera et al., Nature 601, 549 (2022)."""

    class Power(Cubic):
        inputs = pnn.SignalSpec((1,), "1", 0.0, 1e30)
        outputs = pnn.SignalSpec((1,), "1", 0.0, 1e30)
        params = pnn.SignalSpec.empty()

        def measure(self, inputs, params):
            return 2 * inputs**1.1

    class PowerTwin(CubicTwin):
        def __init__(self, device, factor):
            super().__init__(device)
            self.number = factor

        def forward(self, inputs, params):
            return self.number * inputs**1.1

    def slope(where, factor):
        layer = pnn.PhysicalLayer(power, PowerTwin(power, factor), forward_on=where)
        x = torch.ones(1, 1, dtype=torch.float64, requires_grad=True)
        y = x
        for _ in range(depth):
            y = layer(y)
        return float(torch.autograd.grad(y.sum(), x)[0])

    with Power() as power:
        true = slope("twin", 2.0)  # backpropagation through the exact function
        assert round(100 * (slope("twin", 2.01) / true - 1), 2) == in_silico
        assert round(100 * (slope("device", 2.01) / true - 1), 2) == aware


def test_only_the_gradients_that_are_needed_are_computed(layer):
    inputs = signal(2, 3).requires_grad_()
    layer.theta.requires_grad_(False)
    layer(inputs).sum().backward()
    assert layer.theta.grad is None
    layer.theta.requires_grad_(True)
    layer(inputs.detach()).sum().backward()
    assert layer.theta.grad is not None


def test_an_evaluation_runs_no_twin(layer):
    layer.twin.register_forward_pre_hook(lambda *_: pytest.fail("the twin ran"))
    with torch.no_grad():
        layer(signal(2, 3).requires_grad_())


def test_the_tasks_gradient_never_reaches_the_twin(layer):
    layer(signal(2, 3).requires_grad_()).sum().backward()
    assert layer.twin.factor.grad is None
    assert layer.theta.grad.abs().min() > 0


def test_second_derivatives_in_a_mixed_graph_are_those_of_the_first(layer):
    """The measurement enters the loss's slope, the twin's Jacobian everything else."""
    inputs, weights = signal(2, 3).requires_grad_(), signal(2, 3, seed=1)

    def first(x):
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            return torch.autograd.grad((layer(x) ** 2).sum(), x)[0]

    gradient = torch.autograd.grad(
        (layer(inputs) ** 2).sum(), inputs, create_graph=True
    )
    (found,) = torch.autograd.grad((gradient[0] * weights).sum(), inputs)
    device_slope = 1 + 3 * layer.params.detach() * inputs.detach() ** 2
    twin_slope = 1 + 3.3 * layer.params.detach() * inputs.detach() ** 2

    def by_inputs(x):
        return (first(x) * weights).sum()

    true = slopes(by_inputs, inputs.detach())
    # the finite difference moves the measurement by the device's slope, the graph by
    # the twin's: 2 J_twin (J_device - J_twin) weights apart
    apart = 2 * twin_slope * (device_slope - twin_slope) * weights
    torch.testing.assert_close(found, true - apart, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpointing_cannot_run_the_device_twice(layer, reentrant):
    inputs = signal(2, 3).requires_grad_()
    outputs = checkpoint(layer, inputs, use_reentrant=reentrant)
    with pytest.raises(pnn.DeviceError, match="checkpointing would run the physics"):
        outputs.sum().backward()
    assert layer.device.usage.runs == 1


@pytest.mark.parametrize("transform", [torch.func.grad, torch.func.vmap])
def test_func_transforms_are_refused_before_anything_runs(layer, transform):
    with pytest.raises(pnn.DeviceError, match=r"torch\.func"):
        transform(lambda x: layer(x[None]).sum())(signal(4, 3))
    assert layer.device.usage.runs == 0


def test_a_device_cannot_move_the_point_of_differentiation(device):
    class Writer(Cubic):
        def measure(self, inputs, params):
            inputs *= 0
            return inputs

    with Writer() as writer:
        layer = pnn.PhysicalLayer(writer, CubicTwin(writer)).double()
        inputs = signal(2, 3)
        before = inputs.clone()
        with pytest.raises(pnn.DeviceError, match="read-only"):
            layer(inputs)
    assert torch.equal(inputs, before)


def test_a_device_that_reuses_its_buffer_does_not_change_earlier_outputs():
    class Buffered(Cubic):
        def connect(self):
            self.buffer = np.zeros((2, 3))

        def measure(self, inputs, params):
            self.buffer[:] = inputs
            return self.buffer

    with Buffered() as buffered:
        layer = pnn.PhysicalLayer(buffered, CubicTwin(buffered)).double()
        first = layer(signal(2, 3))
        kept = first.clone()
        layer(signal(2, 3, seed=1))
    assert torch.equal(first, kept)


def test_not_a_number_does_not_pass():
    class Broken(Cubic):
        def measure(self, inputs, params):
            return inputs * np.nan

    with Broken() as broken:
        layer = pnn.PhysicalLayer(broken, CubicTwin(broken)).double()
        with pytest.raises(pnn.SignalError, match=r"cubic\.outputs expects finite"):
            layer(signal(2, 3))


class Cut(CubicTwin):
    def forward(self, inputs, params):
        return super().forward(inputs.detach(), params)


class Deaf(CubicTwin):
    def forward(self, inputs, params):
        return inputs + inputs**3


class Short(CubicTwin):
    def forward(self, inputs, params):
        return super().forward(inputs, params)[:, :2]


class Several(CubicTwin):
    def forward(self, inputs, params):
        return inputs + params, inputs


class Noisy(CubicTwin):
    def forward(self, inputs, params):
        return super().forward(inputs, params) + torch.randn(3)


class Counting(CubicTwin):
    def __init__(self, device):
        super().__init__(device)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, inputs, params):
        self.calls += 1
        return super().forward(inputs, params)


class NotFinite(CubicTwin):
    def forward(self, inputs, params):
        return super().forward(inputs, params) / 0


@pytest.mark.parametrize(
    ("twin", "message"),
    [
        (Cut, "does not depend on inputs"),
        (Deaf, "does not depend on params"),
        (Short, r"shape \[2, 3\] for a batch of 2, got \[2, 2\]"),
        (Several, "got tuple"),
        (Noisy, "is random"),
        (Counting, "wrote into its own state"),
        (NotFinite, "finite"),
    ],
)
def test_a_twin_with_silently_wrong_gradients_is_refused_at_once(twin, message):
    device = Cubic()
    with pytest.raises(pnn.TwinError, match=message):
        pnn.PhysicalLayer(device, twin(device))


@pytest.mark.parametrize(
    ("late", "message"),
    [
        (lambda inputs, params: (inputs * params).detach(), "cut off from what was"),
        (lambda inputs, params: (inputs * params).sum(0), r"\[2, 3\] .* got \[3\]"),
    ],
)
def test_a_twin_that_breaks_later_is_refused(layer, late, message):
    layer.twin.forward = late
    with pytest.raises(pnn.TwinError, match=message):
        layer(signal(2, 3).requires_grad_())


def test_a_batch_normalised_twin_keeps_its_state_in_backward(device):
    class Normalised(CubicTwin):
        def __init__(self, device):
            super().__init__(device)
            self.norm = torch.nn.BatchNorm1d(3).double()

        def forward(self, inputs, params):
            return super().forward(self.norm(inputs), params)

    layer = pnn.PhysicalLayer(device, Normalised(device)).double().train()
    before = layer.twin.norm.running_mean.clone()
    layer(signal(6, 3).requires_grad_()).sum().backward()
    assert torch.equal(layer.twin.norm.running_mean, before)


def test_autocast_changes_neither_what_is_applied_nor_the_gradient(device):
    layer = pnn.PhysicalLayer(device, CubicTwin(device).float())

    def outputs_and_slope(enabled):
        inputs = signal(4, 3).float().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            outputs = layer(inputs)
            outputs.sum().backward()
        return outputs.detach(), inputs.grad

    for plain, cast in zip(
        outputs_and_slope(False), outputs_and_slope(True), strict=True
    ):
        assert cast.dtype == torch.float32
        assert torch.equal(plain, cast)


def test_keyword_arguments_work(layer):
    inputs = signal(2, 3)
    assert torch.equal(layer(inputs=inputs), layer(inputs))


def test_a_layer_survives_copying_and_pickling(layer):
    assert pickle.loads(pickle.dumps(PhysicsAware)) is PhysicsAware
    twin_copy = copy.deepcopy(layer)
    assert twin_copy.device is layer.device
    arrived = pickle.loads(pickle.dumps(layer))
    assert not arrived.device.is_open
    with arrived.device:
        assert torch.equal(arrived(signal(2, 3)), layer(signal(2, 3)))


def test_in_silico_runs_no_device(layer):
    with forwarding(layer, "twin"):
        outputs = layer(signal(2, 3))
    assert layer.device.usage.runs == 0
    assert torch.equal(outputs, layer.twin(signal(2, 3), layer.params))
    assert layer.forward_on == "device"


def test_the_identity_maps_range_onto_range(layer):
    with forwarding(layer, "identity"):
        assert layer(torch.tensor([[-1.0, 0.0, 1.0]])).tolist() == [[-4.0, 0.0, 4.0]]


def test_params_stay_in_range_whatever_theta_is(layer):
    with torch.no_grad():
        layer.theta.copy_(torch.tensor([-1e9, 0.0, 1e9]))
    assert layer.params.tolist() == [0.5, 1.0, 1.5]


def test_vetting_runs_no_device():
    device = Cubic()
    vet(CubicTwin(device), device)
    assert device.usage.runs == 0


def test_a_network_measures_elsewhere_for_a_block_and_then_where_it_did(layer):
    own = layer.device
    with type(own)() as other:
        with pytest.raises(pnn.SignalError), measuring_on(layer, other):
            layer(torch.cat([signal(3, 3), torch.full((1, 3), 1e3)]))
        with measuring_on(layer, other):
            layer(signal(3, 3))
        layer(signal(2, 3))
        assert (other.usage.examples, own.usage.examples) == (3, 2)
