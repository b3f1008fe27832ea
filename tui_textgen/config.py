"""Every hyper-parameter, defined once.

Command-line options, form fields, checkpoint metadata and error messages are all made from the fields below:
their titles, their one-sentence descriptions and their bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from tui_textgen.errors import SettingsError

LARGEST = 10**12
"""Where a setting has no bound of its own: a run's record holds whole numbers of 64 bits."""


class Settings(BaseModel):
    """Frozen settings that refuse unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ModelConfig(Settings):
    """The shape of a network."""

    model: Literal["lstm", "gru", "rnn"] = Field(
        "lstm", title="Model", description="The recurrent cell: LSTM, GRU or plain tanh RNN."
    )
    n_hidden: int = Field(
        512, ge=1, le=8192, title="Hidden units", description="Units in each layer: more can learn more."
    )
    n_layers: int = Field(2, ge=1, le=16, title="Layers", description="Recurrent layers, each reading the one below.")
    drop_prob: float = Field(
        0.4, ge=0, lt=1, title="Dropout",
        description="Share of units silenced at random while training: holds off learning by heart.",
    )  # fmt: skip
    residual: bool = Field(
        True, title="Residual", description="Whether each layer above the first adds what it read to what it says."
    )


class TrainingConfig(ModelConfig):
    """Everything that decides how a run learns. The defaults are the ``standard`` preset."""

    batch_size: int = Field(
        64, ge=1, le=65536, title="Lanes",
        description="Parallel lanes the text is cut into; each step reads one window of each.",
    )  # fmt: skip
    seq_length: int = Field(
        100, ge=1, le=65536, title="Window", description="Characters of each lane read in one step."
    )
    lr: float = Field(6e-3, gt=0, le=10, title="Learning rate", description="Size of an update, at its highest.")
    epochs: int | None = Field(
        None, ge=1, le=1_000_000, title="Epochs",
        description="Times the whole training text is read; unset, 5, or as many as a short text needs to be learned.",
    )  # fmt: skip
    max_steps: int | None = Field(
        None, ge=1, le=LARGEST, title="Step limit", description="Ends the run after so many steps, if epochs would not."
    )
    clip: float = Field(
        5.0, ge=0, le=LARGEST, title="Gradient clip", description="Largest norm of the gradient; 0 leaves it as it is."
    )
    val_frac: float = Field(
        0.1, ge=0, lt=1, title="Validation share",
        description="Share of the text's end held out to measure; 0 holds out nothing.",
    )  # fmt: skip
    val_every: int | None = Field(
        None, ge=1, le=LARGEST, title="Validate every",
        description="Steps between validations; unset, chosen so that they cost about 5 % of the work.",
    )  # fmt: skip
    seed: int = Field(
        1, ge=0, le=2**63 - 1, title="Seed", description="Start of every random draw: same seed, same run."
    )
    drop_span: Literal["character", "window"] = Field(
        "window", title="Dropout's span",
        description="How long a unit stays silenced: a new draw at each character, or one that holds for a window.",
    )  # fmt: skip
    init: Literal["uniform", "orthogonal"] = Field(
        "orthogonal", title="First weights",
        description="What an untrained network is: orthogonal learns from its first step; uniform is PyTorch's own.",
    )  # fmt: skip
    optimizer: Literal["adam", "adamw", "rmsprop", "muon"] = Field(
        "muon", title="Optimiser",
        description="How gradients become updates; muon learns most per step, and takes AdamW for what is no gate.",
    )  # fmt: skip
    muon_lr: float = Field(
        0.05, gt=0, le=10, title="Muon's rate", description="Size of Muon's updates of the gates, at its highest."
    )
    schedule: Literal["constant", "cosine", "linear"] = Field(
        "cosine", title="Schedule", description="How the learning rate moves from its highest to the end."
    )
    warmup_steps: int = Field(
        10, ge=0, le=LARGEST, title="Warm-up", description="Steps over which the learning rate rises from near zero."
    )
    weight_decay: float = Field(
        0.1, ge=0, le=10, title="Weight decay", description="Pull of the weights towards zero (AdamW and Muon)."
    )
    precision: Literal["auto", "fp32", "bf16", "fp16"] = Field(
        "auto", title="Precision", description="Number format of the heavy products; auto asks the device."
    )
    device: str = Field(
        "auto", pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$", title="Device",
        description="Where to train: auto, cpu, mps, cuda, or cuda:N for one GPU of several.",
    )  # fmt: skip
    sample_every: int = Field(
        200, ge=0, le=LARGEST, title="Sample every", description="Steps between samples, from step 0; 0 writes none."
    )
    sample_length: int = Field(
        400, ge=1, le=100_000, title="Sample length", description="Characters in a sample after its prime."
    )
    sample_prime: str = Field(
        "", max_length=10_000, title="Sample prime",
        description="Text each sample goes on from; empty starts at the text's first character.",
    )  # fmt: skip
    checkpoint_seconds: float = Field(
        60.0, ge=1, le=86_400, title="Save every", description="Seconds between checkpoints to resume from."
    )
    encoding: str = Field("utf-8", title="Encoding", description="Encoding of the text's file, as Python names it.")
    unit: Literal["char", "byte"] = Field(
        "char", title="Unit", description="What is read and written one by one: byte suits a text of many characters."
    )
    min_count: int = Field(
        1,
        ge=1,
        le=LARGEST,
        title="Rarest",
        description="Characters that occur less often in the text become one placeholder, �.",
    )

    @model_validator(mode="after")
    def _bytes_are_not_rare(self) -> TrainingConfig:
        if self.unit == "byte" and self.min_count > 1:
            raise ValueError("min_count is for characters, and there are few bytes: leave it at 1, or take unit char.")
        return self

    @property
    def shape(self) -> ModelConfig:
        """The network's part alone."""
        return ModelConfig(**{name: getattr(self, name) for name in ModelConfig.model_fields})


