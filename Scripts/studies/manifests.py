"""Functions of the studies: manifests, the patients and slices of the data, and evaluation of bundles."""
import csv
import hashlib
import json
import os
from pathlib import Path

from common import run

files = ["image", "anatomy", "lesion_mask", "brain_mask", "template_transform"]
columns = ["participant_id", "session_id", *files, "mask_pairing", "level", "split"]


def read(path: str) -> list[dict]:
    """Rows of a manifest; the paths of files become absolute."""
    home = os.path.dirname(os.path.abspath(path))
    with open(path) as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        for name in files:
            if (row.get(name) or "n/a") not in ("n/a", "template"):
                row[name] = os.path.normpath(os.path.join(home, row[name]))
    return rows


def write(path: str, rows: list[dict]) -> str:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write("\t".join(columns) + "\n")
        for row in rows:
            file.write("\t".join(row.get(name) or "n/a" for name in columns) + "\n")
    return path


def patients(data: str, work: str) -> list[dict]:
    """The twelve patients with multiple sclerosis of DATA, prepared below WORK."""
    found = []
    for folder, scans, lesions in [
        ("ms-flair-2d", "flair/{}.nii.gz", "lesion/{}.nii.gz"),
        ("ms-open/mni", "{}_FLAIR.nii.gz", "{}_lesion.nii.gz"),
    ]:
        home, out = os.path.join(data, folder), os.path.join(work, "prepared", folder)
        names = sorted(name.removesuffix(".nii.gz") for name in os.listdir(os.path.join(home, os.path.dirname(scans))))
        names = [name.removesuffix("_FLAIR") for name in names if "/" in scans or name.endswith("_FLAIR")]
        # Three masks of ms-flair-2d have the header of another orientation than their scans.
        pairing = "voxels" if folder == "ms-flair-2d" else "affine"
        raw = [
            {"participant_id": name, "mask_pairing": pairing, "image": os.path.join(os.path.abspath(home), scans.format(name)),
             "lesion_mask": os.path.join(os.path.abspath(home), lesions.format(name))}
            for name in names
        ]
        run("preprocess", "-i", write(out + "-scans.tsv", raw), "-o", out)
        found += read(os.path.join(out, "manifest.tsv"))
    return found


# The anatomies that choose the weights and calibrate.
validation_anatomies = {"training_seg_05", "training_seg_12", "training_seg_19", "sub-58"}


def anatomies(data: Path, path: Path) -> Path:
    """Writes the manifest of all anatomies: label maps, T1-weighted controls and the template."""
    found = [*sorted((data / "anatomies").glob("*.nii.gz")), *sorted((data / "controls-t1").glob("*_T1w.nii.gz"))]
    names = [(file.name.removesuffix(".nii.gz").removesuffix("_T1w"), str(file)) for file in found]
    with open(path, "w", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(["participant_id", "anatomy", "split"])
        table.writerows([name, scan, "validation" if name in validation_anatomies else "train"] for name, scan in names)
        table.writerow(["template", "template", "train"])
    return path


def part(participant: str, key: str, parts: int) -> int:
    """0 to parts - 1, by SHA-256 of the name."""
    return int(hashlib.sha256(f"{key}:{participant}".encode()).hexdigest(), 16) % parts


def learning_split(participant: str) -> str:
    """15 % choose the weights, as norma itself splits; the others are learned from."""
    return "validation" if part(participant, "val", 100) < 15 else "train"


def soop_slices(folder: str, out: str) -> str:
    """Writes the manifest of the SOOP axial slices in `folder`, as the script soop-manifest says."""

    def split(row: dict) -> str | None:
        lesion_pixels = int(row["lesion_px_axial"])
        if lesion_pixels == 0:
            return learning_split(row["participant_id"])
        return "test" if lesion_pixels >= 30 else None

    home = os.path.dirname(os.path.abspath(out))
    with open(os.path.join(folder, "slices.tsv")) as table, open(out, "w") as manifest:
        manifest.write("participant_id\timage\tlesion_mask\tsplit\n")
        for row in csv.DictReader(table, delimiter="\t"):
            if (chosen := split(row)) is None:
                continue
            name = f"{row['participant_id']}.png"
            image, lesion = (
                os.path.relpath(os.path.join(folder, kind, name), home) for kind in ("flair", "lesion")
            )
            cells = [row["participant_id"], image, lesion if chosen == "test" else "n/a", chosen]
            manifest.write("\t".join(cells) + "\n")
    return out


def evaluation(home: str) -> dict:
    with open(os.path.join(home, "evaluation", "evaluation.json")) as file:
        return json.load(file)


def evaluated(bundle: str, manifest: str, home: str, *options: str) -> dict:
    """The evaluation of a bundle's maps of the manifest's scans, both made once in `home`."""
    maps, out = os.path.join(home, "maps"), os.path.join(home, "evaluation")
    if not os.path.exists(os.path.join(out, "evaluation.json")):
        run("segment", "-i", manifest, *options, "-o", maps, "--bundle", bundle)
        run("evaluate", "--predictions", maps, "--data", manifest, "-o", out)
    return evaluation(home)


def number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}".replace("0.", ".", 1)
