// Search over units, tables, entry points and services: first what starts so, then what holds it, then what is like it.
const MAX_HITS = 24;
const FEW = 10;
const entries = [];
const members = [];

// One bit for each letter and digit that a text holds: what lacks one of a query's cannot match.
const lettersOf = (low) => {
  let bits = 0;
  for (let i = 0; i < low.length; i++) {
    const letter = low.charCodeAt(i);
    if (letter >= 97 && letter <= 122) bits |= 1 << (letter - 97);
    else if (letter >= 48 && letter <= 57) bits |= 1 << (26 + (letter - 48) / 2);
  }
  return bits;
};

const entryOf = (kind, text, href, service, where) => {
  const low = text.toLowerCase();
  // A module's top-level code comes after what has a name of its own.
  return { kind, text, low, bits: lettersOf(low), size: low.length + (kind === "unit" && low.endsWith(":") ? 200 : 0), href, service, where };
};

const indexNames = () => {
  const { names } = model;
  const add = (...parts) => entries.push(entryOf(...parts));
  const split = shownSplit();
  split.services.forEach((name, label) => add("service", name, `#service-${label + 1}`, label, ""));
  names.things.id.forEach((id, thing) => {
    const kind = isTable(thing) ? "table" : "unit";
    add(kind, kind === "table" ? id.slice("table:".length) : id, unitLink(id), split.labels[thing], thing);
  });
  names.entries.name.forEach((name, i) => {
    const thing = names.entries.thing[i];
    const href = thing >= 0 ? unitLink(names.things.id[thing]) : "#services";
    add(names.entries.kind[i], name, href, thing >= 0 ? split.labels[thing] : SHARED, [names.entries.file[i], names.entries.line[i]]);
  });
};

// Methods and nested functions are looked for where little else is found; they lead to their unit.
const indexMembers = () => {
  const { definitions } = model.ties;
  const { labels } = shownSplit();
  definitions.rest.forEach((rest, number) => {
    const thing = definitions.thing[number];
    if (thing < 0 || isTable(thing) || rest === "" || rest.startsWith("\0")) return;
    const text = definitionName(number);
    members.push(entryOf("in a unit", text, unitLink(model.names.things.id[thing]), labels[thing], thing));
  });
};

// 0 is best, `NO` is no match. A word that starts where a part of the name starts comes before one inside.
const NO = -1;
const startsPart = (low, at) => {
  const before = low.charCodeAt(at - 1);
  return at === 0 || !((before >= 97 && before <= 122) || (before >= 48 && before <= 57));
};
const rankWord = (low, word) => {
  const at = low.indexOf(word);
  if (at < 0) return NO;
  if (at === 0) return low.length === word.length ? 0 : 1;
  for (let i = at; i >= 0; i = low.indexOf(word, i + 1)) if (startsPart(low, i)) return 2;
  return 3;
};

// All letters in their order, the fewer gaps the better.
const rankFuzzy = (low, letters) => {
  let at = -1;
  let gaps = 0;
  for (const letter of letters) {
    const next = low.indexOf(letter, at + 1);
    if (next < 0) return NO;
    if (next !== at + 1) gaps++;
    at = next;
  }
  return gaps > letters.length / 2 ? NO : 10 + gaps;
};

// How many of `listed` match, and the best of them in their order: by rank, then the shorter first. What is not among the
// best is only counted, as a letter matches nearly everything.
const LONGEST = 0x10000;
const bestOf = (listed, bits, rank) => {
  const best = [];
  let count = 0;
  for (const entry of listed) {
    if ((entry.bits & bits) !== bits) continue;
    const value = rank(entry.low);
    if (value === NO) continue;
    count++;
    const weight = value * LONGEST + entry.size;
    const after = (one) => one.weight > weight || (one.weight === weight && one.entry.low > entry.low);
    if (best.length === MAX_HITS && !after(best[MAX_HITS - 1])) continue;
    let [from, to] = [0, best.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (after(best[middle])) to = middle;
      else from = middle + 1;
    }
    best.splice(from, 0, { weight, entry });
    if (best.length > MAX_HITS) best.pop();
  }
  return { count, hits: best.map(({ entry }) => entry) };
};

const findHits = (query) => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = { count: 0, hits: [] };
  if (!words.length) return found;
  const bits = lettersOf(words.join(""));
  const add = ({ count, hits }) => {
    found.count += count;
    found.hits.push(...hits.slice(0, MAX_HITS - found.hits.length));
  };
  const rankWords = (low) => {
    let worst = 0;
    for (const word of words) {
      const rank = rankWord(low, word);
      if (rank === NO) return NO;
      worst = Math.max(worst, rank);
    }
    return worst;
  };
  add(bestOf(entries, bits, rankWords));
  if (found.count < FEW) add(bestOf(members, bits, rankWords));
  const letters = words.join("");
  if (found.count < 5 && letters.length > 2) {
    add(bestOf(entries, bits, (low) => (rankWords(low) === NO ? rankFuzzy(low, letters) : NO)));
  }
  return found;
};

const marked = (text, query) => {
  const low = text.toLowerCase();
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = low.indexOf(word);
    if (at >= 0 && low.length === text.length) {
      return [text.slice(0, at), make("mark", {}, text.slice(at, at + word.length)), text.slice(at + word.length)];
    }
  }
  return [text];
};

const startSearch = () => {
  const input = document.getElementById("query");
  const list = document.getElementById("hits");
  const status = document.getElementById("hit-count");
  let hits = [];
  let chosen = -1;
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (index) => {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = index;
    const option = list.children[chosen];
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  };
  const follow = (hit) => {
    close();
    status.textContent = "";
    if (location.hash === hit.href) route();
    else location.hash = hit.href;
  };
  const show = () => {
    const query = input.value;
    const found = findHits(query);
    hits = found.hits;
    const split = shownSplit();
    list.replaceChildren(
      ...hits.map((hit, index) => {
        const where = typeof hit.where === "number" ? placeOf(hit.where) : hit.where ? fileOf(...hit.where) : "";
        const at = hit.kind === "service" ? "" : [" in ", ...service(split, hit.service)];
        return make(
          "li",
          { id: `hit-${index}`, role: "option", "aria-selected": "false", mousedown: (event) => event.preventDefault(), click: () => follow(hit) },
          make("code", {}, marked(hit.text, query)),
          make("span", { class: "kind" }, hit.kind, at),
          make("span", { class: "where" }, ...breakable(where)),
        );
      }),
    );
    const all = found.count;
    status.textContent = query.trim() ? `${counted(all, all === 1 ? "match" : "matche")}${all > MAX_HITS ? `, the best ${MAX_HITS} shown` : ""}` : "";
    chosen = -1;
    if (!all) return close();
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    choose(0);
  };
  input.addEventListener("input", show);
  input.addEventListener("focus", () => input.value && show());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const last = list.children.length - 1;
    if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter" && hits[chosen]) {
      event.preventDefault();
      follow(hits[chosen]);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && last >= 0) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(chosen + step < 0 ? last : chosen + step > last ? 0 : chosen + step);
    }
  });
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(input|textarea|select)$/i.test(document.activeElement?.tagName ?? "")) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
  document.getElementById("search").hidden = false;
};
