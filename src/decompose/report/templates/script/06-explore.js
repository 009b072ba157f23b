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
const tiesToServices = (thing, labels, around) => {
  const found = new Map();
  const of = (label) => found.get(label) ?? found.set(label, { share: 0, ties: 0 }).get(label);
  const seen = new Set();
  for (const direction of ["into", "out"]) {
    for (const row of model.ties[direction][thing]) {
      const other = otherEnd(row, thing, direction);
      if (other === thing || other < 0 || model.ties.rows.sure[row] === GUESSED || model.ties.rows.family[row] < 0) continue;
      const place = `${model.ties.rows.place[row]} ${labels[other]}`;
      if (seen.has(place)) continue;
      seen.add(place);
      of(labels[other]).ties++;
    }
  }
  for (const [other, share] of around) of(labels[other]).share += share;
  return [...found].map(([label, { share, ties }]) => [label, share, ties]).sort((a, b) => b[1] - a[1] || b[2] - a[2] || a[0] - b[0]);
};

// For each node the first thing that it stands for; units come before tables.
const thingOfNode = () => {
  const { graph } = model.ties;
  if (!graph.thing) {
    graph.thing = new Int32Array(graph.nodes);
    for (let thing = graph.node.length - 1; thing >= 0; thing--) graph.thing[graph.node[thing]] = thing;
  }
  return graph.thing;
};

// The module that a node's code is in; empty for a table without a model, and for one that each service's database has.
const moduleOf = (node) => {
  if (node < 0) return "";
  const thing = thingOfNode()[node];
  return isTable(thing) ? "" : model.names.things.id[thing].split(":")[0];
};

// The nodes of a package, in their order.
const nodesOfPackage = (name) => {
  const { graph } = model.ties;
  graph.inPackage ??= new Map();
  if (!graph.inPackage.has(name)) {
    graph.inPackage.set(name, [...Array(graph.nodes).keys()].filter((node) => moduleOf(node).startsWith(`${name}.`)));
  }
  return graph.inPackage.get(name);
};

const STRIDES = 6;

// The ties of a node to others of a package, around a circle of its nodes: none within a module. As `folder_ties` makes them.
const tiesOfPackage = (node, [name, , , adds]) => {
  const found = new Map();
  if (!adds) return found;
  const nodes = nodesOfPackage(name);
  const place = nodes.indexOf(node);
  for (let stride = 1; stride <= STRIDES; stride++) {
    const step = Math.max(1, Math.floor((nodes.length * stride) / (2 * STRIDES + 1)));
    for (const at of [place + step, place - step]) {
      const other = nodes[(at + nodes.length) % nodes.length];
      if (moduleOf(other) !== moduleOf(node)) found.set(other, (found.get(other) ?? 0) + adds / (2 * STRIDES));
    }
  }
  return found;
};

const packagesOf = (node) => model.ties.packages.filter(([name]) => moduleOf(node).startsWith(`${name}.`)).reverse();

// The things around one with their shares of all weight at it, most first, and that weight. A model stands for its table too.
const weightsAround = (thing) => {
  const { node, grain, edges: [first, second, weights] } = model.ties.graph;
  const [found, things, own] = [new Map(), thingOfNode(), node[thing]];
  const add = (other, weight) => found.set(other, (found.get(other) ?? 0) + weight);
  for (let i = 0; i < weights.length; i++) {
    if (first[i] === own) add(second[i], weights[i]);
    else if (second[i] === own) add(first[i], weights[i]);
  }
  const ofPackages = new Map();
  for (const around of packagesOf(own)) {
    for (const [other, weight] of tiesOfPackage(own, around)) ofPackages.set(other, (ofPackages.get(other) ?? 0) + weight);
  }
  for (const [other, weight] of ofPackages) if (Math.round(weight * grain)) add(other, Math.round(weight * grain) / grain);
  const all = [...found.values()].reduce((sum, weight) => sum + weight, 0);
  const { id } = model.names.things;
  return [[...found].map(([other, weight]) => [things[other], weight / all]).sort((a, b) => b[1] - a[1] || (id[a[0]] < id[b[0]] ? -1 : 1)), all];
};

// How far the packages around a thing are one thing, the innermost first, and how much of the weight of its ties is from that.
const packagesAround = (thing, weight) => {
  const own = model.ties.graph.node[thing];
  const around = packagesOf(own);
  if (!around.length) return [];
  const share = (told) => [...tiesOfPackage(own, told).values()].reduce((sum, tie) => sum + tie, 0) / weight;
  return [
    make("h4", {}, "Packages around it"),
    make("ul", { class: "links" }, around.map((told) => {
      const [name, units, together] = told;
      return make("li", {}, code(name), ` (${counted(units, "unit")}) is one thing by `, make("b", {}, percent(Math.max(0, together))),
        make("span", { class: "soft" }, share(told) ? ` · ${percent(share(told))} of the weight above is from that` : " · this adds nothing to its ties"));
    })),
    make("p", { class: "soft" }, "0%: its units are together as often as any two, where packages and modules are not looked at; 100%: always."),
  ];
};

