// The scores of a split, from the same pairs and by the same formulas as decompose.boundaries.scores; a test holds
// both to the same numbers. Labels are by node: a model class and its table are one.
const nodeLabels = (labels) => {
  const { node, nodes } = model.ties.graph;
  const found = new Int32Array(nodes).fill(SHARED);
  const dense = new Map([[SHARED, SHARED]]);
  for (let thing = 0; thing < node.length; thing++) {
    // Services that nothing is left in do not count.
    if (!dense.has(labels[thing])) dense.set(labels[thing], dense.size - 1);
    found[node[thing]] = dense.get(labels[thing]);
  }
  return found;
};

const apart = (own, first, second) => own[first] !== own[second] && own[first] >= 0 && own[second] >= 0;

const crossingShare = (own, [sources, targets, counts]) => {
  let all = 0;
  let crossing = 0;
  for (let i = 0; i < sources.length; i++) {
    all += counts[i];
    if (apart(own, sources[i], targets[i])) crossing += counts[i];
  }
  return all ? crossing / all : 0;
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

const modularity = (own, [first, second, weights], services) => {
  let total = 0;
  let inside = 0;
  const strength = new Float64Array(services + 1); // the shared library comes first
  for (let i = 0; i < weights.length; i++) {
    const a = own[first[i]];
    const b = own[second[i]];
    total += weights[i];
    if (a === b) inside += weights[i];
    strength[a + 1] += weights[i];
    strength[b + 1] += weights[i];
  }
  if (!total) return 0;
  let expected = 0;
  for (const weight of strength) expected += (weight / (2 * total)) ** 2;
  return inside / total - expected;
};

const spanningShare = (own, groups) =>
  groups.length ? groups.filter((nodes) => spans(own, nodes)).length / groups.length : 0;

// What is told by messages: distinct calls between units. `sizes` are the nodes of each service.
const messageScores = (own, [callers, callees, , requests], sizes) => {
  const services = Math.max(1, sizes.length);
  const inside = new Float64Array(services);
  const touching = new Float64Array(services);
  const called = new Set();
  const pairs = new Set();
  let [dense, sparse, remote] = [0, 0, 0];
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
      called.add(callees[i]);
      pairs.add(first * services + second);
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
    interface_number: called.size / services,
    message_cohesion: cohesion / Math.max(1, talking),
    message_coupling: pairs.size / services,
    remote_calls: remote,
  };
};

// The mean entropy of the business contexts of each service's entry points, in bits.
const contextEntropy = (own, [nodes, contexts]) => {
  const byService = new Map();
  nodes.forEach((node, i) => {
    if (own[node] < 0) return;
    const counts = byService.get(own[node]) ?? byService.set(own[node], new Map()).get(own[node]);
    counts.set(contexts[i], (counts.get(contexts[i]) ?? 0) + 1);
  });
  let sum = 0;
  for (const counts of byService.values()) {
    const total = [...counts.values()].reduce((all, count) => all + count, 0);
    for (const count of counts.values()) sum -= (count / total) * Math.log2(count / total);
  }
  return sum / Math.max(1, byService.size);
};

// Calls between groups of nodes that call each other in a circle (Tarjan, 1972), those of callees first: one list of
// [group called, number of the call] for each group, made when it is first asked for.
let chains = null;
const chainsOf = ([callers, callees], nodes) => {
  if (chains) return chains;
  const starts = new Int32Array(nodes + 1);
  for (const caller of callers) starts[caller + 1]++;
  for (let node = 0; node < nodes; node++) starts[node + 1] += starts[node];
  const fill = starts.slice();
  const calls = new Int32Array(callers.length);
  callers.forEach((caller, call) => (calls[fill[caller]++] = call));
  const group = new Int32Array(nodes).fill(-1);
  const index = new Int32Array(nodes).fill(-1);
  const low = new Int32Array(nodes);
  const next = starts.slice(0, nodes);
  const open = [];
  const leaving = [];
  let met = 0;
  for (let root = 0; root < nodes; root++) {
    if (index[root] >= 0) continue;
    const path = [root];
    while (path.length) {
      const node = path[path.length - 1];
      if (index[node] < 0) {
        index[node] = low[node] = met++;
        open.push(node);
      }
      if (next[node] < starts[node + 1]) {
        const callee = callees[calls[next[node]++]];
        if (index[callee] < 0) path.push(callee);
        else if (group[callee] < 0) low[node] = Math.min(low[node], index[callee]);
        continue;
      }
      path.pop();
      if (path.length) low[path[path.length - 1]] = Math.min(low[path[path.length - 1]], low[node]);
      if (low[node] !== index[node]) continue;
      const members = open.splice(open.lastIndexOf(node));
      for (const member of members) group[member] = leaving.length;
      leaving.push([]);
      for (const member of members) {
        for (let at = starts[member]; at < starts[member + 1]; at++) {
          const called = group[callees[calls[at]]];
          if (called !== leaving.length - 1) leaving[leaving.length - 1].push([called, calls[at]]);
        }
      }
    }
  }
  chains = { group, leaving };
  return chains;
};

