#!/usr/bin/env python3
"""Reference images and numbers for Tests/VolumesTests, made by nibabel, SciPy and Pillow.

    python3 Scripts/goldens/volumes.py [SHARED_DATA]

Writes Tests/VolumesTests/Goldens/: small NIfTI and PNG files, `nifti.json` (nibabel's shape, affine, axis codes
and values), `orientation.json`, `resample.json`, `png.json`. With the folder of real scans also
`real.json`: shape, affine, sum, minimum and maximum per file, no voxels. Seeded: the same bytes every time.
"""
import json
import struct
import sys
import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
from PIL import Image
from scipy.ndimage import map_coordinates

goldens = Path(__file__).resolve().parents[2] / "Tests/VolumesTests/Goldens"
rng = np.random.default_rng(20)
SHAPE = (5, 4, 3)


def save_json(name, value):
    (goldens / name).write_text(json.dumps(value, indent=None, separators=(",", ":"), sort_keys=True) + "\n")


def rotation(degrees):
    x, y, z = np.deg2rad(degrees)
    rx = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    ry = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    rz = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return rz @ ry @ rx


def affine(linear, origin=(-12.3, 45.6, -7.8)):
    return np.vstack([np.column_stack([linear, origin]), [0, 0, 0, 1]])


plain = affine(np.diag([-0.9, 1.1, 3.0]))
oblique = affine(rotation((12, -7, 23)) @ np.diag([0.9, 1.1, 3.0]))
sheared = affine(rotation((5, 3, -4)) @ np.array([[0.9, 0.2, 0], [0, 1.1, 0.1], [0, 0, 3.0]]))
half_turn = affine(rotation((180, 0, 0)) @ np.diag([0.9, 1.1, -3.0]))


def values(dtype, shape=SHAPE):
    if np.issubdtype(dtype, np.floating):
        return rng.normal(0, 100, shape).astype(dtype)
    info = np.iinfo(dtype)
    array = rng.integers(info.min, info.max, shape, dtype, endpoint=True)
    array.flat[:2] = info.min, info.max
    return array


def image(data, sform=plain, qform=None, kind=nib.Nifti1Image, endian="<", codes=(1, 0)):
    header = (nib.Nifti1Header if kind is nib.Nifti1Image else nib.Nifti2Header)(endianness=endian)
    header.set_data_dtype(data.dtype.newbyteorder(endian))
    header["descrip"] = b"golden \xe9"
    made = kind(data, sform, header)
    made.set_sform(sform, codes[0])
    made.set_qform(qform if qform is not None else (sform if sform is not sheared else oblique), codes[1])
    return made


