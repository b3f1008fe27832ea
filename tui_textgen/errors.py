"""The errors a user can meet: each message is one sentence that names the remedy."""

from __future__ import annotations


class TextgenError(Exception):
    """Something failed; the message is written for the user. Exit status 1."""

    exit_status = 1


class InputError(TextgenError):
    """What the user gave cannot be used: wrong usage or bad input. Exit status 2."""

    exit_status = 2


class SettingsError(InputError):
    """A setting is outside its bounds, or does not fit the others."""


class CorpusError(InputError):
    """A text cannot be read, or cannot be learned from."""


class DownloadError(TextgenError):
    """A text of the catalogue could not be got."""


class PrimeError(InputError):
    """A prime holds characters that the model never saw."""


class ModelFileError(InputError):
    """A model file is missing, damaged, or not one of ours."""


class RunError(InputError):
    """A run does not exist, is in the wrong state, or its name cannot be used."""


class RunLostError(RunError):
    """A run's folder is not its trainer's any more: it was removed, or another trainer has it."""


class WorkerError(TextgenError):
    """A worker process ended or answered in a way it should not have."""


class RankLostError(WorkerError):
    """Another process of the same training is gone."""


class WorkCancelledError(TextgenError):
    """Long work was ended because somebody asked for it; nothing of it is kept."""


class DivergedError(TextgenError):
    """A training's numbers are no longer finite."""


class OutOfMemoryError(TextgenError):
    """A device has no memory left for what was asked of it."""
