// The scores of a split, from the same pairs and by the same formulas as decompose.boundaries.scores; a test holds
// both to the same numbers. Labels are by node: a model class and its table are one.
const nodeLabels = (labels) => {
  const { node, nodes } = model.ties.graph;
  const dense = new Map([[SHARED, SHARED]]);
  // Services that nothing is left in do not count.
  for (const label of labels) if (!dense.has(label)) dense.set(label, dense.size - 1);
  // Most of the time goes into gathering labels, and less of it where they are small.
  const found = new (dense.size < 128 ? Int8Array : Int32Array)(nodes).fill(SHARED);
  for (let thing = 0; thing < node.length; thing++) found[node[thing]] = dense.get(labels[thing]);
  return found;
};

const crossingCount = (own, { first, second, counts }) => {
  let crossing = 0;
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [own[first[i]], own[second[i]]];
    if (a !== b && a >= 0 && b >= 0) crossing += counts[i];
  }
  return crossing;
};
const crossingShare = (own, pairs) => (pairs.total ? crossingCount(own, pairs) / pairs.total : 0);

const NOBODY = -3;
const SEVERAL = -2;
const singleWriterShare = (own, { first: units, second: tables }) => {
  const writers = new Int32Array(own.length).fill(NOBODY);
  let [written, single] = [0, 0];
  for (let i = 0; i < units.length; i++) {
    const [label, before] = [own[units[i]], writers[tables[i]]];
    // The shared library writes for whoever calls it.
    if (before === NOBODY || before === SHARED) writers[tables[i]] = label;
    else if (label !== SHARED && label !== before) writers[tables[i]] = SEVERAL;
  }
  for (const writer of writers) {
    written += writer !== NOBODY;
    single += writer !== NOBODY && writer !== SEVERAL;
  }
  return written ? single / written : 1;
};

const modularity = (own, { first, second, counts, total, strengths }, services) => {
  if (!total) return 0;
  let [inside, expected] = [0, 0];
  for (let i = 0; i < first.length; i++) if (own[first[i]] === own[second[i]]) inside += counts[i];
  const strength = new Float64Array(services + 1); // the shared library comes first
  for (let node = 0; node < own.length; node++) strength[own[node] + 1] += strengths[node];
  for (const weight of strength) expected += (weight / (2 * total)) ** 2;
  return inside / total - expected;
};

const spanningShare = (own, { nodes, starts }) => {
  let spanning = 0;
  for (let group = 0; group + 1 < starts.length; group++) {
    const label = own[nodes[starts[group]]];
    let at = starts[group] + 1;
    while (at < starts[group + 1] && own[nodes[at]] === label) at++;
    spanning += at < starts[group + 1];
  }
  return starts.length > 1 ? spanning / (starts.length - 1) : 0;
};

// What is told by messages: distinct calls between units. `sizes` are the nodes of each service.
const messageScores = (own, { first: callers, second: callees, requests }, sizes) => {
  const services = Math.max(1, sizes.length);
  const inside = new Float64Array(services);
  const touching = new Float64Array(services);
  const called = new Uint8Array(own.length);
  const pairs = new Uint8Array(services * services);
  let [dense, sparse, remote, interfaces, coupled] = [0, 0, 0, 0, 0];
  for (let i = 0; i < callers.length; i++) {
    const [first, second] = [own[callers[i]], own[callees[i]]];
    if (first >= 0) touching[first]++;
    if (second >= 0 && second !== first) touching[second]++;
    if (first < 0 || second < 0) continue;
    const each = 1 / (sizes[first] * sizes[second]);
    if (first === second) {
      inside[first]++;
      dense += each;
    } else {
      interfaces += 1 - called[callees[i]];
      called[callees[i]] = 1;
      coupled += 1 - pairs[first * services + second];
      pairs[first * services + second] = 1;
      sparse += each;
      remote += requests[i];
    }
  }
  let [cohesion, talking] = [0, 0];
  touching.forEach((count, service) => {
    if (!count) return;
    talking++;
    cohesion += inside[service] / count;
  });
  return {
    structural_modularity: dense / services - sparse / Math.max(1, services * (services - 1)),
    interface_number: interfaces / services,
    message_cohesion: cohesion / Math.max(1, talking),
    message_coupling: coupled / services,
    remote_calls: remote,
  };
};

