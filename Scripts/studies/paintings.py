"""Functions of the studies that judge variants on painted scans, without a label."""
import argparse
import os
import statistics
from pathlib import Path

from common import run, trained
from manifests import evaluated, number

all_kinds = ["blob", "punctate", "dark", "patch", "swelling"]


class Study:
    """Variants, each trained and scored in a folder of its own; what is finished there is not done again."""

    def __init__(self, manifest: str, work: str, kinds: list[str], more: list[str]) -> None:
        """Paints a cohort for each kind of anomaly and prints the first two lines of a Markdown table.

        `more` are options of norma train for every variant.
        """
        self.manifest, self.work, self.more = manifest, work, more
        self.cohorts = {kind: self.painted(kind) for kind in kinds}
        print("| variant | " + " | ".join(kinds) + " | mean |\n" + "|---" * (len(kinds) + 2) + "|")

    def painted(self, kind: str) -> str:
        out = os.path.join(self.work, "painted", kind)
        if not os.path.exists(os.path.join(out, "manifest.tsv")):
            run("paint", "--data", self.manifest, "--kinds", kind, "-o", out)
        return os.path.join(out, "manifest.tsv")

    def home(self, name: str) -> str:
        return os.path.join(self.work, name.replace(", ", "-").replace(" ", "-"))

    def trained(self, name: str, keys: list[str]) -> str:
        """The bundle of a variant."""
        return str(trained(Path(self.home(name), "run"), "--data", self.manifest, *keys, *self.more))

    def report(self, name: str, bundle: str) -> None:
        """Prints a variant's AUPRC on each kind and their mean."""
        found = [
            evaluated(bundle, cohort, os.path.join(self.home(name), kind))["auprc"]
            for kind, cohort in self.cohorts.items()
        ]
        print(f"| {name} | " + " | ".join(map(number, [*found, statistics.fmean(found)])) + " |", flush=True)


def study_of(parser: argparse.ArgumentParser) -> tuple[argparse.Namespace, Study]:
    """The arguments of a script, and its study."""
    parser.add_argument("--kinds", nargs="+", choices=all_kinds, default=all_kinds)
    arguments, more = parser.parse_known_args()
    return arguments, Study(str(arguments.manifest), str(arguments.work), arguments.kinds, more)
