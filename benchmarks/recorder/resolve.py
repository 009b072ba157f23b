"""Raw traces -> the JSONL files people read.

PREFIX.access.jsonl  {function, file, line, def_line, table, op, role, via, verbs, count}
PREFIX.chains.jsonl  {chain (outermost first), table, op, origins, via, count}
PREFIX.calls.jsonl   {caller, callee, file, line, direct, count}: pairs of application frames seen on stacks that end in SQL
PREFIX.tables.jsonl  {table, model, file, own, ...}: what the ORM knows, and each table seen in a statement; OWN says whether
                     it is the application's and not a library's
PREFIX.lines.json    {file: [lines that ran]}, where recorded
PREFIX.classes.jsonl {class, table, op}: classes of the application whose inherited methods, a library's, led to a statement
PREFIX.receivers.jsonl {function, class}: methods on stacks that end in SQL, and the application's classes, with what they
                     inherit from, of the objects (of class methods: the classes) that they ran on
PREFIX.methods.jsonl {class, method}: the application's classes, and the methods, their own and inherited ones, that ran on their
                     objects on stacks that end in SQL
PREFIX.summary.json  counts

ROLE is 'execute' for the innermost application frame under the statement, and 'origin' for a function that built the
query run elsewhere, or that made, changed or deleted the object whose row a later flush wrote. VIA says what of the
library led from the executing frame to the statement: [] for a call of the ORM or of the driver; 'lazy' (a relation's
attribute), 'refresh' (an expired or deferred one), 'eager', 'flush', 'autoflush', 'collector' (Django's deletion, with
its cascades), 'template', 'form', 'serializer', 'admin', 'migration'.
"""

import json
import re
from collections import Counter, defaultdict

from . import sqltables

SYSTEM = re.compile(r"(?i)(sqlite_|pg_|information_schema\.|sys\.)")


def load(path):
    records = defaultdict(list)
    with open(path, encoding="utf8") as f:
        for line in f:
            record = json.loads(line)
            records[record.pop("kind")].append(record)
    return records


def _without(low, chain):
    """The chain less the sites of LOW; the frame outside one left out no longer calls the one inside it directly."""
    out, gap = [], False
    for site, line, foreign in chain:
        if site in low:
            gap = True
        else:
            out.append((site, line, foreign or gap))
            gap = False
    return out


