"""What the scripts share that judge variants on painted scans, without a label."""
import json
import os
import statistics

from manifests import number, run

all_kinds = ["blob", "punctate", "dark", "patch", "swelling"]


def painted(manifest: str, work: str, kind: str) -> str:
    out = os.path.join(work, "painted", kind)
    if not os.path.exists(os.path.join(out, "manifest.tsv")):
        run("paint", "--data", manifest, "--kinds", kind, "-o", out)
    return os.path.join(out, "manifest.tsv")


def trained(keys: list[str], manifest: str, home: str, options: list[str]) -> str:
    out = os.path.join(home, "run")
    bundle = os.path.join(out, "bundle")
    if not os.path.exists(os.path.join(bundle, "bundle.json")):
        if os.path.exists(os.path.join(out, "config.json")):
            run("train", "--resume", "-o", out)
        else:
            run("train", "--data", manifest, "-o", out, *keys, *options)
    return bundle


def auprc(bundle: str, cohort: str, out: str) -> float:
    result = os.path.join(out, "evaluation", "evaluation.json")
    if not os.path.exists(result):
        maps = os.path.join(out, "maps")
        run("segment", "-i", cohort, "-o", maps, "--bundle", bundle)
        run("evaluate", "--predictions", maps, "--data", cohort, "-o", os.path.dirname(result))
    with open(result) as file:
        return json.load(file)["auprc"]


def heading(cohorts) -> str:
    """The first two lines of a Markdown table."""
    return "| variant | " + " | ".join(cohorts) + " | mean |\n" + "|---" * (len(cohorts) + 2) + "|"


def row(name: str, found: list[float]) -> str:
    """A variant's AUPRC on each kind and their mean."""
    return f"| {name} | " + " | ".join(map(number, [*found, statistics.fmean(found)])) + " |"
