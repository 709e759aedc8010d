"""Functions of the reliability checks: small simulated cohorts and models, failing calls, and whether files are complete."""
import gzip
import json
import os
import re
import subprocess
from pathlib import Path

from common import norma, root, run, settings

CALLS = "open mkdir write fsync rename"
SETTINGS = [
    "recipe.gridSize=32", "recipe.gridSpacing=6", "training.batchSize=2", "model.network.channels=[4,8]",
    "model.network.denseSize=4", "model.network.denseChannels=2", "model.network.spatialChannels=4",
]


def compiled(work: Path) -> str:
    """The library that is preloaded."""
    library = work / "faults.so"
    flags = ["-O1", "-Wall", "-Werror", "-shared", "-fPIC"]
    subprocess.run(["clang", *flags, "-o", library, root / "Scripts/checks/faults.c"], check=True)
    return str(library)


def simulated(work: Path) -> Path:
    """A manifest of nine small simulated people, made once: most to train on, one to validate, the rest patients."""
    folder = work / "people"
    if not folder.exists():
        run("simulate", "-o", folder, "--cases", 9, "--seed", 7, "--voxel-size", 6, 6, 8, "--levels", 0, 32)
    return folder / "manifest.tsv"


def training(manifest: Path, out: Path, epochs: int) -> list[str]:
    """The command that trains a very small dense VAE."""
    options = ["--preset", "dense-vae", "--data", str(manifest), "-o", str(out), "--threads", "1"]
    return [norma, "train"] + options + settings(*SETTINGS, f"training.epochs={epochs}")


def model(work: Path, people: Path) -> Path:
    """A bundle of such a network after one epoch. Made once."""
    if not (work / "model/bundle").exists():
        subprocess.run(training(people, work / "model", 1), check=True, capture_output=True)
    return work / "model/bundle"


def final(path: str) -> str:
    """The file that a temporary one becomes."""
    return re.sub(r"/\.([^/]+)\.[-0-9A-F]{36}$", r"/\1", path)


def is_whole(file: Path) -> bool:
    try:
        if file.name.endswith(".gz"):
            return len(gzip.decompress(file.read_bytes())) > 352
        data = file.read_bytes()
        if file.suffix == ".json":
            json.loads(data)
        elif file.suffix == ".safetensors":
            length = int.from_bytes(data[:8], "little")
            header = json.loads(data[8 : 8 + length])
            ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
            return len(data) == 8 + length + max(ends)
        elif file.suffix == ".f32":
            return len(data) % (2 * 32 * 32 * 4) == 0 and len(data) > 0
        elif file.suffix in [".csv", ".md", ".tsv", ".txt"]:
            return data.endswith(b"\n")
        elif file.suffix == ".html":
            return data.rstrip().endswith(b"</html>")
    except (ValueError, KeyError, OSError, EOFError):
        return False
    return True


class Faults:
    """Runs a command with one call on files below `folder` struck: the `at`-th of `calls`, by `kind`."""

    def __init__(self, library: str, folder: Path, log: Path, calls: str = CALLS):
        self.log = log
        self.common = {
            "LD_PRELOAD": library, "FAULT_FOLDER": str(folder), "FAULT_LOG": str(log), "FAULT_CALLS": calls,
        }

    def run(self, command: list[str], at: int, kind: str) -> subprocess.CompletedProcess:
        self.log.unlink(missing_ok=True)
        environment = os.environ | self.common | {"FAULT_AT": str(at), "FAULT_KIND": kind}
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def counted(self, command: list[str]) -> list[tuple[str, str]]:
        """The calls of a run that nothing strikes, each with its path."""
        self.run(command, 0, "kill").check_returncode()
        return self.struck()

    def struck(self) -> list[tuple[str, str]]:
        """The calls of the last run, each with its path."""
        if not self.log.exists():
            return []
        return [tuple(line.split(" ", 2)[1:]) for line in self.log.read_text().splitlines()]
