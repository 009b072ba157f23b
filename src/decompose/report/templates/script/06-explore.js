// Callers, focus, callees of a unit or table.
const otherEnd = (row, thing, side) => (side === "into" ? model.ties.rows.source[row] : model.ties.rows.target[row]);

// Rows grouped by what stands at their other end, most rows first; runs and accesses before imports and references.
const neighbours = (thing, side) => {
  const groups = new Map();
  for (const row of model.ties[side][thing]) {
    const other = otherEnd(row, thing, side);
    if (other === thing || other < 0) continue;
    if (!groups.has(other)) groups.set(other, []);
    groups.get(other).push(row);
  }
  const weight = (rows) => rows.filter((row) => model.ties.rows.family[row] >= 0).length;
  return [...groups].sort((a, b) => weight(b[1]) - weight(a[1]) || b[1].length - a[1].length || a[0] - b[0]);
};

const kindsOf = (rows) => {
  const counts = new Map();
  for (const row of rows) {
    const kind = model.ties.kinds[model.ties.rows.kind[row]];
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => (count > 1 ? `${kind} ×${count}` : kind)).join(", ");
};

const neighbourItem = (labels, split) => ([other, rows]) => {
  const lines = make("div");
  const details = make(
    "details",
    {
      toggle: async () => {
        if (!details.open || lines.childElementCount) return;
        await readTexts();
        lines.append(...evidenceList([...rows].sort(evidenceOrder)));
      },
    },
    make("summary", {}, badge(labels[other]), " ", kindsOf(rows)),
    lines,
  );
  return make("li", { class: labels[other] === SHARED ? "of-shared" : null }, link(model.names.things.id[other]), details);
};

const side = (title, groups, labels, split, none) => {
  const list = make("ul", { class: "links" });
  const more = growing(list, groups, neighbourItem(labels, split), 25);
  return make("div", { class: "panel" }, make("h3", {}, `${title} (${groups.length})`), groups.length ? list : make("p", { class: "soft" }, none), more);
};

// What ties a thing to each service: how much of the weight that splits are made of, and how many proved ties; most first.
const tiesToServices = (thing, labels) => {
  const found = new Map();
  const of = (label) => found.get(label) ?? found.set(label, { weight: 0, ties: 0 }).get(label);
  for (const direction of ["into", "out"]) {
    for (const row of model.ties[direction][thing]) {
      const other = otherEnd(row, thing, direction);
      if (other === thing || other < 0 || model.ties.rows.sure[row] === GUESSED || model.ties.rows.family[row] < 0) continue;
      of(labels[other]).ties++;
    }
  }
  const { node, edges } = model.ties.graph;
  const own = nodeOwners(labels);
  const [here, [first, second, weights]] = [node[thing], edges];
  let all = 0;
  for (let i = 0; i < weights.length; i++) {
    if (first[i] !== here && second[i] !== here) continue;
    of(own[first[i] === here ? second[i] : first[i]]).weight += weights[i];
    all += weights[i];
  }
  return [...found]
    .map(([label, { weight, ties }]) => [label, all ? weight / all : 0, ties])
    .sort((a, b) => b[1] - a[1] || b[2] - a[2] || a[0] - b[0]);
};

// The service of each node, numbered as in `labels`.
const nodeOwners = (labels) => {
  const owners = new Int32Array(model.ties.graph.nodes).fill(SHARED);
  model.ties.graph.node.forEach((node, thing) => (owners[node] = labels[thing]));
  return owners;
};

// The transactions that write a table; or those that a unit opens or reaches through calls, all branches taken together.
const transactionsOf = (thing) => {
  const { written, reached } = model.ties.transactions;
  return isTable(thing) ? [...written.keys()].filter((i) => written[i].includes(thing)) : reached.sets[reached.of[thing]];
};

const rowsOf = (table) => {
  const rows = model.names.things.rows[table - model.names.units] ?? null;
  return rows === null ? "" : `, ${counted(rows, "row")}`;
};

const focusPanel = (thing, labels, split) => {
  const id = model.names.things.id[thing];
  const sure = split.sure[thing] ?? -1;
  const rival = split.rival[thing] ?? -1;
  const counts = tiesToServices(thing, labels);
  const entryPoints = model.names.entries.name.filter((_, i) => model.names.entries.thing[i] === thing);
  const written = writtenServices(labels);
  const broken = transactionsOf(thing).map((i) => [i, written[i]]);
  broken.sort((a, b) => b[1].size - a[1].size || a[0] - b[0]);
  const why = counts.length
    ? [
        make("h4", {}, "Why there: what ties it to each service"),
        make("ul", { class: "links" }, counts.slice(0, 8).map(([label, share, ties]) =>
          make("li", {}, make("b", {}, percent(share)), " ", service(split, label), label === labels[thing] ? make("b", {}, " (its own)") : "", make("span", { class: "soft" }, ` · ${ties ? counted(ties, "proved tie") : "no direct tie"}`)))),
        make("p", { class: "soft" }, "Shares of the weight that splits are made of: calls, table access, keys, transactions, names and files that change together do not weigh alike."),
      ]
    : [make("p", { class: "soft" }, "No proved tie to anything else was found.")];
  return make(
    "div",
    { class: "panel focus" },
    make("h3", {}, code(id)),
    make("p", {}, isTable(thing) ? "Table" : "Unit", " in ", make("b", {}, service(split, labels[thing])), sure >= 0 ? `; ${sure}% of repeated clusterings agree` : "",
      rival >= 0 && sure < 100 ? [", most of the others say ", ...service(split, rival)] : ""),
    make("p", { class: "soft" }, code(placeOf(thing)), isTable(thing) ? rowsOf(thing) : `, ${counted(model.names.things.lines[thing], "line")}`),
    entryPoints.length
      ? make("p", {}, "Entry point: ", ...entryPoints.slice(0, 6).flatMap((name, i) => [i ? ", " : "", code(name)]), entryPoints.length > 6 ? ", …" : "")
      : "",
    ...why,
    broken.length
      ? [
          make("h4", {}, isTable(thing) ? "Transactions that write it" : "Transactions that it opens or reaches"),
          make("ul", { class: "links" }, broken.slice(0, 12).map(([i, services]) =>
            make("li", {}, code(definitionName(model.ties.transactions.definition[i])), make("span", { class: "soft" }, ` line ${model.ties.transactions.line[i]}`),
              services.size > 1 ? make("b", { class: "worse" }, ` would break: ${services.size} services`) : " stays whole"))),
          broken.length > 12 ? make("p", { class: "soft" }, `and ${broken.length - 12} more`) : "",
        ]
      : entryPoints.length
        ? make("p", { class: "soft" }, "No transaction is seen that it opens or reaches. One that a middleware opens around every request may not be seen.")
        : "",
    moveControls(thing),
  );
};

const explore = async (id) => {
  const host = document.getElementById("explorer");
  const thing = model.byId.get(id);
  if (thing === undefined) {
    host.replaceChildren(make("p", { class: "empty" }, "This run has no unit or table called ", code(id), "."));
    return;
  }
  await readTies();
  const split = bench.split();
  const { labels } = split;
  host.replaceChildren(
    make(
      "div",
      { class: "three" },
      side(isTable(thing) ? "Used by" : "Callers", neighbours(thing, "into"), labels, split, "Nothing that was read leads here."),
      focusPanel(thing, labels, split),
      side(isTable(thing) ? "Refers to" : "Callees", neighbours(thing, "out"), labels, split, "It leads to nothing that was read."),
    ),
  );
};
