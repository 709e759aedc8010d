"""Functions of the benchmarks: programs of both sides, simulated data, and interleaved rounds."""
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from common import norma, root, run, settings

# The allocator settings with which PyTorch is fastest.
tuned = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "8589934592", "MALLOC_TOP_PAD_": "268435456"}


def printed(command: list, **variables: str) -> str:
    """What a command prints that runs in the root of the clone."""
    words, environment = list(map(str, command)), {**os.environ, **variables}
    done = subprocess.run(words, cwd=root, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def rate(command: list, **variables: str) -> float:
    return float(printed(command, **variables))


def peers_python() -> str:
    if "PEERS" in os.environ:
        return os.environ["PEERS"]
    folder = os.path.join(root, ".deps/peers")
    python = os.path.join(folder, "bin/python")
    if not os.path.exists(python):
        printed([sys.executable, "-m", "venv", folder])
        printed([python, "-m", "pip", "install", "-q", "-r", "Benchmarks/peers/requirements.txt"])
    return python


def built(product: str) -> str:
    """A program of Benchmarks/, in release; where BENCHMARKS names a folder of them, it is there."""
    if folder := os.environ.get("BENCHMARKS"):
        return os.path.join(folder, product)
    build = ["swift", "build", "--package-path", "Benchmarks", "--scratch-path", ".build-benchmarks",
             "-c", "release", "-Xswiftc", "-enable-testing"]
    printed([*build, "--product", product, "--quiet"])
    return os.path.join(printed([*build, "--show-bin-path"]), product)


def training(work: Path, out: Path, *more, epochs: int = 1) -> list:
    """The command that trains a dense VAE of 128 x 128 on twelve simulated people, who are made once."""
    people = work / "people"
    if not people.exists():
        run("simulate", "-o", people, "--cases", 12, "--voxel-size", 2, 2, 6)
    return [norma, "train", "--quiet", "--preset", "dense-vae", "--data", people / "manifest.tsv", "-o", out,
            *settings(f"training.epochs={epochs}"), *more]


def brain(work: Path, size: float = 1) -> Path:
    """The folder of one simulated brain in voxels of `size` mm, made once."""
    folder = work / f"brain-{size}"
    if not folder.exists():
        run("simulate", "-o", folder, "--patients-only", "--cases", 1, "--voxel-size", size)
    return folder


def interleaved(sides: dict[str, Callable], rounds: int) -> dict[str, list]:
    """What each side returns in each round; each goes first as often as last."""
    found = {name: [] for name in sides}
    for turn in range(rounds):
        for name in list(sides) if turn % 2 == 0 else reversed(sides):
            found[name].append(sides[name]())
    return found


def ratio(some: list[float], others: list[float]) -> float:
    """The median over rounds."""
    return statistics.median(a / b for a, b in zip(some, others))


def middle(costs: list[dict]) -> dict:
    """Medians of what processes cost."""
    return {unit: statistics.median(cost[unit] for cost in costs) for unit in costs[0]}
