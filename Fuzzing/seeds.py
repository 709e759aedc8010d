"""Small inputs of each kind for the fuzzer to begin with: seeds.py TARGET FOLDER; without arguments the targets."""
import gzip
import json
import struct
import sys
import zlib
from pathlib import Path

BUNDLES = Path(__file__).resolve().parents[1] / "Sources/Norma/Resources/bundles"


def nifti1(swapped: bool = False, datatype: int = 4, bits: int = 16, code: tuple[int, int] = (1, 1)) -> bytes:
    order = ">" if swapped else "<"
    data = bytearray(352)
    struct.pack_into(order + "i", data, 0, 348)
    struct.pack_into(order + "8h", data, 40, 3, 3, 2, 2, 1, 1, 1, 1)
    struct.pack_into(order + "2h", data, 70, datatype, bits)
    struct.pack_into(order + "8f", data, 76, 1, 2, 2, 3, 1, 1, 1, 1)
    struct.pack_into(order + "3f", data, 108, 352, 2, 1)
    struct.pack_into(order + "2h6f", data, 252, *code, 0, 0, 0, -1, -2, -3)
    for row in range(3):
        struct.pack_into(order + "4f", data, 280 + 16 * row, *(2 if column == row else 0 for column in range(4)))
    data[148:154] = b"a text"
    data[344:348] = b"n+1\0"
    return bytes(data) + bytes(range(12 * bits // 8))


def nifti2() -> bytes:
    data = bytearray(544)
    struct.pack_into("<i", data, 0, 540)
    data[4:12] = b"n+2\0\r\n\x1a\n"
    struct.pack_into("<2h", data, 12, 16, 32)
    struct.pack_into("<8q", data, 16, 3, 3, 2, 2, 1, 1, 1, 1)
    struct.pack_into("<8d", data, 104, 1, 2, 2, 3, 1, 1, 1, 1)
    struct.pack_into("<q2d", data, 168, 544, 2, 1)
    struct.pack_into("<2i6d", data, 344, 1, 0, 0, 0, 0, -1, -2, -3)
    return bytes(data) + bytes(48)


def niftis() -> list[bytes]:
    plain = [
        nifti1(), nifti1(swapped=True), nifti1(datatype=16, bits=32, code=(0, 0)), nifti1(datatype=64, bits=64),
        nifti1(datatype=2, bits=8, code=(1, 0)), nifti2(),
    ]
    return plain + [gzip.compress(plain[0], mtime=0)]


def png(depth: int, colour: int, row: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    start = chunk(b"IHDR", struct.pack(">2I5B", 2, 2, depth, colour, 0, 0, 0))
    palette = chunk(b"PLTE", bytes([0, 0, 0, 9, 9, 9])) if colour == 3 else b""
    body = chunk(b"IDAT", zlib.compress((b"\0" + row) * 2))
    return b"\x89PNG\r\n\x1a\n" + start + palette + body + chunk(b"IEND", b"")


def safetensors() -> list[bytes]:
    entries = {
        "__metadata__": {"format": "norma"}, "model.a": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
        "model.b": {"dtype": "F16", "shape": [2], "data_offsets": [8, 12]},
        "c": {"dtype": "I64", "shape": [], "data_offsets": [12, 20]},
    }
    texts = [json.dumps(entries).encode(), b"{}"]
    return [struct.pack("<Q", len(text)) + text + bytes(20 if len(text) > 2 else 0) for text in texts]


def bundle() -> list[bytes]:
    """The shipped manifests without the long tables of their calibration."""
    texts = []
    for file in sorted(BUNDLES.glob("*/bundle.json")):
        manifest = json.loads(file.read_text())
        text = json.dumps(shortened(manifest)).encode()
        if len(text) < 8192:
            texts.append(text)
    return texts


def shortened(value: object) -> object:
    if isinstance(value, dict):
        return {key: shortened(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shortened(part) for part in value[:4]]
    return value


def texts(*lines: str) -> list[bytes]:
    return [line.encode() for line in lines]


SEEDS = {
    "nifti-header": niftis, "nifti": niftis, "safetensors-header": safetensors, "safetensors": safetensors,
    "bundle": bundle,
    "png": lambda: [
        png(8, 0, b"\1\2"), png(16, 0, b"\1\2\3\4"), png(1, 0, b"\x80"), png(8, 2, b"\1\1\1\2\2\2"),
        png(8, 3, b"\0\1"), png(8, 4, b"\1\xff\2\xff"), png(8, 6, b"\1\1\1\xff\2\2\2\xff"),
    ],
    "manifest": lambda: texts(
        "participant_id\timage\n1\ta.nii\n", "participant_id\tsession_id\timage\tlesion_mask\tbrain_mask\tsplit\tlevel\n"
        "a\tses-1\tx.png\tn/a\tm.png\ttrain\t18\nb\tn/a\ty.nii.gz\tz.nii\tn/a\ttest\tn/a\n\n",
    ),
    "configuration": lambda: texts(
        "training: {epochs: 3, batchSize: 2}\nscoring: {median: 3}\n", "recipe:\n  gridSize: 64\n  level: null\n",
        '{"model": {"network": {"channels": [4, 8, 16]}}}', "a: &b [1, *b]\nc: !!binary aGk=\nd: 0x1f\ne: .inf\n",
    ),
    "transform": lambda: texts(
        "#Insight Transform File V1.0\n#Transform 0\nTransform: AffineTransform_double_3_3\n"
        "Parameters: 1 0 0 0 1 0 0 0 1 2 3 4\nFixedParameters: 0 0 0\n"
    ),
    "evaluation": lambda: texts(
        '{"normaVersion":"0.1.0","bundle":"b","method":"normative","threshold":1.5,"thresholdsByRate":{"0.01":3},'
        '"thresholdsByName":{"training-percentile-95":2},"minimumLesionSize":0,"thresholdFrom":"fpr"}'
    ),
    "sidecar": lambda: texts(
        '{"Name":"a","BIDSVersion":"1.10.0","DatasetDOI":"d","GeneratedBy":[{"Name":"Norma"}],"DatasetLinks":{"raw":"../b"}}',
        '{"flair":{"acquisition":"3d","run":[1,2],"session":null,"echo":"*"},"t1w":{}}',
        '{"PreprocessingSHA256":"a","BundleSHA256":"b","Threshold":1.5,"ThresholdOfCase":true,"NormaVersion":"0.1.0"}',
        '{"Description":"a","Sources":["b"],"InputSHA256":{"Scan":"c"},"Registered":false,"Preprocessing":{},"Record":{}}',
    ),
    "results": lambda: texts(
        "case_id\tparticipant_id\tstatus\tmessage\tlesion_volume_ml\tlesion_count\tthreshold\timage\tanomaly_map\tmask\n"
        "a\tsub-1\tok\tn/a\t1.5\t2\t3.25\tbids:raw:sub-1/a.nii\tb.nii.gz\tc.nii.gz\n"
    ),
    "review": lambda: texts(
        "case_id\tdecision\tnote\tchanged\na\taccepted\tn/a\t2026-01-31T12:00:00Z\nb\tn/a\ta note\tn/a\n"),
    "metrics": lambda: texts("epoch,training_loss,validation_loss\n1,0.5,nan\n2,0.25,1e-3\n"),
    "request": lambda: texts(
        "GET /?token=0 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nCookie: norma-80=0; a=b\r\nSec-Fetch-Site: none",
        "POST /api/review HTTP/1.1\r\nHost: localhost:80\r\nOrigin: http://localhost:80\r\nContent-Length: 2",
    ),
    "curves": lambda: [struct.pack("<Q4d", 3, 0.1, 2, -1, float("nan")) + b"kl\nreconstruction"],
}

if len(sys.argv) < 3:
    print("\n".join(SEEDS))
else:
    for index, seed in enumerate(SEEDS[sys.argv[1]]()):
        (Path(sys.argv[2]) / f"seed-{index}").write_bytes(seed)
