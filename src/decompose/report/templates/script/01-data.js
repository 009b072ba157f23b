// The data of the page: one element of JSON, in blocks. A large block is deflated, and read when it is first asked for.
const island = JSON.parse(document.getElementById("data").textContent);
const loaded = new Map();

const inflate = async (text) => {
  const packed = atob(text);
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
};

// A promise of the block `name`: "names", "ties" or "texts".
const block = (name) => {
  if (!loaded.has(name)) {
    const value = island[name];
    island[name] = null;
    loaded.set(name, typeof value === "string" ? inflate(value) : Promise.resolve(value));
  }
  return loaded.get(name);
};

const SHARED = -1;
const ITS_OWN = -2;
const GUESSED = 2;

// What the rest of the page works on; `start` fills it.
const model = { names: null, ties: null, lines: null, byId: null };

const readNames = async () => {
  model.names = await block("names");
  model.byId = new Map(model.names.things.id.map((id, number) => [id, number]));
};

// A column from its steps.
const summed = (steps) => {
  let at = 0;
  return steps.map((step) => (at += step));
};

// What counts once, however much a line may lead to: numbers of file, line, what it runs on behalf of, and family. As
// decompose.report.ties counts them; what is guessed has places of its own.
const placesOf = ({ file, line, source, family, sure }) => {
  const known = new Map();
  return source.map((thing, row) => {
    const at = file[row] * 2 ** 22 + line[row];
    if (!known.has(at)) known.set(at, new Map());
    const here = known.get(at);
    const what = (thing + 1) * 16 + (family[row] + 1) * 2 + (sure[row] === GUESSED ? 1 : 0);
    if (!here.has(what)) here.set(what, row);
    return here.get(what);
  });
};

const readTies = async () => {
  if (model.ties) return model.ties;
  const ties = await block("ties");
  const { rows, definitions, graph } = ties;
  definitions.thing = summed(definitions.thing);
  for (const column of ["from", "file", "line"]) rows[column] = summed(rows[column]);
  for (const [end, definition] of [["source", "from"], ["target", "to"]]) {
    rows[end] = rows[end].map((thing, row) => (thing === ITS_OWN ? definitions.thing[rows[definition][row]] : thing));
  }
  const [first, second, weights] = graph.edges;
  graph.edges = [summed(first), summed(second), weights.map((weight) => weight / graph.grain)];
  rows.place = placesOf(rows);
  const size = model.names.things.id.length;
  const out = Array.from({ length: size }, () => []);
  const into = Array.from({ length: size }, () => []);
  for (let row = 0; row < rows.source.length; row++) {
    if (rows.source[row] >= 0) out[rows.source[row]].push(row);
    if (rows.target[row] >= 0) into[rows.target[row]].push(row);
  }
  model.ties = { ...ties, out, into };
  return model.ties;
};

const readTexts = async () => {
  if (model.lines) return model.lines;
  const texts = await block("texts");
  model.lines = new Map(
    texts.file.map((file, i) => [file, new Map(summed(texts.line[i]).map((line, j) => [line, texts.text[i][j]]))]),
  );
  return model.lines;
};

const isTable = (thing) => thing >= model.names.units;
const fileOf = (file, line) => (model.names.files[file] ? `${model.names.files[file]}:${line}` : "not declared in this code");
const placeOf = (thing) => fileOf(model.names.things.file[thing], model.names.things.line[thing]);
const definitionName = (number) => {
  const { thing, rest } = model.ties.definitions;
  return rest[number].startsWith("\0") ? rest[number].slice(1) : model.names.things.id[thing[number]] + rest[number];
};
const shownSplit = () => model.names.splits[model.names.shown];
const serviceName = (split, label) => (label === SHARED ? "shared" : split.services[label]);
const unitLink = (id) => `#unit=${encodeURIComponent(id)}`;
