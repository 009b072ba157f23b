// z: how far a split is from chance, by the same shuffles as decompose.boundaries.scores.chance. They are counted in slices of
// time, so that the page answers meanwhile; a test holds both to the same numbers.
const SHUFFLES = 200;
const SLICE = 12; // milliseconds
const PAUSE = 200; // milliseconds, for what else a change brings

// The last step of MurmurHash3 (Appleby, 2011).
const mixed = (number) => {
  let bits = number ^ (number >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
};

// The nodes in the order of shuffle `number`: a node's place is that of its hash, of equal ones the smaller node's is first.
// Three rounds of counting, each by eleven bits, do it in a fraction of the time that comparing takes.
const BITS = 11;
const orderOf = (nodes, number) => {
  const seed = mixed((number + 0x9e3779b9) >>> 0);
  let keys = new Uint32Array(nodes);
  let order = new Int32Array(nodes);
  for (let node = 0; node < nodes; node++) {
    keys[node] = mixed((mixed(node) ^ seed) >>> 0);
    order[node] = node;
  }
  for (let shift = 0; shift < 32; shift += BITS) {
    const places = new Int32Array(2 ** BITS + 1);
    for (let at = 0; at < nodes; at++) places[((keys[at] >>> shift) & (2 ** BITS - 1)) + 1]++;
    for (let digit = 0; digit < 2 ** BITS; digit++) places[digit + 1] += places[digit];
    const [sortedKeys, sorted] = [new Uint32Array(nodes), new Int32Array(nodes)];
    for (let at = 0; at < nodes; at++) {
      const place = places[(keys[at] >>> shift) & (2 ** BITS - 1)]++;
      sortedKeys[place] = keys[at];
      sorted[place] = order[at];
    }
    [keys, order] = [sortedKeys, sorted];
  }
  return order;
};
const shuffled = (own, number) => {
  const order = orderOf(own.length, number);
  const found = new own.constructor(own.length);
  for (let place = 0; place < own.length; place++) found[place] = own[order[place]];
  return found;
};

const standings = (values, spread) => {
  const found = {};
  for (const [name, value] of Object.entries(values)) {
    const seen = spread.map((one) => one[name]);
    const mean = seen.reduce((sum, one) => sum + one, 0) / seen.length;
    const deviation = Math.sqrt(seen.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (seen.length - 1));
    found[name] = deviation > 1e-9 ? (value - mean) / deviation : null;
  }
  return found;
};

// The z of one split at a time, that which was asked for last.
const chance = (() => {
  let asked = null;
  const watchers = [];
  const tell = () => watchers.forEach((watch) => watch());

  const begin = (labels) => {
    const own = nodeLabels(labels);
    asked = { labels, own, sizes: sizesOf(own), spread: [], found: null };
    setTimeout(step, PAUSE, asked);
  };
  const step = (one) => {
    if (asked !== one) return;
    const started = performance.now();
    do one.spread.push(measuresOf(shuffled(one.own, one.spread.length), one.sizes));
    while (one.spread.length < SHUFFLES && performance.now() - started < SLICE);
    if (one.spread.length === SHUFFLES) one.found = standings(measuresOf(one.own, one.sizes), one.spread);
    tell();
    if (!one.found) setTimeout(step, 0, one);
  };
  return {
    begin,
    forget: () => (asked = null),
    state: () => asked,
    watch: (watcher) => watchers.push(watcher),
  };
})();
