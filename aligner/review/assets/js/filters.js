// Which rows are shown, and in which order. A row that a decision takes out of a filter stays until the filter changes.

const FACETS = {
  status: { labels: STATUSES, of: (row) => [statusOf(row)] },
  terms: { labels: { ...Object.fromEntries(Object.entries(TERM_WORDS).map(([status, [word]]) => [status, word])), none: "No term" }, of: (row) => termsOf(row).map((term) => term.status) },
  kind: { labels: {}, of: (row) => [row.kind] },
  document: { labels: {}, of: (row) => [String(row.d)] },
};
const SEVERITIES = { error: "Errors", warning: "Warnings", info: "Info" };

// How often each value occurs, each row counted once; what has no value counts as "none".
function tally(values) {
  const counts = new Map();
  for (const row of segments) {
    const has = new Set(values(row));
    for (const value of has.size ? has : ["none"]) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function startFilters(form, bar) {
  const search = one("[name=text]", form);
  const clear = one("[type=reset]", form);
  const error = one("#search-error");
  const pressed = { severity: new Set(), check: new Set() };
  const badges = new Map();
  const choices = new Map(); // facet name -> value -> { input, count }
  const folded = new Map();
  let fields = {};

  const textsOf = (row) => ({ source: row.source ?? "", target: row.id ? targetOf(row) : "", reference: row.reference?.text ?? "" });
  // Folding is slow enough to be felt on thousands of rows; a text is folded once.
  const foldedText = (text) => {
    if (!folded.has(text)) folded.set(text, fold(text));
    return folded.get(text);
  };

  for (const [name, facet] of Object.entries(FACETS)) {
    const menu = one(`[data-facet=${name}]`, bar);
    const counts = tally(facet.of);
    const known = Object.keys(facet.labels);
    const values = known.length ? known.filter((value) => name === "status" || counts.has(value) || (value === "edited" && counts.size > 1)) : [...counts.keys()];
    if (name === "document" ? data.documents.length < 2 : values.length < 2) continue;
    const made = new Map();
    for (const value of values) {
      const label = name === "kind" ? KINDS[value] || worded(value) : name === "document" ? data.documents[value].name : facet.labels[value];
      const input = make("input", { type: "checkbox", name, value });
      const count = make("small");
      made.set(value, { input, count });
      one("fieldset", menu).append(make("label", {}, input, make("span", { class: name === "terms" && value !== "none" && `term ${value}` }, label), " ", count));
    }
    choices.set(name, made);
    menu.hidden = false;
  }

  function count() {
    for (const [name, made] of choices) {
      const counts = tally(FACETS[name].of);
      for (const [value, { count: shown }] of made) shown.textContent = (counts.get(value) ?? 0).toLocaleString("en");
    }
    const severities = tally((row) => openIssues(row).map((issue) => issue.severity));
    const checks = tally((row) => openIssues(row).map((issue) => issue.check));
    for (const [value, label] of Object.entries(SEVERITIES)) badge("severity", value, label, severities.get(value) ?? 0);
    badge("severity", "none", "No issue", severities.get("none") ?? 0);
    const names = [...new Set([...checks.keys(), ...[...badges.keys()].filter((key) => key.startsWith("check:")).map((key) => key.slice(6))])];
    for (const value of names.sort()) if (value !== "none") badge("check", value, worded(value), checks.get(value) ?? 0);
  }

  function badge(facet, value, label, number) {
    const key = `${facet}:${value}`;
    if (!badges.has(key)) {
      const button = make("button", { type: "button", class: `badge ${facet === "severity" ? value : "check"}`, "aria-pressed": "false" }, label, " ", make("b"));
      button.addEventListener("click", () => {
        if (!pressed[facet].delete(value)) pressed[facet].add(value);
        button.setAttribute("aria-pressed", pressed[facet].has(value));
        apply();
      });
      badges.set(key, button);
      one(".badges", bar).append(button);
    }
    const button = badges.get(key);
    one("b", button).textContent = number.toLocaleString("en");
    button.title = plural(number, "segment");
    button.hidden = !number && !pressed[facet].has(value);
  }

  function read() {
    fields = { side: form.elements.side.value, order: form.elements.order.value };
    for (const [name, made] of choices) fields[name] = [...made].filter(([, { input }]) => input.checked).map(([value]) => value);
    try {
      view.search = searcher(search.value, form.elements.regex.checked);
      error.hidden = true;
      search.removeAttribute("aria-invalid");
    } catch (problem) {
      error.textContent = `Not a regular expression: ${problem.message.split(": ").at(-1)}`;
      error.hidden = false;
      search.setAttribute("aria-invalid", "true");
      return false;
    }
    return true;
  }

  function matches(row) {
    if (view.search) {
      const texts = textsOf(row);
      const sides = fields.side ? [fields.side] : ["source", "target", "reference"];
      if (!sides.some((side) => texts[side] && view.search(foldedText(texts[side])).length)) return false;
    }
    const narrowed = Object.keys(FACETS).some((name) => fields[name]?.length) || pressed.severity.size + pressed.check.size > 0;
    if (!row.id) return !narrowed && !fields.order;
    for (const [name, facet] of Object.entries(FACETS)) {
      const chosen = fields[name] ?? [];
      if (!chosen.length) continue;
      const has = facet.of(row);
      if (!chosen.some((value) => (value === "none" ? !has.length : has.includes(value)))) return false;
    }
    const { severity, check } = pressed;
    if (!severity.size && !check.size) return true;
    // One and the same issue must have a severity and a check that were chosen.
    if (severity.has("none") && !check.size && !openIssues(row).length) return true;
    return openIssues(row).some((issue) => (!severity.size || severity.has(issue.severity)) && (!check.size || check.has(issue.check)));
  }

  function apply() {
    if (!read()) return;
    found?.clear();
    let shown = rows.filter(matches);
    const worth = (row) => openIssues(row).reduce((sum, issue) => sum + { error: 100, warning: 10, info: 1 }[issue.severity], 0);
    if (fields.order === "confidence") shown.sort((a, b) => (a.score ?? 0) - (b.score ?? 0) || a.at - b.at);
    if (fields.order === "issues") shown = shown.map((row) => [worth(row), row]).sort(([a, x], [b, y]) => b - a || x.at - y.at).map(([, row]) => row);
    view.starts = new Set(data.documents.length > 1 ? shown.filter((row, at) => row.id && row.d !== shown[at - 1]?.d) : []);
    list.show(shown);
    list.refresh(shown.filter((row) => list.element(row)));
    const number = shown.filter((row) => row.id).length;
    const narrowed = number < segments.length;
    one(".shown", form).value = narrowed ? `${number.toLocaleString("en")} of ${plural(segments.length, "segment")}` : plural(segments.length, "segment");
    const used = Boolean(search.value) || pressed.severity.size + pressed.check.size > 0 || [...choices.keys()].some((name) => fields[name].length);
    clear.hidden = !used;
    one(".empty").hidden = shown.length > 0;
    one(".bitext").setAttribute("aria-rowcount", shown.length + 1);
    for (const menu of all(".menu[data-facet]", bar)) one(".chosen", menu).textContent = (fields[menu.dataset.facet] ?? []).length || "";
    // The first of what was found is what one wants to see.
    const top = one(".rows").getBoundingClientRect().top;
    if (used && top < 0) one("#segments").scrollIntoView();
  }

  let timer;
  const soon = (event) => {
    clearTimeout(timer);
    timer = setTimeout(apply, event.target === search ? 80 : 0);
  };
  form.addEventListener("input", soon);
  bar.addEventListener("input", soon);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    for (const facet of Object.values(pressed)) facet.clear();
    for (const button of badges.values()) button.setAttribute("aria-pressed", "false");
    for (const made of choices.values()) for (const { input } of made.values()) input.checked = false;
    setTimeout(() => { apply(); count(); });
  });
  document.addEventListener("click", (event) => {
    for (const menu of all(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  let counting;
  watchers.push(() => {
    clearTimeout(counting);
    counting = setTimeout(count, 60);
  });
  count();
  apply();
}
