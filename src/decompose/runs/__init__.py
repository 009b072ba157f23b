"""One run of the analysis: its document, and the directory that holds it."""

from decompose.runs.analysis import FORMAT_VERSION, Analysis, named_split
from decompose.runs.directory import ANALYSIS_FILE, check_output, load, replace_files, save, schema

__all__ = [
    "ANALYSIS_FILE",
    "FORMAT_VERSION",
    "Analysis",
    "check_output",
    "load",
    "named_split",
    "replace_files",
    "save",
    "schema",
]
