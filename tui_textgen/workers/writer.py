"""The writer: a process that holds one model. It is there, and gone, as soon as torch allows.

Run as ``python -m tui_textgen.workers.writer DEVICE``; :class:`WriterClient` talks to it.
"""

from __future__ import annotations

import gc
import os
import sys

from tui_textgen.workers.serving import serve


def main() -> None:
    """Answer until standard input closes.

    Loading torch makes objects that all stay: looking through them for garbage took 0.25 of 1.3 s. Taking them apart at
    the end took another 0.45 s (the least of five, CPU time on a busy machine).
    """
    gc.disable()
    from tui_textgen.workers.writing import answers

    gc.freeze()
    gc.enable()
    serve(answers(*sys.argv[1:2]))
    os._exit(0)


if __name__ == "__main__":
    main()
