"""Where passages are written: one, or several side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer

from tui_textgen.tui.background import in_background, while_open
from tui_textgen.tui.renderables.laid_out import named
from tui_textgen.tui.scribe import Ended, Left, Loaded, LoadFailed, Scribe, WriteFailed
from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.passage_column import PassageColumn
from tui_textgen.tui.widgets.side_by_side import SideBySide

if TYPE_CHECKING:
    from tui_textgen.config import SamplingConfig
    from tui_textgen.tui.variants import Variant

DRAWS_PER_SECOND = 12


class Begun(NamedTuple):
    """What the passages on the screen began with."""

    prime: str
    seed: int


class _Source(NamedTuple):
    """Who writes a column, as which of its passages."""

    column: PassageColumn
    scribe: Scribe
    place: int


class Desk(Vertical):
    """A passage of the model that ``scribe`` holds, or the variants of :meth:`compare`."""

    DEFAULT_CSS = """
    Desk { height: 1fr; }
    """

    class Changed(Message):
        """The writing began or ended, or other columns are there."""

    class Noted(Message):
        """Something that a person should read."""

        def __init__(self, sentence: str, error: bool) -> None:
            super().__init__()
            self.sentence, self.error = sentence, error

    def __init__(self, services: Services, hint: str) -> None:
        super().__init__()
        self._services, self._hint = services, hint
        self.scribe = Scribe(services.writer, self.post_message)
        self.variants: Sequence[Variant] = ()
        """What is compared; empty: one passage is written."""
        self.begun: Begun | None = None
        self._begun_alone: Begun | None = None
        self._sources: list[_Source] = []
        self._unusable: set[Scribe] = set()
        self._drawing: Timer | None = None

    def compose(self) -> ComposeResult:
        yield PassageColumn(self._services.clock, hint=self._hint)
        yield SideBySide(self._services.clock)

    def on_mount(self) -> None:
        self._begin_alone()

    def on_unmount(self) -> None:
        for scribe in {self.scribe, *(source.scribe for source in self._sources)}:
            scribe.close()

    # What there is

    @property
    def writing(self) -> bool:
        return self._drawing is not None

    @property
    def columns(self) -> list[PassageColumn]:
        """Those on the screen, at least one."""
        return [source.column for source in self._sources]

    @property
    def current(self) -> PassageColumn:
        """The one that what somebody does is about."""
        return self.query_one(SideBySide).current if self.variants else self.columns[0]

    @property
    def scribe_of_current(self) -> Scribe:
        """Who holds the model of the current one."""
        return next((source.scribe for source in self._sources if source.column is self.current), self.scribe)

    @property
    def needs_held(self) -> bool:
        """Whether writing takes the model that the scribe holds."""
        return any(source.scribe is self.scribe for source in self._sources)

    async def compare(self, variants: Sequence[Variant], held: Path | None) -> None:
        """Have the next passages written side by side; without ``variants``, one. ``held`` needs no further writer."""
        self._let_go()
        self._begin_alone()
        side = self.query_one(SideBySide)
        main = self.query_one(PassageColumn)
        main.display = not variants
        await side.show([variant.title for variant in variants])
        if variants:
            self._take_sources(variants, side.columns, held)
        self.post_message(self.Changed())

    def _begin_alone(self) -> None:
        self.variants, self.begun = (), self._begun_alone
        self._sources = [_Source(self.query_one(PassageColumn), self.scribe, 0)]

    def _take_sources(self, variants: Sequence[Variant], columns: Sequence[PassageColumn], held: Path | None) -> None:
        self.variants, self.begun, self._sources = variants, None, []
        for place, (variant, column) in enumerate(zip(variants, columns, strict=True)):
            if variant.path is None or variant.path == held:
                self._sources.append(_Source(column, self.scribe, 0 if variant.path else place))
            else:
                self._sources.append(_Source(column, scribe := Scribe(self._services.writer, self.post_message), 0))
                scribe.load(variant.path)

    # Writing

    def write(
        self, prime: str, sampling: SamplingConfig, name: Callable[[Path | None], str], goes_on: bool = False
    ) -> None:
        """Write from ``prime``, or from the end of the one passage there is if that ``goes_on``.

        ``sampling`` has its seed. ``name`` tells how a command line calls the model at a path, or with None the one
        that is held.
        """
        from tui_textgen.tui.reproducing import Origin

        assert sampling.seed is not None
        self.begun = Begun(prime, sampling.seed)
        if not self.variants:
            self._begun_alone = self.begun
        wishes: dict[Scribe, list[SamplingConfig]] = {}
        given = self.current.raw if goes_on else prime
        for index, source in enumerate(self._sources):
            variant = self.variants[index] if self.variants else None
            one = sampling
            if variant and variant.temperature is not None:
                one = sampling.model_copy(update={"temperature": variant.temperature})
            origin = Origin(name(variant.path if variant else None), given, one)
            source.column.begin(origin, goes_on)
            wishes.setdefault(source.scribe, []).append(one)
        for scribe, samplings in wishes.items():
            scribe.write(given, samplings)
        self._drawing = self.set_interval(1 / DRAWS_PER_SECOND, self._draw)
        self.post_message(self.Changed())

    def stop(self) -> None:
        """End all that is being written."""
        for scribe in {source.scribe for source in self._sources}:
            scribe.stop()

    def _draw(self) -> None:
        if self.app.is_running:  # the timer outlives the widgets
            for source in self._sources:
                self._draw_column(source)

    def _draw_column(self, source: _Source) -> None:
        if source.column.writing:
            source.column.add(source.scribe.take(source.place))

    def _conclude(self) -> None:
        if self._drawing and not any(column.writing for column in self.columns):
            self._drawing.stop()
            self._drawing = None
            self.post_message(self.Changed())

    def _let_go(self) -> None:
        """End the writers of the models that were compared."""
        self.stop()
        for scribe in {source.scribe for source in self._sources} - {self.scribe}:
            in_background(scribe.close)
        self._unusable.clear()

    # What the scribes tell

    @on(Ended)
    @while_open
    def _end(self, message: Ended) -> None:
        for source in self._of(message.scribe, message.column):
            self._draw_column(source)
            source.column.end(message.finished)
            if message.newer:
                self._note("The model has a newer checkpoint by now: n loads it.")
        self._conclude()

    @on(WriteFailed)
    @while_open
    def _fail(self, message: WriteFailed) -> None:
        for source in self._of(message.scribe):
            self._draw_column(source)
            source.column.fail()
        if message.scribe not in self._unusable:  # of those the reason was told
            self._note(str(message.error), error=True)
        self._conclude()

    @on(Left)
    @while_open
    def _leave_out(self, message: Left) -> None:
        for source in self._of(message.scribe, message.column):
            skipped = message.skipped
            source.column.leave_out(skipped)
            what = f"it reads {skipped.instead} for them" if skipped.instead else "they were left out"
            self._note(f"The model never saw these, {what}: {' '.join(map(named, skipped.characters))}", error=True)

    @on(Loaded)
    @on(LoadFailed)
    @while_open
    def _take_model(self, message: Loaded | LoadFailed) -> None:
        """Those of the compared models; of the one that is held others want to hear."""
        from tui_textgen.tui.variants import Variant

        if message.scribe is self.scribe:
            return
        message.stop()
        if isinstance(message, LoadFailed):
            self._unusable.add(message.scribe)
            self._note(str(message.error), error=True)
            return
        for variant, source in zip(self.variants, self._sources, strict=True):
            if source.scribe is message.scribe:
                now = Variant(variant.label, path=variant.path, step=message.card.step)
                self.query_one(SideBySide).rename(source.column, now.title)

    def _of(self, scribe: Scribe, place: int | None = None) -> list[_Source]:
        return [each for each in self._sources if each.scribe is scribe and place in (None, each.place)]

    def _note(self, sentence: str, error: bool = False) -> None:
        self.post_message(self.Noted(sentence, error))
