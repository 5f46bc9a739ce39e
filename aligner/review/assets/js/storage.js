// Decisions survive the page: in the browser's storage, by document and by a key that changes with its texts.

const PREFIX = "aligner-edits";
const storageKey = (document) => `${PREFIX}:${document.key}:${document.name}`;
const rowsById = new Map(segments.map((row) => [`${row.d}/${row.id}`, row]));
const storing = { works: true, timer: 0, documents: new Set() };

function stored(key) {
  try {
    const { edits: kept } = JSON.parse(localStorage.getItem(key));
    return Object.entries(kept);
  } catch {
    return [];
  }
}

function store() {
  clearTimeout(storing.timer);
  const kept = new Map([...storing.documents].map((d) => [d, {}]));
  storing.documents.clear();
  if (!kept.size) return;
  for (const [row, edit] of edits) if (kept.has(row.d)) kept.get(row.d)[row.id] = { source: row.source, seen: seenTarget(row), ...edit };
  try {
    for (const [d, some] of kept) {
      if (Object.keys(some).length) localStorage.setItem(storageKey(data.documents[d]), JSON.stringify({ edits: some }));
      else localStorage.removeItem(storageKey(data.documents[d]));
    }
    storing.works = true;
  } catch {
    storing.works = false;
  }
}

// Take decisions on segments whose source is as it was; gives those that were taken.
function adopt(d, entries) {
  const taken = [];
  for (const [id, edit] of entries) {
    const row = rowsById.get(`${d}/${id}`);
    const sound = typeof edit?.target === "string" && edit.status in STATUSES && Array.isArray(edit.ignored);
    if (!row || !sound || edit.source !== row.source) continue;
    const decision = { target: edit.target, status: edit.status, comment: String(edit.comment ?? ""), ignored: edit.ignored };
    if (typeof edit.seen === "string") seen.set(row, edit.seen);
    if (same(decision, own(row))) edits.delete(row);
    else edits.set(row, decision);
    taken.push(row);
  }
  return taken;
}

// Keys of decisions on another version of these documents.
function outdated() {
  const found = [];
  try {
    for (const key of Object.keys(localStorage)) {
      const [prefix, , ...name] = key.split(":");
      const d = prefix === PREFIX ? data.documents.findIndex((document) => document.name === name.join(":")) : -1;
      if (d >= 0 && key !== storageKey(data.documents[d])) found.push([key, d]);
    }
  } catch {
    storing.works = false;
  }
  return found;
}

function startStoring() {
  const restored = data.documents.flatMap((document, d) => adopt(d, stored(storageKey(document))));
  watchers.push((some) => {
    for (const row of some) storing.documents.add(row.d);
    clearTimeout(storing.timer);
    storing.timer = setTimeout(store, 250);
  });
  addEventListener("pagehide", store);
  document.addEventListener("visibilitychange", () => document.hidden && store());
  addEventListener("beforeunload", (event) => {
    store();
    if (!storing.works && edits.size && !data.served) event.preventDefault();
  });
  // Another tab on the same document: what was decided there holds here too.
  addEventListener("storage", (event) => {
    const d = data.documents.findIndex((document) => storageKey(document) === event.key);
    if (d < 0) return;
    const taken = adopt(d, stored(event.key));
    const gone = [...edits.keys()].filter((row) => row.d === d && !taken.includes(row));
    for (const row of gone) edits.delete(row);
    for (const watcher of watchers.slice(1)) watcher([...taken, ...gone]);
  });
  return restored;
}
