"""Nothing of the target is imported or executed: seen by an audit hook, and by what the target would leave behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.applications import shop_with_a_web, write_tree

_TRAP = """\
from pathlib import Path

Path({marker!r}).open("a").write(__name__ + "\\n")
"""

_WATCHED = """
import json, os, sys

base, run = sys.argv[1:]
seen = []

def hook(event, arguments):
    if event in ("import", "exec", "compile", "os.system", "os.exec", "os.posix_spawn", "subprocess.Popen",
                 "os.fork", "socket.connect", "socket.getaddrinfo", "ctypes.dlopen"):
        file = ""
        if event == "exec":
            file = arguments[0].co_filename
        elif event == "import":
            file = str(arguments[1] or "")
        elif event == "compile":
            file = str(arguments[1])
        seen.append((event, file, repr(arguments)[:200] if event.startswith(("os.", "sub", "sock")) else ""))

sys.addaudithook(hook)
os.chdir(base)
from decompose import api
api.analyze(base, run, cache_folder=None, jobs=1)
names = [name for name, module in sys.modules.items() if (getattr(module, "__file__", None) or "").startswith(base)]
print(json.dumps({"seen": seen, "modules": names, "path": sys.path}))
"""


def test_nothing_of_the_target_is_imported_or_executed(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    trap = _TRAP.format(marker=str(marker))
    names = ("setup", "conftest", "sitecustomize", "usercustomize", "settings", "manage", "shop/settings", "noxfile")
    files: dict[str, str | bytes] = dict(shop_with_a_web())
    files |= {f"{name}.py": trap + "\n\ndef use():\n    return Path\n" for name in names}
    files |= {name: trap + source for name, source in shop_with_a_web().items() if name.endswith(".py")}
    files |= dict.fromkeys(("ast.py", "msgspec.py", "networkx.py", "json/__init__.py", "decompose.py"), trap)
    files |= {
        "pyproject.toml": '[project]\nname = "x"\n[build-system]\nrequires = ["trap"]\n',
        "trap.pth": "import settings",
    }
    base = write_tree(tmp_path / "app", files)
    result = subprocess.run(
        [sys.executable, "-c", _WATCHED, base, tmp_path / "run"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONSAFEPATH": "1"},
    )
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert (tmp_path / "run" / "report.html").is_file()
    assert not marker.exists()
    assert told["modules"] == []
    events = {event for event, _, _ in told["seen"]}
    assert {"import", "exec", "compile"} <= events, "the hook saw nothing"
    assert [item for item in told["seen"] if item[0] in ("exec", "import") and item[1].startswith(str(base))] == []
    started = [item for item in told["seen"] if item[0].startswith(("os.", "subprocess", "socket"))]
    assert started == []
    assert not list(base.rglob("__pycache__"))


def test_the_hook_would_see_an_import(tmp_path: Path) -> None:
    """The trap works: importing the target leaves its mark."""
    marker = tmp_path / "marker"
    write_tree(tmp_path, {"settings.py": _TRAP.format(marker=str(marker))})
    subprocess.run([sys.executable, "-c", "import settings"], cwd=tmp_path, check=True)
    assert marker.read_text() == "settings\n"
