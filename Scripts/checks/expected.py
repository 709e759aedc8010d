"""Functions of checks/cases.py and checks/inputs.py: run norma, read its table, and compare the expected with the observed result."""
import csv
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from common import fail, norma

# Starts norma without the rights of root, for whom every folder is readable and writable.
unprivileged = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups") if os.getuid() == 0 else ()


@dataclass
class Outcome:
    code: int
    output: str
    log: str


def start(*words, cwd: Path | None = None, launcher: tuple = (), **variables: str) -> Outcome:
    """Runs norma to its end."""
    done = subprocess.run(
        [*launcher, norma, *map(str, words)], cwd=cwd, capture_output=True, text=True, env={**os.environ, **variables})
    return Outcome(done.returncode, done.stdout, done.stderr)


def rows(out: Path) -> list[dict[str, str]]:
    """The table of cases; empty without one."""
    file = out / "cases.tsv"
    return list(csv.DictReader(file.open(), delimiter="\t")) if file.exists() else []


class Comparison:
    """Prints what is expected of each input and what was seen."""

    def __init__(self, heading: str):
        self.wrong = 0
        print(f"{heading}\texpected\tseen", flush=True)

    def add(self, name: str, expected: str, seen: str) -> None:
        self.wrong += seen != expected
        print(f"{name}\t{expected}\t{'as expected' if seen == expected else seen}", flush=True)

    def end(self) -> None:
        if self.wrong:
            fail(f"{self.wrong} not as expected")