def resolve(raw_paths, prefix, dialect, layer=None):
    """LAYER: a regex of the functions ('module:qualname') that are the application's own database layer, such as a
    generic repository or a connection wrapper. Their frames count as a library's: the access is their caller's.
    """
    layer = re.compile(layer) if layer else None
    access, verbs = Counter(), defaultdict(set)
    chains, calls = Counter(), Counter()
    tables, seen, lines = {}, set(), defaultdict(set)
    acting, receivers, ran = set(), set(), set()
    how, summary, hard = Counter(), Counter(), Counter()
    meta = None
    for path in raw_paths:
        raw = load(path)
        meta = raw["meta"][0]
        sites = {s["index"]: s for s in raw["site"]}
        templates = {i for i, s in sites.items() if not s["file"].endswith(".py")}  # of traces by an earlier recorder
        low = templates | {i for i, s in sites.items() if layer and layer.search(s["function"])}
        statements = {s["index"]: s["sql"] for s in raw["sql"]}

        def add(place, role, table, op, verb, n, via=(), sites=sites):
            site = sites[place[0]]
            key = (site["function"], site["file"], place[1], site["def_line"], table, op, role, tuple(via))
            access[key] += n
            verbs[key].add(verb)

        for event in raw["event"]:
            sql, chain, n = statements[event["sql"]], _without(low, event["chain"]), event["n"]
            if any(site in templates for site, _, _ in event["chain"][:1]):
                event["via"] = sorted({"template", *event["via"]})
            found, method = sqltables.accesses(sql, dialect)
            how[method] += n
            if method == "matched":
                hard[sql] += n
            if not found:
                continue
            summary["statements" if chain else "statements_without_application_frame"] += n
            # A module that is only imported, with nothing of it calling: still an execution site.
            names = [sites[i]["function"] for i, _, _ in reversed(chain)]
            for inner, outer in zip(chain, chain[1:]):
                calls[
                    (
                        sites[outer[0]]["function"],
                        sites[inner[0]]["function"],
                        sites[outer[0]]["file"],
                        outer[1],
                        not outer[2],
                    )
                ] += n
            executing = chain[0] if chain else None
            origins = [o for o in event["origins"] if o[0] not in low and (executing is None or o[0] != executing[0])]
            acting.update((name, table, op) for name in event.get("acting", ()) for table, op, _ in found)
            for table, op, verb in found if chain or origins else ():
                seen.add(table)
                if executing:
                    add(executing, "execute", table, op, verb, n, event["via"])
                for origin in origins:
                    add(origin, "origin", table, op, verb, n)
                chains[
                    (
                        tuple(names),
                        table,
                        op,
                        tuple(dict.fromkeys(sites[o[0]]["function"] for o in origins)),
                        tuple(event["via"]),
                    )
                ] += n
        receivers.update((sites[record["site"]]["function"], record["name"]) for record in raw["receiver"])
        ran.update((record["name"], record["method"]) for record in raw["ran"])
        for record in raw["table"]:
            tables[record.pop("table")] = record
        for record in raw["lines"]:
            lines[record["file"]].update(record["lines"])

    modelled = any(t["own"] for t in tables.values())
    for table in seen - set(tables):  # of no model: raw SQL's, or the database's own
        tables[table] = {"model": None, "file": None, "own": not modelled and not SYSTEM.match(table)}
    with open(prefix + ".access.jsonl", "w", encoding="utf8") as f:
        for key, n in sorted(access.items()):
            row = dict(zip(("function", "file", "line", "def_line", "table", "op", "role", "via"), key))
            row.update(verbs=sorted(verbs[key]), count=n)
            f.write(json.dumps(row) + "\n")
    with open(prefix + ".chains.jsonl", "w", encoding="utf8") as f:
        for (chain, table, op, origins, via), n in sorted(chains.items()):
            f.write(
                json.dumps({"chain": chain, "table": table, "op": op, "origins": origins, "via": via, "count": n})
                + "\n"
            )
    with open(prefix + ".calls.jsonl", "w", encoding="utf8") as f:
        for (caller, callee, file, line, direct), n in sorted(calls.items()):
            f.write(
                json.dumps(
                    {"caller": caller, "callee": callee, "file": file, "line": line, "direct": direct, "count": n}
                )
                + "\n"
            )
    with open(prefix + ".classes.jsonl", "w", encoding="utf8") as f:
        for name, table, op in sorted(acting):
            f.write(json.dumps({"class": name, "table": table, "op": op}) + "\n")
    with open(prefix + ".receivers.jsonl", "w", encoding="utf8") as f:
        for function, name in sorted(receivers):
            f.write(json.dumps({"function": function, "class": name}) + "\n")
    with open(prefix + ".methods.jsonl", "w", encoding="utf8") as f:
        for name, method in sorted(ran):
            f.write(json.dumps({"class": name, "method": method}) + "\n")
    with open(prefix + ".tables.jsonl", "w", encoding="utf8") as f:
        for table, fields in sorted(tables.items()):
            f.write(json.dumps(dict(table=table, **fields)) + "\n")
    if lines:
        with open(prefix + ".lines.json", "w", encoding="utf8") as f:
            json.dump({file: sorted(ns) for file, ns in sorted(lines.items())}, f)

    def pairs(role=None):
        return {(k[0], k[4], k[5]) for k in access if role is None or k[6] == role}

    total = dict(
        summary,
        python=meta["python"],
        hooks=meta.get("hooks"),
        dialect=dialect,
        layer=layer and layer.pattern,
        statements_by_method=dict(how),
        functions=len({k[0] for k in access}),
        tables=len({k[4] for k in access}),
        pairs_execute=len(pairs("execute")),
        pairs_origin=len(pairs("origin")),
        pairs=len(pairs()),
        reads=sum(p[2] == "read" for p in pairs()),
        writes=sum(p[2] == "write" for p in pairs()),
        chains=len(chains),
        call_edges=len({k[:2] for k in calls}),
        covered_files=len(lines),
        hardest=[re.sub(r"\s+", " ", s)[:300] for s, _ in hard.most_common(10)],
    )
    with open(prefix + ".summary.json", "w", encoding="utf8") as f:
        json.dump(total, f, indent=1)
        f.write("\n")
    return total
