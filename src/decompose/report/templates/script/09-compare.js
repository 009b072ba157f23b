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

// Beside each other maps are small and their text is large; those of many services stand below each other, as large as the map above.
const ROOM_BESIDE = { 2: 1000, 3: 640 };

const NARROWED = 1.35; // times as much text as has room is drawn narrower; more is shortened

const shortened = (text, most) => (text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text);

// In one line, or in two that part where words do.
const titleLines = (text, most) => {
  const end = text.length > most ? Math.max(...["-", "_"].map((joint) => text.lastIndexOf(joint, most - 1))) + 1 : 0;
  return (end ? [text.slice(0, end), text.slice(end)] : [text]).map((line) => shortened(line, Math.floor(most * NARROWED)));
};

const drawnBox = (split, label, number, members, small) => {
  const [x, y, w, h] = split.map.boxes[label];
  const most = Math.floor((w - 14) / (small ? 10.2 : 7.6));
  const name = `${number + 1} · ${split.services[label]}`;
  const lines = small ? titleLines(name, most) : [shortened(name, most)];
  const text = (kind, down, words, room = Infinity) =>
    draw("text", { class: kind, x: x + w / 2 + 3, y: y + h / 2 + down, "text-anchor": "middle",
      ...(words.length > room && { textLength: w - 18, lengthAdjust: "spacingAndGlyphs" }) }, words);
  return draw("g", { class: `c${(number % COLOURS) + 1}` },
    draw("title", {}, `${name}: ${counted(members, "member")}`), draw("rect", { class: "box", x, y, width: w, height: h, rx: 7 }), draw("rect", { class: "band", x, y, width: 7, height: h, rx: 3 }),
    lines.map((line, i) => text("title", small ? 6 + 18 * (i - (lines.length - 1) / 2) : -3, line, most)),
    small ? [] : text("sub", 14, counted(members, "member")));
};

const drawnMap = (split, numbers, small) => {
  if (!split.map) return make("p", { class: "empty" }, `${counted(split.services.length, "service")}: too many, or too few, to draw.`);
  const [width, height] = split.map.size;
  const members = new Array(split.services.length).fill(0);
  for (const label of split.labels) if (label >= 0) members[label]++;
  const picture = draw("svg", { class: small ? "map small" : "map", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Service map of ${split.name}` },
    split.map.arrows.map(([source, target, total, kind, thick, path]) =>
      draw("g", {}, draw("title", {}, `${split.services[source - 1]} → ${split.services[target - 1]}: ${total}`),
        draw("path", { class: `edge k${kind}`, d: path, "stroke-width": thick, "marker-end": `url(#head${kind})` }))),
    split.map.boxes.map((_, label) => drawnBox(split, label, numbers[label], members[label], small)),
    split.map.arrows.map(([, , total, , , , x, y]) => draw("text", { class: "num", x, y, "text-anchor": "middle" }, String(total))));
  return make("div", { class: "figure", tabindex: "0", role: "group", "aria-label": split.name }, picture);
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
  const small = splits.every((split) => !split.map || split.map.size[0] <= (ROOM_BESIDE[splits.length] ?? Infinity));
  const list = table("What is placed differently", ["Unit or table", ...splits.map((split) => split.name)], [], { "data-csv": "moved" });
  const more = growing(list.querySelector("tbody"), moved, ([thing, placed]) =>
    cells(link(model.names.things.id[thing]), ...placed.map((number, i) => shownNumber(number, splits[i], i))), 15);
  host.replaceChildren(
    make("h3", {}, "Side by side"),
    make("div", { class: "bar" }, pick(0, "Compare", options), pick(1, "with", options), pick(2, "and", [["", "nothing else"], ...options])),
    make("p", { class: "lead" }, "Services that share most have the same number and colour."),
    make("div", { class: small ? "columns beside" : "beside" }, splits.map((split, i) => make("div", {}, make("h4", {}, split.name), drawnMap(split, numbers[i], small)))),
    comparedScores(splits),
    make("h4", {}, `${counted(moved.length, "unit or table").replace("unit or tables", "units or tables")} placed differently`),
    list,
    more,
  );
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
