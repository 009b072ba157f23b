"""Where the command and ``python -m decompose`` begin: nothing is imported here before Ctrl-C can be told in one line."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is imported ends as it does later."""
    try:
        from decompose.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; nothing was left half-written.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
