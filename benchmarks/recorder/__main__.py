"""python -m recorder run|resolve|routes

run      --root APP --out PREFIX [--hooks NAMES] -- SCRIPT ARGS | -- -m MODULE ARGS
resolve  --out PREFIX [--dialect sqlite] [--layer REGEX] RAW...
routes   --out FILE CODE
"""

import argparse
import atexit
import json
import os
import runpy
import sys


def main(argv=None):
    parser = argparse.ArgumentParser(
        prog="recorder", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="run a Python program under the trace")
    run.add_argument("--root", action="append", required=True)
    run.add_argument("--base")
    run.add_argument("--out", required=True, metavar="PREFIX")
    run.add_argument("--exclude", metavar="REGEX")
    run.add_argument("--hooks", metavar="NAMES")
    run.add_argument("--no-coverage", action="store_true")
    run.add_argument("command", nargs=argparse.REMAINDER)
    resolve = verbs.add_parser("resolve", help="turn raw traces into JSONL")
    resolve.add_argument("--out", required=True, metavar="PREFIX")
    resolve.add_argument("--dialect", default="sqlite")
    resolve.add_argument(
        "--layer",
        metavar="REGEX",
        help="functions of the application's own database layer: an access is their caller's",
    )
    resolve.add_argument("raw", nargs="+")
    routes = verbs.add_parser("routes", help="list what the framework of an application routes")
    routes.add_argument("--out", required=True, metavar="FILE")
    routes.add_argument("code", help="leaves the application in the variable app; empty for Django")
    args = parser.parse_args(argv)
    if args.verb == "run":
        trace(args)
    elif args.verb == "resolve":
        from .resolve import resolve as turn

        json.dump(turn(args.raw, args.out, args.dialect, args.layer), sys.stdout, indent=1)
        print()
    elif args.verb == "routes":
        from .routes import dump

        dump(args.code, args.out)


def trace(args):
    from . import coverage, hooks
    from .recorder import Recorder

    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not command:
        raise SystemExit("recorder run: no command")
    recorder = Recorder(args.root, args.exclude, args.base)
    installed = hooks.install(recorder, args.hooks.split(",") if args.hooks else None)
    covered = not args.no_coverage and coverage.start(recorder)
    pid = os.getpid()

    def finish():
        if os.getpid() == pid:  # not in a forked worker
            hooks.describe_tables(recorder)
            recorder.dump(args.out + ".raw.jsonl", hooks=installed, covered=covered)

    atexit.register(finish)
    if command[0] == "-m":
        sys.argv = command[1:]
        sys.path.insert(0, os.getcwd())
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command
        sys.path.insert(0, os.path.dirname(os.path.abspath(command[0])))
        runpy.run_path(command[0], run_name="__main__")


if __name__ == "__main__":
    main()
