"""Finding the application's roots and files, decoding and parsing them, and saying what could not be read and why."""

from decompose.sources.declared import COMMANDS
from decompose.sources.declared_functions import CLOUD_FUNCTIONS
from decompose.sources.declared_operations import OPERATIONS, SAFEGUARDS
from decompose.sources.decoding import Undecodable, decode
from decompose.sources.discovery import check_folder, discover
from decompose.sources.parsing import Unparsable, parse
from decompose.sources.records import DeclaredEntry, SourceFile, SourceRoot, SourceTree, Unread, roots_told_apart
from decompose.sources.roots import imports_in

__all__ = [
    "CLOUD_FUNCTIONS",
    "COMMANDS",
    "OPERATIONS",
    "SAFEGUARDS",
    "DeclaredEntry",
    "SourceFile",
    "SourceRoot",
    "SourceTree",
    "Undecodable",
    "Unparsable",
    "Unread",
    "check_folder",
    "decode",
    "discover",
    "imports_in",
    "parse",
    "roots_told_apart",
]
