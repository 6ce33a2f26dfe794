"""Standard output and error of a forked kernel: ipykernel's own, without its waits for nothing."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from typing import Any

from ipykernel.iostream import PIPE_BUFFER_SIZE, OutStream


class QuickStream(OutStream):
    """A stream that is flushed only if something was written.

    ipykernel flushes both streams three times a cell, and each time hands over to its publishing thread and waits for it, which takes
    longer than many a cell. What is published otherwise goes through that thread in the order in which it was handed over.

    What a library writes to the descriptor is read by a thread of its own, which may have it in hand when the cell ends; so a flush reads
    what is there itself, and whoever reads keeps the other from looking until it is in the buffer.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        self._reading = threading.RLock()
        super().__init__(*given, **named)  # type: ignore[no-untyped-call]

    def flush(self) -> None:
        """Publish what was written, by Python or by a library that writes to the descriptor."""
        # A process forked from a cell has no part in the descriptor.
        if self._should_watch and self._is_master_process():  # type: ignore[no-untyped-call]
            self._read()
        if self._buffers or self.pub_thread is None:
            super().flush()  # type: ignore[no-untyped-call]

    def _watch_pipe_fd(self) -> None:
        """Read what is written to the descriptor, until the stream is closed."""
        try:
            while self._fid is not None and self._should_watch:
                select.select([self._fid], [], [])
                self._read()
        except (OSError, ValueError):  # the stream was closed meanwhile; a trace of it would stand on the page
            self._exc = sys.exc_info()

    def _read(self) -> None:
        """Read what was written to the descriptor and is not read yet: into the buffer, and to where it would have gone."""
        with self._reading:
            while self._should_watch and self._fid is not None and select.select([self._fid], [], [], 0)[0]:
                written = os.read(self._fid, PIPE_BUFFER_SIZE)
                if not written:
                    self._should_watch = False
                    return
                self.write(written.decode(errors="replace"))
                with contextlib.suppress(OSError):  # nobody reads there any more
                    os.write(self._original_stdstream_copy, written)