class SamplingConfig(Settings):
    """How a model writes."""

    length: int = Field(600, ge=1, le=10_000_000, title="Length", description="Characters to write after the prime.")
    temperature: float = Field(
        0.8, ge=0, le=100, title="Temperature",
        description="Below 1 more careful, above 1 wilder; 0 always takes the likeliest.",
    )  # fmt: skip
    top_k: int | None = Field(
        None, ge=1, le=LARGEST, title="Top k", description="Draws from the k likeliest characters alone."
    )
    top_p: float | None = Field(
        None, gt=0, le=1, title="Top p",
        description="Draws from the likeliest characters that together have this probability.",
    )  # fmt: skip
    seed: int | None = Field(
        None, ge=0, le=2**63 - 1, title="Seed",
        description="Start of the random draws; unset, a new one is drawn and shown.",
    )  # fmt: skip


PRESETS: Mapping[str, Mapping[str, Any]] = {
    "quick": {
        "n_hidden": 512, "n_layers": 1, "drop_prob": 0.0, "batch_size": 32, "seq_length": 48,
        "optimizer": "adamw", "lr": 1e-2, "weight_decay": 0.01,
        "epochs": 100, "max_steps": 1000, "warmup_steps": 20, "sample_every": 100, "sample_length": 200,
    },
    "notebook": {
        "n_hidden": 512, "n_layers": 2, "drop_prob": 0.5, "drop_span": "character", "residual": False,
        "init": "uniform", "batch_size": 128, "seq_length": 100, "epochs": 30,
        "optimizer": "adam", "lr": 1e-3, "schedule": "constant", "warmup_steps": 0, "weight_decay": 0.0, "clip": 5.0,
    },
    "standard": {},
    "large": {"n_hidden": 1024, "n_layers": 3, "drop_prob": 0.5, "lr": 2e-3, "epochs": 20},
}  # fmt: skip
"""What each preset sets; everything else keeps its default."""

DEFAULT_PRESET = "standard"

PRESET_HELP: Mapping[str, str] = {
    "quick": "a first look in about a minute on a laptop",
    "notebook": "the classic recipe: 2 × 512, Adam at a constant rate, 30 epochs",
    "standard": "good prose in minutes to an hour",
    "large": "for a GPU and a long text",
}

