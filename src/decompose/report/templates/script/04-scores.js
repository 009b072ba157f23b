// The scores of a split, from the same pairs and by the same formulas as decompose.boundaries.scores; a test holds
// both to the same numbers. Labels are by node: a model class and its table are one.
const nodeLabels = (labels) => {
  const { node, nodes } = model.ties.graph;
  const found = new Int32Array(nodes).fill(SHARED);
  for (let thing = 0; thing < node.length; thing++) found[node[thing]] = labels[thing];
  return found;
};

const crossingShare = (own, [sources, targets, counts]) => {
  let all = 0;
  let apart = 0;
  for (let i = 0; i < sources.length; i++) {
    const first = own[sources[i]];
    const second = own[targets[i]];
    all += counts[i];
    if (first !== second && first >= 0 && second >= 0) apart += counts[i];
  }
  return all ? apart / all : 0;
};

const singleWriterShare = (own, [units, tables]) => {
  const writers = new Map();
  for (let i = 0; i < units.length; i++) {
    const label = own[units[i]];
    const before = writers.get(tables[i]);
    // The shared library writes for whoever calls it.
    if (label === SHARED) writers.set(tables[i], before ?? SHARED);
    else writers.set(tables[i], before === undefined || before === SHARED || before === label ? label : -2);
  }
  let single = 0;
  for (const writer of writers.values()) single += writer !== -2;
  return writers.size ? single / writers.size : 1;
};

const spans = (own, nodes) => nodes.some((node) => own[node] !== own[nodes[0]]);

const modularity = (own, [first, second, weights]) => {
  let total = 0;
  let inside = 0;
  const strength = new Map();
  for (let i = 0; i < weights.length; i++) {
    const a = own[first[i]];
    const b = own[second[i]];
    total += weights[i];
    if (a === b) inside += weights[i];
    strength.set(a, (strength.get(a) ?? 0) + weights[i]);
    strength.set(b, (strength.get(b) ?? 0) + weights[i]);
  }
  if (!total) return 0;
  let expected = 0;
  for (const weight of strength.values()) expected += (weight / (2 * total)) ** 2;
  return inside / total - expected;
};

const scoresOf = (labels) => {
  const { graph } = model.ties;
  const own = nodeLabels(labels);
  const sizes = new Map();
  for (const label of own) if (label >= 0) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const counts = [...sizes.values()];
  const placed = counts.reduce((sum, size) => sum + size, 0);
  const broken = graph.transactions.filter((nodes) => spans(own, nodes)).length;
  return {
    single_writer_tables: singleWriterShare(own, graph.writes),
    foreign_writes: crossingShare(own, graph.writes),
    foreign_reads: crossingShare(own, graph.reads),
    cut_foreign_keys: crossingShare(own, graph.keys),
    spanning_transactions: graph.transactions.length ? broken / graph.transactions.length : 0,
    inter_call: crossingShare(own, graph.calls),
    modularity: modularity(own, graph.edges),
    independence: 1 - (placed ? counts.reduce((sum, size) => sum + (size / placed) ** 2, 0) : 1),
    largest_share: placed ? Math.max(...counts) / placed : 0,
    coverage: own.length ? placed / own.length : 0,
    services: sizes.size,
  };
};

// How many proved ties cross, for each ordered pair of services: "source target" -> count.
const cutCounts = (labels) => {
  const { rows } = model.ties;
  const found = new Map();
  for (let row = 0; row < rows.source.length; row++) {
    if (rows.family[row] < 0 || rows.sure[row] === GUESSED || rows.source[row] < 0 || rows.target[row] < 0) continue;
    const source = labels[rows.source[row]];
    const target = labels[rows.target[row]];
    if (source === target || source < 0 || target < 0) continue;
    const pair = `${source} ${target}`;
    found.set(pair, (found.get(pair) ?? 0) + 1);
  }
  return found;
};

// The services whose tables each transaction writes; two or more: it would be broken.
const writtenServices = (labels) =>
  model.ties.transactions.written.map((tables) => new Set(tables.map((table) => labels[table]).filter((l) => l >= 0)));

const scoreText = (name, value) =>
  value === null || value === undefined ? "–" : name === "services" ? value.toFixed(0) : value.toFixed(3);
