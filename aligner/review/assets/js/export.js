// What leaves the page: the reviser's decisions as JSON, or segments as TMX or XLIFF, as a run writes them.

const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const line = (text) => text.replace(ILLEGAL, "").replace(/\s*[\r\n\u0085\u2028\u2029]+\s*/g, " ");
const xml = (text) => line(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
// CRC-32 of a text's UTF-8, as formats/units.py has it: says with which target a segment was written.
function fingerprint(text) {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(line(text))) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (~crc >>> 0).toString(16).padStart(8, "0");
}
const nameOf = (row) => data.documents[row.d].name;

function toJson() {
  const list = [...edits].sort(([a], [b]) => a.at - b.at).map(([row, edit]) => ({
    document: nameOf(row), segment_id: row.id, source: row.source, before: seenTarget(row), target: edit.target,
    status: edit.status, comment: edit.comment, ignored: edit.ignored,
  }));
  return `${JSON.stringify({ format: "aligner-edits", version: 1, edits: list }, null, 1)}\n`;
}

function toTmx() {
  const unit = (row) => {
    const now = current(row);
    const props = { document: nameOf(row), kind: row.kind, review: now.status, ...(now.comment && { comment: now.comment }) };
    return [
      `<tu tuid="${xml(row.id)}">`,
      ...Object.entries(props).map(([name, value]) => `  <prop type="x-${name}">${xml(value)}</prop>`),
      `  <tuv xml:lang="fr"><seg>${xml(row.source)}</seg></tuv>`,
      `  <tuv xml:lang="en-GB"><seg>${xml(now.target)}</seg></tuv>`,
      "</tu>\n",
    ].join("\n");
  };
  const reviewed = segments.filter((row) => statusOf(row) === "reviewed" && row.source.trim() && targetOf(row).trim());
  return `<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n<header creationtool="aligner" creationtoolversion="1" segtype="sentence" o-tmf="aligner" adminlang="en-GB" srclang="fr" datatype="plaintext"/>\n<body>\n${reviewed.map(unit).join("")}</body>\n</tmx>\n`;
}

// The attributes of a unit and of its target, by status: as formats/xliff.py has them.
const STATES = {
  draft: ["no", "needs-review-translation", "leveraged-mt"],
  translated: ["no", "translated", ""],
  reviewed: ["yes", "signed-off", ""],
  rejected: ["no", "needs-translation", "rejected-inaccurate"],
};

function toXliff() {
  const unit = (row) => {
    const now = current(row);
    const [approved, state, qualifier] = STATES[now.status];
    return [
      `<trans-unit id="${xml(row.id)}" approved="${approved}" xml:space="preserve" restype="x-${xml(row.kind)}">`,
      `<source xml:lang="fr">${xml(row.source)}</source>`,
      `<target xml:lang="en-GB" state="${state}"${qualifier && ` state-qualifier="${qualifier}"`}>${xml(now.target)}</target>`,
      `<context-group purpose="information"><context context-type="x-written">${fingerprint(row.target)}</context></context-group>`,
      ...(now.comment ? [`<note from="reviser">${xml(now.comment)}</note>`] : []),
      "</trans-unit>\n",
    ].join("\n");
  };
  const files = data.documents.map((document, d) =>
    `<file original="${xml(document.name)}" source-language="fr" target-language="en-GB" datatype="plaintext">\n<body>\n${segments.filter((row) => row.d === d).map(unit).join("")}</body>\n</file>\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">\n${files.join("")}</xliff>\n`;
}

const EXPORTS = {
  json: { suffix: ".edits.json", type: "application/json", text: toJson },
  tmx: { suffix: ".reviewed.tmx", type: "application/xml", text: toTmx },
  xliff: { suffix: ".reviewed.xliff", type: "application/xml", text: toXliff },
};

function save(kind) {
  if (view.editor) closeEditor();
  const { suffix, type, text } = EXPORTS[kind];
  const stem = data.documents.length === 1 ? data.documents[0].name.split("/").at(-1) : "review";
  const link = make("a", { href: URL.createObjectURL(new Blob([text()], { type })), download: stem + suffix });
  link.click();
  if (kind === "json") {
    for (const [row, edit] of edits) seen.set(row, edit.target);
    changed([...edits.keys()]);
  }
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
