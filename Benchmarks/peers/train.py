"""Images per second of training steps in PyTorch: train.py PRESET BATCH STEPS DEVICE [--channels-last] [--bfloat16] [--compile]

The same 128 x 128 networks, losses, optimisers and order of updates as Norma's presets. Prints one number.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

CODE, SIDE, CHANNELS, CRITIC_STEPS = 128, 8, (32, 64, 128, 128), {"anovaegan": 2, "anogan": 1, "f-anogan": 2}


def encoder(channels: tuple[int, ...], norm: bool = True) -> nn.Sequential:
    layers, width = [], 1
    for count in channels:
        layers += [nn.Conv2d(width, count, 5, 2, 2)] + [nn.BatchNorm2d(count)] * norm + [nn.LeakyReLU(0.3)]
        width = count
    return nn.Sequential(*layers)


def decoder(width: int) -> nn.Sequential:
    layers = []
    for count in reversed(CHANNELS):
        layers += [nn.ConvTranspose2d(width, count, 5, 2, 2, 1), nn.BatchNorm2d(count), nn.LeakyReLU(0.3)]
        width = count
    return nn.Sequential(*layers, nn.Conv2d(width, 1, 1))


class Dense(nn.Module):
    def __init__(self, random: bool) -> None:
        super().__init__()
        self.encoder, self.squeeze = encoder(CHANNELS), nn.Conv2d(CHANNELS[-1], 16, 1)
        self.heads = nn.ModuleList(nn.Linear(16 * SIDE**2, CODE) for _ in range(1 + random))
        self.expand, self.widen = nn.Linear(CODE, 16 * SIDE**2), nn.Conv2d(16, CHANNELS[-1], 1)
        self.decoder = decoder(CHANNELS[-1])

    def encode(self, x: torch.Tensor) -> list[torch.Tensor]:
        flat = self.squeeze(self.encoder(x)).flatten(1)
        return [head(flat).float() for head in self.heads]

    def decode(self, code: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.widen(self.expand(code).view(-1, 16, SIDE, SIDE))).float()


class Spatial(nn.Module):
    def __init__(self, random: bool) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder(CHANNELS), decoder(64)
        self.heads = nn.ModuleList(nn.Conv2d(CHANNELS[-1], 64, 3, 1, 1) for _ in range(1 + random))

    def encode(self, x: torch.Tensor) -> list[torch.Tensor]:
        features = self.encoder(x)
        return [head(features).float() for head in self.heads]

    def decode(self, code: torch.Tensor) -> torch.Tensor:
        return self.decoder(code).float()


def reconstruct(network: nn.Module, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A reconstruction and its loss."""
    code, *rest = network.encode(images)
    divergence = 0
    if rest:
        spread = rest[0]
        divergence = 0.5 * (code**2 + spread.exp() - spread - 1).flatten(1).sum(1).mean()
        code = code + (spread / 2).exp() * torch.randn_like(code)
    image = network.decode(code)
    return image, F.l1_loss(image, images, reduction="sum") / len(images) + divergence


def minimize(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    loss.item()


class Critic:
    def __init__(self, steps: int, wasserstein: bool, layout: torch.memory_format) -> None:
        channels = (16, 32, 64, 64) if wasserstein else CHANNELS
        self.network = nn.Sequential(encoder(channels, norm=False), nn.Conv2d(channels[-1], 1, 1)).to(memory_format=layout)
        self.optimizer = torch.optim.Adam(self.network.parameters(), 1e-4, (0.5, 0.9))
        self.steps, self.wasserstein = steps, wasserstein

    def generator_loss(self, scores: torch.Tensor) -> torch.Tensor:
        return -scores.mean() if self.wasserstein else F.softplus(-scores).mean()

    def learn(self, real: torch.Tensor, generated) -> None:
        for _ in range(self.steps):
            with torch.no_grad():
                fake = generated()
            scores = self.network(torch.cat([real, fake])).float()
            if self.wasserstein:
                loss = scores[len(real):].mean() - scores[: len(real)].mean()
                share = torch.rand(len(real), 1, 1, 1)
                between = (share * real + (1 - share) * fake).requires_grad_()
                with torch.autocast(real.device.type, enabled=False):
                    score = self.network(between).mean((1, 2, 3)).sum()
                    (slope,) = torch.autograd.grad(score, [between], create_graph=True)
                loss = loss + 10 * (slope.flatten(1).norm(dim=1) - 1).square().mean()
            else:
                loss = F.softplus(-scores[: len(real)]).mean() + F.softplus(scores[len(real):]).mean()
            minimize(self.optimizer, loss)


def training_step(preset: str, images: torch.Tensor, layout: torch.memory_format):
    """One step of a preset as a function without arguments."""
    random = preset in ("dense-vae", "spatial-vae", "anovaegan")
    make = Spatial if preset in ("spatial-ae", "spatial-vae", "anovaegan") else Dense
    network = make(random).to(memory_format=layout)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    if preset not in CRITIC_STEPS:
        return lambda: minimize(optimizer, reconstruct(network, images)[1])
    critic = Critic(CRITIC_STEPS[preset], preset != "anogan", layout)
    second = torch.optim.Adam(network.parameters(), 1e-4)
    made = (
        (lambda: reconstruct(network, images)[0])
        if preset == "anovaegan"
        else (lambda: network.decode(torch.randn(len(images), CODE)))
    )

    def generator_step() -> None:
        critic.network.requires_grad_(False)
        minimize(second, critic.generator_loss(critic.network(made()).float()))
        critic.network.requires_grad_(True)

    def step() -> None:
        if preset == "anovaegan":
            minimize(optimizer, reconstruct(network, images)[1])
            generator_step()
            with torch.no_grad():
                fake = made()
            critic.learn(images, lambda: fake)
        else:
            critic.learn(images, made)
            generator_step()

    return step


def main(preset: str, batch: int, steps: int, device: str, flags: list[str]) -> None:
    global reconstruct
    torch.set_default_device(device)
    if "--compile" in flags:
        reconstruct = torch.compile(reconstruct)
    torch.manual_seed(0)
    layout = torch.channels_last if "--channels-last" in flags else torch.contiguous_format
    step = training_step(preset, torch.rand(batch, 1, 128, 128).to(memory_format=layout), layout)
    with torch.autocast(torch.device(device).type, torch.bfloat16, enabled="--bfloat16" in flags):
        for _ in range(3):
            step()
        start = time.perf_counter()
        for _ in range(steps):
            step()
    print(batch * steps / (time.perf_counter() - start))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:])
