// Elements are made here, and text gets in as text only.
const SVG = "http://www.w3.org/2000/svg";
const COLOURS = 10;

const fill = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
};
const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const draw = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// Where a name may be broken, as in the names that the page has from the start.
const JOINTS = /(?<=[.:/])(?![.:/\d])(?<!table:)|(?<=[^\W_]_)(?=[^\W_])|(?<=[a-z\d])(?=[A-Z])/u;
const breakable = (text) => text.split(JOINTS).flatMap((part) => [part, make("wbr")]).slice(0, -1);
const code = (text) => make("code", {}, ...breakable(text));
const transactionName = (i) => {
  const { definition, acting, answering } = model.ties.transactions;
  const told = [acting[i] ? [" for ", code(acting[i])] : "", answering[i] ? [", answering by ", code(answering[i])] : ""];
  return make("span", {}, code(definitionName(definition[i])), ...told);
};
const link = (id, text = id) => make("a", { href: unitLink(id) }, code(text));
const badge = (label) =>
  label === SHARED ? null : make("i", { class: `c${(label % COLOURS) + 1}` }, String(label + 1));
const service = (split, label) => [badge(label), label === SHARED ? "" : " ", serviceName(split, label)];

const plural = (noun) =>
  /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : noun + (noun.endsWith("s") ? "es" : "s");
const counted = (count, noun) =>
  `${count.toLocaleString("en")} ${count === 1 || noun === "inheritance" ? noun : plural(noun)}`;
const percent = (share) => `${Math.round(share * 100)}%`;

const button = (text, act, attributes = {}) => make("button", { type: "button", click: act, ...attributes }, text);
const choice = (label, options, chosen, act) => {
  const select = make(
    "select",
    { change: () => act(select.value) },
    options.map(([value, text]) => make("option", { value, selected: value === chosen }, text)),
  );
  return make("label", {}, `${label} `, select);
};

const scrolling = (label, ...children) =>
  make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, ...children);
const table = (label, columns, rows, attributes = {}) =>
  scrolling(
    label,
    make(
      "table",
      attributes,
      make("thead", {}, make("tr", {}, columns.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, rows),
    ),
  );
const cells = (...contents) => make("tr", {}, contents.map((content) => make("td", {}, content)));

// A list that shows its first items, and more when asked.
const STEP = 50;
const growing = (host, items, shape, step = STEP) => {
  let shown = 0;
  const more = button("", () => grow(), { class: "quiet" });
  const grow = () => {
    host.append(...items.slice(shown, shown + step).map(shape));
    shown = Math.min(shown + step, items.length);
    more.hidden = shown === items.length;
    more.textContent = `Show ${Math.min(step, items.length - shown)} more of ${items.length - shown}`;
  };
  grow();
  return more;
};
