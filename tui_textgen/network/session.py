"""A training at one moment: everything that the next step depends on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from tui_textgen import __version__
from tui_textgen.config import TrainingConfig
from tui_textgen.corpus.encoded import EncodedText
from tui_textgen.models.card import ModelCard
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.chosen import notes
from tui_textgen.network.device import Compute, choose_compute, give_back, prepare
from tui_textgen.network.dropout import Dropout
from tui_textgen.network.evaluation import lanes_loss
from tui_textgen.network.graphed import GraphedLearner
from tui_textgen.network.keeping import Keeper, Sources
from tui_textgen.network.lanes import Lanes, brought_near, open_ids
from tui_textgen.network.learner import Learner, StepResult
from tui_textgen.network.loss_scale import LossScale
from tui_textgen.network.optimisers import build_optimisers
from tui_textgen.network.out_of_memory import memory_told, training_sentence
from tui_textgen.network.ranks import ALONE, Order, Ranks
from tui_textgen.network.recording import records_on
from tui_textgen.network.resume import LaneMemory, Progress, Saved, begin_with, read_resume
from tui_textgen.network.schedule import rate_at
from tui_textgen.network.snippet import snippet
from tui_textgen.plan import Plan, check_ranks, extended, plan_run
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.snapshot import Sample


class TrainingSession:
    """Model, optimisers, lanes, generator and progress of a run.

    Its place in the text follows from ``progress.step``: each epoch passes over the same windows in order. Where
    several ``ranks`` train, ``state`` and generator are those of the own lanes, and rank 0 has the others join in.
    """

    def __init__(
        self,
        config: TrainingConfig,
        text: EncodedText,
        plan: Plan,
        compute: Compute,
        progress: Progress,
        ranks: Ranks = ALONE,
    ) -> None:
        check_ranks(config, plan, ranks.count)
        self.ranks, compute = ranks, ranks.settle(compute)
        torch.set_num_threads(ranks.threads(compute.threads))
        prepare(compute.torch_device)
        self.config, self.text, self.plan = config, text, plan
        self.compute, self.progress = compute, progress
        self._place = compute.torch_device
        self._keeper = Keeper()
        self._settle()

    def _settle(self) -> None:
        """Make everything that lies on the device, as it is before the first step."""
        config, plan, compute, ranks = self.config, self.plan, self.compute, self.ranks
        self.released = False
        ids = brought_near(open_ids(self.text), self._place)
        self.notes = (*self.text.notes(), *notes(ids, compute, self.progress if plan.validation else None))
        self._lanes = Lanes(ids[: plan.train_characters], plan.train, ranks.share(plan.train.lanes))
        self._held_out = None
        if plan.validation:
            own = ranks.share(plan.validation.lanes)
            self._held_out = Lanes(ids[plan.train_characters :], plan.validation, own)
        vocabulary = self.text.vocabulary
        self.first_character = vocabulary.decode(ids[: vocabulary.longest].tolist())[0]
        self.network = CharRNN.initialised(config.shape, len(vocabulary), config.seed, config.init).to(self._place)
        self.optimisers = build_optimisers(config, self.network, compute.dtype)
        self.generator = torch.Generator(self._place).manual_seed(ranks.seed(config.seed, self.step))
        self.state = self.network.zero_state(self._lanes.count, compute.dtype)
        dropout = Dropout(config.drop_prob, self.generator, config.drop_span) if config.drop_prob else None
        self.scale = LossScale(self._place) if compute.precision == "fp16" else None
        averaging, weight = ranks.averaging(self.network), self._lanes.share * ranks.count
        learner = Learner(config, averaging, self.optimisers, dropout, self.scale, weight)
        self._learner: Learner | GraphedLearner = learner
        if ranks.count == 1 and records_on(self._place):
            self._learner = GraphedLearner(learner, self.state, plan.train.seq_length, self.generator)

    @classmethod
    def begin(cls, config: TrainingConfig, text: EncodedText, plan: Plan, ranks: Ranks = ALONE) -> TrainingSession:
        """An untrained network at step 0.

        Raises SettingsError for a device or precision that this machine lacks, OutOfMemoryError where it does not fit.
        """
        compute = choose_compute(config, ranks.most_lanes(plan.train.lanes))
        with memory_told(lambda: training_sentence(config, plan, len(text.vocabulary), compute)):
            return cls(config, text, plan, compute, Progress(val_every=plan.val_every), ranks)

    @classmethod
    def fork(
        cls, config: TrainingConfig, text: EncodedText, plan: Plan, folder: RunFolder, ranks: Ranks = ALONE
    ) -> TrainingSession:
        """Step 0 with the weights that ``folder.start`` holds, and what it remembers of the same optimisers.

        A model of another text gives what it knows of the characters that this one has too. Raises as :meth:`begin`,
        and ModelFileError for a damaged file or another network's.
        """
        session = cls.begin(config, text, plan, ranks)
        begin_with(folder.start, session.network, text.vocabulary, session.optimisers, config.optimizer)
        session._keeper.sources.start = folder.start
        return session

    @classmethod
    def resume(
        cls, config: TrainingConfig, text: EncodedText, plan: Plan, folder: RunFolder, ranks: Ranks = ALONE
    ) -> TrainingSession:
        """The session as it was saved, on the same device with the same precision and threads, by any number of ranks.

        Raises ModelFileError for a damaged checkpoint, SettingsError where the machine lacks the device,
        OutOfMemoryError where it does not fit.
        """
        saved = read_resume(folder.resume)
        compute = saved.compute_on(config)
        with memory_told(lambda: training_sentence(config, plan, len(text.vocabulary), compute)):
            session = cls(config, text, plan, compute, saved.progress, ranks)
            session._restore(saved)
        session._keeper.sources.resume = folder.resume
        return session

    def _restore(self, saved: Saved) -> None:
        saved.restore(self.network, self.optimisers)
        saved.restore_generator(self.generator, self.ranks.rank, self.ranks.count)
        self.state = saved.state_on(self.network, self.compute.dtype, self.ranks, self.plan.train.lanes)
        saved.restore_scale(self.scale)

    def out_of_memory(self) -> str:
        """What to tell where the device's memory does not do for this training."""
        return training_sentence(self.config, self.plan, len(self.text.vocabulary), self.compute)

    def save(self, folder: RunFolder, best: bool) -> None:
        """Write ``latest`` and ``resume``, and ``best`` before them if asked. A disk that fails is a TextgenError.

        A best model that it did not take is written by the next call.
        """
        self._keeper.save(self, self.gather(), folder, best)

    @property
    def saved(self) -> bool:
        """Whether this step is on the disk."""
        return self._keeper.step == self.step

    @property
    def save_failed(self) -> bool:
        """Whether the disk did not take the last checkpoint."""
        return self._keeper.failed

    @property
    def is_finite(self) -> bool:
        """Whether all that a checkpoint would hold of this rank are numbers."""
        held = (*self.network.parameters(), *self.optimisers.tensors().values(), *self.state)
        return all(bool(tensor.isfinite().all()) for tensor in held)

    def release(self) -> None:
        """Give the device's memory back; what is on the disk must be this step. On all ranks."""
        self.ranks.announce(Order.RELEASE)
        self._let_go()

    def _let_go(self) -> None:
        del self._lanes, self._held_out, self.network, self.optimisers, self.generator, self.state, self.scale
        del self._learner
        self.released = True
        give_back(self._place)

    def recover(self) -> None:
        """Undo :meth:`release`, from the last checkpoint: the next step is the one it would have been. On all ranks."""
        self.ranks.announce(Order.RECOVER)
        path = self._agreed_sources().resume
        assert path is not None
        saved = read_resume(path)
        self._settle()
        self._restore(saved)

    def go_back(self, rate_factor: float) -> None:
        """Be what was saved last, or what the run began with, at ``rate_factor``; on all ranks.

        Epochs that were asked for since stay. Raises ModelFileError for a damaged checkpoint.
        """
        self.ranks.announce(Order.GO_BACK)
        sources, rate_factor = self._agreed_sources(), self.ranks.agree(rate_factor)
        saved = read_resume(sources.resume) if sources.resume else None
        self._let_go()
        self.progress = saved.progress if saved else Progress(val_every=self.progress.val_every)
        self.progress.rate_factor = rate_factor
        self._settle()
        if saved:
            self._restore(saved)
        elif sources.start:
            begin_with(sources.start, self.network, self.text.vocabulary, self.optimisers, self.config.optimizer)
        self._keeper.went_back()

    def _agreed_sources(self) -> Sources:
        """Rank 0's, on every rank: it alone knows whether the last checkpoint could be saved."""
        own = self._keeper.sources
        paths = self.ranks.agree([path and str(path) for path in (own.resume, own.start)])
        return Sources(*(path and Path(path) for path in paths))

    def alter(self, epochs: int | None = None, rate_factor: float | None = None) -> None:
        """From here on, train to ``epochs`` in all, and at ``rate_factor`` times the schedule's rate; on all ranks.

        What is None stays. Raises SettingsError.
        """
        self.ranks.announce(Order.ALTER)
        epochs, rate_factor = self.ranks.agree([epochs, rate_factor])
        if rate_factor is not None:
            self.progress.rate_factor = rate_factor
        if epochs is not None:
            self.config = extended(self.config, epochs)
            self.plan = plan_run(self.config, self.text.characters, len(self.text.vocabulary))

    def gather(self) -> LaneMemory:
        """What the ranks remember of their lanes; complete on rank 0 alone."""
        self.ranks.announce(Order.GATHER)
        state = tuple(self.ranks.gather_lanes(part, self.plan.train.lanes) for part in self.state)
        return LaneMemory(state, self.ranks.gather_rows(self.generator.get_state()))

    def follow(self) -> None:
        """Do what rank 0 has all ranks do, until it sends this one home."""
        acts: dict[Order, Callable[[], object]] = {
            Order.ADVANCE: self.advance, Order.VALIDATE: self.validate, Order.GATHER: self.gather,
            Order.ALTER: self.alter, Order.RELEASE: self.release, Order.RECOVER: self.recover,
            Order.GO_BACK: lambda: self.go_back(1.0),
        }  # fmt: skip
        while (order := self.ranks.next_order()) is not Order.LEAVE:
            acts[order]()

    @property
    def step(self) -> int:
        """Updates so far."""
        return self.progress.step

    @property
    def device(self) -> str:
        return self.compute.device

    @property
    def precision(self) -> str:
        return self.compute.precision

    @property
    def epoch(self) -> float:
        """Epochs so far."""
        return self.step / self.plan.steps_per_epoch

    def advance(self) -> StepResult:
        """Learn one window: one update."""
        self.ranks.announce(Order.ADVANCE)
        window = self.step % self.plan.steps_per_epoch
        if window == 0:
            self.state = self.network.zero_state(self._lanes.count, self.compute.dtype)
        inputs, targets = self._lanes.window(window, self._place)
        rate = self.progress.rate_factor * rate_at(self.config, self.step, self.plan.steps)
        learned = self._learner.learn(inputs, targets, self.state, rate)
        self.state = learned.state
        self.progress.step += 1
        loss = self.ranks.mean(learned.loss, self._lanes.share)
        return StepResult(self.step, loss, learned.grad_norm, rate)

    def validate(self) -> float:
        """The held-out part's loss, nats per character."""
        assert self._held_out is not None
        self.ranks.announce(Order.VALIDATE)
        loss = 0.0  # where a short text has fewer lanes to validate on than there are ranks
        if self._held_out.count:
            loss = lanes_loss(self.network, self._held_out, self.compute.dtype)
        loss = self.ranks.mean_number(loss, self._held_out.share)
        self.progress.record_validation(loss)
        return loss

    def write_sample(self, prime: str | None = None, temperature: float | None = None, asked: bool = False) -> Sample:
        """A snippet with the run's own seed, so that samples differ by what was learned alone.

        Characters that the text does not have are left out of ``prime``. No generator of the training is touched.
        """
        return snippet(self, prime, temperature, asked)

    def card(self) -> ModelCard:
        """What a model file of this moment says about itself."""
        return ModelCard(
            shape=self.config.shape,
            vocabulary=self.text.vocabulary.characters,
            training=self.config.model_dump(mode="json"),
            corpus=self.text.name,
            corpus_sha256=self.text.sha256,
            step=self.step,
            epoch=self.epoch,
            val_loss=self.progress.val_loss,
            package_version=__version__,
            first_character=self.first_character,
            unit=self.text.vocabulary.unit,
            placeholder=self.text.vocabulary.placeholder,
        )