def nifti():
    types = [np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.uint64, np.int64,
             np.float32, np.float64]
    cases = {f"{np.dtype(t).name}.nii": image(values(t)) for t in types}
    for t in (np.int16, np.float32, np.float64):
        cases[f"{np.dtype(t).name}-big-endian.nii.gz"] = image(values(t), oblique, endian=">")
    for name, slope, intercept in [("scaled", 0.37, -12.5), ("slope-zero", 0, 3), ("slope-nan", np.nan, 3)]:
        cases[f"{name}.nii.gz"] = image(values(np.int16))
        cases[f"{name}.nii.gz"].patch = (slope, intercept)
    small = lambda shape=SHAPE: values(np.int16, shape)
    cases["qform-only.nii.gz"] = image(small(), oblique, codes=(0, 1))
    cases["qform-reflected.nii.gz"] = image(small(), oblique @ np.diag([1, 1, -1, 1]), codes=(0, 2))
    cases["qform-half-turn.nii.gz"] = image(small(), half_turn, codes=(0, 1))
    cases["sform-only.nii.gz"] = image(small(), oblique, codes=(2, 0))
    cases["sform-sheared.nii.gz"] = image(small(), sheared, codes=(1, 1))
    cases["both-differ.nii.gz"] = image(small(), plain, qform=oblique, codes=(4, 1))
    cases["neither.nii.gz"] = image(small(), plain, codes=(0, 0))
    cases["flipped-lps.nii.gz"] = image(small(), affine(np.diag([-1, -1, 1.0])), codes=(1, 1))
    cases["sagittal.nii.gz"] = image(small(), affine([[0, 0, 1.5], [-1, 0, 0], [0, -1, 0]]), codes=(1, 1))
    cases["nifti2.nii.gz"] = image(small(), oblique, kind=nib.Nifti2Image, codes=(1, 1))
    cases["nifti2-big-endian.nii"] = image(small(), oblique, kind=nib.Nifti2Image, endian=">", codes=(0, 1))
    cases["two-d.nii.gz"] = image(small((5, 4)), plain)
    cases["two-d-neither.nii.gz"] = image(small((5, 4)), plain, codes=(0, 0))
    cases["four-d-of-one.nii.gz"] = image(small((*SHAPE, 1)), plain)
    cases["extension.nii.gz"] = image(small())
    cases["extension.nii.gz"].header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"x" * 1000))

    expected = {}
    for name, made in cases.items():
        save(made, goldens / name)
        loaded = nib.load(goldens / name)
        data = loaded.get_fdata().astype(np.float32)
        shape = (list(data.shape) + [1])[:3]
        expected[name] = {
            "affine": loaded.affine[:3].tolist(), "shape": shape,
            "axisCodes": "".join(nib.aff2axcodes(loaded.affine)),
            "values": [float(v) for v in data.ravel(order="F")],
            "sformCode": int(loaded.header["sform_code"]), "qformCode": int(loaded.header["qform_code"]),
            "description": loaded.header["descrip"].item().decode("latin-1"),
        }
    save_json("nifti.json", expected)

    refused = {
        "complex64": nib.Nifti1Image(np.ones(SHAPE, np.complex64), plain),
        "complex128": nib.Nifti1Image(np.ones(SHAPE, np.complex128), plain),
        "RGB24": nib.Nifti1Image(np.zeros(SHAPE, [("R", "u1"), ("G", "u1"), ("B", "u1")]), plain),
        "series": nib.Nifti1Image(np.zeros((*SHAPE, 2), np.int16), plain),
    }
    for name, made in refused.items():
        save(made, goldens / f"refused-{name}.nii.gz")
    nib.save(nib.Nifti1Pair(small(), plain), goldens / "refused-pair.img")
    (goldens / "refused-pair.img").unlink()


def save(made, path):
    """Single file, gzip without time and name; `patch` overrides the scaling that nibabel would choose."""
    content = bytearray(made.to_bytes())
    if hasattr(made, "patch"):
        content[112:120] = struct.pack("<ff", *made.patch)
    if path.suffix == ".gz":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        content = packer.compress(bytes(content)) + packer.flush()
    path.write_bytes(content)


def orientation():
    cases = []
    for _ in range(40):
        linear = rotation(rng.uniform(-180, 180, 3)) @ np.diag(rng.uniform(0.5, 6, 3) * rng.choice([-1, 1], 3))
        linear = linear + rng.normal(0, 0.05, (3, 3))
        world = affine(linear, rng.uniform(-100, 100, 3))
        ornt = nib.io_orientation(world)
        canonical = world @ nib.orientations.inv_ornt_aff(ornt, SHAPE)
        cases.append({
            "affine": world[:3].tolist(), "permutation": ornt[:, 0].astype(int).tolist(),
            "isFlipped": (ornt[:, 1] < 0).tolist(), "canonical": canonical[:3].tolist(),
            "axisCodes": "".join(nib.aff2axcodes(world)), "inverse": np.linalg.inv(world)[:3].tolist(),
        })
    save_json("orientation.json", cases)


def resample():
    """An oblique grid over a smooth image; SciPy's trilinear values inside, 0 beyond half a voxel outside."""
    shape, target_shape = (9, 8, 7), (11, 10, 9)
    source = affine(rotation((3, 5, -8)) @ np.diag([-1.5, 1.25, 2.0]), (6, -5, -7))
    target = affine(rotation((-10, 4, 15)) @ np.diag([1.2, -1.3, 1.6]), (-8, 7, -6))
    data = rng.normal(0, 1, shape).astype(np.float32)
    voxels = np.stack(np.meshgrid(*map(np.arange, target_shape), indexing="ij")).reshape(3, -1)
    points = (np.linalg.inv(source) @ target @ np.vstack([voxels, np.ones(voxels.shape[1])]))[:3]
    limits = np.array(shape)[:, None] - 0.5
    inside = ((points >= -0.5) & (points <= limits)).all(axis=0)
    flat = lambda result: [float(v) for v in result.reshape(target_shape).ravel(order="F")]
    save_json("resample.json", {
        "sourceShape": shape, "sourceAffine": source[:3].tolist(), "source": [float(v) for v in data.ravel(order="F")],
        "targetShape": target_shape, "targetAffine": target[:3].tolist(),
        "linear": flat(np.where(inside, map_coordinates(data, points, order=1, mode="nearest"), 0)),
        "nearest": flat(np.where(inside, map_coordinates(data, points, order=0, mode="nearest"), 0)),
    })


