// How a segment looks.

const KINDS = { numbered: "Numbered item", bullet: "List item", paragraph: "" };
const kindOf = (row) => KINDS[row.kind] ?? worded(row.kind);

// What one is looking at: the current row, rows whose details are open, the row that is edited and where, and on a page
// of several documents the rows above which a document's name stands.
const view = { current: null, opened: new Set(), editor: null, differences: true, search: null, starts: new Set() };

// How a term was satisfied, in words; the first is what a filter calls it.
const TERM_WORDS = {
  kept: ["Met by the model", "the model used an accepted term by itself"],
  constrained: ["Imposed", "the model’s search was held to the term"],
  inlined: ["Inserted", "the term was put into the source, and the segment translated again"],
  substituted: ["Replaced", "the model’s wording was replaced by the term"],
  edited: ["Met after editing", "the edited translation has an accepted term"],
  failed: ["Missing", "no accepted term stands in the translation"],
};
const RULE_WORDS = {
  "term-whole": "the term is the whole segment",
  "term-copied": "French term replaced",
  "term-forbidden": "forbidden term replaced",
  "term-rendered": "what the model says for the term alone replaced",
  "term-clauses": "translated again, clause by clause",
  "term-inlined": "translated again with the term",
  "term-aligned": "the words that the model chose for it replaced",
  "term-located": "wording like a failed attempt replaced",
  "term-constrained": "translated again, held to the term",
  "term-capitals": "capitals of the term",
  "term-doubled": "French acronym beside the English one taken out",
  quotes: "English quotation marks",
  numbers: "number written the English way",
  digits: "number restored from the source",
  "inline-tags": "inline tags put back",
  "footnote-marks": "footnote mark restored",
  "blanks-before-signs": "space before a sign removed",
  blanks: "spaces",
  "first-capital": "capital at the beginning",
  memory: "approved in another document, from the translation memory",
};
const ruleWords = (rule) => RULE_WORDS[rule] ?? rule.replaceAll("-", " ");

// Which rows a joint reference belongs to, by document and first id.
const rowOf = (d, id) => rowsById.get(`${d}/${id}`);
const anchorOf = (row) => (data.documents.length > 1 ? `seg-${row.d}-${row.id}` : `seg-${row.id}`);

function buildRow(row) {
  if (!row.id) return buildLoose(row);
  const [now, issues, terms] = [current(row), issuesOf(row), termsOf(row)];
  const worst = ["error", "warning"].find((severity) => issues.some((issue) => issue.severity === severity && issue.reason === undefined));
  const classes = ["pair", row.kind, row.marker && "marked", row.opens && "opens", worst && `has-${worst}`];
  const here = view.current === row;
  const marker = row.marker && make("span", { class: "marker" }, row.marker);
  const reference = row.reference && buildReference(row);
  const element = make(
    "div",
    { class: classes.filter(Boolean).join(" "), role: "row", id: anchorOf(row), tabindex: here ? 0 : -1, "aria-current": here && "true", "data-status": now.status },
    view.starts.has(row) && make("div", { role: "rowheader", class: "document-name" }, data.documents[row.d].name),
    make("div", { role: "rowheader", class: "key" }, keyCell(row, now)),
    make("div", { role: "cell", class: "source" }, marker, make("p", { class: "text", lang: "fr" }, markedText(row.source, terms.map((term) => term.source), terms))),
    make(
      "div", { role: "cell", class: "target" },
      marker && make("span", { class: "marker", "aria-hidden": "true" }, row.marker),
      view.editor?.row === row && view.editor.what === "target" ? targetEditor(row, now, terms)
        : make("p", { class: "text", lang: "en" }, markedText(now.target, terms.map((term) => term.place), terms)),
      notesOf(row, now, issues),
      view.opened.has(row) && view.editor?.row !== row && detailsOf(row, now, terms),
    ),
    reference,
  );
  if (view.search) highlight(element);
  return element;
}

// Show in a row what was searched for. A search as wide as this is a slip of the hand; marking all of it would be slow.
const MOST_FOUND = 5000;
const found = globalThis.Highlight ? new Highlight() : null;
CSS.highlights?.set("found", found);
function highlight(element) {
  if (!found) return;
  if (found.size > MOST_FOUND) found.clear();
  for (const text of all("p.text", element)) for (const range of foundRanges(text, view.search)) found.add(range);
}

