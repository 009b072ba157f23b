// The page of what if: what can be changed, and what follows from it.
const serviceOptions = (withShared) => [
  ...bench.living().map(([label, name]) => [String(label), `${label + 1} · ${name}`]),
  ...(withShared ? [[String(SHARED), "shared"]] : []),
];

const moveSelect = (thing) => {
  const label = bench.split().labels[thing];
  const select = choice("Move to", serviceOptions(!bench.holdsTable(thing)), String(label), (value) => bench.move(thing, Number(value)));
  select.querySelector("select").setAttribute("aria-label", `Move ${model.names.things.id[thing]} to`);
  return select;
};

const moveControls = (thing) => {
  const { pins, labels } = bench.split();
  return make(
    "div",
    { class: "bar" },
    moveSelect(thing),
    button(pins.has(thing) ? "Unpin" : "Pin", () => bench.pin(thing)),
    labels[thing] === SHARED ? "" : button("Split off", () => bench.splitOff(thing), { title: "A new service of this and what is tied to it most" }),
  );
};

const difference = (direction, before, now) => {
  const delta = now - before;
  const text = Math.abs(delta).toFixed(3).replace(/\.000$/, "");
  if (Number(text) === 0) return make("span", { class: "soft" }, "same");
  const good = direction === 0 ? "" : delta * direction > 0 ? "better" : "worse";
  const mark = good ? [good === "better" ? " ▲" : " ▼", make("span", { class: "vh" }, ` ${good}`)] : "";
  return make("span", { class: good }, `${delta > 0 ? "+" : "−"}${text}`, mark);
};

const scoreName = (name, about) => make("th", { scope: "row", title: about }, name.replaceAll("_", " "));
const scoreTable = (base, before, now) =>
  table(
    "Scores before and after",
    ["Score", "Before", "Now", "▲\u00a0better ▼\u00a0worse"],
    model.names.scores
      .filter(([name]) => name in now || name in base.scores)
      .map(([name, direction, about]) => {
        const valued = (value, z, attributes) =>
          make("td", { class: "n" }, scoreText(name, value), " ", NO_CHANCE.has(name) ? "" : make("span", { class: "soft z", ...attributes }, zText(z)));
        if (!(name in now)) {
          return make(
            "tr",
            { "data-old": name, class: "trivial" },
            scoreName(name, about),
            valued(base.scores[name][0]),
            make("td", { colspan: "2" }, "not counted again: this run keeps no other clusterings to compare with. Analyse again."),
          );
        }
        return make(
          "tr",
          { "data-score": name, "data-value": String(now[name]) },
          scoreName(name, about),
          valued(before[name], base.scores[name]?.[1]),
          valued(now[name], bench.canUndo() ? null : base.scores[name]?.[1], { "data-z": name }),
          make("td", { class: "n" }, difference(direction, before[name], now[name])),
        );
      }),
    { "data-csv": "what-if-scores" },
  );

// z takes 200 shuffles: it comes a little later.
const showChance = () => {
  const said = document.getElementById("chance-said");
  const state = chance.state();
  if (!said || !state) return;
  if (state.found) {
    for (const cell of document.querySelectorAll("#bench [data-z]")) cell.textContent = zText(state.found[cell.dataset.z]);
    said.textContent = `z: standard deviations from ${SHUFFLES} splits of the same sizes with shuffled labels.`;
    refreshComparison();
  } else if (state.spread.length % 20 === 0) said.textContent = `Counting z: ${state.spread.length} of ${SHUFFLES} shuffles …`;
};

const changeList = (title, items, none) =>
  make(
    "div",
    {},
    make("h4", {}, `${title} (${items.length})`),
    items.length ? make("ul", { class: "links" }, items.slice(0, 12).map((item) => make("li", {}, ...item))) : make("p", { class: "soft" }, none),
    items.length > 12 ? make("p", { class: "soft" }, `and ${items.length - 12} more`) : "",
  );

// What is counted of the split from which the changes start, once; and the scores of what it was changed to.
const counts = { of: null, now: null };
const countsOf = (base) => {
  if (counts.of !== base) {
    Object.assign(counts, { of: base, scores: scoresOf(base.labels), written: writtenServices(base.labels), cuts: cutCounts(base.labels) });
  }
  return counts;
};

const transactionChanges = (split, base) => {
  const before = countsOf(base).written;
  const now = writtenServices(split.labels);
  const { transactions } = model.ties;
  return now.flatMap((services, i) => {
    const [was, is] = [before[i].size > 1, services.size > 1];
    if (was === is) return [];
    const where = fileOf(transactions.file[i], transactions.line[i]);
    return [[make("b", { class: is ? "worse" : "better" }, is ? "▼ breaks: " : "▲ whole again: "), transactionName(i), " ", make("span", { class: "soft" }, where)]];
  });
};

