"""The command `norma`, which replaces this process."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

_PACKAGE = Path(__file__).resolve().parent


def main() -> NoReturn:
    torch = find_spec("torch")
    if torch is None or torch.origin is None:
        sys.exit("norma: error: PyTorch is missing\n  where: this Python environment\n  what to do: pip install norma")
    engine = Path(torch.origin).resolve().parent / "lib"
    # The binary looks beside this package. The two may be apart, such as with --system-site-packages.
    if engine.parent.parent != _PACKAGE.parent:
        others = os.environ.get("LD_LIBRARY_PATH")
        os.environ["LD_LIBRARY_PATH"] = f"{engine}:{others}" if others else str(engine)
    # The binary loads the engine when it first needs it, so not all its functions are there at the start.
    os.environ.pop("LD_BIND_NOW", None)
    os.execv(_PACKAGE / "bin" / "norma", ["norma", *sys.argv[1:]])


if __name__ == "__main__":
    main()
