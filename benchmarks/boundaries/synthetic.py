"""Monoliths with planted services: real code, drawn from a seed, in which everybody can be asked to find the services again.

    python benchmarks/boundaries/synthetic.py FOLDER --services 12 --mixing 0.3 --framework django

writes an application in layers (models, repositories, services, views, tasks) and ``boundaries.csv`` with ``id,service``.
Each service owns a few entities with a vocabulary of its own. ``mixing`` is the share of calls, accesses and foreign keys of
a service that go to another one, drawn evenly. Beside them stand what makes monoliths hard: utilities that everybody calls,
god modules that hold the code of several services in one file, an audit log that everybody writes, and transactions across
domains. ``opaque`` takes the domain words from file and function names, so that only structure tells.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

_SYLLABLES = "ba be bi bo da de di do fa fe fi fo ga go ka ke ki ko la le li lo ma me mi mo na ne ni no pa pe pi po ra re ri ro".split()
_ACTIONS = (
    "open close renew assign settle verify archive import_all sum_up plan notify rate merge restore price".split()
)


class Shape(NamedTuple):
    """What is drawn. ``lines`` pads bodies until about that many lines are reached; 0 leaves them short."""

    services: int = 8
    mixing: float = 0.3
    framework: str = "flask"
    seed: int = 1
    entities: int = 4
    functions: int = 4
    opaque: bool = False
    lines: int = 0


class Entity(NamedTuple):
    """A table with its model; ``service`` is the planted one."""

    number: int
    name: str
    service: str

    @property
    def model(self) -> str:
        """The class that maps it."""
        return self.name.title().replace("_", "")

    @property
    def table(self) -> str:
        """Its table."""
        return f"{self.name}s"


class Monolith(NamedTuple):
    """Path -> text, and unit id or ``table:NAME`` -> planted service."""

    files: dict[str, str]
    services: dict[str, str]


def draw(shape: Shape) -> Monolith:
    """An application of that shape; the same for the same seed."""
    return _Drawing(shape).drawn()


class _Drawing:
    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.random = random.Random(f"{shape.seed}/{shape.services}/{shape.mixing}/{shape.framework}")
        self.django = shape.framework == "django"
        words = self._words()
        self.names = [next(words) for _ in range(shape.services)]
        self.entities: list[Entity] = []
        for service in self.names:
            for _ in range(max(2, shape.entities + self.random.randint(-1, 2))):
                word = next(words)
                name = word if shape.opaque else f"{service}_{word}"
                self.entities.append(Entity(len(self.entities), name, service))
        self.of_service: dict[str, list[Entity]] = defaultdict(list)
        for entity in self.entities:
            self.of_service[entity.service].append(entity)
        self.blocks: dict[str, list[str]] = defaultdict(list)
        self.planted: dict[str, str] = {}
        self.module_of: dict[tuple[str, int], str] = {}
        self.actions: dict[int, list[str]] = {}

    def _words(self):  # noqa: ANN202 - words without end
        known = set()
        while True:
            word = "".join(self.random.choice(_SYLLABLES) for _ in range(3))
            if word not in known:
                known.add(word)
                yield word

    def other(self, entity: Entity) -> Entity:
        """An entity to use: of the same service, or with the probability of mixing of another."""
        if self.random.random() < self.shape.mixing:
            while (found := self.random.choice(self.entities)).service == entity.service:
                pass
            return found
        return self.random.choice(self.of_service[entity.service])

    def drawn(self) -> Monolith:
        """Layer by layer."""
        self._lay_out()
        for entity in self.entities:
            self._model(entity)
            self._repository(entity)
        for entity in self.entities:
            self._service(entity)
        for entity in self.entities:
            self._views(entity)
        return Monolith(self._files(), dict(sorted(self.planted.items())))

    def _lay_out(self) -> None:
        """Which file each layer of each entity is in: one for each entity, but a quarter shares god modules."""
        for layer in ("models", "repositories", "services", "views"):
            gods = [f"{layer}_{number}" for number in range(max(1, self.shape.services // 4))]
            for entity in self.entities:
                shares = self.random.random() < 0.25
                own = f"part{entity.number * 7919 % 10007}" if self.shape.opaque else entity.name
                self.module_of[layer, entity.number] = f"shop.{layer}.{self.random.choice(gods) if shares else own}"
            if self.django and layer == "models":
                for entity in self.entities:
                    self.module_of[layer, entity.number] = "shop.models"

    def _add(self, layer: str, entity: Entity, name: str, text: str) -> None:
        module = self.module_of[layer, entity.number]
        self.blocks[module].append(text)
        self.planted[f"{module}:{name}"] = entity.service

    def _model(self, entity: Entity) -> None:
        keys = [self.other(entity) for _ in range(self.random.randint(0, 2))]
        keys = [key for key in dict.fromkeys(keys) if key is not entity]
        self.planted[f"table:{entity.table}"] = entity.service
        if self.django:
            rows = [f"    {key.name} = models.ForeignKey('{key.model}', on_delete=models.CASCADE)" for key in keys]
            text = (
                f"class {entity.model}(models.Model):\n    label = models.CharField(max_length=80)\n"
                "    amount = models.IntegerField(default=0)\n" + "\n".join(rows)
                + f"\n\n    class Meta:\n        db_table = '{entity.table}'\n"
            )  # fmt: skip
        else:
            rows = [f"    {key.name}_id = Column(ForeignKey('{key.table}.id'))" for key in keys]
            text = (
                f"class {entity.model}(Base):\n    __tablename__ = '{entity.table}'\n"
                "    id = Column(Integer, primary_key=True)\n    label = Column(String(80))\n"
                "    amount = Column(Integer)\n" + "\n".join(rows) + "\n"
            )  # fmt: skip
        self._add("models", entity, entity.model, text)

    def _use(self, module: str, layer: str, entity: Entity, name: str) -> str:
        """The name, imported where it is another module's."""
        home = self.module_of[layer, entity.number]
        if home != module:
            line = f"from {home} import {name}\n"
            if line not in self.blocks[f"{module} imports"]:
                self.blocks[f"{module} imports"].append(line)
        return name

    def _padding(self, count: int, what: str) -> str:
        return "".join(f"    {what} = ({what} or 0) + {number}\n" for number in range(count))

    def _repository(self, entity: Entity) -> None:
        module = self.module_of["repositories", entity.number]
        model = self._use(module, "models", entity, entity.model)
        name = f"{entity.model}Repository"
        if self.django:
            text = (
                f"class {name}:\n    def get(self, key):\n        return {model}.objects.get(pk=key)\n\n"
                f"    def listed(self):\n        return list({model}.objects.filter(amount__gt=0))\n\n"
                f"    def add(self, label):\n        return {model}.objects.create(label=label)\n"
            )
        else:
            text = (
                f"class {name}:\n    def get(self, key):\n        return session.get({model}, key)\n\n"
                f"    def listed(self):\n        return session.query({model}).filter({model}.amount > 0).all()\n\n"
                f"    def add(self, label):\n        row = {model}(label=label)\n        session.add(row)\n        return row\n"
            )
        self._add("repositories", entity, name, text)

    def _service(self, entity: Entity) -> None:
        module = self.module_of["services", entity.number]
        actions = self.random.sample(_ACTIONS, min(self.shape.functions, len(_ACTIONS)))
        names = [f"{action}_{entity.name}" for action in actions]
        self.actions[entity.number] = names
        for name in names:
            lines = [f"def {name}(key):", "    checked = common.clean(key)"]
            repository = self._use(module, "repositories", entity, f"{entity.model}Repository")
            lines.append(f"    row = {repository}().{self.random.choice(('get', 'add'))}(checked)")
            for number in range(self.random.randint(2, 4)):
                used = self.other(entity)
                known = self.actions.get(used.number, [])
                known = [action for action in known if action != name]
                kind = self.random.random()
                if kind < 0.45 and known:
                    called = self.random.choice(known)
                    lines.append(f"    {self._use(module, 'services', used, called)}(row)")
                elif kind < 0.8:
                    repository = self._use(module, "repositories", used, f"{used.model}Repository")
                    lines.append(f"    found{number} = {repository}().{self.random.choice(('listed', 'get'))}(key)")
                else:
                    model = self._use(module, "models", used, used.model)
                    if self.django:
                        lines.append(f"    {model}.objects.filter(pk=key).update(amount={number})")
                    else:
                        lines.append(
                            f"    session.query({model}).filter({model}.id == key).update({{'amount': {number}}})"
                        )
            if self.random.random() < 0.3:
                lines.append("    common.record(checked)")
            if not self.django:
                lines.append("    session.commit()")
            lines.append("    return row")
            text = "\n".join(lines) + "\n"
            if self.django and self.random.random() < 0.6:
                text = "@transaction.atomic\n" + text
            self._add("services", entity, name, text)

    def _views(self, entity: Entity) -> None:
        module = self.module_of["views", entity.number]
        for number, action in enumerate(self.actions[entity.number]):
            used = self._use(module, "services", entity, action)
            name = f"{action}_view"
            pad = self._padding(max(0, self._lines_each()), "total")
            if self.django:
                text = f"def {name}(request, key):\n    total = 0\n{pad}    {used}(key)\n    return HttpResponse(common.shown(key))\n"
                view = f"from {module} import {name}\n"
                self.blocks["shop.urls imports"].append(view)
                self.blocks["shop.urls"].append(f"    path('{entity.name}/<int:key>/{number}', {name}),\n")
            else:
                text = (
                    f"@pages.route('/{entity.name}/<int:key>/{number}', methods=['POST'])\n"
                    f"def {name}(key):\n    total = 0\n{pad}    {used}(key)\n    return common.shown(key)\n"
                )
            self._add("views", entity, name, text)

    def _lines_each(self) -> int:
        return self.shape.lines // max(1, len(self.entities) * self.shape.functions) - 20 if self.shape.lines else 0

    def _files(self) -> dict[str, str]:
        if self.django:
            heads = {
                "models": "from django.db import models\n",
                "repositories": "",
                "services": "from django.db import transaction\n\nfrom shop.common import tools as common\n",
                "views": "from django.http import HttpResponse\n\nfrom shop.common import tools as common\n",
            }
            log = "\n\nclass LogLine(models.Model):\n    text = models.CharField(max_length=80)\n\n    class Meta:\n        db_table = 'log_lines'\n"
            record = (
                "from shop.models import LogLine\n\n\ndef record(text):\n    LogLine.objects.create(text=text)\n\n\n"
            )
        else:
            heads = {
                "models": "from sqlalchemy import Column, ForeignKey, Integer, String\n\nfrom shop.db import Base\n",
                "repositories": "from shop.db import session\n",
                "services": "from shop.common import tools as common\nfrom shop.db import session\n",
                "views": "from flask import Blueprint\n\nfrom shop.common import tools as common\n",
            }
            log = ""
            record = (
                "from shop.common.log import LogLine\nfrom shop.db import session\n\n\n"
                "def record(text):\n    session.add(LogLine(text=text))\n\n\n"
            )
        files = {"shop/__init__.py": "", "shop/common/__init__.py": ""}
        files["shop/common/tools.py"] = (
            record
            + "def clean(value):\n    return str(value).strip()\n\n\ndef shown(value):\n    return {'value': clean(value)}\n"
        )
        blueprints = []
        for module, blocks in sorted(self.blocks.items()):
            if module.endswith(" imports") or module == "shop.urls":
                continue
            parts = module.split(".")
            layer = parts[1]
            head = heads[layer] + "".join(sorted(self.blocks.get(f"{module} imports", [])))
            if layer == "views" and not self.django:
                head += f"\npages = Blueprint('{parts[-1]}', __name__)\n"
                blueprints.append(module)
            for depth in range(1, len(parts)):
                files.setdefault("/".join([*parts[:depth], "__init__.py"]), "")
            files["/".join(parts) + ".py"] = head + "\n\n" + "\n\n".join(blocks) + (log if layer == "models" else "")
        if self.django:
            files["manage.py"] = "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
            files["shop/settings.py"] = "ROOT_URLCONF = 'shop.urls'\nINSTALLED_APPS = ['shop']\n"
            imports = "".join(dict.fromkeys(self.blocks["shop.urls imports"]))
            files["shop/urls.py"] = (
                f"from django.urls import path\n\n{imports}\nurlpatterns = [\n{''.join(self.blocks['shop.urls'])}]\n"
            )
        else:
            files["shop/db.py"] = (
                "from sqlalchemy.orm import declarative_base, scoped_session, sessionmaker\n\n"
                "Base = declarative_base()\nsession = scoped_session(sessionmaker())\n"
            )
            files["shop/common/log.py"] = (
                "from sqlalchemy import Column, Integer, String\n\nfrom shop.db import Base\n\n\n"
                "class LogLine(Base):\n    __tablename__ = 'log_lines'\n"
                "    id = Column(Integer, primary_key=True)\n    text = Column(String(80))\n"
            )
            imports = "".join(f"from {module} import pages as pages{n}\n" for n, module in enumerate(blueprints))
            calls = "".join(f"    app.register_blueprint(pages{n})\n" for n in range(len(blueprints)))
            files["shop/app.py"] = (
                f"from flask import Flask\n\n{imports}\n\ndef create_app():\n    app = Flask(__name__)\n{calls}    return app\n"
            )
        return files


def write(monolith: Monolith, folder: Path) -> None:
    """The application below ``folder``, and ``boundaries.csv``."""
    for path, text in monolith.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    with (folder / "boundaries.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("id", "service"), *monolith.services.items()])


def main() -> None:
    """Write one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--services", type=int, default=8)
    parser.add_argument("--mixing", type=float, default=0.3)
    parser.add_argument("--framework", choices=("flask", "django"), default="flask")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--entities", type=int, default=4)
    parser.add_argument("--functions", type=int, default=4)
    parser.add_argument("--lines", type=int, default=0)
    parser.add_argument("--opaque", action="store_true")
    given = parser.parse_args()
    write(draw(Shape(**{name: value for name, value in vars(given).items() if name != "folder"})), given.folder)


if __name__ == "__main__":
    main()
