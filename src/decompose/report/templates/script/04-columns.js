// What scores are counted on, as columns of numbers, made when they are first asked for: z counts it all hundreds of times.
const columnsOf = (() => {
  let made = null;

  const pairs = ([first, second, counts]) => ({
    first: Int32Array.from(first),
    second: Int32Array.from(second),
    counts: Float64Array.from(counts),
    total: counts.reduce((sum, count) => sum + count, 0),
  });
  const groups = (lists) => {
    const starts = new Int32Array(lists.length + 1);
    lists.forEach((list, at) => (starts[at + 1] = starts[at] + list.length));
    return { nodes: Int32Array.from(lists.flat()), starts };
  };
  const evidence = ([first, second, weights], nodes) => {
    const strengths = new Float64Array(nodes);
    for (let i = 0; i < weights.length; i++) {
      strengths[first[i]] += weights[i];
      strengths[second[i]] += weights[i];
    }
    return { ...pairs([first, second, weights]), strengths };
  };

  // Calls and accesses that are proved, as pairs of nodes, and which are exact.
  const sureness = ({ rows, graph }) => {
    const found = [[], [], []];
    for (let row = 0; row < rows.source.length; row++) {
      const family = rows.family[row];
      if ((family !== 0 && family !== 2) || rows.sure[row] === GUESSED || rows.source[row] < 0 || rows.target[row] < 0) continue;
      if (graph.node[rows.target[row]] < 0) continue; // each service's database has such a table
      found[0].push(graph.node[rows.source[row]]);
      found[1].push(graph.node[rows.target[row]]);
      found[2].push(rows.sure[row] === 0 ? 1 : 0);
    }
    return pairs(found);
  };

  const columns = (ties) => {
    const { graph } = ties;
    const [callers, callees, counts, requests] = graph.calls;
    const { group, ensemble, layers } = graph.clusterings;
    const clustering = ([weight, communities]) => ({ weight, communities: Int32Array.from(communities) });
    const communities = [...ensemble, ...layers].reduce((most, [, one]) => one.reduce((a, b) => Math.max(a, b), most), -1) + 1;
    return {
      writes: pairs(graph.writes),
      reads: pairs(graph.reads),
      keys: pairs(graph.keys),
      calls: { ...pairs([callers, callees, counts]), requests: Float64Array.from(requests) },
      loops: pairs([0, 1, 3].map((column) => graph.loops.map((i) => graph.calls[column][i]))),
      transactions: groups(graph.transactions),
      joins: groups(graph.joins),
      commits: groups(graph.commits),
      edges: evidence(graph.edges, graph.nodes),
      contexts: { nodes: Int32Array.from(graph.contexts[0]), of: Int32Array.from(graph.contexts[1]), number: graph.contexts[1].reduce((a, b) => Math.max(a, b), -1) + 1 },
      chains: chainsOf(graph.calls, graph.nodes),
      entries: Int32Array.from(graph.entries),
      sureness: sureness(ties),
      clusterings: { group: Int32Array.from(group), communities, ensemble: ensemble.map(clustering), layers: layers.map(clustering) },
    };
  };
  return () => (made ??= columns(model.ties));
})();

// Groups of nodes that call each other in a circle (Tarjan, 1972), those of callees first: the group of each node, and for each
// group, from its start on, the ends of the calls that leave it and the group that they lead to.
const chainsOf = ([callers, callees], nodes) => {
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
  const leaving = { starts: [0], from: [], to: [], called: [] };
  let [met, closed] = [0, 0];
  const close = (members) => {
    for (const member of members) group[member] = closed;
    for (const member of members) {
      for (let at = starts[member]; at < starts[member + 1]; at++) {
        const callee = callees[calls[at]];
        if (group[callee] === closed) continue;
        leaving.from.push(member);
        leaving.to.push(callee);
        leaving.called.push(group[callee]);
      }
    }
    closed++;
    leaving.starts.push(leaving.from.length);
  };
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
      if (low[node] === index[node]) close(open.splice(open.lastIndexOf(node)));
    }
  }
  return { group, ...Object.fromEntries(Object.entries(leaving).map(([name, numbers]) => [name, Int32Array.from(numbers)])) };
};