def interlaced(array):
    """Adam7, which Pillow reads but does not write."""
    rows = b""
    for x, y, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for row in array[y::dy, x::dx]:
            if row.size:
                rows += b"\0" + row.tobytes()
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    head = struct.pack(">IIBBBBB", array.shape[1], array.shape[0], 8, 0, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def png():
    gray = rng.integers(0, 256, (6, 9), np.uint8)
    deep = rng.integers(0, 65536, (6, 9), np.uint16)
    rgb = np.repeat(gray[..., None], 3, axis=2)
    colour = rng.integers(0, 256, (6, 9, 3), np.uint8)
    opaque = np.dstack([rgb, np.full_like(gray, 255)])
    see_through = np.dstack([rgb, np.where(gray > 128, 255, 254)]).astype(np.uint8)
    gray_palette = Image.fromarray(gray // 64, "P")
    gray_palette.putpalette([v for level in (3, 90, 91, 250) for v in (level,) * 3])
    colour_palette = Image.fromarray(gray // 64, "P")
    colour_palette.putpalette([0, 0, 0, 10, 10, 10, 200, 0, 0, 255, 255, 255])
    pictures = {
        "gray8": Image.fromarray(gray), "gray16": Image.fromarray(deep), "gray1": Image.fromarray(gray > 128),
        "palette-gray": gray_palette, "rgb-gray": Image.fromarray(rgb), "rgba-opaque": Image.fromarray(opaque),
        "refused-palette": colour_palette, "refused-rgb": Image.fromarray(colour),
        "refused-rgba": Image.fromarray(see_through),
    }
    for name, picture in pictures.items():
        picture.save(goldens / f"{name}.png")
    (goldens / "interlaced.png").write_bytes(interlaced(gray))
    expected = {}
    for path in sorted(goldens.glob("*.png")):
        with Image.open(path) as picture:
            if not path.name.startswith("refused"):
                array = np.asarray(picture if picture.mode.startswith("I") else picture.convert("L"))
                expected[path.name] = {"rows": array.tolist(), "bitDepth": 16 if picture.mode.startswith("I") else 8}
    save_json("png.json", expected)


def real(shared):
    seen, expected = set(), {}
    for path in sorted(shared.rglob("*.nii.gz")):
        loaded = nib.load(path)
        entry = {"shape": list(loaded.shape), "affine": loaded.affine[:3].tolist()}
        kind = (path.parent, loaded.get_data_dtype())
        if kind not in seen:  # the voxels of one file per folder and type keep the test short
            seen.add(kind)
            data = loaded.get_fdata().astype(np.float32)
            entry |= {"sum": float(data.sum(dtype=np.float64)), "min": float(data.min()), "max": float(data.max())}
        expected[str(path.relative_to(shared))] = entry
    for folder in ("flair", "lesion"):
        for path in sorted((shared / "soop-flair" / folder).glob("*.png"))[:10]:
            data = np.asarray(Image.open(path)).astype(np.float64)
            height, width = data.shape
            world = [[-1, 0, 0, (width - 1) / 2], [0, -1, 0, (height - 1) / 2], [0, 0, 1, 0]]
            expected[str(path.relative_to(shared))] = {
                "shape": [width, height, 1], "affine": world,
                "sum": data.sum(), "min": data.min(), "max": data.max()}
    save_json("real.json", expected)


if __name__ == "__main__":
    goldens.mkdir(parents=True, exist_ok=True)
    nifti()
    orientation()
    resample()
    png()
    if len(sys.argv) > 1:
        real(Path(sys.argv[1]))
