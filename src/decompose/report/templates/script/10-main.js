// Saving: tables as CSV, figures as SVG.
const save = (name, type, text) => {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
};

// A spreadsheet would take these for formulas.
const harmless = (text) => (/^[=+\-@\t\r]/.test(text) && !/^[-+]?[\d.,]+%?$/.test(text) ? `'${text}` : text);
const tableText = (found) =>
  [...found.rows]
    .map((row) =>
      [...row.cells]
        .map((cell) => harmless(cell.innerText.replaceAll(/\s*\n\s*/g, " ").trim()))
        .map((text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
        .join(","),
    )
    .join("\r\n") + "\r\n";

const SVG_STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "paint-order", "stroke-linejoin", "text-anchor"];
const figureText = (figure) => {
  const copy = figure.cloneNode(true);
  const originals = [figure, ...figure.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, i) => {
    const style = getComputedStyle(originals[i]);
    for (const name of SVG_STYLES) element.setAttribute(name, style.getPropertyValue(name));
    if (element.localName === "a") element.removeAttribute("href");
  });
  copy.setAttribute("xmlns", SVG);
  return new XMLSerializer().serializeToString(copy);
};

const offerFiles = (root) => {
  for (const found of root.querySelectorAll("table[data-csv]:not([data-offered])")) {
    found.dataset.offered = "yes";
    const name = found.dataset.csv;
    const label = found.closest("[aria-label]")?.getAttribute("aria-label") ?? name;
    found.closest(".scroll").after(
      make("div", { class: "bar end onscreen" }, button("CSV", () => save(`${name}.csv`, "text/csv", tableText(found)), { class: "quiet", "aria-label": `Save as CSV: ${label}` })),
    );
  }
  for (const figure of root.querySelectorAll(".figure > svg:not([data-offered])")) {
    figure.dataset.offered = "yes";
    const label = figure.getAttribute("aria-label");
    figure.parentElement.after(
      make("div", { class: "bar end onscreen" }, button("SVG", () => save(`${figure.id || "figure"}.svg`, "image/svg+xml", figureText(figure)), { class: "quiet", "aria-label": `Save as SVG: ${label}` })),
    );
  }
};

// Where the address leads: #unit=ID explores, anything else is a place in the page, which is opened.
const route = () => {
  const hash = location.hash.slice(1);
  const opened = (target) => {
    if (target?.localName === "details") target.open = true;
    for (let above = target?.parentElement; above; above = above.parentElement) if (above.localName === "details") above.open = true;
    // A row is shown with the heads of its table.
    const frame = target?.closest(".scroll");
    (frame ?? target)?.scrollIntoView();
    if (frame) target.scrollIntoView({ block: "nearest" });
  };
  let text = hash;
  try {
    text = decodeURIComponent(hash);
  } catch {
    // taken as it is
  }
  if (text.startsWith("unit=")) {
    explore(text.slice("unit=".length)).then(() => document.getElementById("explore").scrollIntoView());
  } else if (text) opened(document.getElementById(text));
};

// On paper stands what is open, and what matters most. Everything can be opened before.
let onPaper = false;
const startPaper = () => {
  const opened = [];
  const forPaper = () => {
    onPaper = true;
    for (const details of document.querySelectorAll("details[data-paper]:not([open])")) {
      opened.push(details);
      details.open = true;
    }
  };
  const forScreen = () => {
    while (opened.length) opened.pop().open = false;
    onPaper = false;
  };
  addEventListener("beforeprint", forPaper);
  addEventListener("afterprint", forScreen);
  matchMedia("print").addEventListener("change", (event) => (event.matches ? forPaper() : forScreen()));
  const fold = document.getElementById("fold");
  fold.addEventListener("click", () => {
    const open = fold.getAttribute("aria-pressed") !== "true";
    for (const details of document.querySelectorAll("main details")) details.open = open;
    fold.setAttribute("aria-pressed", String(open));
    fold.textContent = open ? "Fold all" : "Unfold all";
  });
  fold.hidden = false;
};

// A service that is pointed at keeps its own arrows only, in each of the maps that stand together.
const lightTogether = (maps) => {
  const light = (number) => {
    for (const map of maps) {
      map.classList.toggle("chosen", number !== null);
      const near = new Set([number]);
      for (const arrow of map.querySelectorAll(".arrow")) {
        const ends = arrow.dataset.ends.split(" ");
        const own = ends.includes(number);
        if (own) ends.forEach((end) => near.add(end));
        arrow.classList.toggle("dim", number !== null && !own);
      }
      for (const node of map.querySelectorAll(".node")) node.classList.toggle("dim", number !== null && !near.has(node.dataset.number));
    }
  };
  for (const node of maps.flatMap((map) => [...map.querySelectorAll(".node")])) {
    for (const event of ["pointerenter", "focus"]) node.addEventListener(event, () => light(node.dataset.number));
    for (const event of ["pointerleave", "blur"]) node.addEventListener(event, () => light(null));
  }
};

// The section that is being read is marked in the list of sections.
const startMarks = () => {
  const links = new Map([...document.querySelectorAll(".side nav a")].map((a) => [a.getAttribute("href").slice(1), a]));
  const visible = new Set();
  const observer = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) visible[isIntersecting ? "add" : "delete"](target.id);
    const current = [...links.keys()].find((id) => visible.has(id));
    for (const [id, a] of links) {
      if (id === current) {
        a.setAttribute("aria-current", "true");
        const nav = a.closest("nav");
        // Whoever is choosing there is not moved away.
        if (!nav.contains(document.activeElement)) nav.scrollLeft = a.offsetLeft - nav.clientWidth / 3;
      } else a.removeAttribute("aria-current");
    }
  }, { rootMargin: "-15% 0px -70% 0px" });
  for (const id of links.keys()) observer.observe(document.getElementById(id));
  // A browser leaves it at that if the edge of what is focused can be seen.
  document.querySelector(".side nav").addEventListener("focusin", ({ target }) => {
    if (target.matches(":focus-visible")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
};

const ready = (what) => {
  document.documentElement.dataset.ready = what;
  performance.mark(what);
};

const start = async () => {
  startPaper();
  lightTogether([...document.querySelectorAll("#service-map")]);
  startMarks();
  offerFiles(document);
  new MutationObserver(() => offerFiles(document)).observe(document.querySelector("main"), { childList: true, subtree: true });
  document.addEventListener("toggle", (event) => {
    if (!onPaper && event.target.matches?.("details.cut[open]")) completeCut(event.target);
  }, true);
  await readNames();
  indexNames();
  startSearch();
  addEventListener("hashchange", route);
  ready("search");
  await readTies();
  indexMembers();
  for (const part of document.querySelectorAll(".scripted")) part.hidden = false;
  document.getElementById("compare").hidden = true;
  bench.begin(model.names.shown);
  bench.watch(showBench);
  bench.watch(() => {
    const unit = decodeURIComponent(location.hash).match(/^#unit=(.*)$/s);
    if (unit) explore(unit[1]);
  });
  bench.watch(refreshComparison);
  chance.watch(showChance);
  showBench();
  startComparison();
  route();
  ready("all");
};
start();
