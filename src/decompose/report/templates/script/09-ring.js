// The map of one split beside others: its services stand around a ring, each where its match stands in the others. As
// decompose.report.ring draws it; a test holds both to the same lines.
const RING = { letter: 7.6, letters: 16, least: 8.5, most: 14, pitch: [31, 62], height: 400, narrowest: 295, gap: 19, places: 60 };
const ARROWS = { least: 8, most: 24 }; // as decompose.report.service_map draws them

const inOrder = (first, second) => (first > second) - (first < second);

// What crosses between each two services: [source, target, total, family with most], the heaviest first.
const familiesCut = ({ labels, services }) => {
  const found = new Map();
  eachCrossing(labels, (pair, family) => {
    if (!found.has(pair)) found.set(pair, new Array(model.ties.families.length).fill(0));
    found.get(pair)[family]++;
  });
  return [...found]
    .map(([pair, counts]) => [Math.floor(pair / CUT), pair % CUT, counts.reduce((sum, one) => sum + one), counts.lastIndexOf(Math.max(...counts))])
    .sort((a, b) => b[2] - a[2] || inOrder(services[a[0]], services[b[0]]) || inOrder(services[a[1]], services[b[1]]));
};

// Two for each service, but the heaviest of each in any case.
const heaviestOf = (cuts, services) => {
  const chosen = cuts.slice(0, Math.min(ARROWS.most, Math.max(ARROWS.least, 2 * services)));
  const met = new Set(chosen.flatMap(([source, target]) => [source, target]));
  for (const cut of cuts.slice(chosen.length)) {
    if (met.has(cut[0]) && met.has(cut[1])) continue;
    chosen.push(cut);
    met.add(cut[0]).add(cut[1]);
  }
  return chosen;
};

const cutsKnown = new WeakMap(); // of the candidates, which do not change
const ringOf = (split, numbers) => {
  if (!cutsKnown.has(split)) cutsKnown.set(split, familiesCut(split));
  const members = new Array(split.services.length).fill(0);
  for (const label of split.labels) if (label >= 0) members[label]++;
  const living = members.flatMap((count, label) => (count ? [label] : []));
  const cuts = cutsKnown.get(split);
  return { split, numbers, members, living, arrows: heaviestOf(cuts, living.length), cuts };
};

const ringWidth = (host, beside) => {
  const fit = Math.max(1, Math.floor((host.clientWidth + RING.gap) / (RING.narrowest + RING.gap)));
  return Math.max(280, Math.min(620, host.clientWidth / Math.min(beside, fit) - 22));
};

// In two columns that bulge, so that every name has a line of its own: by number, down on the left and then down on the right.
const ringPlaces = (count, width, longest) => {
  const rows = Math.ceil(count / 2);
  const pitch = Math.max(RING.pitch[0], Math.min(RING.pitch[1], RING.height / rows));
  const names = RING.letter * Math.min(longest, RING.letters) + RING.most + 8;
  const reach = Math.max(0.17 * width, Math.min(0.26 * width, width / 2 - names));
  const at = Array.from({ length: count }, (_, number) => {
    const row = number % rows;
    const aside = reach * (0.7 + 0.3 * Math.sqrt(1 - ((2 * row + 1) / rows - 1) ** 2));
    const right = number >= rows;
    return { x: width / 2 + (right ? aside : -aside), y: pitch * (row + 0.5) + 10, right };
  });
  return { width, height: rows * pitch + 20, at };
};

