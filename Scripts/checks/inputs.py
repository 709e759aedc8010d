"""The part of checks/inputs that makes the inputs and compares. Arguments: a folder to work in, names of inputs."""
import csv
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import nibabel as nib
import numpy as np

from common import options, run, workplace
from expected import Comparison, rows, start, unprivileged

Image = nib.Nifti1Image


def cases(out: Path) -> dict[str, dict[str, str]]:
    """The rows of the table of cases by their names."""
    return {row["case_id"]: row for row in rows(out)}


def stored(image: Image) -> np.ndarray:
    return np.asarray(image.dataobj, dtype=np.float32).copy()


def like(image: Image, voxels: np.ndarray, affine: np.ndarray | None = None) -> Image:
    return Image(voxels, image.affine if affine is None else affine)


# Scans: each maker gets a stripped brain in template space, whole or as a slab that takes seconds, and writes a file.


def save(image: Image, file: Path, **fields) -> None:
    """Writes an image, then these fields into its header, as no library would."""
    nib.save(image, file)
    if not fields:
        return
    data = file.read_bytes() if file.suffix == ".nii" else gzip.decompress(file.read_bytes())
    header = nib.Nifti1Header(data[:348], check=False)
    for name, value in fields.items():
        header[name] = value
    data = header.binaryblock + data[348:]
    file.write_bytes(data if file.suffix == ".nii" else gzip.compress(data, 1))


def one_volume_series(brain: Image, file: Path) -> None:
    save(like(brain, stored(brain)[..., None]), file, pixdim=[1, *brain.header.get_zooms(), 0, 0, 0, 0])


def channel_first(brain: Image, file: Path) -> None:
    save(like(brain, stored(brain)[None]), file)


def slope_not_a_number(brain: Image, file: Path) -> None:
    save(brain, file, scl_slope=np.nan, scl_inter=np.nan)


def qfac_zero(brain: Image, file: Path) -> None:
    save(brain, file, pixdim=[0, *brain.header.get_zooms(), 0, 0, 0, 0])


def qform_mirrors_sform(brain: Image, file: Path) -> None:
    image = like(brain, stored(brain))
    image.set_sform(brain.affine, 1)
    image.set_qform(brain.affine @ np.diag([-1, 1, 1, 1]), 1)
    save(image, file)


def qform_apart_from_sform(brain: Image, file: Path) -> None:
    image = like(brain, stored(brain))
    moved = brain.affine.copy()
    moved[:3, 3] += 12
    image.set_sform(brain.affine, 1)
    image.set_qform(moved, 1)
    save(image, file)


def sheared(brain: Image, file: Path) -> None:
    """A gantry tilt: slices are shifted against each other, and the affine says so."""
    shear = np.eye(4)
    shear[1, 2] = 0.25
    voxels, affine = stored(brain), brain.affine
    step = shear[1, 2] * affine[2, 2] / affine[1, 1]
    moved = np.zeros_like(voxels)
    for k in range(voxels.shape[2]):
        moved[..., k] = np.roll(voxels[..., k], -round(step * (k - voxels.shape[2] / 2)), 1)
    # The roll is by whole voxels; so is the shear of the affine on average.
    tilted = affine.copy()
    tilted[1, 2] = step * affine[1, 1]
    tilted[:3, 3] -= tilted[:3, 2] * voxels.shape[2] / 2 - affine[:3, 2] * voxels.shape[2] / 2
    image = like(brain, moved, tilted)
    image.set_qform(None, 0)
    image.set_sform(tilted, 1)
    save(image, file)


def spacing_lost(brain: Image, file: Path) -> None:
    save(like(brain, stored(brain), np.eye(4)), file)


def every_other_slice(brain: Image, file: Path) -> None:
    save(like(brain, stored(brain)[..., ::2]), file)


def metres(brain: Image, file: Path) -> None:
    affine = brain.affine.copy()
    affine[:3] /= 1000
    save(like(brain, stored(brain), affine), file, xyzt_units=1)


def micrometres(brain: Image, file: Path) -> None:
    affine = brain.affine.copy()
    affine[:3] *= 1000
    save(like(brain, stored(brain), affine), file, xyzt_units=3)


def wrapped(brain: Image, file: Path) -> None:
    voxels = stored(brain)
    voxels = voxels / np.quantile(voxels[voxels > 0], 0.98) * 32767
    save(like(brain, voxels.astype(np.int64).astype(np.uint16).view(np.int16)), file)


def cut_off(brain: Image, file: Path) -> None:
    voxels = stored(brain)
    voxels = voxels / np.quantile(voxels[voxels > 0], 0.95) * 4095
    save(like(brain, np.minimum(voxels, 4095).astype(np.int16)), file)


