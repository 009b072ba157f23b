"use strict";
(() => {
  // Everything on the page works without this script; it adds search and opens what a link points at.
  const open = (element) => {
    for (let at = element; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  };
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    open(target);
    target.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) follow();
  });
  if (location.hash) follow();

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll(".steps details, .card details")].filter((item) => !item.open);
    for (const item of closed) item.open = true;
  });
  addEventListener("afterprint", () => { for (const item of closed) item.open = false; });

  const island = document.getElementById("island");
  if (!island) return;
  const data = JSON.parse(island.textContent);
  const box = document.getElementById("search");
  const query = document.getElementById("query");
  const state = document.getElementById("search-state");
  const results = document.getElementById("results");
  const MOST = 30;
  let entries = null;

  const prepare = () => {
    const units = data.units.map(([module, name, file, line, service, sure]) => {
      const id = data.modules[module] + ":" + name;
      const [where, anchor] = data.services[service] ?? ["nowhere", "services"];
      return { id, name: name || data.modules[module], key: id.toLowerCase(), place: data.files[file] + ":" + line, where, anchor, sure, kind: "unit" };
    });
    const tables = data.tables.map(([id, service, file, line, anchor]) => {
      const [where, home] = data.services[service] ?? ["nowhere", "tables"];
      return { id, name: id, key: id.toLowerCase(), place: file + ":" + line, where, anchor: anchor || home, sure: null, kind: "table" };
    });
    return [...tables, ...units];
  };
  const rank = (entry, text) => {
    const name = entry.name.toLowerCase();
    if (name === text || entry.key === text) return 0;
    if (name.startsWith(text)) return 1;
    if (name.includes(text)) return 2;
    return entry.key.includes(text) ? 3 : 9;
  };
  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const show = () => {
    const text = query.value.trim().toLowerCase();
    results.replaceChildren();
    results.hidden = !text;
    if (!text) { state.textContent = ""; return; }
    entries ??= prepare();
    const found = [];
    for (const entry of entries) {
      const place = rank(entry, text);
      if (place < 9) found.push([place, entry]);
    }
    found.sort((a, b) => a[0] - b[0] || a[1].name.length - b[1].name.length || (a[1].id < b[1].id ? -1 : 1));
    for (const [, entry] of found.slice(0, MOST)) {
      const link = element("a");
      link.href = "#" + entry.anchor;
      link.append(
        element("bdi", "found", entry.name),
        element("span", "where", entry.kind + " in " + entry.where + (entry.sure === null ? "" : ", " + entry.sure + " % sure")),
        element("bdi", "place", entry.place),
      );
      const item = element("li");
      item.append(link);
      results.append(item);
    }
    const all = found.length === 1 ? "1 match" : found.length + " matches";
    state.textContent = found.length > MOST ? all + ", the first " + MOST + " shown" : all;
  };
  query.addEventListener("input", show);
  box.hidden = false;

  const step = (event, by) => {
    const links = [...results.querySelectorAll("a")];
    if (!links.length) return;
    event.preventDefault();
    const next = links.indexOf(document.activeElement) + by;
    (next < 0 ? query : links[Math.min(next, links.length - 1)]).focus();
  };
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") step(event, 1);
    else if (event.key === "ArrowUp") step(event, -1);
    else if (event.key === "Escape") { query.value = ""; show(); query.focus(); }
    else if (event.key === "Enter" && event.target === query) results.querySelector("a")?.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target === query) return;
    event.preventDefault();
    query.focus();
  });
})();
