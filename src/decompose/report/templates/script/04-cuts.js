// What a split cuts: proved ties between services, and transactions that write tables of several.
const CUT = 2 ** 20;

// Every place from which something proved crosses: source * CUT + target, and its family. A line that may lead to several is one place.
const eachCrossing = (labels, act) => {
  const { rows } = model.ties;
  const seen = new Set();
  for (let row = 0; row < rows.source.length; row++) {
    if (rows.family[row] < 0 || rows.sure[row] === GUESSED || rows.source[row] < 0 || rows.target[row] < 0) continue;
    const source = labels[rows.source[row]];
    const target = labels[rows.target[row]];
    if (source === target || source < 0 || target < 0) continue;
    const place = rows.place[row] * CUT + target;
    if (seen.has(place)) continue;
    seen.add(place);
    act(source * CUT + target, rows.family[row]);
  }
};

// How many places cross, for each ordered pair of services.
const cutCounts = (labels) => {
  const found = new Map();
  eachCrossing(labels, (pair) => found.set(pair, (found.get(pair) ?? 0) + 1));
  return found;
};

// The services whose tables each transaction writes; two or more: it would be broken.
const writtenServices = (labels) =>
  model.ties.transactions.written.map((tables) => new Set(tables.map((table) => labels[table]).filter((l) => l >= 0)));