// The mean entropy of the business contexts of each service's entry points, in bits.
const contextEntropy = (own, { nodes, of, number }, services) => {
  const counts = new Int32Array(services * number);
  const totals = new Int32Array(services);
  for (let i = 0; i < nodes.length; i++) {
    const label = own[nodes[i]];
    if (label < 0) continue;
    counts[label * number + of[i]]++;
    totals[label]++;
  }
  let [sum, entered] = [0, 0];
  for (let service = 0; service < services; service++) {
    if (!totals[service]) continue;
    entered++;
    for (let context = service * number; context < (service + 1) * number; context++) {
      if (counts[context]) sum -= (counts[context] / totals[service]) * Math.log2(counts[context] / totals[service]);
    }
  }
  return sum / Math.max(1, entered);
};

// The mean over entry points of the longest chain of calls between services, one waiting for the next.
const remoteChain = (own, { group, starts, from, to, called }, entries) => {
  const depth = new Int32Array(starts.length - 1);
  for (let at = 0; at < depth.length; at++) {
    let longest = 0;
    for (let call = starts[at]; call < starts[at + 1]; call++) {
      const [a, b] = [own[from[call]], own[to[call]]];
      const chain = depth[called[call]] + (a !== b && a >= 0 && b >= 0 ? 1 : 0);
      if (chain > longest) longest = chain;
    }
    depth[at] = longest;
  }
  return entries.length ? entries.reduce((sum, node) => sum + depth[group[node]], 0) / entries.length : 0;
};

// Commits that touch several services, of those that touch any; nothing without a history.
const lockstep = (own, { nodes, starts }) => {
  if (starts.length < 2) return {};
  let [touching, several] = [0, 0];
  for (let commit = 0; commit + 1 < starts.length; commit++) {
    let [one, other] = [SHARED, SHARED];
    for (let at = starts[commit]; at < starts[commit + 1]; at++) {
      const label = own[nodes[at]];
      if (label >= 0 && one !== SHARED && label !== one) other = label;
      if (label >= 0) one = label;
    }
    touching += one !== SHARED;
    several += other !== SHARED;
  }
  return { lockstep: several / Math.max(1, touching) };
};

// Of the calls and accesses that are cut, those that are exact.
const exactShare = (own, { first, second, counts: exact }) => {
  let [cut, proved] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [own[first[i]], own[second[i]]];
    if (a === b || a < 0 || b < 0) continue;
    cut++;
    proved += exact[i];
  }
  return cut ? { exact_cuts: proved / cut } : {};
};

// How many nodes each service has.
const sizesOf = (own) => {
  const sizes = [];
  for (const label of own) if (label >= 0) sizes[label] = (sizes[label] ?? 0) + 1;
  return sizes;
};

// The scores that depend on which nodes are where, and not only on how many: those that are compared with shuffles.
const measuresOf = (own, sizes) => {
  const columns = columnsOf();
  return {
    single_writer_tables: singleWriterShare(own, columns.writes),
    foreign_writes: crossingShare(own, columns.writes),
    foreign_reads: crossingShare(own, columns.reads),
    cut_foreign_keys: crossingShare(own, columns.keys),
    spanning_transactions: spanningShare(own, columns.transactions),
    inter_call: crossingShare(own, columns.calls),
    modularity: modularity(own, columns.edges, sizes.length),
    crossing_joins: spanningShare(own, columns.joins),
    ...messageScores(own, columns.calls, sizes),
    remote_loops: crossingCount(own, columns.loops),
    remote_chain: remoteChain(own, columns.chains, columns.entries),
    ...lockstep(own, columns.commits),
    business_context_purity: contextEntropy(own, columns.contexts, sizes.length),
  };
};

// Those that depend on sizes only, or are not shuffled by the command line either.
const NO_CHANCE = new Set(["independence", "largest_share", "coverage", "non_extreme_distribution", "seed_agreement", "layer_agreement", "exact_cuts", "services"]);

const [LEAST, MOST] = [5, 20];
const scoresOf = (labels) => {
  const own = nodeLabels(labels);
  const sizes = sizesOf(own);
  const placed = sizes.reduce((sum, size) => sum + size, 0);
  return {
    ...measuresOf(own, sizes),
    independence: 1 - (placed ? sizes.reduce((sum, size) => sum + (size / placed) ** 2, 0) : 1),
    largest_share: placed ? Math.max(...sizes) / placed : 0,
    coverage: own.length ? placed / own.length : 0,
    non_extreme_distribution: sizes.length ? 1 - sizes.filter((size) => size >= LEAST && size <= MOST).length / sizes.length : 0,
    ...agreementScores(own, sizes.length),
    ...exactShare(own, columnsOf().sureness),
    services: sizes.length,
  };
};

const zText = (z) => (z === null || z === undefined ? "" : `z ${z > 0 ? "+" : ""}${z.toFixed(1)}`);
const scoreText = (name, value) =>
  value === null || value === undefined ? "–" : name === "services" ? value.toFixed(0) : value.toFixed(3);
