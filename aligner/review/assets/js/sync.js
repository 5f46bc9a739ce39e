// On a page that `aligner review` serves, decisions go straight into the outputs. Otherwise they stay in this browser.

const syncing = { dirty: new Set(), timer: 0, busy: false, words: "" };

function tell(words, trouble = false) {
  syncing.words = words;
  const shown = one(".saved");
  shown.textContent = words;
  shown.classList.toggle("alert", trouble);
}

async function send() {
  if (syncing.busy) return;
  // What is being typed is sent when the editor closes.
  const some = [...syncing.dirty].filter((row) => view.editor?.row !== row);
  if (!some.length) return;
  syncing.busy = true;
  const sent = some.map((row) => [row, current(row)]);
  const body = JSON.stringify(sent.map(([row, decision]) => ({
    document: nameOf(row), segment_id: row.id, source: row.source, before: seenTarget(row), ...decision,
  })));
  tell("Saving…");
  try {
    const answer = await fetch(data.served, { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (!answer.ok) throw new Error(await answer.text());
    const { conflicts } = await answer.json();
    for (const [row, decision] of sent) {
      const conflict = conflicts.some((other) => other.document === nameOf(row) && other.segment_id === row.id);
      if (!conflict) seen.set(row, decision.target);
      if (same(current(row), decision)) syncing.dirty.delete(row);
    }
    if (conflicts.length) notice(`${conflicts.map((one) => one.segment_id).join(", ")}: ${conflicts[0].reason}. Your text is kept among the conflicts; reload the page to see the other.`);
    tell("Saved in the outputs");
  } catch (problem) {
    tell("Not saved in the outputs", true);
    notice(`The decisions did not reach the outputs (${problem.message}). They are kept in this browser and sent again; you can also export them.`);
    sendSoon(4000);
  } finally {
    syncing.busy = false;
  }
  if (syncing.dirty.size && !syncing.timer) sendSoon();
}

function sendSoon(wait = 150) {
  clearTimeout(syncing.timer);
  syncing.timer = setTimeout(() => { syncing.timer = 0; send(); }, wait);
}

function startSync(restored) {
  if (data.served) {
    one("#saving").textContent = "Decisions are written into the outputs at once.";
    tell("Saved in the outputs");
    watchers.push((some) => {
      for (const row of some) syncing.dirty.add(row);
      sendSoon();
    });
    for (const row of restored) syncing.dirty.add(row);
    if (restored.length) sendSoon();
    addEventListener("beforeunload", (event) => syncing.dirty.size && event.preventDefault());
    return;
  }
  one("#saving").textContent = "Decisions are kept in this browser, for this version of the document. Export them to bring them into the outputs with aligner review apply.";
  const say = () => {
    if (!storing.works) tell("Not kept: export before you close", true);
    else tell(edits.size ? `${edits.size.toLocaleString("en")} kept in this browser` : "");
  };
  watchers.push(() => setTimeout(say, 300));
  say();
}

function notice(text, label = "", act = null) {
  const place = one("#notice");
  place.replaceChildren(text, " ");
  const button = (words, deed) => {
    const element = make("button", { type: "button" }, words);
    element.addEventListener("click", () => { place.hidden = true; deed?.(); });
    place.append(element, " ");
  };
  if (act) button(label, act);
  button("Close", null);
  place.hidden = false;
}
