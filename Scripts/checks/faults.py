"""What the scripts share that make calls of norma on files fail or be its last."""
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CALLS = "open mkdir write fsync rename"
SETTINGS = [
    "recipe.gridSize=32", "recipe.gridSpacing=6", "training.batchSize=2", "model.network.channels=[4,8]",
    "model.network.denseSize=4", "model.network.denseChannels=2", "model.network.spatialChannels=4",
]


def executable(given: Path | None) -> str:
    """The command: `given`, or that of the last build."""
    return str((given or ROOT / ".build/release/norma").resolve())


def compiled(work: Path) -> str:
    """The library that is preloaded."""
    library = work / "faults.so"
    subprocess.run(
        ["clang", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, ROOT / "Scripts/checks/faults.c"], check=True
    )
    return str(library)


def simulated(norma: str, folder: Path, cases: int) -> Path:
    """A manifest of small simulated people: most to train on, one or more to validate, the rest patients."""
    if not folder.exists():
        size = ["--cases", str(cases), "--seed", "7", "--voxel-size", "6", "6", "8", "--levels", "0", "32"]
        subprocess.run([norma, "simulate", "--quiet", "-o", folder] + size, check=True, stdout=subprocess.DEVNULL)
    return folder / "manifest.tsv"


def training(norma: str, manifest: Path, run: Path, epochs: int) -> list[str]:
    """Trains a very small dense VAE."""
    settings = [word for setting in SETTINGS + [f"training.epochs={epochs}"] for word in ("--set", setting)]
    options = ["--preset", "dense-vae", "--data", str(manifest), "-o", str(run), "--threads", "1"]
    return [norma, "train"] + options + settings


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
