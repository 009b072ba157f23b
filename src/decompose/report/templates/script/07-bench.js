// What if: a copy of a split that can be changed, step by step and back.
const bench = (() => {
  let base = null;
  let state = null;
  let past = [];
  let future = [];
  const watchers = [];

  const copied = (one) => ({ ...one, labels: [...one.labels], services: [...one.services], pins: new Set(one.pins) });
  const changed = () => watchers.forEach((watch) => watch());

  const begin = (index) => {
    base = model.names.splits[index];
    state = { labels: [...base.labels], services: [...base.services], pins: new Set(), said: "" };
    past = [];
    future = [];
    changed();
  };
  const step = (said, change) => {
    past.push(copied(state));
    future = [];
    change();
    state.said = said;
    changed();
  };
  const back = (from, to) => {
    if (!from.length) return;
    to.push(copied(state));
    state = from.pop();
    changed();
  };

  // A model class and its table are one node, and move together.
  const companions = (thing) => {
    const { node } = model.ties.graph;
    return node.flatMap((own, other) => (own === node[thing] ? [other] : []));
  };
  const holdsTable = (thing) => companions(thing).some(isTable);
  const nameOf = (thing) => model.names.things.id[thing];
  const fresh = (name) => {
    let free = name;
    for (let number = 2; state.services.includes(free) || free === "shared"; number++) free = `${name}-${number}`;
    return free;
  };

  const move = (thing, label) => {
    if (state.labels[thing] === label) return;
    step(`${nameOf(thing)} moved to ${serviceName(state, label)}`, () => {
      for (const other of companions(thing)) state.labels[other] = label;
    });
  };
  // A block of several, as one step, into a service that is there or into a new one.
  const moveBlock = (things, label) => {
    const from = state.services[state.labels[things[0]]] ?? "shared";
    const name = label in state.services || label === SHARED ? serviceName(state, label) : fresh(`${from}-part`);
    step(`${things.length} units and tables moved to ${name}`, () => {
      const target = label in state.services || label === SHARED ? label : state.services.push(name) - 1;
      for (const other of things.flatMap(companions)) state.labels[other] = target;
    });
  };
  const merge = (source, target) => {
    if (source === target) return;
    step(`${state.services[source]} merged into ${state.services[target]}`, () => {
      state.labels = state.labels.map((label) => (label === source ? target : label));
    });
  };
  // So few services as a rung of the ladder has: every merge on the way to it, as one step.
  const climb = (count) => {
    const { split, rungs } = model.names.ladder;
    begin(split);
    step(`${count} services, as merging comes to them`, () => {
      for (const [services, kept, joined] of rungs) {
        if (services >= count) state.labels = state.labels.map((label) => (label === joined ? kept : label));
      }
    });
  };
  const rename = (label, name) => {
    const wanted = name.trim();
    if (!wanted || wanted === state.services[label]) return;
    step(`${state.services[label]} renamed`, () => {
      state.services[label] = fresh(wanted);
    });
  };
  const pin = (thing) =>
    step(state.pins.has(thing) ? `${nameOf(thing)} no longer pinned` : `${nameOf(thing)} pinned where it is`, () => {
      if (!state.pins.delete(thing)) state.pins.add(thing);
    });

  // A new service of one unit or table with what is tied to it more than to the other tables of its service:
  // labels spread from the chosen node and from those tables, along the evidence graph.
  const splitOff = (seed) => {
    const { node, nodes, edges } = model.ties.graph;
    const from = state.labels[seed];
    const inside = new Uint8Array(nodes);
    const side = new Int8Array(nodes);
    const fixed = new Uint8Array(nodes);
    state.labels.forEach((label, thing) => {
      if (label !== from) return;
      inside[node[thing]] = 1;
      if (isTable(thing)) [side[node[thing]], fixed[node[thing]]] = [-1, 1];
    });
    [side[node[seed]], fixed[node[seed]]] = [1, 1];
    for (let round = 0; round < 12; round++) {
      const pull = new Float64Array(nodes);
      for (let i = 0; i < edges[0].length; i++) {
        const [a, b, weight] = [edges[0][i], edges[1][i], edges[2][i]];
        if (!inside[a] || !inside[b]) continue;
        pull[a] += side[b] * weight;
        pull[b] += side[a] * weight;
      }
      let moved = 0;
      for (let i = 0; i < nodes; i++) {
        const wanted = Math.sign(pull[i]);
        if (inside[i] && !fixed[i] && wanted && wanted !== side[i]) [side[i], moved] = [wanted, moved + 1];
      }
      if (!moved) break;
    }
    const name = fresh(nameOf(seed).replace(/^table:/, "").split(/[:.]/).pop().toLowerCase() || "new");
    step(`${name} split off from ${state.services[from]}`, () => {
      const label = state.services.push(name) - 1;
      state.labels = state.labels.map((old, thing) => (old === from && side[node[thing]] === 1 ? label : old));
    });
  };

  const csvCell = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const partition = () =>
    ["id,service", ...state.labels.map((label, thing) => `${csvCell(nameOf(thing))},${csvCell(serviceName(state, label))}`)].join("\n") + "\n";

  // JSON's strings are TOML's, but for one character.
  const toml = (text) => JSON.stringify(text).replaceAll("\u007f", "\\u007f");
  const pinned = () => {
    const { node } = model.ties.graph;
    const seen = new Set();
    const byService = new Map();
    state.labels.forEach((label, thing) => {
      if ((label === base.labels[thing] && !state.pins.has(thing)) || seen.has(node[thing])) return;
      seen.add(node[thing]);
      if (!byService.has(label)) byService.set(label, []);
      byService.get(label).push(nameOf(thing));
    });
    return byService;
  };

  return {
    begin, move, moveBlock, merge, climb, rename, pin, splitOff, partition, pinned, toml, holdsTable,
    undo: () => back(past, future),
    redo: () => back(future, past),
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,
    watch: (watcher) => watchers.push(watcher),
    base: () => base,
    split: () => ({ ...state, name: "what if", sure: past.length ? [] : base.sure, rival: past.length ? [] : base.rival, because: past.length ? {} : base.because }),
    living: () => {
      const used = new Set(state.labels);
      return state.services.flatMap((name, label) => (used.has(label) ? [[label, name]] : []));
    },
  };
})();
