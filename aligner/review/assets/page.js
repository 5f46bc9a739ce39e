// The script of both pages. It only shows, hides and orders what is in the page, and never makes HTML of text.
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// What a search holds equal: case, accents, ligatures, and the kinds of apostrophe, hyphen and space.
const SAME = { "œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "‘": "'", "ʼ": "'", "\u2010": "-", "\u00ad": "" };
const fold = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/[œæß’‘ʼ\u2010\u00ad]/g, (letter) => SAME[letter]).replace(/\s+/g, " ");

// Ranges of what was found in an element, through the marks that it holds.
function found(element, wanted) {
  let text = "";
  const places = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let offset = 0;
    for (const letter of node.data) {
      const folded = fold(letter);
      const kept = folded === " " && text.endsWith(" ") ? "" : folded;
      text += kept;
      for (let i = 0; i < kept.length; i++) places.push([node, offset, offset + letter.length]);
      offset += letter.length;
    }
  }
  const ranges = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    const range = new Range();
    range.setStart(...places[at].slice(0, 2));
    range.setEnd(places[at + wanted.length - 1][0], places[at + wanted.length - 1][2]);
    ranges.push(range);
  }
  return ranges;
}

// The rows of the document page: what the filters and the keyboard need to know of each.
function readRows(table) {
  return all("tbody", table).flatMap((group) => {
    const reference = one(".reference .text", group);
    const rows = all(".pair", group).map((row) => ({
      row,
      group,
      kind: row.dataset.kind,
      issues: all(".issue", row).map((issue) => issue.dataset),
      terms: all("[data-status]", row).map((term) => term.dataset.status),
      texts: [...all(".text", row), reference].filter(Boolean),
    }));
    return rows.length ? rows : [{ row: null, group, kind: "", issues: [], terms: [], texts: [reference].filter(Boolean) }];
  });
}

function filters(form, rows) {
  const status = one(".shown", form);
  const clear = one("[type=reset]", form);
  const segments = rows.filter((item) => item.row);

  function apply() {
    const data = new FormData(form);
    const wanted = fold(data.get("text").trim());
    const [severity, check, terms, kind] = ["severity", "check", "terms", "kind"].map((name) => data.getAll(name));
    const any = (chosen, has) => !chosen.length || chosen.some(has);
    // One and the same issue must have a severity and a check that were chosen.
    const fits = (issue) => any(severity, (value) => value === issue.severity) && any(check, (value) => value === issue.check);
    const clean = severity.includes("none") && !check.length;
    for (const item of rows) {
      if (wanted && !item.folded) item.folded = item.texts.map((text) => fold(text.textContent));
      item.shown =
        (!wanted || item.folded.some((text) => text.includes(wanted))) &&
        any(kind, (value) => value === item.kind) &&
        any(terms, (value) => (value === "none" ? item.row && !item.terms.length : item.terms.includes(value))) &&
        (!(severity.length + check.length) || item.issues.some(fits) || (clean && item.row && !item.issues.length));
      if (item.row) item.row.hidden = !item.shown;
    }
    const shownGroups = new Set(rows.filter((item) => item.shown).map((item) => item.group));
    for (const item of rows) item.group.hidden = !shownGroups.has(item.group);
    const count = segments.filter((item) => item.shown).length;
    const narrowed = wanted || severity.length + check.length + terms.length + kind.length > 0;
    const total = `${segments.length} segment${segments.length === 1 ? "" : "s"}`;
    status.value = narrowed ? `${count} of ${total}` : total;
    one(".empty").hidden = shownGroups.size > 0;
    clear.hidden = !narrowed;
    for (const menu of all(".menu", form)) {
      one(".chosen", menu).textContent = data.getAll(menu.dataset.facet).length || "";
    }
    highlight(wanted);
  }

  function highlight(wanted) {
    if (!CSS.highlights) return;
    CSS.highlights.delete("found");
    if (wanted.length < 2) return;
    const ranges = [];
    // A search as wide as this is a slip of the hand; marking all of it would stop the page.
    for (const item of rows) {
      if (ranges.length > 5000) break;
      if (item.shown) for (const text of item.texts) ranges.push(...found(text, wanted));
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  let timer;
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(apply, event.target.name === "text" ? 80 : 0);
  });
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    for (const menu of all(".menu[open]", form)) if (!menu.contains(event.target)) menu.open = false;
  });
  apply();
}

