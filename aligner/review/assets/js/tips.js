// One tooltip for all terms: how the hit was satisfied and its glossary entry; the partner lights up meanwhile.

function startTips(table) {
  const tip = one("#tip");
  let owner = null;
  let timer;

  function show(term) {
    clearTimeout(timer);
    if (term === owner) return;
    hide();
    owner = term;
    const hits = term.dataset.hits.split(" ").map(Number);
    const element = term.closest(".pair");
    for (const other of all("[data-hits]", element)) {
      if (other.dataset.hits.split(" ").some((hit) => hits.includes(Number(hit)))) other.classList.add("lit");
    }
    const terms = termsOf(element.row);
    for (const hit of hits) {
      const others = (terms[hit].others ?? []).map((number) => data.entries[number]);
      tip.append(make("div", {}, make("p", {}, termLine(element.row, terms[hit], hit)), entryFacts(data.entries[terms[hit].entry]),
        others.length > 0 && make("p", { class: "quiet" }, "May also mean: ", others.map((entry) => `${entry.source} → ${entry.target}`).join("; "))));
    }
    tip.hidden = false;
    place();
  }

  function place() {
    if (!owner) return;
    if (!owner.isConnected) return hide();
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
