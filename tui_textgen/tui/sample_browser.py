"""Which of a run's samples is looked at, which one beside it, and which is to be fetched next."""

from __future__ import annotations

from dataclasses import dataclass

from tui_textgen.runs.snapshot import Sample


@dataclass(frozen=True)
class Placed:
    """A sample and its number, 0 the first."""

    index: int
    sample: Sample


class SampleBrowser:
    """Follows the newest sample until somebody goes elsewhere; then only the counter moves.

    At most one sample is on its way at a time, however fast somebody goes: after each call, :meth:`next_request` tells
    which is to be fetched, if any, and :meth:`fetched` takes it.
    """

    def __init__(self) -> None:
        self.count = 0
        self.shown: Placed | None = None
        self.pinned: Placed | None = None
        self.following = True
        self.playing = False
        self._newest: Sample | None = None
        self._wanted: int | None = None
        self._on_its_way: int | None = None
        self._stopped_at: int | None = None
        self._pins_next = False
        self._asked = 0
        self._searched = 0

    @property
    def here(self) -> int:
        """The place that somebody has gone to, though its sample may still be on its way."""
        if self.following:
            return max(0, self.count - 1)
        return self._wanted if self._wanted is not None else self.shown.index if self.shown else 0

    @property
    def newer(self) -> int:
        """How many samples are newer than the one at this place."""
        return max(0, self.count - 1 - self.here)

    @property
    def frame_is_due(self) -> bool:
        """Whether the next sample may come: one is being looked at, and none is awaited."""
        return self.playing and self._wanted is None

    def take(self, count: int, newest: Sample | None) -> None:
        """There are ``count`` samples now."""
        if count < self.count:
            self._drop_after(count)
        self.count, self._newest = count, newest
        if self.following:
            self._show_newest()
        if self._asked and newest and self._searched == count - 1:
            self._inspect(count - 1, newest)

    def go(self, index: int) -> None:
        """Show the sample at ``index``, or the nearest there is; at the newest, follow."""
        self.playing, self._stopped_at, self._wanted, self._pins_next = False, None, None, False
        index = max(0, index)
        self.following = index >= self.count - 1
        if self.following:
            self._show_newest()
        elif self.shown is None or self.shown.index != index:
            self._wanted = index

    def play(self) -> None:
        """Begin with the first sample, or where playing was stopped."""
        start = self._stopped_at if self.shown and self.shown.index == self._stopped_at else None
        if self.count > 1:
            self.go(start or 0)
            self.playing = True

    def advance(self) -> None:
        """While playing, go to the next sample unless one is awaited; the newest ends it."""
        if self.frame_is_due and self.shown:
            after = self.shown.index + 1
            self.go(after)
            self.playing = not self.following

    def stop(self) -> bool:
        """Stay at what is shown; whether there was anything to stop."""
        was_playing, self.playing = self.playing, False
        if was_playing:
            self._wanted = None
            self._stopped_at = self.shown.index if self.shown else None
        return was_playing

    def pin(self) -> None:
        """Keep what is shown, and show another beside it: the newest, or beside that the one before. Or unpin."""
        if self.pinned or not self.shown:
            self.pinned = None
            return
        if self._wanted is not None:
            self._pins_next = not self._pins_next
            return
        self.pinned, self._pins_next = self.shown, False
        newest = self.count - 1
        self.go(newest if self.pinned.index != newest else newest - 1)

    def expect_asked(self) -> None:
        """A sample was asked for: it is to be shown when it comes, and to stay until somebody goes on."""
        if not self._asked:
            self._searched = self.count
        self._asked += 1

    def next_request(self) -> int | None:
        """The sample to fetch now; it counts as on its way."""
        if self._on_its_way is not None:
            return None
        seeks = self._asked and self._searched < self.count
        self._on_its_way = self._wanted if self._wanted is not None else self._searched if seeks else None
        return self._on_its_way

    def fetched(self, index: int, sample: Sample | None) -> None:
        """A sample has come; None: it could not be read, and is not asked for again by itself."""
        self._on_its_way = None
        if sample is None:
            self.playing, self._wanted, self._asked = False, None, 0
            return
        if index == self._wanted:
            self.shown, self._wanted = Placed(index, sample), None
            if self._pins_next:
                self.pin()
        if self._asked and index == self._searched:
            self._inspect(index, sample)

    def _inspect(self, index: int, sample: Sample) -> None:
        """Whether this is the one that was asked for."""
        self._searched = index + 1
        if sample.asked:
            self._asked -= 1
            self.shown, self._wanted = Placed(index, sample), None
            self.following = self.playing = False

    def _show_newest(self) -> None:
        self.shown = Placed(self.count - 1, self._newest) if self._newest else None

    def _drop_after(self, count: int) -> None:
        """A resume has dropped the samples from ``count`` on."""
        if self.here >= count or (self.shown and self.shown.index >= count):
            self.following, self.playing, self._wanted = True, False, None
        if self.pinned and self.pinned.index >= count:
            self.pinned = None
        self._searched = min(self._searched, count)
