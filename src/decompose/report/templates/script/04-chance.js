// z: how far a split is from chance, by the same shuffles as decompose.boundaries.scores.chance. They are counted in slices of
// time, so that the page answers meanwhile; a test holds both to the same numbers.
const SHUFFLES = 200;
const SLICE = 12; // milliseconds
const PAUSE = 200; // milliseconds, for what else a change brings
const PATIENCE = 4000; // milliseconds; what takes longer is asked for

// The last step of MurmurHash3 (Appleby, 2011).
const mixed = (number) => {
  let bits = number ^ (number >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
};

// The labels in the order of shuffle `number`: a node's place is that of its hash, the node's number below it.
const ROOM = 2 ** 21;
const shuffled = (own, number) => {
  const seed = mixed((number + 0x9e3779b9) >>> 0);
  const keys = new Float64Array(own.length);
  for (let node = 0; node < own.length; node++) keys[node] = mixed((mixed(node) ^ seed) >>> 0) * ROOM + node;
  keys.sort();
  const found = new Int32Array(own.length);
  for (let place = 0; place < own.length; place++) found[place] = own[keys[place] % ROOM];
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
    asked = { labels, own, sizes: sizesOf(own), spread: [], spent: 0, patient: false, waits: false, found: null };
    setTimeout(step, PAUSE, asked);
  };
  const step = (one) => {
    if (asked !== one) return;
    const started = performance.now();
    do one.spread.push(measuresOf(shuffled(one.own, one.spread.length), one.sizes));
    while (one.spread.length < SHUFFLES && performance.now() - started < SLICE);
    one.spent += performance.now() - started;
    if (one.spread.length === SHUFFLES) one.found = standings(measuresOf(one.own, one.sizes), one.spread);
    one.left = (one.spent / one.spread.length) * (SHUFFLES - one.spread.length);
    one.waits = !one.patient && !one.found && one.left > PATIENCE;
    tell();
    if (!one.found && !one.waits) setTimeout(step, 0, one);
  };
  return {
    begin,
    forget: () => (asked = null),
    goOn: () => {
      asked.patient = true;
      step(asked);
    },
    state: () => asked,
    watch: (watcher) => watchers.push(watcher),
  };
})();
