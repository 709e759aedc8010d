#!/usr/bin/env python3
"""Reference numbers for Tests/TensorsTests, computed by PyTorch (pip install torch safetensors numpy).

Every case stores what went in, what came out, and the gradients of (output * upstream).sum(), under
"<case>/<what>". The Swift tests name the same cases.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "TensorsTests" / "Goldens"


def save(name, tensors, metadata=None):
    tensors = {key: value.detach().contiguous().clone() for key, value in tensors.items()}
    save_file(
        tensors, GOLDENS / f"{name}.safetensors", metadata={"torch": torch.__version__, **(metadata or {})}
    )


def differentiated(output, upstream, leaves):
    return torch.autograd.grad((output * upstream).sum(), leaves)


class StandardizedConv2d(nn.Conv2d):
    """Filters of mean 0 and standard deviation 1 (Qiao et al. 2019)."""

    def forward(self, x):
        filters = self.weight.flatten(1)
        mean, deviation = filters.mean(1), filters.std(1, correction=0)
        weight = (self.weight - mean[:, None, None, None]) / deviation[:, None, None, None]
        return F.conv2d(x, weight, self.bias, padding=self.padding)


def layers():
    cases = {
        "conv2d": (lambda: nn.Conv2d(3, 4, 3, stride=2, padding=1), (2, 3, 8, 8)),
        "conv2d grouped": (
            lambda: nn.Conv2d(4, 6, 3, padding=2, dilation=2, groups=2, bias=False),
            (2, 4, 7, 7),
        ),
        "convTranspose2d": (
            lambda: nn.ConvTranspose2d(4, 3, 5, stride=2, padding=2, output_padding=1),
            (2, 4, 4, 4),
        ),
        "conv3d": (lambda: nn.Conv3d(2, 3, 3, stride=2, padding=1), (1, 2, 5, 5, 5)),
        "linear": (lambda: nn.Linear(5, 3), (4, 5)),
        "batchNorm2d training": (lambda: nn.BatchNorm2d(3), (4, 3, 5, 5)),
        "batchNorm2d": (lambda: nn.BatchNorm2d(3).eval(), (4, 3, 5, 5)),
        "groupNorm": (lambda: nn.GroupNorm(2, 4), (3, 4, 5, 5)),
        "instanceNorm": (lambda: nn.InstanceNorm2d(3), (2, 3, 5, 5)),
        "instanceNorm affine": (lambda: nn.InstanceNorm2d(3, affine=True), (2, 3, 5, 5)),
        "conv2d standardized": (lambda: StandardizedConv2d(3, 4, 3, padding=1), (2, 3, 8, 8)),
    }
    stored = {}
    for name, (make, shape) in cases.items():
        torch.manual_seed(11)
        layer = make()
        stored |= {f"{name}/initial/{key}": value.clone() for key, value in layer.state_dict().items()}
        torch.manual_seed(12)
        if "Norm" in name:
            for tensor in [*layer.parameters(), *layer.buffers()]:
                if tensor.is_floating_point():
                    tensor.data.uniform_(0.5, 1.5)
        stored |= {f"{name}/before/{key}": value.clone() for key, value in layer.state_dict().items()}
        x = torch.randn(shape, requires_grad=True)
        output = layer(x)
        upstream = torch.randn_like(output)
        leaves = {"input": x, **dict(layer.named_parameters())}
        gradients = differentiated(output, upstream, list(leaves.values()))
        stored |= {f"{name}/gradient/{key}": value for key, value in zip(leaves, gradients)}
        stored |= {f"{name}/after/{key}": value for key, value in layer.named_buffers()}
        stored |= {f"{name}/input": x, f"{name}/output": output, f"{name}/upstream": upstream}
    save("layers", stored)


def operators():
    torch.manual_seed(21)
    x = torch.randn(2, 4, 6, 6, requires_grad=True)
    other = torch.rand(2, 4, 6, 6) + 0.5
    kernel = torch.randn(3, 4, 3, 3)
    cases = {
        "add": lambda: x + other,
        "add number": lambda: x + 1.5,
        "number add": lambda: 1.5 + x,
        "subtract": lambda: x - other,
        "subtract number": lambda: x - 1.5,
        "number subtract": lambda: 1.5 - x,
        "multiply": lambda: x * other,
        "multiply number": lambda: x * 1.5,
        "number multiply": lambda: 1.5 * x,
        "divide": lambda: x / other,
        "divide number": lambda: x / 1.5,
        "number divide": lambda: 1.5 / (x.square() + 1),
        "negate": lambda: -x,
        "abs": lambda: x.abs(),
        "exp": lambda: x.exp(),
        "sqrt": lambda: (x.square() + 1).sqrt(),
        "square": lambda: x.square(),
        "clamp": lambda: x.clamp(-0.5, 0.75),
        "clamp below": lambda: x.clamp(min=0.1),
        "maximum": lambda: torch.maximum(x, other),
        "where greater number": lambda: torch.where(x > 0.2, x, 2 * x),
        "where less number": lambda: torch.where(x < 0.2, x, 2 * x),
        "relu": lambda: F.relu(x),
        "leakyReLU": lambda: F.leaky_relu(x, 0.3),
        "sigmoid": lambda: x.sigmoid(),
        "tanh": lambda: x.tanh(),
        "gelu": lambda: F.gelu(x),
        "gelu tanh": lambda: F.gelu(x, approximate="tanh"),
        "silu": lambda: F.silu(x),
        "sum": lambda: x.sum(),
        "sum dims": lambda: x.sum((1, 3)),
        "mean": lambda: x.mean(),
        "mean kept": lambda: x.mean((2, 3), keepdim=True),
        "variance": lambda: x.var(),
        "variance dims": lambda: x.var((0, 2), correction=0),
        "max": lambda: x.amax(),
        "norm": lambda: torch.linalg.vector_norm(x, dim=(1, 2)),
        "reshape": lambda: x.transpose(0, 1).reshape(4, -1),
        "transpose": lambda: x.transpose(1, 2),
        "flip": lambda: x.flip((3,)),
        "narrow": lambda: x.narrow(2, 1, 3),
        "select": lambda: x.select(1, 2),
        "squeeze": lambda: x[:, 1:2].squeeze(1),
        "unsqueeze": lambda: x.unsqueeze(1),
        "expand": lambda: x[:, :1].expand(2, 3, 6, 6),
        "flatten": lambda: x.flatten(1),
        "cat": lambda: torch.cat((x, other), 1),
        "stack": lambda: torch.stack((x, other), 1),
        "channels last": lambda: x.contiguous(memory_format=torch.channels_last),
        "clone": lambda: x.clone(),
        "pad": lambda: F.pad(x, (1, 0, 2, 1), value=0.5),
        "roll": lambda: x.roll((1, -2), (2, 3)),
        "matmul": lambda: x.matmul(other),
        "conv2d": lambda: F.conv2d(x, kernel, padding=1),
        "maxPool2d": lambda: F.max_pool2d(x, 2),
        "maxPool2d padded": lambda: F.max_pool2d(x, 3, stride=2, padding=1),
        "avgPool2d": lambda: F.avg_pool2d(x, 2),
        "avgPool2d padded": lambda: F.avg_pool2d(x, 3, stride=1, padding=1),
        "bilinear": lambda: F.interpolate(x, (9, 4), mode="bilinear"),
        "float64": lambda: x.double().exp().float(),
        "bfloat16": lambda: x.bfloat16().float(),
        "gridSample": lambda: F.grid_sample(x, other[:, :2].permute(0, 2, 3, 1) * 2 - 2, align_corners=False),
        "differences": lambda: x.diff(dim=2),
        "log": lambda: (x.square() + 1).log(),
        "logSumExp": lambda: x.logsumexp(1, keepdim=True),
    }
    stored = {"input": x, "other": other, "kernel": kernel}
    for name, compute in cases.items():
        output = compute()
        upstream = torch.randn_like(output)
        stored |= {f"{name}/output": output, f"{name}/upstream": upstream}
        (stored[f"{name}/gradient"],) = differentiated(output, upstream, [x])
    save("operators", stored)


def soft_dice(probabilities, target):
    overlap = (probabilities * target).sum((2, 3))
    total = probabilities.sum((2, 3)) + target.sum((2, 3))
    return 1 - ((2 * overlap + 1) / (total + 1)).mean()


def gradient_difference(output, target):
    def term(dim):
        return (output.diff(dim=dim).abs() - target.diff(dim=dim).abs()).abs().mean()

    return term(2) + term(3)


def losses():
    torch.manual_seed(31)
    output = torch.randn(2, 3, 5, 5, requires_grad=True)
    target = torch.rand(2, 3, 5, 5)
    standard = torch.distributions.Normal(torch.zeros(()), torch.ones(()))
    posterior = lambda: torch.distributions.Normal(output, (0.5 * target).exp())
    weight = torch.tensor(3.0)
    cases = {
        "l1": lambda: F.l1_loss(output, target),
        "l1 sum": lambda: F.l1_loss(output, target, reduction="sum"),
        "mse": lambda: F.mse_loss(output, target),
        "mse sum": lambda: F.mse_loss(output, target, reduction="sum"),
        "gaussianKL": lambda: torch.distributions.kl_divergence(posterior(), standard)
        .flatten(1)
        .sum(1)
        .mean(),
        "bceWithLogits": lambda: F.binary_cross_entropy_with_logits(output, target),
        "bceWithLogits weighted": lambda: F.binary_cross_entropy_with_logits(
            output, target, pos_weight=weight, reduction="sum"
        ),
        "bceWithLogits of some elements": lambda: F.binary_cross_entropy_with_logits(
            output, target, weight=(target > 0.5).float()
        ),
        "softDice": lambda: soft_dice(output.sigmoid(), target),
        "gradientDifference": lambda: gradient_difference(output, target),
    }
    stored = {"output": output, "target": target}
    for name, compute in cases.items():
        loss = compute()
        stored[f"{name}/value"] = loss
        (stored[f"{name}/gradient"],) = torch.autograd.grad(loss, [output])
    save("losses", stored)


def penalty():
    """WGAN-GP's gradient penalty: a gradient of a gradient."""
    torch.manual_seed(41)
    critic = nn.Sequential(
        nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 3, padding=1)
    )
    x = torch.randn(3, 1, 8, 8, requires_grad=True)
    (slope,) = torch.autograd.grad(critic(x).tanh().sum(), [x], create_graph=True)
    value = (slope.flatten(1).norm(dim=1) - 1).square().mean()
    names = [name for name, _ in critic.named_parameters()]
    gradients = torch.autograd.grad(value, list(critic.parameters()), allow_unused=True)
    stored = {
        "input": x,
        "value": value,
        **{f"before/{name}": value for name, value in critic.state_dict().items()},
    }
    save("penalty", stored | {f"gradient/{name}": g for name, g in zip(names, gradients) if g is not None})


