"""A page with one slice of NIfTI scans side by side: page(FILE, MASK, {TITLE: SCAN, ...}), for pictures of the documentation."""
import base64
import gzip
import html
import struct
import zlib
from array import array
from pathlib import Path

TYPES = {2: "B", 4: "h", 8: "i", 16: "f", 64: "d", 512: "H"}


def read(path: Path) -> tuple[list[int], array]:
    """The shape and the values as they are stored, of a little-endian file."""
    data = gzip.open(path).read()
    shape, kind, (offset,) = struct.unpack_from("<3h", data, 42), struct.unpack_from("<h", data, 70)[0], struct.unpack_from("<f", data, 108)
    values = array(TYPES[kind])
    values.frombytes(data[int(offset):int(offset) + values.itemsize * shape[0] * shape[1] * shape[2]])
    return list(shape), values


def png(width: int, rows: list[bytes]) -> bytes:
    """A grey picture."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    header = struct.pack(">2I5B", width, len(rows), 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
            + chunk(b"IEND", b""))


def page(file: Path, mask: Path, scans: dict[str, Path]) -> None:
    """The axial slice with most of the mask; the first scan sets the window."""
    (width, height, depth), inside = read(mask)
    size = width * height
    level = max(range(depth), key=lambda k: sum(map(bool, inside[k * size:(k + 1) * size])))
    top, figures = None, []
    for title, scan in scans.items():
        values = read(scan)[1][level * size:(level + 1) * size]
        top = top or sorted(values)[int(0.998 * size)]
        grey = bytes(int(255 * min(max(value / top, 0), 1)) for value in values)
        # Columns of simulated scans run to the right and rows to the front; pictures show the right on the left and the front above.
        rows = [grey[row * width:(row + 1) * width][::-1] for row in reversed(range(height))]
        source = base64.b64encode(png(width, rows)).decode()
        figures.append(f'<figure><img src="data:image/png;base64,{source}" width="470"><figcaption>{html.escape(title)}</figcaption></figure>')
    style = "body{display:flex;background:#000;color:#fff;font:18px sans-serif}figure{margin:8px;text-align:center}"
    file.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{''.join(figures)}")
