"""Arguments and options that several commands have in common."""

from __future__ import annotations

from pathlib import Path

import click

run_folder = click.argument("run", type=click.Path(path_type=Path))

split_of_run = click.argument("split", required=False, default="", metavar="[SPLIT]")

output_file = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file to write (default: stdout)."
)

split_by_hand = click.option(
    "--with",
    "partition",
    type=click.Path(path_type=Path),
    metavar="FILE[:SPLIT]",
    help="A partition by hand (CSV), instead of SPLIT.",
)
