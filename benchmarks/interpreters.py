"""Whether several versions of Python read the same files alike.

    python benchmarks/interpreters.py FOLDER PYTHON ...

Each PYTHON is an interpreter of an environment in which decompose is installed; each gets a hash seed of its own. Printed are
the files of which two of them make different facts, and at the end how many there are.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

DIGESTS = """
import hashlib, json, sys, warnings
from pathlib import Path
from decompose.facts.collect import extract_chunk
warnings.simplefilter("ignore")
base = Path(sys.argv[1])
files = sorted(file.relative_to(base).as_posix() for file in base.rglob("*.py") if file.is_file())
found = {}
for file in files:
    [(_, content, _)] = extract_chunk(str(base), [(file, file)])
    found[file] = hashlib.sha256(content).hexdigest()
print(json.dumps(found))
"""


def digests(folder: Path, python: str, seed: int) -> dict[str, str]:
    """File -> digest of its facts, as one interpreter makes them."""
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [python, "-c", DIGESTS, str(folder)]
    answer = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE)
    found: dict[str, str] = json.loads(answer.stdout)
    return found


def main() -> int:
    """Compare, and print what differs; 1 if anything does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("pythons", nargs="+", metavar="PYTHON")
    options = parser.parse_args()
    read = [digests(options.folder, python, seed) for seed, python in enumerate(options.pythons, 1)]
    differing = [file for file in read[0] if len({found[file] for found in read}) > 1]
    for file in differing:
        print(file)
    print(f"{len(differing)} of {len(read[0])} files are read differently")
    return bool(differing)


if __name__ == "__main__":
    sys.exit(main())