// The mean over entry points of the longest chain of calls between services, one waiting for the next.
const remoteChain = (own, calls, entries) => {
  const { group, leaving } = chainsOf(calls, own.length);
  const depth = new Int32Array(leaving.length);
  leaving.forEach((called, at) => {
    for (const [other, call] of called) {
      depth[at] = Math.max(depth[at], depth[other] + (apart(own, calls[0][call], calls[1][call]) ? 1 : 0));
    }
  });
  return entries.length ? entries.reduce((sum, node) => sum + depth[group[node]], 0) / entries.length : 0;
};

// Commits that touch several services, of those that touch any; nothing without a history.
const lockstep = (own, commits) => {
  if (!commits.length) return {};
  let [touching, several] = [0, 0];
  for (const nodes of commits) {
    const services = new Set(nodes.map((node) => own[node]).filter((label) => label >= 0));
    if (services.size) touching++;
    if (services.size > 1) several++;
  }
  return { lockstep: several / Math.max(1, touching) };
};

// Of the calls and accesses that are cut, those that are exact.
const exactShare = (own) => {
  const { rows, graph } = model.ties;
  let [cut, exact] = [0, 0];
  for (let row = 0; row < rows.source.length; row++) {
    const family = rows.family[row];
    if ((family !== 0 && family !== 2) || rows.sure[row] === GUESSED || rows.source[row] < 0 || rows.target[row] < 0) continue;
    if (!apart(own, graph.node[rows.source[row]], graph.node[rows.target[row]])) continue;
    cut++;
    exact += rows.sure[row] === 0;
  }
  return cut ? { exact_cuts: exact / cut } : {};
};

// How many nodes each service has.
const sizesOf = (own) => {
  const sizes = [];
  for (const label of own) if (label >= 0) sizes[label] = (sizes[label] ?? 0) + 1;
  return sizes;
};

// The scores that depend on which nodes are where, and not only on how many: those that are compared with shuffles.
const measuresOf = (own, sizes) => {
  const { graph } = model.ties;
  return {
    single_writer_tables: singleWriterShare(own, graph.writes),
    foreign_writes: crossingShare(own, graph.writes),
    foreign_reads: crossingShare(own, graph.reads),
    cut_foreign_keys: crossingShare(own, graph.keys),
    spanning_transactions: spanningShare(own, graph.transactions),
    inter_call: crossingShare(own, graph.calls),
    modularity: modularity(own, graph.edges, sizes.length),
    crossing_joins: spanningShare(own, graph.joins),
    ...messageScores(own, graph.calls, sizes),
    remote_loops: graph.loops.reduce((sum, i) => sum + (apart(own, graph.calls[0][i], graph.calls[1][i]) ? graph.calls[3][i] : 0), 0),
    remote_chain: remoteChain(own, graph.calls, graph.entries),
    ...lockstep(own, graph.commits),
    business_context_purity: contextEntropy(own, graph.contexts),
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
    ...exactShare(own),
    services: sizes.length,
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

const zText = (z) => (z === null || z === undefined ? "" : `z ${z > 0 ? "+" : ""}${z.toFixed(1)}`);
const scoreText = (name, value) =>
  value === null || value === undefined ? "–" : name === "services" ? value.toFixed(0) : value.toFixed(3);
