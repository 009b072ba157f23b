// Two or three candidates beside each other, matched services in the same colour.

// The pairing with the greatest total overlap (Kuhn, 1955; in the form of Jonker and Volgenant's shortest paths).
const bestPairs = (overlap, rows, columns) => {
  const size = Math.max(rows, columns);
  const cost = (i, j) => (i < rows && j < columns ? -(overlap[i]?.[j] ?? 0) : 0);
  const [rowPrice, columnPrice, owner] = [new Float64Array(size + 1), new Float64Array(size + 1), new Int32Array(size + 1)];
  for (let i = 1; i <= size; i++) {
    owner[0] = i;
    let column = 0;
    const slack = new Float64Array(size + 1).fill(Infinity);
    const used = new Uint8Array(size + 1);
    const way = new Int32Array(size + 1);
    do {
      used[column] = 1;
      let [next, least] = [0, Infinity];
      for (let j = 1; j <= size; j++) {
        if (used[j]) continue;
        const now = cost(owner[column] - 1, j - 1) - rowPrice[owner[column]] - columnPrice[j];
        if (now < slack[j]) [slack[j], way[j]] = [now, column];
        if (slack[j] < least) [least, next] = [slack[j], j];
      }
      for (let j = 0; j <= size; j++) {
        if (used[j]) {
          rowPrice[owner[j]] += least;
          columnPrice[j] -= least;
        } else slack[j] -= least;
      }
      column = next;
    } while (owner[column]);
    while (column) {
      owner[column] = owner[way[column]];
      column = way[column];
    }
  }
  const pairs = new Map();
  for (let j = 1; j <= columns; j++) if (owner[j] <= rows && overlap[owner[j] - 1]?.[j - 1]) pairs.set(j - 1, owner[j] - 1);
  return pairs;
};

// For each service of `other` the number by which it is shown: that of its match in `first`, or a new one.
const matchedNumbers = (first, other) => {
  const overlap = first.services.map(() => new Array(other.services.length).fill(0));
  first.labels.forEach((label, thing) => {
    if (label >= 0 && other.labels[thing] >= 0) overlap[label][other.labels[thing]]++;
  });
  const pairs = bestPairs(overlap, first.services.length, other.services.length);
  let next = first.services.length;
  return other.services.map((_, label) => (pairs.has(label) ? pairs.get(label) : next++));
};

const moveRows = (splits, numbers) => {
  const [first] = splits;
  const moved = [];
  first.labels.forEach((label, thing) => {
    const placed = splits.map((split, i) => (split.labels[thing] === SHARED ? SHARED : numbers[i][split.labels[thing]]));
    if (placed.some((number) => number !== label)) moved.push([thing, placed]);
  });
  return moved;
};

const comparedScores = (splits) => {
  const own = splits.map((split) => split.scores ?? {});
  return table(
    "Scores of the chosen candidates",
    ["Score", "Better", ...splits.map((split) => split.name)],
    model.names.scores
      .filter(([name]) => own.some((scores) => scores[name]))
      .map(([name, direction, about]) => {
        const values = own.map((scores) => scoreText(name, scores[name]?.[0]));
        // What is not shown is no difference.
        const known = values.filter((value) => value !== "–").map(Number);
        const best = scoreText(name, direction > 0 ? Math.max(...known) : Math.min(...known));
        const differ = direction && new Set(known).size > 1;
        return make(
          "tr",
          {},
          make("th", { scope: "row", title: about }, name.replaceAll("_", " ")),
          make("td", {}, direction > 0 ? "higher" : direction < 0 ? "lower" : "–"),
          own.map((scores, i) =>
            make("td", { class: differ && values[i] === best ? "n best" : "n" }, values[i],
              " ", make("span", { class: "soft" }, zText(scores[name]?.[1])))),
        );
      }),
    { "data-csv": "compared-scores" },
  );
};

// Those of "What if"; z is there once it is counted.
const scoresByHand = () => {
  const z = chance.state()?.found ?? {};
  return Object.fromEntries(Object.entries(counts.now).map(([name, value]) => [name, [value, z[name] ?? null]]));
};

let compared = [];
const showComparison = () => {
  const host = document.getElementById("compare");
  const all = [...model.names.splits, ...(bench.canUndo() ? [{ ...bench.split(), scores: scoresByHand() }] : [])];
  const splits = compared.map((index) => all[index]).filter(Boolean);
  const numbers = splits.map((split, i) => (i ? matchedNumbers(splits[0], split) : split.services.map((_, label) => label)));
  const options = all.map((split, index) => [String(index), split.name]);
  const pick = (position, label, list) =>
    choice(label, list, String(compared[position] ?? ""), (value) => {
      if (value === "") compared.splice(position);
      else compared[position] = Number(value);
      showComparison();
    });
  const moved = moveRows(splits, numbers);
  const shownNumber = (number, split, i) =>
    number === SHARED ? ["shared"] : [badge(number), " ", split.services[numbers[i].indexOf(number)]];
  const rings = splits.map((split, i) => ringOf(split, numbers[i]));
  const places = ringPlaces(
    Math.max(...rings.flatMap((ring) => ring.living.map((label) => ring.numbers[label]))) + 1,
    ringWidth(host, splits.length),
    Math.max(...rings.flatMap((ring) => ring.living.map((label) => ring.split.services[label].length))),
  );
  const list = table("What is placed differently", ["Unit or table", ...splits.map((split) => split.name)], [], { "data-csv": "moved" });
  const more = growing(list.querySelector("tbody"), moved, ([thing, placed]) =>
    cells(link(model.names.things.id[thing]), ...placed.map((number, i) => shownNumber(number, splits[i], i))), 15);
  host.replaceChildren(
    make("h3", {}, "Side by side"),
    make("div", { class: "bar" }, pick(0, "Compare", options), pick(1, "with", options), pick(2, "and", [["", "nothing else"], ...options])),
    make("p", { class: "lead" }, "Services that share most have the same number, colour and place. A larger dot has more members; an arrow points at who is needed, and the thicker it is, the more would cross."),
    make("div", { class: "columns beside" }, rings.map((ring) => make("div", {}, make("h4", {}, ring.split.name), drawnRing(ring, places)))),
    comparedScores(splits),
    make("h4", {}, `${counted(moved.length, "unit or table").replace("unit or tables", "units or tables")} placed differently`),
    list,
    more,
  );
  lightTogether([...host.querySelectorAll("svg.map")]);
};

// After a change of "What if": it is one of the candidates, as long as there is a change.
let offered = false;
const refreshComparison = () => {
  const shown = compared.some((index) => index >= model.names.splits.length);
  if (compared.length > 1 && (shown || offered !== bench.canUndo())) showComparison();
  offered = bench.canUndo();
};

const startComparison = () => {
  const { splits, shown } = model.names;
  const other = splits.findIndex((split, index) => index !== shown && !split.trivial);
  compared = [shown, other >= 0 ? other : splits.findIndex((_, index) => index !== shown)].filter((index) => index >= 0);
  if (compared.length > 1) {
    document.getElementById("compare").hidden = false;
    showComparison();
  }
};
