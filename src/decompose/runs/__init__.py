"""One run: what it was told, the document it writes, and the folder that holds its results."""

from decompose.runs.analysis import FORMAT_VERSION, Analysis
from decompose.runs.configuration import read_configuration
from decompose.runs.directory import ANALYSIS_FILE, check_target, load_run, save_run
from decompose.runs.encoding import decode_analysis, encode_analysis, json_schema
from decompose.runs.files import write_whole
from decompose.runs.options import RunOptions, parse_services

__all__ = [
    "ANALYSIS_FILE",
    "FORMAT_VERSION",
    "Analysis",
    "RunOptions",
    "check_target",
    "decode_analysis",
    "encode_analysis",
    "json_schema",
    "load_run",
    "parse_services",
    "read_configuration",
    "save_run",
    "write_whole",
]
