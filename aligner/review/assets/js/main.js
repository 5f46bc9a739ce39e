// The review page comes to life.

function startKeys(form) {
  const search = one("[type=search]", form);
  const help = one("#help");
  const toggle = (name) => one(`[name=${name}]`).click();
  // From its top: at high zoom the first control is far below.
  const openHelp = () => { help.showModal(); help.focus(); help.scrollTop = 0; };
  const troubled = (row) => openIssues(row).length > 0;
  const step = (direction) => go(direction, troubled) ?? announce("No issue is left among the segments shown");
  const chosen = (command) => () => (view.current ? COMMANDS[command](view.current) : go(1));
  const keys = {
    j: () => go(1), k: () => go(-1), n: () => step(1), N: () => step(-1),
    m: () => go(1, (row) => statusOf(row) !== "reviewed") ?? announce("All segments shown are reviewed"),
    "/": () => search.select(), "?": openHelp, s: () => toggle("stacked"), d: () => toggle("differences"),
    e: chosen("edit"), x: chosen("reject"), c: chosen("comment"), i: chosen("details"),
    // The browser would scroll to where the end was before the last rows had their height.
    End: () => list.order.length && list.reveal(list.order.at(-1)),
    u: () => stepBack(true), U: () => stepBack(false), Enter: chosen("confirm"),
  };

  function inEditor(event) {
    const field = event.target;
    if (event.key === "Escape") {
      event.preventDefault();
      closeEditor();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (view.editor.what === "target") confirm(view.editor.row, event.ctrlKey || event.metaKey);
      else keepField(field);
    } else if (event.key === "Enter" && view.editor.what === "target") event.preventDefault(); // a segment is one line
  }

  document.addEventListener("keydown", (event) => {
    if (help.open || event.isComposing || event.defaultPrevented) return;
    if (view.editor && event.target.matches(".rows :is(textarea, input)")) return inEditor(event);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const menu = one(".menu[open]");
      if (menu) {
        menu.open = false;
        one("summary", menu).focus();
      }
    }
    if (event.target === search && event.key === "Enter") {
      event.preventDefault();
      const first = list.order.find((row) => row.id);
      if (first) visit(first);
    }
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    // Enter and the space bar are the button's own.
    if (event.key === "Enter" && !event.target.matches("body, main, .pair, .rows mark")) return;
    if (!(event.key in keys) || !one("[name=shortcuts]", help).checked) return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const button of all("[data-step]", form)) button.addEventListener("click", () => step(Number(button.dataset.step)));
  one("[data-help]", form).addEventListener("click", openHelp);
  one(":scope > button", help).addEventListener("click", () => help.close());
  for (const [status, [word, meaning]] of Object.entries(TERM_WORDS)) {
    one(".keys.terms", help).append(make("dt", {}, make("span", { class: `term ${status}` }, word)), make("dd", {}, meaning));
  }
}

// How the page looks is remembered for all pages.
function startViews() {
  const looks = { stacked: (on) => one(".bitext").classList.toggle("stacked", on), differences: (on) => { view.differences = on; } };
  for (const [name, look] of Object.entries(looks)) {
    const box = one(`[name=${name}]`);
    try {
      box.checked = JSON.parse(localStorage.getItem(`aligner-view:${name}`)) ?? box.checked;
    } catch { /* no storage: the look is not remembered */ }
    look(box.checked);
    box.addEventListener("input", (event) => {
      event.stopPropagation();
      look(box.checked);
      list.reflow();
      try {
        localStorage.setItem(`aligner-view:${name}`, box.checked);
      } catch { /* as above */ }
    });
  }
}

function guessHeight() {
  const host = one(".rows");
  let widths = [0, 1];
  return (row) => {
    if (widths[0] !== host.offsetWidth) widths = [host.offsetWidth, Math.max(20, host.offsetWidth / (one(".bitext.stacked") ? 9 : 24))];
    const letters = Math.max(row.source?.length ?? 0, row.target?.length ?? 0, row.reference?.text?.length ?? 0);
    return 20 + 24 * Math.ceil(letters / widths[1]) + 24 * (row.issues?.length ?? 0);
  };
}

function startPage() {
  const form = one(".toolbar");
  const host = one(".rows");
  for (const part of [form, one(".facets"), one("#segments"), one(".bar")]) part.hidden = false;
  // What stays over the segments, so that none is scrolled to under it.
  const measure = () => {
    for (const [name, part] of [["--toolbar", form], ["--bar", one(".bar")]]) {
      const stays = getComputedStyle(part).position === "sticky";
      document.documentElement.style.setProperty(name, `${stays ? part.offsetHeight : 0}px`);
    }
  };
  const sizes = new ResizeObserver(measure);
  for (const part of [form, one(".bar")]) sizes.observe(part);
  measure();
  const restored = startStoring();
  list = virtualList(host, { build: buildRow, guess: guessHeight(), top: () => Math.max(form.getBoundingClientRect().bottom, 0) });
  startViews();
  startEditing(one(".bitext"));
  startFilters(form, one(".facets"));
  startBar();
  startKeys(form);
  startTips(one(".bitext"));
  startSync(restored);
  for (const button of all("[data-export]")) button.addEventListener("click", () => { one("#export").open = false; save(button.dataset.export); });

  const jump = () => {
    const row = segments.find((one) => `#${anchorOf(one)}` === location.hash);
    if (row) visit(row);
  };
  addEventListener("hashchange", jump);
  jump();
  const printing = matchMedia("print");
  printing.addEventListener("change", () => list.everything(printing.matches));
  addEventListener("beforeprint", () => list.everything(true));
  addEventListener("afterprint", () => list.everything(false));

  if (restored.length) notice(`${plural(restored.length, "decision")} of an earlier visit ${restored.length === 1 ? "was" : "were"} restored.`);
  offerOutdated();
}

// Decisions on another version of the document: those that say nothing new are dropped, the others are offered.
function offerOutdated() {
  const waiting = [];
  for (const [key, d] of outdated()) {
    const news = stored(key).filter(([id, edit]) => {
      const row = rowsById.get(`${d}/${id}`);
      return !row || row.source !== edit.source || !same(edit, own(row));
    });
    if (news.length) waiting.push([key, d, news]);
    else localStorage.removeItem(key);
  }
  if (!waiting.length) return;
  const total = waiting.reduce((sum, [, , news]) => sum + news.length, 0);
  notice(`This browser keeps ${plural(total, "decision")} on another version of this page.`, "Take them over", () => {
    let left = 0;
    for (const [key, d, news] of waiting) {
      const taken = adopt(d, news);
      changed(taken);
      left += news.length - taken.length;
      if (taken.length === news.length) localStorage.removeItem(key);
    }
    if (left) notice(`${plural(left, "decision")} ${left === 1 ? "is" : "are"} on sources that are no longer there, and ${left === 1 ? "stays" : "stay"} in this browser.`);
  });
}

startPage();
