// What is known and what the reviser decided. Nothing here touches the page.

const data = JSON.parse(one("#data").textContent);
const rows = data.rows;
const segments = rows.filter((row) => row.id);
rows.forEach((row, at) => { row.at = at; });

const STATUSES = { draft: "Draft", translated: "Translated", reviewed: "Reviewed", rejected: "Rejected" };

// A row's decision where there is one: { target, status, comment, ignored }. What the page was made with is no decision.
const edits = new Map();
const own = (row) => ({ target: row.target, status: row.status ?? "draft", comment: row.comment ?? "", ignored: row.ignored ?? [] });
const current = (row) => edits.get(row) ?? own(row);
const targetOf = (row) => edits.get(row)?.target ?? row.target;
const statusOf = (row) => edits.get(row)?.status ?? row.status ?? "draft";
const same = (a, b) => a.target === b.target && a.status === b.status && a.comment === b.comment && JSON.stringify(a.ignored) === JSON.stringify(b.ignored);

// The target that a row had when a decision on it last left the page; at first, that of the page.
const seen = new Map();
const seenTarget = (row) => seen.get(row) ?? row.target;

// Who wants to know that rows changed.
const watchers = [];
const changed = (some) => { for (const watcher of watchers) watcher(some); };

const history = { done: [], undone: [] };

function put(row, decision) {
  if (same(decision, own(row))) edits.delete(row);
  else edits.set(row, decision);
  changed([row]);
}

// Decide on a row; `from` is what an undo goes back to, by default what was there.
function decide(row, fields, from = current(row)) {
  const decision = { ...current(row), ...fields };
  if (!same(decision, from)) {
    history.done.push({ row, from, to: decision });
    history.undone.length = 0;
  }
  put(row, decision);
}

function undo(back = true) {
  const [take, give] = back ? [history.done, history.undone] : [history.undone, history.done];
  const step = take.pop();
  if (!step) return null;
  give.push(step);
  put(step.row, back ? step.from : step.to);
  return step.row;
}

// Issues of an edited target. What is said of the page's own target too, though the run did not, is a false alarm.
function liveIssues(row, target) {
  const known = new Set((row.issues ?? []).map((issue) => issue.check));
  const alarms = checkTarget(row, row.target).filter((issue) => !known.has(issue.check)).map((issue) => issue.message);
  return checkTarget(row, target).filter((issue) => !alarms.includes(issue.message));
}

// Issues of a row as its target is now; those that are ignored have the reason.
const checked = new WeakMap();
function issuesOf(row) {
  const edit = edits.get(row);
  let issues = row.issues ?? [];
  if (edit && edit.target !== row.target) {
    if (!checked.has(edit)) checked.set(edit, liveIssues(row, edit.target));
    issues = checked.get(edit);
  }
  const ignored = (edit ?? row).ignored ?? [];
  if (!ignored.length) return issues;
  return issues.map((issue) => {
    const match = ignored.find((one) => one.check === issue.check && one.message === issue.message);
    return match ? { ...issue, reason: match.reason } : issue;
  });
}
const openIssues = (row) => issuesOf(row).filter((issue) => issue.reason === undefined);

// The status of each term as the target is now, and where it stands in it.
function termsOf(row) {
  const target = targetOf(row);
  if (target === row.target) return (row.terms ?? []).map((term) => ({ ...term, place: term.target ?? null }));
  return placeTerms(row, target).map((place, number) => ({ ...row.terms[number], place, rules: [], status: place ? "edited" : "failed" }));
}