const placeChanges = (split, base, wanted) =>
  split.labels.flatMap((label, thing) =>
    wanted(thing) && (label !== base.labels[thing] || serviceName(split, label) !== serviceName(base, base.labels[thing]))
      ? [[link(model.names.things.id[thing]), ": ", ...service(base, base.labels[thing]), " → ", ...service(split, label)]]
      : [],
  );

const cutChanges = (split, base) => {
  const [before, now] = [countsOf(base).cuts, cutCounts(split.labels)];
  const changes = [...new Set([...before.keys(), ...now.keys()])]
    .map((pair) => [pair, before.get(pair) ?? 0, now.get(pair) ?? 0])
    .filter(([, was, is]) => was !== is)
    .sort((a, b) => Math.abs(b[2] - b[1]) - Math.abs(a[2] - a[1]) || a[0] - b[0]);
  return changes.map(([pair, was, is]) => {
    const [source, target] = [Math.floor(pair / CUT), pair % CUT];
    return [...service(split, source), " → ", ...service(split, target), `: ${was} → `, make("b", { class: is < was ? "better" : "worse" }, `${is} ${is < was ? "▲" : "▼"}`)];
  });
};

const benchBar = () =>
  make(
    "div",
    { class: "bar" },
    choice("Start from", model.names.splits.map((split, index) => [String(index), split.name]), String(model.names.splits.indexOf(bench.base())), (value) => bench.begin(Number(value))),
    button("Undo", bench.undo, { disabled: !bench.canUndo(), id: "undo" }),
    button("Redo", bench.redo, { disabled: !bench.canRedo() }),
    button("Start over", () => bench.begin(model.names.splits.indexOf(bench.base())), { disabled: !bench.canUndo() }),
  );

// Members that at most half of the repeated clusterings put where they are, with the service that most others say.
const CONTESTED = -2;
const contestedThings = () => {
  const { sure, labels } = bench.base();
  const found = sure.flatMap((share, thing) => (share >= 0 && share <= 50 && labels[thing] >= 0 ? [thing] : []));
  return found.sort((a, b) => sure[a] - sure[b] || a - b);
};

const toRival = (thing, labels) => {
  const rival = bench.base().rival[thing] ?? -1;
  if (rival < 0 || labels[thing] === rival) return "";
  return button(`To ${bench.split().services[rival]}`, () => bench.move(thing, rival), { title: "Where most of the other clusterings put it" });
};

let memberService = 0;
const memberPanel = () => {
  const { labels, pins } = bench.split();
  const contested = contestedThings();
  const options = [...serviceOptions(true), ...(contested.length ? [[String(CONTESTED), `contested (${contested.length})`]] : [])];
  if (!options.some(([value]) => value === String(memberService))) memberService = Number(options[0][0]);
  const members = memberService === CONTESTED ? contested : labels.flatMap((label, thing) => (label === memberService ? [thing] : []));
  if (memberService !== CONTESTED) members.sort((a, b) => isTable(b) - isTable(a) || (model.names.things.lines[b] ?? 0) - (model.names.things.lines[a] ?? 0));
  const list = make("ul", { class: "links" });
  const more = growing(list, members, (thing) => make("li", {}, link(model.names.things.id[thing]), pins.has(thing) ? " 📌" : "", memberService === CONTESTED ? toRival(thing, labels) : "", moveControls(thing)), 8);
  return make(
    "div",
    { class: "panel" },
    make("h3", {}, "Move units and tables"),
    choice("Those of", options, String(memberService), (value) => {
      memberService = Number(value);
      showBench();
    }),
    list,
    more,
  );
};

// Blocks that belong as well elsewhere: all of one goes there by a press.
const OF_ITS_OWN = -2;
const tossUpPanel = () => {
  const { toss_ups: blocks, shown } = model.names;
  if (!blocks.length || bench.base() !== model.names.splits[shown]) return "";
  const { labels, services } = bench.split();
  const list = make("ul", { class: "links" });
  const more = growing(list, blocks, ([told, pulls, things, rival]) => {
    const to = rival === OF_ITS_OWN ? "a service of its own" : rival === SHARED ? "the shared library" : services[rival];
    const from = bench.base().labels[things[0]];
    const moved = things.some((thing) => labels[thing] !== bench.base().labels[thing]);
    return make(
      "li",
      {},
      `${told}, of `,
      ...service(bench.base(), from),
      make("div", { class: "bar" }, button(moved ? "Moved" : `All to ${to}`, () => bench.moveBlock(things, rival), { disabled: moved, title: pulls, "aria-label": `${told}: all to ${to}` })),
    );
  }, 5);
  return make("div", { class: "panel" }, make("h3", {}, "Toss-ups"), make("p", { class: "soft" }, "What belongs as well to another service, ", make("a", { href: "#contested" }, "with what pulls it"), ". Moved as a whole."), list, more);
};