SAMPLING_PRESETS: Mapping[str, Mapping[str, Any]] = {
    "careful": {"temperature": 0.5, "top_k": None, "top_p": 0.95},
    "balanced": {"temperature": 0.8, "top_k": None, "top_p": None},
    "wild": {"temperature": 1.2, "top_k": None, "top_p": None},
}
"""What each manner of writing sets; length and seed stay as they are."""

SAMPLING_PRESET_HELP: Mapping[str, str] = {
    "careful": "keeps to what is likely",
    "balanced": "a little more careful than the text it learned from",
    "wild": "takes what is unlikely more often than the text did",
}

S = TypeVar("S", bound=Settings)


def build(kind: type[S], values: Mapping[str, Any]) -> S:
    """``values`` as settings of ``kind``; raises SettingsError naming each wrong one with its bounds."""
    try:
        return kind(**values)
    except ValidationError as error:
        sentences = [_sentence(kind, detail) for detail in error.errors()]
        raise SettingsError(" ".join(dict.fromkeys(sentences))) from None


def training_config(preset: str, values: Mapping[str, Any]) -> TrainingConfig:
    """The preset's settings with ``values`` laid over them; raises SettingsError."""
    if preset not in PRESETS:
        raise SettingsError(f"There is no preset {preset!r}; choose one of {', '.join(PRESETS)}.")
    return build(TrainingConfig, {**PRESETS[preset], **values})


def choices(field: FieldInfo) -> tuple[str, ...]:
    """What ``field`` can be, where that is a short list; empty for one that takes a number or any text."""
    if field.annotation is bool:
        return ("no", "yes")
    options = getattr(field.annotation, "__args__", ())
    return tuple(options) if all(isinstance(option, str) for option in options) else ()


def as_typed(value: Any) -> str:
    """A value as somebody would type it: ``0.003``, ``5``, ``yes``, and nothing for one that is not set."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return str(value)
    short = f"{value:.12g}"
    return short if float(short) == value else repr(value)  # which tells all of its digits


def bounds(field: FieldInfo) -> str:
    """What ``field`` takes, in words: ``"from 1 to 8192"``, ``"above 0, up to 1"``, ``"one of a, b"``."""
    if options := choices(field):
        return "one of " + ", ".join(options)
    limits = {name: getattr(rule, name) for rule in field.metadata for name in ("ge", "gt", "le", "lt")
              if getattr(rule, name, None) is not None}  # fmt: skip
    low = f"from {limits['ge']:,}" if "ge" in limits else f"above {limits['gt']:,}" if "gt" in limits else ""
    high = f"up to {limits['le']:,}" if "le" in limits else f"below {limits['lt']:,}" if "lt" in limits else ""
    if low.startswith("from") and high.startswith("up to"):
        return f"{low} {high.removeprefix('up ')}"
    if low.startswith("from") and not high:
        return low.removeprefix("from ") + " or more"
    return ", ".join(part for part in (low, high) if part) or "any text"


def _sentence(kind: type[Settings], detail: Mapping[str, Any]) -> str:
    if not detail["loc"]:  # of several settings, which do not fit each other
        return str(detail["ctx"]["error"])
    name = str(detail["loc"][0])
    field = kind.model_fields.get(name)
    if field is None:
        return f"There is no setting {name!r}."
    if detail["type"] == "string_pattern_mismatch":
        return f"{name}: {field.description} Not {detail['input']!r}."
    if detail["type"] == "string_too_long":
        return f"{name} has up to {detail['ctx']['max_length']:,} characters, not {len(detail['input']):,}."
    if detail["type"] == "string_unicode":
        return f"{name} is no text: {detail['input'][:20]!r} holds a byte, or half a character."
    whole = (
        "a whole number " if "int" in str(field.annotation) else "a number " if "float" in str(field.annotation) else ""
    )
    return f"{name} must be {whole}{bounds(field)}, not {detail['input']!r}."
