"""A hand-made analysis of a small shop, and the same shop with names that try to break out of their place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from decompose.boundaries.split import Recommendation, Score, Service, Split
from decompose.database.split import CutForeignKey, DatabaseSplit, ForeignAccess, Ownership, SpanningTransaction
from decompose.plan.step import Plan, Step, WorkItem
from decompose.runs.analysis import FORMAT_VERSION, Analysis
from decompose.system.model import (
    Access,
    BlindSpot,
    CallCounts,
    Definition,
    Dependency,
    EntryPoint,
    ForeignKey,
    Operation,
    Resolution,
    Root,
    System,
    Table,
    Transaction,
    Unit,
)

HOSTILE_NAMES = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"quoted\" 'twice' `thrice`",
    "\u202eevil\u202c rtl \u2066mark\u2069",
    "emoji 🛒🧾 and 漢字漢字漢字漢字漢字漢字漢字漢字",
    "x" * 300,
    "line\u2028separator\u2029and\ttab",
    "{{ 7 * 7 }} {% raw %} &amp; <img src=x onerror=alert(2)>",
)

DOMAINS: dict[str, tuple[list[str], list[str]]] = {
    "accounts": (["User", "Address", "Session"], ["users", "addresses", "sessions"]),
    "catalog": (["Product", "Category", "Review"], ["products", "categories", "reviews"]),
    "orders": (["Order", "OrderLine", "Cart"], ["orders", "order_lines", "carts"]),
    "payments": (["Payment", "Refund", "Invoice"], ["payments", "refunds", "invoices"]),
}
FUNCTIONS = (
    "list",
    "show",
    "create",
    "update",
    "remove",
    "search",
    "notify",
    "export",
    "check",
    "import",
    "archive",
    "render",
)


@dataclass
class Shop:
    """Collects records while the shop is built."""

    rename: Callable[[str], str]
    definitions: list[Definition]
    units: list[Unit]
    tables: list[Table]
    keys: list[ForeignKey]
    dependencies: list[Dependency]
    accesses: list[Access]
    entry_points: list[EntryPoint]
    source_lines: dict[str, dict[int, str]]

    def unit(self, module: str, name: str, line: int, *, kind: str = "function", lines: int = 20) -> str:
        file = f"shop/{module}.py"
        identity = f"shop.{module}:{self.rename(name)}"
        function = kind == "function"
        self.units.append(
            Unit(
                id=identity,
                kind="function" if function else "class",
                file=file,
                line=line,
                end_line=line + lines,
                lines=lines,
                terms=(module, name.lower()),
            )
        )
        self.definitions.append(
            Definition(
                id=identity,
                kind="function" if function else "class",
                file=file,
                line=line,
                end_line=line + lines,
                unit=identity,
            )
        )
        return identity

    def calls(
        self, source: str, target: str, line: int, *, kind: str = "call", resolution: Resolution = "exact"
    ) -> None:
        file = self._file(source)
        name = target.rpartition(":")[2]
        self.source_lines.setdefault(file, {})[line] = f"result = {name}(request)  # {self.rename('why')}"[:160]
        self.dependencies.append(
            Dependency(
                source=source, target=target, kind=kind, resolution=resolution, rule="name", file=file, line=line
            )
        )

    def uses(self, source: str, table: str, operation: Operation, line: int) -> None:
        file = self._file(source)
        self.source_lines.setdefault(file, {})[line] = f'session.execute("{operation} {table}")'[:160]
        self.accesses.append(
            Access(
                definition=source,
                table=table,
                operation=operation,
                columns=("id", "name"),
                role="execute",
                resolution="exact",
                rule="sql text",
                file=file,
                line=line,
            )
        )

    def _file(self, unit: str) -> str:
        return next(item.file for item in self.units if item.id == unit)


def build_shop(*, hostile: bool = False, recommended: bool = True) -> Analysis:
    """Four services, 65 units, twelve tables; with ``hostile`` every name carries something nasty."""
    count = 0

    def rename(name: str) -> str:
        nonlocal count
        count += 1
        return f"{name} {HOSTILE_NAMES[count % len(HOSTILE_NAMES)]}" if hostile else name

    shop = Shop(rename, [], [], [], [], [], [], [], {})
    functions: dict[str, list[str]] = {}
    tables: dict[str, list[str]] = {}
    services: list[Service] = []
    for domain, (models, table_names) in DOMAINS.items():
        members = []
        tables[domain] = []
        for number, (model, table) in enumerate(zip(models, table_names, strict=True)):
            unit = shop.unit(f"{domain}/models", model, 10 + 40 * number, kind="class", lines=30)
            name = rename(table)
            members.append(unit)
            tables[domain].append(name)
            shop.tables.append(
                Table(name=name, model=unit, source="model", file=f"shop/{domain}/models.py", line=10 + 40 * number)
            )
        functions[domain] = [
            shop.unit(f"{domain}/views", f"{verb}_{domain}", 10 + 25 * number)
            for number, verb in enumerate(FUNCTIONS[: 12 if domain != "payments" else 9])
        ]
        for number, unit in enumerate(functions[domain]):
            shop.uses(unit, tables[domain][number % 3], "insert" if number % 4 == 2 else "read", 12 + 25 * number)
            if number:
                shop.calls(unit, functions[domain][number - 1], 14 + 25 * number)
            if number < 5:
                handler = EntryPoint(
                    kind="http" if number < 4 else "task",
                    name=f"GET /{domain}/{rename(str(number))}" if number < 4 else f"{domain}.cleanup",
                    handler=unit,
                    file=f"shop/{domain}/views.py",
                    line=9 + 25 * number,
                )
                shop.entry_points.append(handler)
        name = f"{domain} {HOSTILE_NAMES[len(services)]}" if hostile else domain
        services.append(
            Service(
                name=name,
                units=tuple(sorted([*members, *functions[domain]])),
                tables=tuple(sorted(tables[domain])),
                terms=(rename(domain), "shop"),
            )
        )
    shared = [
        shop.unit("utils", name, 10 * number) for number, name in enumerate(("slugify", "now", "money", "log"), 1)
    ]

    for number in range(9):
        shop.calls(functions["orders"][number], functions["payments"][number % 4], 16 + 25 * number)
        shop.calls(functions["orders"][number], shared[number % 4], 18 + 25 * number)
    for number in range(4):
        shop.calls(functions["orders"][number], functions["catalog"][number], 20 + 25 * number)
        shop.calls(functions["payments"][number], functions["accounts"][1], 20 + 25 * number)
        shop.calls(functions["catalog"][number], functions["accounts"][2], 21 + 25 * number, resolution="guessed")
    shop.calls(functions["orders"][0], functions["accounts"][0], 31, kind="import")
    for number in range(3):
        shop.uses(functions["orders"][number], tables["catalog"][0], "update", 22 + 25 * number)
        shop.uses(functions["payments"][number], tables["orders"][0], "update", 22 + 25 * number)
        shop.uses(functions["catalog"][number + 3], tables["accounts"][0], "read", 22 + 25 * (number + 3))

    for domain, target in (
        ("orders", "accounts"),
        ("orders", "catalog"),
        ("payments", "orders"),
        ("catalog", "accounts"),
    ):
        shop.keys.append(
            ForeignKey(
                table=tables[domain][0],
                columns=(f"{target}_id",),
                target_table=tables[target][0],
                target_columns=("id",),
                on_delete="CASCADE",
                file=f"shop/{domain}/models.py",
                line=13,
            )
        )
    transaction = Transaction(
        definition=functions["orders"][2],
        scope="atomic",
        tables_written=tuple(sorted((tables["orders"][0], tables["payments"][0], tables["catalog"][0]))),
        tables_read=(tables["accounts"][0],),
        file="shop/orders/views.py",
        line=62,
    )
    shop.source_lines["shop/orders/views.py"][62] = "with transaction.atomic():"
    system = System(
        name=f"shop {HOSTILE_NAMES[0]}" if hostile else "shop",
        roots=(Root(path=".", packages=("shop",), files=9),),
        files=9,
        lines=sum(unit.lines for unit in shop.units),
        definitions=tuple(sorted(shop.definitions, key=lambda item: item.id)),
        units=tuple(sorted(shop.units, key=lambda item: item.id)),
        tables=tuple(sorted(shop.tables, key=lambda item: item.name)),
        foreign_keys=tuple(shop.keys),
        dependencies=tuple(shop.dependencies),
        external_calls=(
            Dependency(
                source=functions["payments"][0],
                target="requests:get",
                kind="call",
                resolution="exact",
                rule="import",
                file="shop/payments/views.py",
                line=13,
            ),
        ),
        accesses=tuple(shop.accesses),
        transactions=(transaction,),
        entry_points=tuple(shop.entry_points),
        blind_spots=tuple(
            BlindSpot(
                kind=kind,
                definition=functions["catalog"][number],
                file="shop/catalog/views.py",
                line=15 + number,
                reason=f"{reason} {rename('')}".strip(),
            )
            for number, (kind, reason) in enumerate(
                [("unresolved call", "the receiver's type is not known")] * 6
                + [("dynamic sql", "the statement is put together at run time")] * 2
            )
        ),
        call_counts=CallCounts(exact=96, inferred=14, guessed=4, external=61, unresolved=25),
        excluded_files={"tests": 12, "migrations": 7},
        source_lines=shop.source_lines,
    )
    main = Split(
        name="tables-4",
        generator="tables first",
        trivial=False,
        services=tuple(services),
        shared=tuple(sorted(shared)),
        scores=_scores(0.61, 8.4),
        confidence={
            unit.id: round(0.3 + 0.7 * ((number * 37) % 100) / 100, 2) for number, unit in enumerate(system.units)
        },
    )
    return Analysis(
        format_version=FORMAT_VERSION,
        decompose_version="0.1.0",
        system=system,
        splits=(main, *_other_splits(system, main)),
        recommendation=Recommendation(
            split="tables-4" if recommended else "",
            sentence="Split into 4 services: what belongs together is clearly tied together."
            if recommended
            else "Do not split yet: too many transactions would be torn apart.",
            reasons=("Modularity is far above shuffled splits (z = 8.4).", "Only one transaction spans services."),
            confidence=0.72,
        ),
        databases=(_database(system, main, transaction),),
        plans=(_plan(main),),
    )


def _scores(modularity: float, z: float) -> tuple[Score, ...]:
    return (
        Score(name="modularity", value=modularity, z=z),
        Score(name="cut_calls", value=21),
        Score(name="table_locality", value=0.87, z=5.2),
    )


def _other_splits(system: System, main: Split) -> tuple[Split, ...]:
    first, second, third, fourth = main.services
    pair = Service(name="sales", units=(*third.units, *fourth.units), tables=(*third.tables, *fourth.tables))
    everything = Service(
        name="everything",
        units=tuple(unit.id for unit in system.units),
        tables=tuple(table.name for table in system.tables),
    )
    three = Split(
        name="leiden-3",
        generator="whole-graph Leiden",
        trivial=False,
        services=(first, second, pair),
        shared=main.shared,
        scores=_scores(0.55, 7.1),
    )
    one = Split(
        name="one",
        generator="everything in one",
        trivial=True,
        services=(everything,),
        shared=(),
        scores=_scores(0.0, 0.0),
    )
    return three, one


def _database(system: System, split: Split, transaction: Transaction) -> DatabaseSplit:
    owner = split.service_of_table()
    home = split.service_of_unit()
    owners = []
    for table in system.tables:
        readers: dict[str, int] = {}
        writers: dict[str, int] = {}
        for access in system.accesses:
            if access.table == table.name:
                counts = readers if access.operation == "read" else writers
                service = home[access.definition]
                counts[service] = counts.get(service, 0) + 1
        owners.append(
            Ownership(
                table=table.name,
                owner=owner[table.name],
                reason="most of its writers are here",
                contested=len(writers) > 1,
                writers=writers,
                readers=readers,
            )
        )
    return DatabaseSplit(
        split=split.name,
        owners=tuple(owners),
        cut_foreign_keys=tuple(
            CutForeignKey(key=key, service=owner[key.table], target_service=owner[key.target_table])
            for key in system.foreign_keys
        ),
        foreign_accesses=tuple(
            ForeignAccess(access=access, service=home[access.definition], owner=owner[access.table])
            for access in system.accesses
            if home[access.definition] != owner[access.table]
        ),
        spanning_transactions=(
            SpanningTransaction(
                transaction=transaction,
                services=tuple(sorted({owner[table] for table in transaction.tables_written})),
            ),
        ),
    )


def _plan(split: Split) -> Plan:
    steps = [
        Step(
            order=0,
            service="",
            title="Prepare the seams",
            reason="Inside the code base, before anything is taken out.",
            work=(WorkItem(kind="modules to divide", count=3, text="Modules whose units go to several services."),),
        )
    ]
    for order, service in enumerate(reversed(split.services), 1):
        steps.append(
            Step(
                order=order,
                service=service.name,
                title=f"Extract {service.name}",
                reason="Fewest others depend on it.",
                work=(
                    WorkItem(
                        kind="calls to replace",
                        count=9,
                        text="Calls that become remote.",
                        evidence=tuple(f"shop/orders/views.py:{line}" for line in range(16, 41)),
                    ),
                    WorkItem(kind="keys to drop", count=1, text="Foreign keys that cross the boundary."),
                ),
            )
        )
    return Plan(split=split.name, steps=tuple(steps))


def bytes_of(analysis: Analysis) -> bytes:
    """The analysis as plain JSON, to compare two of them."""
    return msgspec.json.encode(analysis, order="deterministic")