const nearestItem = (thing, labels, split) => ([other, share]) => {
  const lines = ["into", "out"].some((direction) => model.ties[direction][thing].some((row) => otherEnd(row, thing, direction) === other));
  const { file } = model.names.things;
  const why = lines ? "" : file[other] === file[thing] ? " · near it in its file" : " · by its package, words of names or transactions";
  return make("li", {}, make("b", {}, percent(share)), " ", badge(labels[other]), " ", link(model.names.things.id[other]), make("span", { class: "soft" }, why));
};

// The transactions that write a table; or those that a unit opens or reaches through calls, all branches taken together.
const transactionsOf = (thing) => {
  const { written, reached } = model.ties.transactions;
  return isTable(thing) ? [...written.keys()].filter((i) => written[i].includes(thing)) : reached.sets[reached.of[thing]];
};

// What the page says of a transaction that breaks in the split that is shown: its steps as a saga.
const transactionLink = (i) => {
  const told = document.querySelector(`details[data-transaction="${i}"]`);
  return told ? make("a", { href: `#${told.id}` }, transactionName(i)) : transactionName(i);
};

const rowsOf = (table) => {
  const rows = model.names.things.rows[table - model.names.units] ?? null;
  return rows === null ? "" : `, ${counted(rows, "row")}`;
};

const focusPanel = (thing, labels, split) => {
  const id = model.names.things.id[thing];
  const sure = split.sure[thing] ?? -1;
  const rival = split.rival[thing] ?? -1;
  const [around, weight] = weightsAround(thing);
  const counts = tiesToServices(thing, labels, around);
  const entryPoints = model.names.entries.name.filter((_, i) => model.names.entries.thing[i] === thing);
  const written = writtenServices(labels);
  const broken = transactionsOf(thing).map((i) => [i, written[i]]);
  broken.sort((a, b) => b[1].size - a[1].size || a[0] - b[0]);
  const why = counts.length
    ? [
        make("h4", {}, "Why there: what ties it to each service"),
        make("ul", { class: "links" }, counts.slice(0, 8).map(([label, share, ties]) =>
          make("li", {}, make("b", {}, percent(share)), " ", service(split, label), label === labels[thing] ? make("b", {}, " (its own)") : "", make("span", { class: "soft" }, ` · ${ties ? counted(ties, "proved tie") : "no direct tie"}`)))),
        make("p", { class: "soft" }, "Shares of the weight that splits are made of: calls, table access, keys, transactions, nearness, packages and names do not weigh alike."),
        around.length ? [make("h4", {}, "Tied most to"), make("ul", { class: "links" }, around.slice(0, 3).map(nearestItem(thing, labels, split)))] : "",
      ]
    : [make("p", { class: "soft" }, "No proved tie to anything else was found.")];
  return make(
    "div",
    { class: "panel focus" },
    make("h3", {}, code(id)),
    make("p", {}, isTable(thing) ? "Table" : "Unit", " in ", make("b", {}, service(split, labels[thing])), sure >= 0 ? `; ${sure}% of repeated clusterings agree${split.because?.[thing] ? `: ${split.because[thing]}` : ""}` : "",
      rival >= 0 && sure < 100 ? [", most of the others say ", ...service(split, rival)] : ""),
    make("p", { class: "soft" }, code(placeOf(thing)), isTable(thing) ? rowsOf(thing) : `, ${counted(model.names.things.lines[thing], "line")}`),
    entryPoints.length
      ? make("p", {}, "Entry point: ", ...entryPoints.slice(0, 6).flatMap((name, i) => [i ? ", " : "", code(name)]), entryPoints.length > 6 ? ", …" : "")
      : "",
    ...why,
    ...packagesAround(thing, weight),
    broken.length
      ? [
          make("h4", {}, isTable(thing) ? "Transactions that write it" : "Transactions that it opens or reaches"),
          make("ul", { class: "links" }, broken.slice(0, 12).map(([i, services]) =>
            make("li", {}, transactionLink(i), make("span", { class: "soft" }, ` line ${model.ties.transactions.line[i]}`),
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
      // What was asked for comes first where all stands below each other, and in the middle where there is room.
      focusPanel(thing, labels, split),
      side(isTable(thing) ? "Used by" : "Callers", neighbours(thing, "into"), labels, split, "Nothing that was read leads here."),
      side(isTable(thing) ? "Refers to" : "Callees", neighbours(thing, "out"), labels, split, "It leads to nothing that was read."),
    ),
  );
};
