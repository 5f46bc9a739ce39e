// Moving among the rows, and deciding on them.

let list; // the virtual list, made in main.js

const announce = (text) => { one("#announce").textContent = text; };

function select(row) {
  const before = view.current;
  if (before === row) return;
  if (view.editor) closeEditor({}, false);
  view.current = row;
  const old = before && list.element(before);
  old?.removeAttribute("aria-current");
  old?.setAttribute("tabindex", -1);
  const element = list.element(row);
  element?.setAttribute("aria-current", "true");
  element?.setAttribute("tabindex", 0);
  showBar();
}

function visit(row) {
  select(row);
  list.pin(row);
  list.reveal(row);
  list.element(row)?.focus({ preventScroll: true });
}

// Go to the next row in a direction that is wanted: from the current row, or when it is not to be seen, the first that is.
function go(step, wanted = () => true) {
  const { order } = list;
  if (!order.length) return null;
  const box = list.element(view.current)?.getBoundingClientRect();
  const seen = box && box.bottom > 0 && box.top < innerHeight;
  const from = seen ? order.indexOf(view.current) : list.first() - (step > 0 ? 1 : 0);
  for (let far = 1; far <= order.length; far++) {
    const row = order[(((from + step * far) % order.length) + order.length) % order.length];
    if (row.id && wanted(row)) {
      visit(row);
      return row;
    }
  }
  return null;
}

// Show a row as it is now; a text that is being typed is left alone.
function update(row) {
  const element = list.element(row);
  if (!element) return;
  if (view.editor?.row !== row || view.editor.what !== "target") {
    const focused = element.contains(document.activeElement);
    list.refresh([row]);
    if (focused) list.element(row).focus({ preventScroll: true });
    return;
  }
  const fresh = buildRow(row);
  one(".key", element).replaceChildren(...one(".key", fresh).childNodes);
  one(".notes", element)?.remove();
  const notes = one(".notes", fresh);
  if (notes) one(".editing", element).after(notes);
  one(".chips", element)?.replaceWith(one(".chips", fresh));
  element.className = fresh.className;
}

function openEditor(row, what, number = -1) {
  if (view.editor) closeEditor();
  select(row);
  view.editor = { row, what, number, from: current(row) };
  list.pin(row);
  list.reveal(row);
  list.refresh([row]);
  const field = one(".target :is(textarea, input)", list.element(row));
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  fit(field);
  list.element(row).scrollIntoView({ block: "nearest" });
  showBar();
}

// What was typed stays, and is one step for undo. The row gets the focus, unless that went elsewhere already.
function closeEditor(fields = {}, focus = true) {
  const { row, from } = view.editor;
  view.editor = null;
  decide(row, fields, from);
  if (focus) list.element(row)?.focus({ preventScroll: true });
  showBar();
}