function keyCell(row, now) {
  return [
    make("a", { href: `#${anchorOf(row)}` }, row.id),
    row.opens && kindOf(row) && make("small", {}, kindOf(row)),
    now.status !== "draft" && make("small", { class: `state ${now.status}` }, STATUSES[now.status]),
  ];
}

// A text with its terms marked; terms that overlap share a mark.
function markedText(text, places, terms) {
  const spans = places.map((place, number) => place && { start: place[0], end: place[1], hits: [number] }).filter(Boolean);
  spans.sort((a, b) => a.start - b.start || a.end - b.end);
  const merged = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last && span.start < last.end) {
      last.end = Math.max(last.end, span.end);
      last.hits.push(...span.hits);
    } else merged.push(span);
  }
  const parts = [];
  let done = 0;
  for (const { start, end, hits } of merged) {
    const order = Object.keys(TERM_WORDS);
    const status = hits.map((hit) => terms[hit].status).sort((a, b) => order.indexOf(b) - order.indexOf(a))[0];
    parts.push(text.slice(done, start));
    parts.push(make("mark", { class: `term ${status}`, tabindex: 0, "data-hits": hits.join(" "), "aria-describedby": "tip" }, text.slice(start, end)));
    done = end;
  }
  return [...parts, text.slice(done)].filter(Boolean);
}

function notesOf(row, now, issues) {
  const editing = view.editor?.row === row && view.editor.what === "target";
  const notes = issues.map((issue, number) => {
    if (editing && issue.term >= 0) return null; // the editor's list of terms says so
    const asking = view.editor?.row === row && view.editor.what === "ignore" && view.editor.number === number;
    const term = issue.term >= 0 && { tabindex: 0, "data-hits": issue.term, "aria-describedby": "tip" };
    return make(
      "li", { class: `issue ${issue.severity}${issue.reason === undefined ? "" : " ignored"}`, "data-severity": issue.severity, "data-check": issue.check },
      make("b", { class: "badge" }, worded(issue.check)), " ",
      make("span", term || {}, issue.message), " ",
      issue.reason !== undefined && [make("i", {}, `Ignored: ${issue.reason}`), " ", make("button", { type: "button", class: "slight", "data-restore": number }, "Restore")],
      issue.reason === undefined && !asking && make("button", { type: "button", class: "slight", "data-ignore": number, "aria-label": `Ignore ${worded(issue.check)}` }, "Ignore"),
      asking && make("input", { type: "text", class: "reason", "aria-label": "Reason to ignore", placeholder: "Reason; Enter to ignore", autocomplete: "off" }),
    );
  });
  if (view.editor?.row === row && view.editor.what === "comment") {
    notes.push(make("li", {}, make("textarea", { class: "comment", rows: 2, "aria-label": "Comment", placeholder: "Comment; Enter to keep" }, now.comment)));
  } else if (now.comment) notes.push(make("li", { class: "comment" }, make("b", {}, "Comment"), " ", now.comment));
  return notes.some(Boolean) ? make("ul", { class: "notes" }, notes) : null;
}

function targetEditor(row, now, terms) {
  const area = make("textarea", { class: "editor", lang: "en", rows: 1, spellcheck: "true", "aria-label": `Translation of ${row.id}`, "aria-describedby": "editor-help" });
  area.value = now.target;
  const chips = terms.map((term, number) => {
    const entry = data.entries[term.entry];
    return make("button", { type: "button", class: `chip ${term.place ? "met" : "failed"}`, "data-insert": entry.target, title: `Insert “${entry.target}”`, "data-hits": number },
      make("span", { lang: "fr" }, termSource(row, number)), " → ", make("span", { lang: "en" }, entry.target), term.place ? " ✓" : " – missing");
  });
  return make("div", { class: "editing" }, area, chips.length > 0 && make("p", { class: "chips" }, chips),
    make("p", { class: "quiet", id: "editor-help" }, make("kbd", {}, "Enter"), " confirms, ", make("kbd", {}, "Esc"), " leaves; what you typed is kept"));
}