function keyboard(form, rows) {
  const search = one("[type=search]", form);
  const help = one("#help");
  const segments = rows.filter((item) => item.row);
  const troubled = (item) => item.issues.length > 0 || item.terms.includes("failed");
  let current = null;

  function openHelp() {
    help.showModal();
    one("button", help).focus();
  }

  function select(row) {
    if (current) current.removeAttribute("aria-current");
    current = row;
    row.setAttribute("aria-current", "true");
  }

  function visit(row) {
    select(row);
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  // Where to start from: the current row, or when it was scrolled away, the first one on the screen.
  function position(step) {
    const top = form.getBoundingClientRect().bottom;
    const box = current && !current.hidden && current.getBoundingClientRect();
    if (box && box.bottom > top && box.top < innerHeight) return segments.findIndex((item) => item.row === current);
    const first = segments.findIndex((item) => item.shown && item.group.getBoundingClientRect().bottom > top + 1);
    return step > 0 ? first - 1 : first;
  }

  function go(step, wanted) {
    const from = position(step);
    const count = segments.length;
    for (let far = 1; far <= count; far++) {
      const item = segments[(((from + step * far) % count) + count) % count];
      if (item.shown && wanted(item)) return visit(item.row);
    }
  }

  const keys = {
    j: () => go(1, () => true),
    k: () => go(-1, () => true),
    n: () => go(1, troubled),
    N: () => go(-1, troubled),
    "/": () => search.select(),
    "?": openHelp,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open || event.isComposing) return;
    if (event.key === "Escape") {
      for (const menu of all(".menu[open]", form)) {
        menu.open = false;
        one("summary", menu).focus();
      }
    }
    if (event.target === search && event.key === "Enter") {
      event.preventDefault();
      const first = segments.find((item) => item.shown);
      if (first) visit(first.row);
    }
    if (event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (!(event.key in keys) || !one("[name=shortcuts]", help).checked) return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const button of all("[data-step]", form)) {
    button.addEventListener("click", () => go(Number(button.dataset.step), troubled));
  }
  one("[data-help]", form).addEventListener("click", openHelp);
  one("button", help).addEventListener("click", () => help.close());
  one(".bitext").addEventListener("click", (event) => {
    const row = event.target.closest(".pair");
    if (row) select(row);
  });
}

// One tooltip for all terms: how the hit was satisfied and its glossary entry; the partner lights up meanwhile.
function tips(table) {
  const tip = one("#tip");
  let owner = null;
  let timer;

  function show(term) {
    clearTimeout(timer);
    if (term === owner) return;
    hide();
    owner = term;
    const hits = term.dataset.hits.split(" ");
    const row = term.closest(".pair");
    for (const other of all("[data-hits]", row)) {
      if (other.dataset.hits.split(" ").some((hit) => hits.includes(hit))) other.classList.add("lit");
    }
    for (const id of term.getAttribute("aria-describedby").split(" ")) {
      const copy = document.createElement("div");
      copy.append(...[...document.getElementById(id).childNodes].map((node) => node.cloneNode(true)));
      for (const link of all("a", copy)) link.remove();
      tip.append(copy);
    }
    tip.hidden = false;
    place();
  }

  function place() {
    if (!owner) return;
    const at = owner.getBoundingClientRect();
    const below = at.bottom + 6 + tip.offsetHeight < innerHeight;
    tip.style.top = `${below ? at.bottom + 6 : Math.max(4, at.top - 6 - tip.offsetHeight)}px`;
    tip.style.left = `${Math.max(4, Math.min(at.left, document.documentElement.clientWidth - tip.offsetWidth - 4))}px`;
  }

  function hide() {
    clearTimeout(timer);
    for (const term of all(".lit", table)) term.classList.remove("lit");
    tip.hidden = true;
    tip.replaceChildren();
    owner = null;
  }

  const near = (event) => event.target.closest?.("[data-hits]");
  // The pause lets the pointer cross into the tooltip, which stays while it is there.
  const leave = () => { clearTimeout(timer); timer = setTimeout(hide, 150); };
  table.addEventListener("pointerover", (event) => near(event) && show(near(event)));
  table.addEventListener("pointerout", (event) => near(event) && leave());
  table.addEventListener("focusin", (event) => near(event) && show(near(event)));
  table.addEventListener("focusout", (event) => near(event) && leave());
  tip.addEventListener("pointerenter", () => clearTimeout(timer));
  tip.addEventListener("pointerleave", leave);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", place, { passive: true });
}

function sorting(table) {
  const body = one("tbody", table);
  const compare = new Intl.Collator("fr", { numeric: true }).compare;
  const buttons = all("[data-sort]", table);
  buttons.forEach((button, column) => {
    button.addEventListener("click", () => {
      const head = button.closest("th");
      // Names start from A, numbers from the highest.
      const first = button.dataset.sort === "text" ? "ascending" : "descending";
      const second = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? second : first;
      for (const other of buttons) other.closest("th").removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const keyed = [...body.rows].map((row) => [row.cells[column].dataset.value, row]);
      // What has no score comes last in both orders.
      keyed.sort(([a], [b]) => (a === "") - (b === "") || sign * (button.dataset.sort === "text" ? compare(a, b) : a - b));
      body.append(...keyed.map(([, row]) => row));
    });
  });
}

const table = one(".bitext");
if (table) {
  const form = one(".toolbar");
  const rows = readRows(table);
  form.hidden = false;
  const measure = () => document.documentElement.style.setProperty("--toolbar", `${form.offsetHeight}px`);
  new ResizeObserver(measure).observe(form);
  filters(form, rows);
  keyboard(form, rows);
  tips(table);
}
const documents = one(".documents");
if (documents) sorting(documents);