def optimizers():
    cases = {
        "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.01, weight_decay=0.01, fused=True),
        "adamw": lambda parameters: torch.optim.AdamW(
            parameters, lr=0.02, betas=(0.5, 0.99), weight_decay=0.1, fused=True
        ),
    }
    stored = {}
    for name, make in cases.items():
        torch.manual_seed(51)
        net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
        optimizer = make(net.parameters())
        x, target = torch.randn(16, 4), torch.randn(16, 1)
        stored |= {f"{name}/before/{key}": value.clone() for key, value in net.state_dict().items()}
        values, norms = [], []
        for step in range(10):
            optimizer.zero_grad()
            loss = F.mse_loss(net(x), target)
            loss.backward()
            norms.append(nn.utils.clip_grad_norm_(net.parameters(), 0.25))
            optimizer.step()
            values.append(loss.detach())
        stored |= {f"{name}/after/{key}": value for key, value in net.state_dict().items()}
        stored |= {f"{name}/input": x, f"{name}/target": target}
        stored |= {f"{name}/losses": torch.stack(values), f"{name}/norms": torch.stack(norms)}
    save("optimizers", stored)


def random():
    seeded = lambda: torch.Generator().manual_seed(61)
    generator = seeded()
    stored = {
        "randn": torch.randn(20, generator=seeded()),
        "rand": torch.rand(20, generator=seeded()),
    }
    torch.rand(7, generator=generator)
    stored["state"] = generator.get_state()
    stored["after state"] = torch.randn(20, generator=generator)
    torch.manual_seed(61)
    stored["dropout"] = F.dropout(torch.ones(4, 8), 0.3)
    save("random", stored)


def interop():
    """Every element type the package knows, a scalar and an empty tensor."""
    types = {
        "F32": torch.float32,
        "F64": torch.float64,
        "BF16": torch.bfloat16,
        "F16": torch.float16,
        "I64": torch.int64,
        "I32": torch.int32,
        "U8": torch.uint8,
        "BOOL": torch.bool,
    }
    stored = {name: torch.tensor([[0, 1, 2], [3, 4, 100]]).to(dtype) for name, dtype in types.items()}
    save(
        "interop", stored | {"scalar": torch.tensor(2.5), "empty": torch.zeros(0, 3)}, {"note": 'straße "1"'}
    )


if __name__ == "__main__":
    GOLDENS.mkdir(parents=True, exist_ok=True)
    for make in (layers, operators, losses, penalty, optimizers, random, interop):
        make()