// A curve from one dot to another, beside that of the way back, with its head. In one column it bulges the more, the longer it is.
const ringArrow = (from, to, centre) => {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const inward = from.right === to.right ? Math.sign(centre.x - from.x) * Math.min(22 + 0.55 * Math.abs(dy), 1.9 * Math.abs(centre.x - from.x)) : 0;
  const x = (from.x + to.x) / 2 + inward - (dy / length) * 12;
  const y = (from.y + to.y) / 2 + (inward ? 0 : (dx / length) * 12);
  const towards = (dot, far) => {
    const size = Math.hypot(x - dot.x, y - dot.y) || 1;
    const [ux, uy] = [(x - dot.x) / size, (y - dot.y) / size];
    return { x: dot.x + ux * (dot.r + far), y: dot.y + uy * (dot.r + far), ux, uy };
  };
  const [start, neck, tip] = [towards(from, 1.5), towards(to, 9), towards(to, 1.5)];
  const way = (...numbers) => numbers.map((number) => number.toFixed(1)).join(" ");
  return {
    line: `M${way(start.x, start.y)}Q${way(x, y, neck.x, neck.y)}`,
    head: `M${way(tip.x, tip.y)}L${way(neck.x - tip.uy * 4.5, neck.y + tip.ux * 4.5)}L${way(neck.x + tip.uy * 4.5, neck.y - tip.ux * 4.5)}z`,
  };
};

// In one line, or in two that part where words do.
const ringName = (name, most) => {
  const shortened = (text) => (text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text);
  const joint = name.length > most ? Math.max(name.lastIndexOf("-", most - 1), name.lastIndexOf("_", most - 1)) + 1 : 0;
  return (joint ? [name.slice(0, joint), name.slice(joint)] : [name]).map(shortened);
};

const drawnRing = ({ split, numbers, members, living, arrows, cuts }, { width, height, at }) => {
  if (at.length > RING.places) return [make("p", { class: "empty" }, `${counted(living.length, "service")}: too many to draw.`)];
  const largest = Math.max(...members, 1);
  const dots = new Map(living.map((label) => [label, { ...at[numbers[label]], r: RING.least + (RING.most - RING.least) * Math.sqrt(members[label] / largest) }]));
  const centre = { x: width / 2, y: height / 2 };
  const node = (label) => {
    const { x, y, r, right } = dots.get(label);
    const number = numbers[label];
    const room = Math.floor(((right ? width - x : x) - RING.most - 8) / RING.letter);
    return draw("g", { class: `node c${(number % COLOURS) + 1}`, "data-number": number },
      draw("title", {}, `${number + 1} · ${split.services[label]}: ${counted(members[label], "member")}`),
      draw("circle", { class: "dot", cx: x.toFixed(1), cy: y.toFixed(1), r: r.toFixed(1) }),
      draw("text", { class: "no", x: x.toFixed(1), y: (y + 3.8).toFixed(1), "text-anchor": "middle" }, String(number + 1)),
      ringName(split.services[label], room).map((line, i, lines) =>
        draw("text", { class: "title", x: (x + (right ? 1 : -1) * (RING.most + 6)).toFixed(1), y: (y + 4.2 + 13 * (i - (lines.length - 1) / 2)).toFixed(1), "text-anchor": right ? "start" : "end" }, line)));
  };
  const arrow = ([source, target, total, family]) => {
    const { line, head } = ringArrow(dots.get(source), dots.get(target), centre);
    return draw("g", { class: "arrow", "data-ends": `${numbers[source]} ${numbers[target]}` },
      draw("title", {}, `${split.services[source]} → ${split.services[target]}: ${total}`),
      draw("path", { class: "hit", d: line }),
      draw("path", { class: `edge k${family}`, d: line, "stroke-width": Math.min(4.5, 0.8 + 0.45 * Math.log2(1 + total)).toFixed(1) }),
      draw("path", { class: `h${family}`, d: head }));
  };
  const said = `${counted(living.length, "service")}; ${arrows.length < cuts.length ? `the ${arrows.length} heaviest arrows of ${cuts.length}` : counted(cuts.length, "arrow")}`;
  return [
    make("div", { class: "figure", tabindex: "0", role: "group", "aria-label": split.name },
      draw("svg", { class: "map ring", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Service map of ${split.name}: ${said}` }, arrows.toReversed().map(arrow), living.map(node))),
    make("p", { class: "soft" }, `${said}.`),
  ];
};
