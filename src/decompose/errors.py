"""Everything that a user can mend.

    DecomposeError
    ├── InputError        the path, its content, or a file given on the command line
    ├── OutputError       the place where results should go
    ├── RunError          a run directory that is missing, broken, or from another version
    ├── ConfigurationError   decompose.toml, [tool.decompose], or contradicting options
    └── UnknownNameError  a split, unit, table or export that the run does not have

A bug is never dressed up as one of these: see `decompose.defects`.
"""

from __future__ import annotations


class DecomposeError(Exception):
    """What happened, where, and what to do about it, in one message."""


class InputError(DecomposeError):
    """The code to analyse, or a file given as input, cannot be used."""


class OutputError(DecomposeError):
    """The results cannot be written where they should go."""


class RunError(DecomposeError):
    """A run directory is missing, incomplete, or was written by another version."""


class ConfigurationError(DecomposeError):
    """The configuration or the options contradict themselves or name unknown things."""


class UnknownNameError(DecomposeError):
    """A split, unit, table or export that this run does not have."""
