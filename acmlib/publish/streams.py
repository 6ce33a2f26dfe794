"""Standard output and error of a forked kernel: ipykernel's own, without its waits for nothing."""

from __future__ import annotations

import select

from ipykernel.iostream import OutStream


class QuickStream(OutStream):
    """A stream that is flushed only if something was written.

    ipykernel flushes both streams three times a cell, and each time hands over to its publishing thread and waits for it, which takes
    longer than many a cell. What is published otherwise goes through that thread in the order in which it was handed over.
    """

    def flush(self) -> None:
        """Publish what was written, by Python or by a library that writes to the descriptor."""
        if self._buffers or self.pub_thread is None or self._waits():
            super().flush()  # type: ignore[no-untyped-call]

    def _waits(self) -> bool:
        """Say whether something was written to the descriptor that was not read yet."""
        watched = self._fid if self._should_watch else None
        return watched is not None and bool(select.select([watched], [], [], 0)[0])