function marksOf(runs) {
  return runs.map(([kind, text]) => {
    if (kind === "same" || !text.trim()) return text;
    const [lead, trail] = [text.match(/^\s*/)[0], text.match(/\s*$/)[0]];
    return [lead, make(kind === "out" ? "del" : "ins", {}, text.trim()), trail];
  });
}

function detailsOf(row, now, terms) {
  const parts = [];
  const machine = (row.changes ?? []).length || row.draft !== undefined;
  if (now.target !== row.target) parts.push(make("h3", {}, "Your change"), make("p", { lang: "en" }, marksOf(differences(row.target, now.target))));
  if (machine) {
    parts.push(make("h3", {}, "Draft of the model"), make("p", { lang: "en" }, row.draft ?? row.target));
  }
  if (row.changes) {
    parts.push(make("h3", {}, "Changes to the draft"), make("ol", { class: "changes" }, row.changes.map(([rule, before, after]) =>
      make("li", {}, `${worded(ruleWords(rule))}: `, make("del", { lang: "en" }, showBlanks(before) || "nothing"), " → ", make("ins", { lang: "en" }, showBlanks(after) || "nothing")))));
  }
  if (terms.length) {
    parts.push(make("h3", {}, "Terms"), make("ul", { class: "hits" }, terms.map((term, number) => make("li", {}, termLine(row, term, number)))));
  }
  const score = row.score ? `Confidence ${Math.round(100 * Math.exp(row.score))}% (log-probability a token ${row.score.toFixed(2).replace("-", "−")}).` : "Not translated by the model: passed through, or set by rule.";
  parts.push(make("p", { class: "quiet" }, score));
  return make("div", { class: "more" }, parts);
}

function termLine(row, term, number) {
  const entry = data.entries[term.entry];
  const said = term.place ? targetOf(row).slice(...term.place) : entry.target;
  const how = (term.rules ?? []).map(ruleWords).join(", ");
  return [
    make("b", { lang: "fr" }, termSource(row, number)), " → ", make("b", { lang: "en" }, said), " ",
    make("span", { class: `status ${term.status}` }, TERM_WORDS[term.status][0]), `: ${TERM_WORDS[term.status][1]}`, how && ` (${how})`,
  ];
}

function entryFacts(entry) {
  const fact = (label, value, lang) => value && [make("dt", {}, label), make("dd", { lang }, [value].flat().join(", "))];
  return make(
    "dl", { class: "facts" },
    make("dt", {}, "Entry"), make("dd", {}, make("span", { lang: "fr" }, entry.source), " → ", make("span", { lang: "en" }, entry.target), entry.pos && `, ${entry.pos}`),
    fact("Also in French", entry.sources, "fr"), fact("Also accepted", entry.targets, "en"), fact("Forbidden", entry.forbidden, "en"),
    entry.copied && fact("Rule", "not to be translated"), fact("Domain", entry.domain), fact("Note", entry.note), fact("Glossary", entry.origin),
  );
}

// A reference stands at the first row of its link; the rows that share it say where.
function buildReference(row) {
  const { ids, sentences, text, score } = row.reference;
  const cell = make("div", { role: "cell", class: "reference" });
  const plain = ids.length === 1 && sentences === 1 && score !== undefined;
  const label = plain ? [] : row.id && ids[0] !== row.id ? ["with ", make("a", { href: `#${anchorOf(rowOf(row.d, ids[0]))}` }, ids[0])]
    : sentences ? [ids.length > 1 ? `for ${ids[0]} to ${ids.at(-1)}` : ids.length ? plural(sentences, "sentence") : "not in the source"] : ["no sentence"];
  cell.append(make("p", { class: "type", title: score && `Similarity ${score}` }, make("span", {}, "Reference "), ...label));
  if (text && (!row.id || ids[0] === row.id)) {
    const said = ids.map((id) => targetOf(rowOf(row.d, id))).join(" ");
    const runs = view.differences && ids.length && said.trim() ? differences(said, text) : [["same", text]];
    cell.append(make("p", { class: "text", lang: "en" }, marksOf(runs)));
  }
  return cell;
}

function buildLoose(row) {
  const empty = () => make("div", { role: "cell", class: "void" });
  return make("div", { class: "pair loose", role: "row" }, make("div", { role: "rowheader", class: "void" }), empty(), empty(), buildReference(row));
}