function fit(field) {
  if (field.tagName !== "TEXTAREA") return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

function typed(field) {
  const { row, what, from } = view.editor;
  fit(field);
  if (what !== "target") return;
  const target = field.value;
  put(row, { ...current(row), target, status: target === from.target ? from.status : "translated" });
}

function confirm(row, unreviewed = false) {
  const element = list.element(row);
  const edited = view.editor?.row === row && view.editor.what === "target" ? { target: one(".editor", element).value } : {};
  if (view.editor) closeEditor({ ...edited, status: "reviewed" });
  else decide(row, { status: "reviewed" });
  announce(`${row.id} reviewed`);
  const wanted = (other) => other !== row && (!unreviewed || statusOf(other) !== "reviewed");
  if (list.order.at(-1) !== row || unreviewed) go(1, wanted);
}

function reject(row) {
  if (view.editor) closeEditor();
  const status = statusOf(row) !== "rejected" ? "rejected" : targetOf(row) === row.target ? "draft" : "translated";
  decide(row, { status });
  announce(`${row.id} ${STATUSES[status].toLowerCase()}`);
}

function toggleDetails(row) {
  if (!view.opened.delete(row)) view.opened.add(row);
  update(row);
  list.element(row)?.scrollIntoView({ block: "nearest" });
}

function ignore(row, number, reason) {
  const { check, message } = issuesOf(row)[number];
  decide(row, { ignored: [...current(row).ignored, { check, message, reason }] });
}

function restoreIssue(row, number) {
  const { check, message } = issuesOf(row)[number];
  decide(row, { ignored: current(row).ignored.filter((one) => one.check !== check || one.message !== message) });
}

// Enter keeps what was asked for in a small field: a comment, or the reason to ignore an issue.
function keepField(field) {
  const { row, what, number } = view.editor;
  const text = field.value.trim();
  if (what === "comment") closeEditor({ comment: text });
  else if (text) {
    closeEditor();
    ignore(row, number, text);
  } else {
    field.setCustomValidity("Say why");
    field.reportValidity();
  }
}

function stepBack(back) {
  if (view.editor) closeEditor();
  const row = undo(back);
  if (row && list.order.includes(row)) visit(row);
  announce(row ? `${back ? "Undone" : "Done again"}: ${row.id}` : `Nothing to ${back ? "undo" : "do again"}`);
}

const COMMANDS = {
  edit: (row) => openEditor(row, "target"),
  confirm: (row) => confirm(row),
  reject,
  comment: (row) => openEditor(row, "comment"),
  details: toggleDetails,
};

function startEditing(table) {
  table.addEventListener("click", (event) => {
    const row = event.target.closest(".pair")?.row;
    if (!row?.id) return;
    const button = event.target.closest("button");
    if (button?.dataset.insert !== undefined) {
      const field = one(".editor", list.element(row));
      field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
      typed(field);
      field.focus();
      return;
    }
    select(row);
    list.pin(row);
    if (button?.dataset.ignore !== undefined) openEditor(row, "ignore", Number(button.dataset.ignore));
    if (button?.dataset.restore !== undefined) restoreIssue(row, Number(button.dataset.restore));
  });
  table.addEventListener("dblclick", (event) => {
    const row = event.target.closest(".pair")?.row;
    if (row?.id && event.target.closest(".target .text")) openEditor(row, "target");
  });
  table.addEventListener("focusin", (event) => {
    const row = event.target.closest(".pair")?.row;
    if (row?.id && view.editor?.row !== row) {
      select(row);
      list.pin(row);
    }
  });
  table.addEventListener("input", (event) => {
    if (!view.editor) return;
    const field = event.target;
    if (/[\r\n]/.test(field.value) && event.inputType?.startsWith("insertFrom")) {
      const at = field.selectionStart;
      field.value = field.value.replace(/[\r\n]/g, " ");
      field.setSelectionRange(at, at);
    }
    field.setCustomValidity("");
    typed(field);
  });
  watchers.push((some) => {
    const shown = new Set(some);
    for (const row of some) {
      const first = row.reference && rowOf(row.d, row.reference.ids[0]);
      if (first && first !== row && view.editor?.row !== row) shown.add(first);
    }
    for (const row of shown) update(row);
    showBar();
  });
}

function showBar() {
  const bar = one(".bar");
  const row = view.current;
  for (const control of all("[data-do], select", bar)) control.disabled = !row;
  one(".where", bar).replaceChildren(make("b", {}, row?.id ?? "–"), row && data.documents.length > 1 ? ` ${data.documents[row.d].name}` : "");
  one("[data-undo='1']", bar).disabled = !history.done.length && !view.editor;
  one("[data-undo='0']", bar).disabled = !history.undone.length;
  if (row) one("select", bar).value = statusOf(row);
  const done = segments.filter((one) => statusOf(one) === "reviewed").length;
  const progress = one("progress", bar);
  progress.max = Math.max(segments.length, 1);
  progress.value = done;
  one(".done", bar).textContent = `${done.toLocaleString("en")} of ${segments.length.toLocaleString("en")} reviewed`;
}

function startBar() {
  const bar = one(".bar");
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.do) COMMANDS[button.dataset.do](view.current);
    if (button?.dataset.undo) stepBack(button.dataset.undo === "1");
  });
  one("select", bar).addEventListener("change", (event) => {
    if (view.editor) closeEditor();
    decide(view.current, { status: event.target.value });
  });
  showBar();
}
