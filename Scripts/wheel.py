#!/usr/bin/env python3
"""Writes a wheel from a tree of bin, lib and share: Scripts/wheel.py TREE OUT_DIR; Scripts/package calls it.

The platform is the newest glibc that a file of the tree asks for; torch is pinned to the version of Scripts/bootstrap.
Equal trees and SOURCE_DATE_EPOCH make equal bytes.
"""
import base64
import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from common import root

LICENCES = Path("share/doc/norma")


def platform(tree: Path) -> str:
    files = [tree / "bin/norma", *(tree / "lib").iterdir()]
    symbols = subprocess.run(["objdump", "-T", *files], check=True, capture_output=True, text=True).stdout
    newest = max(int(minor) for minor in re.findall(r"GLIBC_2\.(\d+)", symbols))
    return f"manylinux_2_{newest}_{os.uname().machine}"


def pinned(name: str) -> str:
    return re.search(rf"wheel {name} (\S+)", (root / "Scripts/bootstrap").read_text()).group(1)


def metadata(version: str) -> str:
    return f"""Metadata-Version: 2.1
Name: norma
Version: {version}
Summary: Unsupervised anomaly segmentation in brain MR: from raw FLAIR scans to lesion masks
License: Apache-2.0; those of the parts are in licenses/
Requires-Python: >=3.10
Requires-Dist: torch=={pinned("torch")}
Provides-Extra: python
Requires-Dist: nibabel>=5; extra == "python"
Requires-Dist: pandas>=2; extra == "python"
Description-Content-Type: text/markdown

{(root / "Python/README.md").read_text()}"""


class Wheel:
    """A zip archive with the table of its files."""

    def __init__(self, path: Path):
        self.path, self.part = path, path.with_suffix(".part")
        self.archive = zipfile.ZipFile(self.part, "w", zipfile.ZIP_DEFLATED)
        self.date = time.gmtime(max(int(os.environ["SOURCE_DATE_EPOCH"]), 315532800))[:6]
        self.record = io.StringIO()

    def add(self, name: str, content: bytes, executable: bool = False) -> None:
        entry = zipfile.ZipInfo(name, self.date)
        entry.external_attr = (0o100755 if executable else 0o100644) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        self.archive.writestr(entry, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        csv.writer(self.record, lineterminator="\n").writerow([name, f"sha256={digest}", len(content)])

    def close(self, record: str) -> None:
        self.archive.writestr(zipfile.ZipInfo(record, self.date), self.record.getvalue() + f"{record},,\n")
        self.archive.close()
        self.part.replace(self.path)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def main() -> None:
    tree, out = map(Path, sys.argv[1:])
    version = tree.name.split("-")[1]
    tag = f"py3-none-{platform(tree)}"
    path = out / f"norma-{version}-{tag}.whl"
    wheel, info = Wheel(path), f"norma-{version}.dist-info"
    for file in files(root / "Python/norma"):
        wheel.add(str(file.relative_to(root / "Python")), file.read_bytes())
    for file in files(tree):
        place = file.relative_to(tree)
        name = f"{info}/licenses/{place.name}" if place.parent == LICENCES else f"norma/{place}"
        wheel.add(name, file.read_bytes(), executable=os.access(file, os.X_OK))
    wheel.add(f"{info}/METADATA", metadata(version).encode())
    wheel.add(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: norma\nRoot-Is-Purelib: false\nTag: {tag}\n".encode())
    wheel.add(f"{info}/entry_points.txt", b"[console_scripts]\nnorma = norma.__main__:main\n")
    wheel.close(f"{info}/RECORD")
    print(path)


if __name__ == "__main__":
    main()
