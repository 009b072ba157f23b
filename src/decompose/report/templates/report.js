"use strict";
(() => {
  const island = JSON.parse(document.getElementById("data").textContent);
  const input = document.getElementById("query");
  const body = document.getElementById("hits");
  const table = document.getElementById("hit-table");
  const status = document.getElementById("hit-count");
  const lowered = island.things.map((thing) => thing[0].toLowerCase());
  const cell = (row, text, name) => {
    const made = row.insertCell();
    for (const part of text.split(/(?<=[.:/])(?![.:/]|\d+$)(?<!table:)|(?<=[^\W_]_)(?=[^\W_])/)) made.append(part, document.createElement("wbr"));
    if (name) made.className = name;
  };
  const search = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    body.replaceChildren();
    table.hidden = !words.length;
    if (!words.length) { status.textContent = ""; return; }
    let found = 0;
    for (let i = 0; i < lowered.length; i++) {
      if (!words.every((word) => lowered[i].includes(word))) continue;
      if (++found > 50) continue;
      const [id, service, file, line, sure] = island.things[i];
      const row = body.insertRow();
      cell(row, id, "code");
      cell(row, island.services[service]);
      cell(row, sure < 0 ? "" : Math.round(sure * 100) + "%", "n");
      cell(row, line ? island.files[file] + ":" + line : "", "code");
    }
    table.hidden = !found;
    status.textContent = found + (found === 1 ? " match" : " matches") + (found > 50 ? ", the first 50 shown" : "");
  };
  document.getElementById("search-block").hidden = false;
  input.addEventListener("input", search);
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", open);
  const closed = [];
  const forPaper = () => {
    for (const details of document.querySelectorAll("details:not([open])")) { closed.push(details); details.open = true; }
  };
  const forScreen = () => { while (closed.length) closed.pop().open = false; };
  addEventListener("beforeprint", forPaper);
  addEventListener("afterprint", forScreen);
  matchMedia("print").addEventListener("change", (event) => (event.matches ? forPaper() : forScreen()));
  open();
})();
