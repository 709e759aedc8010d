#!/usr/bin/env python3
"""The reconstructing methods in PyTorch, for Tests/NormaTests: losses, first moments, searches.

pip install torch safetensors. Written from the papers and the names of the bundles, not from the Swift code. All
noise of step n comes from one generator seeded with n, in the order of the updates. One file holds the slices, the
initial weights by architecture ("weights/<architecture>/<name>") and the cases ("<case>/<what>"):

- validation/<part>, reconstruction: of the initial weights, with running statistics; images are of the first slice;
- steps/<part>: the losses that ten steps report;
- moments/<optimiser>: Adam's first moments after the first step, which are its gradients but for a factor, those of
  all parameters one after the other in the order of their names;
- statistics/<network>: the running means and variances after the first step, in the same order.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
SIZE, SLICES, CHANNELS, RATE, STEPS = 32, 2, [4, 8], 1e-3, 10
DENSE_SIZE, DENSE_CHANNELS, SPATIAL_CHANNELS = 6, 2, 3
KL_WEIGHT, GDL_WEIGHT, ADVERSARIAL_WEIGHT, PENALTY_WEIGHT, CRITIC_STEPS = 0.5, 0.7, 3.0, 10.0, 3
CRITIC_SLOPE = 0.2


class Block(nn.Module):
    def __init__(self, conv, norm, activation):
        super().__init__()
        self.conv, self.norm, self.activation = conv, norm, activation

    def forward(self, x):
        return self.activation(self.norm(self.conv(x)))


def norm(kind, width):
    return {
        "batch": lambda: nn.BatchNorm2d(width),
        "instance": lambda: nn.InstanceNorm2d(width, affine=True),
    }[kind]()


class Network(nn.Module):
    """Encoder, code and decoder; without an encoder, a generator."""

    def __init__(self, code, kernel=3, stem=False, kind="batch", activation=None, random=False, parts="ed"):
        super().__init__()
        activation = activation or nn.LeakyReLU(0.3)
        pad, width, stride = kernel // 2, 1, 2 if stem else 1
        side = SIZE >> len(CHANNELS)
        flat, self.grid, self.dense = DENSE_CHANNELS * side**2, (DENSE_CHANNELS, side, side), code == "dense"
        self.code = nn.Module()
        means = ["mean", "log_variance"] if random else ["mean"]
        if "e" in parts:
            self.encoder = nn.ModuleList()
            for index, channels in enumerate(CHANNELS):
                step = 1 if stem and index == 0 else 2
                conv = nn.Conv2d(width, channels, kernel, step, pad)
                self.encoder.append(Block(conv, norm(kind, channels), activation))
                width = channels
            if self.dense:
                self.code.squeeze = nn.Conv2d(width, DENSE_CHANNELS, 2 * stride - 1, stride, stride - 1)
            for name in means:
                head = (
                    nn.Linear(flat, DENSE_SIZE)
                    if self.dense
                    else nn.Conv2d(width, SPATIAL_CHANNELS, 3, stride, 1)
                )
                self.code.add_module(name, head)
        if "d" in parts:
            width = CHANNELS[-1] if self.dense else SPATIAL_CHANNELS
            if self.dense:
                self.code.expand = nn.Linear(DENSE_SIZE, flat)
                self.code.widen = nn.Conv2d(DENSE_CHANNELS, width, 1)
            self.decoder = nn.ModuleList()
            for channels in reversed(CHANNELS):
                conv = nn.ConvTranspose2d(width, channels, kernel, 2, pad, output_padding=1)
                self.decoder.append(Block(conv, norm(kind, channels), activation))
                width = channels
            self.output = nn.Conv2d(width, 1, 1)

    def features(self, x):
        for block in self.encoder:
            x = block(x)
        return self.code.squeeze(x).flatten(1) if self.dense else x

    def encode(self, x):
        return self.code.mean(self.features(x))

    def distribution(self, x):
        features = self.features(x)
        return self.code.mean(features), self.code.log_variance(features)

    def decode(self, z):
        x = self.code.widen(self.code.expand(z).reshape(-1, *self.grid)) if self.dense else z
        for block in self.decoder:
            x = block(x)
        return self.output(x)


class Critic(nn.Module):
    """Scores on the grid of the last convolution."""

    def __init__(self):
        super().__init__()
        self.encoder, width = nn.ModuleList(), 1
        for channels in CHANNELS:
            conv = nn.Conv2d(width, channels, 3, 2, 1)
            self.encoder.append(Block(conv, nn.Identity(), nn.LeakyReLU(CRITIC_SLOPE)))
            width = channels
        self.output = nn.Conv2d(width, 1, 1)

    def features(self, x):
        for block in self.encoder:
            x = block(x)
        return x

    def forward(self, x):
        return self.output(self.features(x))


def noise(shape, generator):
    return torch.randn(shape, generator=generator)


def distances(images, reconstruction, gdl=0.0):
    """Sums over pixels, means over slices."""
    parts = {"reconstruction": (images - reconstruction).abs().sum() / len(images)}
    total = parts["reconstruction"]
    if gdl:
        part = sum(
            (reconstruction.diff(dim=d).abs() - images.diff(dim=d).abs()).abs().sum() / len(images)
            for d in (2, 3)
        )
        parts["gradient_difference"], total = part, total + gdl * part
    return total, parts


def divergence(mean, log_variance):
    posterior = torch.distributions.Normal(mean, (log_variance / 2).exp())
    kl = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0))
    return kl.flatten(1).sum(1).mean()


def variational(network, images, generator=None, gdl=0.0):
    mean, log_variance = network.distribution(images)
    drawn = mean if generator is None else mean + (log_variance / 2).exp() * noise(mean.shape, generator)
    reconstruction = network.decode(drawn)
    total, parts = distances(images, reconstruction, gdl)
    parts["kl"] = divergence(mean, log_variance)
    return reconstruction, total + KL_WEIGHT * parts["kl"], parts


def gradient_penalty(critic, real, generated, generator):
    """Gulrajani et al. 2017; the norm over all pixels of a slice."""
    share = torch.rand((len(real), 1, 1, 1), generator=generator)
    x = (share * real + (1 - share) * generated).requires_grad_()
    (slope,) = torch.autograd.grad(critic(x).mean((1, 2, 3)).sum(), [x], create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


def generator_loss(kind, scores):
    return -scores.mean() if kind == "wasserstein" else F.softplus(-scores).mean()


def critic_loss(kind, real, generated):
    if kind == "wasserstein":
        return generated.mean() - real.mean()
    return F.softplus(-real).mean() + F.softplus(generated).mean()


def minimize(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def learn_critic(critic, optimizer, kind, images, generated, generator):
    for _ in range(CRITIC_STEPS):
        fake = generated().detach()
        parts = {"critic": critic_loss(kind, critic(images), critic(fake))}
        loss = parts["critic"]
        if kind == "wasserstein":
            parts["gradient_penalty"] = gradient_penalty(critic, images, fake, generator)
            loss = loss + PENALTY_WEIGHT * parts["gradient_penalty"]
        minimize(optimizer, loss)
    return parts


def adam(module, betas):
    return torch.optim.Adam(module.parameters(), lr=RATE, betas=betas)


def joined(tensors):
    return torch.cat([tensors[name].flatten() for name in sorted(tensors)])


class Case:
    """What is stored about one method."""

    def __init__(self, name):
        self.name, self.losses = name, {}

    def put(self, what, value):
        STORED[f"{self.name}/{what}"] = value

    def image(self, what, value):
        self.put(what, value[0])

    def validation(self, total, parts):
        for part, value in ({"total": total} | parts).items():
            self.put(f"validation/{part}", value)

    def steps(self, step, modules, optimizers):
        """`step(generator)` does all updates of a step and returns its losses."""
        for index in range(STEPS):
            total, parts = step(torch.Generator().manual_seed(index))
            for part, value in ({"total": total} | parts).items():
                self.losses.setdefault(part, []).append(value.detach())
            if index == 0:
                for name, (module, optimizer) in optimizers.items():
                    moments = {k: optimizer.state[p]["exp_avg"] for k, p in module.named_parameters()}
                    self.put(f"moments/{name}", joined(moments))
                for name, module in modules.items():
                    statistics = {k: v for k, v in module.named_buffers() if v.is_floating_point()}
                    if statistics:
                        self.put(f"statistics/{name}", joined(statistics))
        for part, values in self.losses.items():
            self.put(f"steps/{part}", torch.stack(values))


def load(module, architecture):
    names = module.state_dict()
    module.load_state_dict({name: WEIGHTS[architecture][name] for name in names})
    return module


def make(architecture, module):
    for name, value in module.state_dict().items():
        if "norm." in name and value.is_floating_point():
            value.uniform_(-0.2, 0.2) if name.endswith(("bias", "mean")) else value.uniform_(0.5, 1.5)
    WEIGHTS[architecture] = {name: value.clone() for name, value in module.state_dict().items()}
    for name, value in WEIGHTS[architecture].items():
        STORED[f"weights/{architecture}/{name}"] = value


def autoencoder(name, architecture, gdl=0.0, **settings):
    case, network = Case(name), load(Network(**settings), architecture)
    network.eval()
    with torch.no_grad():
        reconstruction = network.decode(network.encode(IMAGES))
        case.validation(*distances(IMAGES, reconstruction, gdl))
        case.image("reconstruction", reconstruction)
    network.train()
    optimizer = adam(network, (0.9, 0.999))

    def step(generator):
        total, parts = distances(IMAGES, network.decode(network.encode(IMAGES)), gdl)
        minimize(optimizer, total)
        return total, parts

    case.steps(step, {"network": network}, {"network": (network, optimizer)})


def vae(name, architecture, gdl=0.0, **settings):
    case, network = Case(name), load(Network(**settings, random=True), architecture)
    network.eval()
    with torch.no_grad():
        reconstruction, *losses = variational(network, IMAGES, gdl=gdl)
        case.validation(*losses)
        case.image("reconstruction", reconstruction)
        drawn = variational(network, IMAGES, torch.Generator().manual_seed(77), gdl)[0]
        case.image("drawn", drawn)
    network.train()
    optimizer = adam(network, (0.9, 0.999))

    def step(generator):
        _, total, parts = variational(network, IMAGES, generator, gdl)
        minimize(optimizer, total)
        return total, parts

    case.steps(step, {"network": network}, {"network": (network, optimizer)})


def anovaegan(name, order, kind):
    case, network = Case(name), load(Network("spatial", random=True), "spatial")
    critic = load(Critic(), "critic")
    betas = (0.5, 0.9)
    optimizer, adversary, judge = adam(network, betas), adam(network, betas), adam(critic, betas)

    def critic_updates(generator):
        with torch.no_grad():
            reconstruction = variational(network, IMAGES, generator)[0]
        return learn_critic(critic, judge, kind, IMAGES, lambda: reconstruction, generator)

    def joint(generator):
        judged = critic_updates(generator)
        reconstruction, total, parts = variational(network, IMAGES, generator)
        parts["adversarial"] = generator_loss(kind, critic(reconstruction))
        total = total + ADVERSARIAL_WEIGHT * parts["adversarial"]
        minimize(optimizer, total)
        return total, parts | judged

    def separate(generator):
        _, total, parts = variational(network, IMAGES, generator)
        minimize(optimizer, total)
        reconstruction = variational(network, IMAGES, generator)[0]
        parts["adversarial"] = generator_loss(kind, critic(reconstruction))
        minimize(adversary, ADVERSARIAL_WEIGHT * parts["adversarial"])
        return total, parts | critic_updates(generator)

    network.train()
    optimizers = {"autoencoder": (network, optimizer), "critic": (critic, judge)}
    if order == "separate":
        optimizers["adversarial"] = (network, adversary)
    case.steps(joint if order == "joint" else separate, {"network": network}, optimizers)


class Pair:
    """Generator and critic."""

    def __init__(self, kind, betas):
        self.kind = kind
        self.generator = load(Network("dense", parts="d"), "dense")
        self.critic = load(Critic(), "critic")
        self.optimizers = adam(self.generator, betas), adam(self.critic, betas)

    def step(self, generator):
        def draw():
            return self.generator.decode(noise((SLICES, DENSE_SIZE), generator))

        self.generator.train()
        judged = learn_critic(self.critic, self.optimizers[1], self.kind, IMAGES, draw, generator)
        loss = generator_loss(self.kind, self.critic(draw()))
        minimize(self.optimizers[0], loss)
        return loss, {"adversarial": loss} | judged

    def named(self):
        return {
            "generator": (self.generator, self.optimizers[0]),
            "critic": (self.critic, self.optimizers[1]),
        }


def anogan():
    case, pair = Case("anogan-generator"), Pair("nonSaturating", (0.5, 0.999))
    case.steps(pair.step, {"generator": pair.generator}, pair.named())

    case, pair = Case("anogan-search"), Pair("nonSaturating", (0.5, 0.999))
    pair.generator.eval()

    def search(code, weight, steps=6):
        code = code.clone().requires_grad_()
        optimizer = torch.optim.Adam([code], lr=0.05)
        for _ in range(steps):
            image = pair.generator.decode(code)
            pixels = (image - IMAGES).abs().sum()
            features = (pair.critic.features(image) - pair.critic.features(IMAGES)).abs().sum()
            minimize(optimizer, (1 - weight) * pixels + weight * features)
        return pair.generator.decode(code)

    start = torch.zeros(SLICES, DENSE_SIZE)
    case.image("reconstruction", search(start, 0.1))
    case.image("drawn", search(noise(start.shape, torch.Generator().manual_seed(77)), 0.1))


def fast_anogan():
    case, pair = Case("f-anogan-generator"), Pair("wasserstein", (0.5, 0.9))
    case.steps(pair.step, {"generator": pair.generator}, pair.named())

    case, pair = Case("f-anogan-encoder"), Pair("wasserstein", (0.5, 0.9))
    encoder = load(Network("dense", parts="e"), "dense")
    optimizer = adam(encoder, (0.5, 0.9))
    pair.generator.eval()

    def losses(reconstruction):
        features = F.mse_loss(pair.critic.features(reconstruction), pair.critic.features(IMAGES))
        parts = {"reconstruction": F.mse_loss(reconstruction, IMAGES), "features": features}
        return parts["reconstruction"] + 0.6 * features, parts

    encoder.eval()
    with torch.no_grad():
        case.image("reconstruction", pair.generator.decode(encoder.encode(IMAGES)))

    def step(generator):
        total, parts = losses(pair.generator.decode(encoder.encode(IMAGES)))
        minimize(optimizer, total)
        return total, parts

    encoder.train()
    modules = {"encoder": encoder, "generator": pair.generator}
    case.steps(step, modules, {"encoder": (encoder, optimizer)})


def penalty():
    case, critic = Case("penalty"), load(Critic(), "critic")
    value = gradient_penalty(critic, IMAGES, 1 - IMAGES.flip(3), torch.Generator().manual_seed(3))
    gradients = torch.autograd.grad(value, list(critic.parameters()), allow_unused=True)
    case.put("value", value)
    named = {name: g for (name, _), g in zip(critic.named_parameters(), gradients) if g is not None}
    case.put("gradients", joined(named))


torch.manual_seed(5)
STORED, WEIGHTS = {}, {}
y, x = torch.meshgrid(torch.linspace(-1, 1, SIZE), torch.linspace(-1, 1, SIZE), indexing="ij")
brain = ((x**2 + y**2) < 0.7).float().expand(SLICES, 1, SIZE, SIZE)
IMAGES = (0.5 + 0.2 * torch.randn(SLICES, 1, SIZE, SIZE)).clamp(0, 1.5) * brain
STORED |= {"images": IMAGES, "brain": brain.to(torch.uint8)}
make("dense", Network("dense", random=True))
make("spatial", Network("spatial", random=True))
make("spatial-5", Network("spatial", kernel=5))
make("dense-stem", Network("dense", stem=True))
make("spatial-stem", Network("spatial", stem=True, random=True))
make("critic", Critic())

autoencoder("autoencoder-dense", "dense", code="dense")
autoencoder("autoencoder-dense-gdl", "dense", code="dense", gdl=GDL_WEIGHT)
autoencoder("autoencoder-spatial-gdl", "spatial-5", code="spatial", kernel=5, gdl=GDL_WEIGHT)
autoencoder("autoencoder-dense-stem", "dense-stem", code="dense", stem=True, activation=nn.ReLU())
autoencoder("autoencoder-spatial-instance", "spatial", code="spatial", kind="instance")
vae("vae-dense", "dense", code="dense")
vae("vae-spatial", "spatial", code="spatial")
vae("vae-spatial-stem", "spatial-stem", code="spatial", stem=True, activation=nn.ReLU(), gdl=GDL_WEIGHT)
for order in "joint", "separate":
    for kind in "wasserstein", "nonSaturating":
        anovaegan(f"anovaegan-{order}-{kind}", order, kind)
anogan()
fast_anogan()
penalty()
STORED = {key: value.detach().contiguous().clone() for key, value in STORED.items()}
save_file(STORED, GOLDENS / "methods.safetensors", metadata={"torch": torch.__version__})