const merging = { from: null, into: null };
const servicePanel = () => {
  const options = serviceOptions(false);
  const values = options.map(([value]) => value);
  if (!values.includes(merging.from)) merging.from = values.at(-1);
  if (!values.includes(merging.into) || merging.into === merging.from) merging.into = values.find((value) => value !== merging.from) ?? values[0];
  const field = make("input", { class: "field", value: bench.split().services[Number(merging.from)] ?? "", "aria-label": "New name" });
  return make(
    "div",
    { class: "panel" },
    make("h3", {}, "Merge, rename, split"),
    make(
      "div",
      { class: "bar" },
      choice("Merge", options, merging.from, (value) => {
        merging.from = value;
        showBench();
      }),
      choice("into", options, merging.into, (value) => {
        merging.into = value;
      }),
      button("Merge", () => bench.merge(Number(merging.from), Number(merging.into)), { disabled: options.length < 2 }),
    ),
    make("div", { class: "bar" }, field, button("Rename", () => bench.rename(Number(merging.from), field.value))),
    make("p", { class: "soft" }, "To split a service, press “Split off” at the unit or table that is to be the heart of the new one: it takes along what is tied to it more than to the other tables."),
  );
};

const RUNGS = { pays: "this merge pays", small: "small beside the others", "no table": "holds no table", "": "pays no more" };
const ladderPanel = () => {
  const { split, rungs } = model.names.ladder;
  if (!rungs.length) return "";
  const { name, services } = model.names.splits[split];
  return make(
    "div",
    { class: "panel" },
    make("h3", {}, "Fewer services"),
    make("p", { class: "soft" }, `So many in place of the ${services.length} of ${name}, each with the merges of those before it. What they heal is told `, make("a", { href: "#ladder" }, "in the list of merges"), "."),
    make(
      "div",
      { class: "bar" },
      rungs.map(([count, kept, joined, why]) =>
        button(String(count), () => bench.climb(count), {
          title: `${services[kept]} with ${services[joined]}: ${RUNGS[why]}`,
          "aria-label": `${count} services: ${services[kept]} with ${services[joined]}`,
        }),
      ),
    ),
  );
};

const pinsText = () => {
  const lines = [];
  for (const [label, things] of bench.pinned()) {
    const name = serviceName(bench.split(), label);
    lines.push(`${label === SHARED ? "shared" : `service.${bench.toml(name)}`} = [`, ...things.map((thing) => `    ${bench.toml(thing)},`), "]");
  }
  return lines.length ? `# decompose.toml; in pyproject.toml, below [tool.decompose]\n${lines.join("\n")}\n` : "# Nothing was moved or pinned yet.\n";
};

const takeAlong = () =>
  make(
    "div",
    { class: "panel" },
    make("h3", {}, "Take it along"),
    make("p", {}, "The whole split, for ", make("code", {}, "decompose compare RUN --with what-if.csv"), " and ", make("code", {}, "decompose analyze PATH --start-from what-if.csv"), ":"),
    make("div", { class: "bar" }, button("Save what-if.csv", () => save("what-if.csv", "text/csv", bench.partition()), { class: "primary", id: "save-partition" })),
    make("label", { for: "pins" }, "Only what was moved or pinned, for the configuration:"),
    make("textarea", { id: "pins", readonly: true, rows: "7" }, pinsText()),
    make("div", { class: "bar" }, button("Save pins.toml", () => save("pins.toml", "text/plain", pinsText()))),
  );

const showBench = () => {
  const host = document.getElementById("bench");
  const split = bench.split();
  const base = bench.base();
  const before = countsOf(base).scores;
  counts.now = bench.canUndo() ? scoresOf(split.labels) : before;
  const focused = document.activeElement?.closest?.("#bench") ? document.activeElement.getAttribute("aria-label") || document.activeElement.textContent : null;
  host.replaceChildren(
    benchBar(),
    make("p", { role: "status", class: "status", id: "bench-said" }, split.said),
    make(
      "div",
      { class: "columns" },
      make("div", {}, memberPanel(), make("br"), tossUpPanel(), make("br"), servicePanel(), make("br"), ladderPanel(), make("br"), takeAlong()),
      make(
        "div",
        { class: "panel" },
        make("h3", {}, "What follows"),
        scoreTable(base, before, counts.now),
        make("p", { class: "soft", id: "chance-said" }),
        "lockstep" in base.scores ? "" : make("p", { class: "soft" }, "There is no lockstep: the analysed folder has no git history of its own."),
        changeList("Transactions", transactionChanges(split, base), "None breaks or becomes whole."),
        changeList("Owners", placeChanges(split, base, isTable), "No table has another owner."),
        changeList("Cuts", cutChanges(split, base), "Every cut is as it was."),
        changeList("Units moved", placeChanges(split, base, (thing) => !isTable(thing)), "No unit was moved."),
      ),
    ),
  );
  if (bench.canUndo()) chance.begin(split.labels);
  else chance.forget();
  showChance();
  if (focused) [...host.querySelectorAll("button, select")].find((e) => (e.getAttribute("aria-label") || e.textContent) === focused)?.focus();
};