def spike(brain: Image, file: Path) -> None:
    voxels = stored(brain)
    voxels[tuple(n // 2 for n in voxels.shape)] = 3e38
    save(like(brain, voxels), file)


def tiny_numbers(brain: Image, file: Path) -> None:
    save(like(brain, stored(brain) * np.float32(1e-12)), file)


def huge_numbers(brain: Image, file: Path) -> None:
    save(like(brain, stored(brain) * np.float32(1e12)), file)


def few_levels(brain: Image, file: Path) -> None:
    voxels = stored(brain)
    save(like(brain, np.ceil(voxels / voxels.max() * 24).astype(np.uint8)), file)


def empty_slices(brain: Image, file: Path) -> None:
    voxels = stored(brain)
    middle = voxels.shape[2] // 2
    voxels[..., middle : middle + 2] = 0
    save(like(brain, voxels), file)


def not_compressed(brain: Image, file: Path) -> None:
    plain = file.with_name("plain.nii")
    nib.save(brain, plain)
    plain.rename(file)


def compressed_twice(brain: Image, file: Path) -> None:
    nib.save(brain, file)
    file.write_bytes(gzip.compress(file.read_bytes(), 1))


def padded_gzip(brain: Image, file: Path) -> None:
    nib.save(brain, file)
    file.write_bytes(file.read_bytes() + bytes(512))


def two_gzip_members(brain: Image, file: Path) -> None:
    nib.save(brain, file)
    data = gzip.decompress(file.read_bytes())
    half = len(data) // 2
    file.write_bytes(gzip.compress(data[:half], 1) + gzip.compress(data[half:], 1))


def git_lfs_pointer(brain: Image, file: Path) -> None:
    digest = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
    file.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 12345\n")


@dataclass
class Scan:
    """A scan and its expected outcome: "same" regions as the reference, "noted WORDS" or "failed: WORDS"."""

    make: Callable[[Image, Path], None]
    expected: str
    is_whole: bool = False


scans = [
    Scan(one_volume_series, "same"),
    Scan(channel_first, "failed: series of volumes"),
    Scan(slope_not_a_number, "same"),
    Scan(qfac_zero, "same"),
    Scan(qform_mirrors_sform, "noted qform"),
    Scan(qform_apart_from_sform, "noted qform"),
    Scan(sheared, "ok", is_whole=True),
    Scan(spacing_lost, "noted not in template space", is_whole=True),
    Scan(every_other_slice, "failed: ", is_whole=True),
    Scan(metres, "failed: not in mm"),
    Scan(micrometres, "failed: not in mm"),
    Scan(wrapped, "failed: 16-bit"),
    Scan(cut_off, "noted highest intensity"),
    Scan(spike, "same"),
    Scan(tiny_numbers, "same", is_whole=True),
    Scan(huge_numbers, "same"),
    Scan(few_levels, "ok"),
    Scan(empty_slices, "noted empty"),
    Scan(not_compressed, "same"),
    Scan(compressed_twice, "failed: "),
    Scan(padded_gzip, "same"),
    Scan(two_gzip_members, "same"),
    Scan(git_lfs_pointer, "failed: git lfs"),
]


def outcome(row: dict[str, str], expected: str, volume: float) -> str:
    """The part of a row that is expected, or else all that was seen."""
    kind, words = (expected.split(" ", 1) + [""])[:2]
    message, seen = row["message"], f"{row['status']}: {row['lesion_volume_ml']} mL: {row['message']}"
    if row["status"] == "failed":
        return expected if kind == "failed:" and words.lower() in message.lower() else seen
    found = float(row["lesion_volume_ml"])
    fits = {
        "ok": True, "same": abs(found - volume) <= max(0.5, 0.05 * volume), "noted": words.lower() in message.lower()}
    return expected if fits.get(kind) else seen


def check_scans(place: Path, names: list[str], is_whole: bool) -> list[tuple[str, str, str]]:
    chosen = [scan for scan in scans if scan.is_whole == is_whole and (not names or scan.make.__name__ in names)]
    if not chosen:
        return []
    levels = [] if is_whole else ["--levels", 8, 28]
    run("simulate", "-o", place / "cohort", "--cases", 1, "--patients-only", "--voxel-size", 3, 3, 4, *levels)
    brain = nib.load(place / "cohort/sub-001/anat/sub-001_FLAIR.nii.gz")
    brain = Image(stored(brain), brain.affine)
    (place / "scans").mkdir()
    save(brain, place / "scans/reference.nii.gz")
    for scan in chosen:
        scan.make(brain, place / "scans" / f"{scan.make.__name__}.nii.gz")
    start("segment", "-i", place / "scans", "-o", place / "results")
    found = cases(place / "results")
    volume = float(found["reference"]["lesion_volume_ml"])
    return [
        (name, scan.expected, outcome(found[name], scan.expected, volume))
        for scan in chosen for name in [scan.make.__name__]]


# Folders, names and tables: each check makes its inputs and returns what was seen.


def slab(file: Path) -> None:
    """A stripped "brain", 28 mm thick, in template space, which takes seconds."""
    affine = np.diag([2.0, 2.0, 4.0, 1.0])
    affine[:3, 3] = [-72, -106, 6]
    i, j, k = np.meshgrid(*[np.arange(n) for n in (73, 91, 7)], indexing="ij")
    brain = ((i - 36) / 35) ** 2 + ((j - 45) / 44) ** 2 < 1
    noise = np.random.default_rng(0).normal(size=brain.shape)
    voxels = np.where(brain, 100 + 10 * np.sin(i / 5) * np.cos(j / 7) + 3 * noise, 0)
    file.parent.mkdir(parents=True, exist_ok=True)
    nib.save(Image(voxels.astype(np.float32), affine), file)


def statuses(out: Path) -> str:
    return " ".join(f"{name}:{row['status']}" for name, row in sorted(cases(out).items()))


def other_outputs_of_dcm2niix(place: Path) -> str:
    for name in ("p1_FLAIR", "p1_FLAIR_ph", "p1_FLAIR_real", "p1_FLAIR_imaginary", "p1_FLAIR_ROI1"):
        slab(place / f"in/{name}.nii.gz")
    done = start("segment", "-i", place / "in", "-o", place / "out")
    return statuses(place / "out") + (" named" if "p1_FLAIR_ph" in done.log else " not named")


def odd_names(place: Path) -> str:
    names = ["a b", "größe", "gro\u0308sse", "x#1", "50%25", "<b>&amp;", "it's", "-dash", "(1)", "ü" * 60]
    for name in names:
        slab(place / f"in/{name}.nii.gz")
    start("segment", "-i", place / "in", "-o", place / "out")
    page = (place / "out/report.html").read_text()
    found = cases(place / "out")
    fine = sum(row["status"] == "ok" and (place / "out" / row["mask"]).exists() for row in found.values())
    return f"{fine} of {len(names)}, {'unescaped' if '<b>&amp;' in page else 'escaped'}"


def dash_alone(place: Path) -> str:
    slab(place / "-scan.nii.gz")
    done = start("segment", "-i", "./-scan.nii.gz", "-o", "out", cwd=place)
    return str(done.code)


def linked_folder(place: Path) -> str:
    slab(place / "elsewhere/p1_FLAIR.nii.gz")
    (place / "in").mkdir()
    (place / "in/sub-01").symlink_to(place / "elsewhere")
    done = start("segment", "-i", place / "in", "-o", place / "out")
    return f"{done.code} {'link named' if 'only links to folders' in done.log else done.log}"


def linked_scan(place: Path) -> str:
    slab(place / "elsewhere/p1_FLAIR.nii.gz")
    (place / "in").mkdir()
    (place / "in/p1_FLAIR.nii.gz").symlink_to(place / "elsewhere/p1_FLAIR.nii.gz")
    start("segment", "-i", place / "in", "-o", place / "out")
    return statuses(place / "out")


def manifest(place: Path, text: bytes) -> str:
    slab(place / "p1.nii.gz")
    (place / "manifest.tsv").write_bytes(text)
    done = start("segment", "-i", place / "manifest.tsv", "-o", place / "out")
    return statuses(place / "out") if (place / "out/cases.tsv").exists() else f"{done.code} {done.log}"


def manifest_from_a_spreadsheet(place: Path) -> str:
    return manifest(place, b"\xef\xbb\xbfparticipant_id\timage\r\np1\tp1.nii.gz\r\n\r\n")


def manifest_in_utf16(place: Path) -> str:
    seen = manifest(place, "participant_id\timage\np1\tp1.nii.gz\n".encode("utf-16"))
    return "refused by name" if seen.startswith("65") and "UTF-8" in seen else seen


def manifest_with_quotes(place: Path) -> str:
    seen = manifest(place, b'"participant_id"\t"image"\n"p1"\t"p1.nii.gz"\n')
    return "refused by name" if seen.startswith("65") and "a column '\"participant_id\"'" in seen else seen


def data_set(place: Path, description: bytes) -> str:
    slab(place / "data/sub-01/anat/sub-01_FLAIR.nii.gz")
    (place / "data/dataset_description.json").write_bytes(description)
    (place / "data/participants.tsv").write_bytes(b"\xef\xbb\xbfparticipant_id\tage\r\nsub-01\t30\r\n")
    done = start("bids", place / "data", place / "out", "participant", "--dry-run")
    if done.code:
        return f"{done.code} {done.log}"
    return " ".join(line.split("\t")[0] for line in done.output.splitlines())


def data_set_of_links(place: Path) -> str:
    slab(place / "elsewhere/anat/sub-02_FLAIR.nii.gz")
    (place / "data").mkdir()
    (place / "data/sub-02").symlink_to(place / "elsewhere")
    return data_set(place, b'{"Name": "x", "BIDSVersion": "1.8.0"}')


def description_with_byte_order_mark(place: Path) -> str:
    return data_set(place, b'\xef\xbb\xbf{"Name": "x", "BIDSVersion": "1.8.0"}')


def description_in_latin1(place: Path) -> str:
    seen = data_set(place, '{"Name": "Größe", "BIDSVersion": "1.8.0"}'.encode("latin-1"))
    return "refused by name" if seen.startswith("65") and "dataset_description.json" in seen else seen


def evaluated(place: Path, voxels: Callable[[np.ndarray], np.ndarray], **fields) -> str:
    """The exit code of evaluate with a changed lesion mask, and whether its figures are those of the mask itself."""
    cohort, maps = place.parent / "patients", place.parent / "patients-maps"
    if not maps.exists():
        run("simulate", "-o", cohort, "--patients-only", "--cases", 2, "--voxel-size", 3, 3, 4, "--levels", 8, 28)
        start("segment", "-i", cohort / "manifest.tsv", "-o", maps)
    with (cohort / "manifest.tsv").open() as file:
        table = list(csv.DictReader(file, delimiter="\t"))
    for row in table:
        mask = nib.load(cohort / row["lesion_mask"])
        file = place / f"{row['participant_id']}.nii.gz"
        save(Image(voxels(np.asarray(mask.dataobj)), mask.affine), file, **fields)
        for name, value in row.items():
            if value.endswith(".nii.gz"):
                row[name] = str(cohort / value)
        row["changed"] = str(file)
    codes, figures = [], []
    for name, column in (("as-it-is", "lesion_mask"), ("changed", "changed")):
        with (place / f"{name}.tsv").open("w") as file:
            writer = csv.writer(file, delimiter="\t", lineterminator="\n")
            columns = [key for key in table[0] if key != "changed"]
            writer.writerow(columns)
            for row in table:
                writer.writerow([row[column] if key == "lesion_mask" else row[key] for key in columns])
        done = start(
            "evaluate", "--predictions", maps, "--data", place / f"{name}.tsv", "-o", place / name, "--samples", 5)
        codes.append(done.code)
        figures.append((place / name / "cases.tsv").read_text() if done.code == 0 else done.log)
    return "same" if codes == [0, 0] and figures[0] == figures[1] else f"{codes} {figures[1]}"


def mask_of_rounded_floats(place: Path) -> str:
    return evaluated(place, lambda mask: (mask != 0) * np.float32(0.9999998))


def mask_of_255(place: Path) -> str:
    return evaluated(place, lambda mask: ((mask != 0) * 255).astype(np.uint8))


def mask_with_slope_not_a_number(place: Path) -> str:
    return evaluated(place, lambda mask: (mask != 0).astype(np.uint8), scl_slope=np.nan, scl_inter=np.nan)


def mask_that_is_the_scan(place: Path) -> str:
    noise = np.random.default_rng(1)
    seen = evaluated(place, lambda mask: noise.normal(500, 100, mask.shape).astype(np.float32))
    return "refused" if seen.startswith("[0, 65]") else seen


def read_only_folder(place: Path) -> str:
    slab(place / "in/p1.nii.gz")
    for folder in (place, place.parent):
        folder.chmod(0o777)
    (place / "in").chmod(0o555)
    done = start("segment", place / "in/p1.nii.gz", launcher=unprivileged)
    return f"{done.code} {'named' if 'Permission denied' in done.log else done.log}"


checks = {
    other_outputs_of_dcm2niix: "p1:ok named",
    odd_names: "10 of 10, escaped",
    dash_alone: "0",
    linked_folder: "66 link named",
    linked_scan: "p1:ok",
    manifest_from_a_spreadsheet: "p1:ok",
    manifest_in_utf16: "refused by name",
    manifest_with_quotes: "refused by name",
    data_set_of_links: "sub-01 sub-02",
    description_with_byte_order_mark: "sub-01",
    description_in_latin1: "refused by name",
    mask_of_rounded_floats: "same",
    mask_of_255: "same",
    mask_with_slope_not_a_number: "same",
    mask_that_is_the_scan: "refused",
    read_only_folder: "73 named",
}


def main() -> None:
    parser = options(__doc__, "work")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    work = workplace(arguments.work)
    comparison = Comparison("input")
    for check, expected in checks.items():
        if arguments.names and check.__name__ not in arguments.names:
            continue
        place = work / check.__name__
        place.mkdir()
        comparison.add(check.__name__, expected, check(place))
    for name, is_whole in (("slabs", False), ("brains", True)):
        for found in check_scans(workplace(work / name), arguments.names, is_whole):
            comparison.add(*found)
    comparison.end()


main()
