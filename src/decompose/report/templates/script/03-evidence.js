// Lines of code behind a claim.
const SURE = ["exact", "inferred", "guessed"];

const sourceText = (row) => model.lines?.get(model.ties.rows.file[row])?.get(model.ties.rows.line[row]) ?? "";

// What is not proved says by which rule it is there.
const ruleText = (row) => {
  const rule = model.ties.rules[model.ties.rows.rule[row]];
  return SURE[model.ties.rows.sure[row]] === "exact" || !rule ? "" : make("div", { class: "soft" }, ...breakable(rule));
};

// A place with all that its line leads to: the first in sight, the others behind it.
const evidenceRow = ([row, ...others]) => {
  const { rows, kinds, rules } = model.ties;
  const kind = [kinds[rows.kind[row]], make("br"), make("span", { class: "soft", title: rules[rows.rule[row]] }, SURE[rows.sure[row]])];
  const end = (definition, thing) =>
    thing >= 0 ? link(model.names.things.id[thing], definitionName(definition)) : code(definitionName(definition));
  return cells(
    kind,
    end(rows.from[row], rows.source[row]),
    [
      end(rows.to[row], rows.target[row]),
      others.length
        ? make("details", {}, make("summary", {}, `and ${counted(others.length, "other")} on this line`), make("ul", { class: "links" }, others.map((other) => make("li", {}, end(rows.to[other], rows.target[other]), make("span", { class: "soft" }, ` ${kinds[rows.kind[other]]}`)))))
        : "",
    ],
    code(fileOf(rows.file[row], rows.line[row])),
    [make("code", {}, sourceText(row)), ruleText(row)],
  );
};

// Proved before guessed, data before calls, then by place: the order of the page's own lines.
const evidenceOrder = (first, second) => {
  const { rows, kinds } = model.ties;
  const rank = (row) => {
    const kind = kinds[rows.kind[row]];
    return kind === "read" ? 1 : kind === "foreign key" ? 2 : rows.family[row] === 2 ? 0 : 3;
  };
  return (
    (rows.sure[first] === GUESSED) - (rows.sure[second] === GUESSED) ||
    rank(first) - rank(second) ||
    rows.sure[first] - rows.sure[second] ||
    rows.file[first] - rows.file[second] ||
    rows.line[first] - rows.line[second]
  );
};

const byPlace = (rows) => {
  const groups = new Map();
  for (const row of rows) {
    const place = model.ties.rows.place[row];
    if (!groups.has(place)) groups.set(place, []);
    groups.get(place).push(row);
  }
  return [...groups.values()];
};

const evidenceTable = (label, rows) => {
  const shown = table(label, ["Kind", "From", "To", "Where", "Source"], [], { "data-csv": "lines" });
  const more = growing(shown.querySelector("tbody"), byPlace(rows), evidenceRow);
  return [shown, more];
};

// The same where there is little room: one item for each line.
const evidenceItem = (row) => {
  const { rows, kinds, rules } = model.ties;
  const text = sourceText(row);
  const short = (definition) => definitionName(definition).split(":").pop();
  return make(
    "li",
    {},
    kinds[rows.kind[row]], " ", make("span", { class: "soft", title: rules[rows.rule[row]] }, SURE[rows.sure[row]]), ": ",
    code(short(rows.from[row])), " → ", code(short(rows.to[row])),
    make("br"),
    make("span", { class: "soft" }, ...breakable(fileOf(rows.file[row], rows.line[row]))),
    text ? make("div", { class: "code" }, text) : "",
    ruleText(row),
  );
};

const evidenceList = (rows) => {
  const list = make("ul", { class: "links lines" });
  return [list, growing(list, rows, evidenceItem, 12)];
};

// Rows that cross from one service to another, by the labels of things.
const crossing = (labels, source, target) => {
  const { rows } = model.ties;
  const found = [];
  for (let row = 0; row < rows.source.length; row++) {
    if (
      rows.family[row] >= 0 && rows.source[row] >= 0 && rows.target[row] >= 0 &&
      labels[rows.source[row]] === source && labels[rows.target[row]] === target
    ) found.push(row);
  }
  return found.sort(evidenceOrder);
};

// An opened cut of the page shows all of its lines instead of the first few.
const completeCut = async (details) => {
  if (details.dataset.complete) return;
  details.dataset.complete = "yes";
  await Promise.all([readTies(), readTexts()]);
  const split = shownSplit();
  const [source, target] = details.id.match(/\d+/g).map((number) => Number(number) - 1);
  const [shown, more] = evidenceTable(
    `${split.services[source]} to ${split.services[target]}`,
    crossing(split.labels, source, target),
  );
  shown.classList.add("lines");
  details.querySelector(".lines").replaceWith(shown);
  details.querySelector(".rest")?.remove();
  details.append(more);
};
