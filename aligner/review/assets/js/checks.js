// Checks while editing: what can be told from the two texts at once, in the words of a run's checks, so that what is
// ignored here stays ignored there. All of a run's checks are made again when edits are applied.

const BRACKETS = [["(", ")", "brackets"], ["[", "]", "brackets"], ["{", "}", "brackets"], ["“", "”", "quotes"]];
const NUMBER = /(?<!\d)(?:\d{1,3}(?:[ \u00a0\u2009\u202f.,]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)/g;
const ADDRESS = /https?:\/\/\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+/g;
const DOUBLED = /(?<![\p{L}\p{N}])(\p{L}{2,})\s+\1(?![\p{L}\p{N}])/giu;
const MAY_DOUBLE = ["had", "that"];
const FINAL = /([.!?…:;])[\s”’"'»)\]¹²³⁴-⁹]*$/;
const ABBREVIATION = /\b(?:[ap]\.m|etc|Inc|Ltd|Jr|Mr|St|No|U\.S)\.\W*$/;
const STRAY_BLANKS = /\s(?:(?<double>\s+)|[,;:!?).](?![\w/)(.-]))|[(]\s/;
const quoted = (texts) => `${texts.map((text) => `“${text}”`).join(", ")} ${texts.length === 1 ? "is" : "are"}`;

function checkTarget(row, target) {
  const issues = [];
  const add = (usual, check, message, term) => {
    const severity = data.checks ? data.checks[check] : usual;
    if (severity) issues.push({ severity, check, message, ...(term >= 0 && { term }) });
  };
  if (!target.trim()) {
    if (row.source.trim()) add("error", "empty", "the target is empty");
    return issues;
  }
  placeTerms(row, target).forEach((place, number) => {
    const [source, entry] = [termSource(row, number), data.entries[row.terms[number].entry]];
    if (!place) add("error", "term-failed", source === entry.target ? `“${source}” is not in the target` : `“${source}” is not translated as “${entry.target}”`, number);
  });
  for (const entry of new Set((row.terms ?? []).map((term) => data.entries[term.entry]))) {
    for (const form of entry.forbidden ?? []) {
      if (occurrences(target, form, false).length) add("error", "term-forbidden", `“${form}” is forbidden for “${entry.source}”: use “${entry.target}”`);
    }
  }
  differing(numbersIn(row.source), numbersIn(target), ([a], [b]) => a === b, ([, text]) => text, (lost, added) => {
    if (lost.length === 1 && added.length === 1) return add("error", "numbers", `“${lost[0]}” has become “${added[0]}”`);
    if (lost.length) add("error", "numbers", `${quoted(lost)} not in the target`);
    if (added.length) add("error", "numbers", `${quoted(added)} not in the source`);
  });
  differing(row.source.match(ADDRESS) ?? [], target.match(ADDRESS) ?? [], (a, b) => a === b, (text) => text, (lost, added) => {
    if (lost.length === 1 && added.length === 1) return add("error", "address", `${lost[0]} has become ${added[0]}`);
    for (const address of lost) add("error", "address", `${address} is not in the target`);
    for (const address of added) add("error", "address", `${address} is not in the source`);
  });
  if (row.source.search(DOUBLED) < 0) {
    for (const found of target.matchAll(DOUBLED)) {
      if (!MAY_DOUBLE.includes(found[1].toLowerCase())) add("warning", "doubled-word", `“${found[0]}”`);
    }
  }
  const home = row.source.replaceAll("«", "“").replaceAll("»", "”");
  for (const [open, close, check] of BRACKETS) {
    const [mine, theirs] = [target, home].map((text) => unpaired(text, open, close));
    if (mine[0] > theirs[0]) add("warning", check, `${open} is opened and not closed`);
    if (mine[1] > theirs[1]) add("warning", check, `${close} closes what was not opened`);
  }
  const inner = target.trim();
  const stray = inner.match(STRAY_BLANKS);
  if (inner !== target) add("info", "spaces", "blanks at the beginning or the end");
  if (stray) {
    const around = inner.slice(Math.max(0, stray.index - 10), stray.index + stray[0].length + 10).trim();
    add("info", "spaces", `${stray.groups.double ? "two blanks" : "a blank too many"} in “${around}”`);
  }
  const [here, there] = [row.source, target].map((text) => text.match(FINAL)?.[1] ?? "");
  const allowed = here === there || (here === ";" && there !== "?") || (!here && ABBREVIATION.test(target));
  if (!allowed) add("info", "end-punctuation", `the source ends in ${here || "no sign"}, the target in ${there || "no sign"}`);
  return issues;
}

// Numbers by their digits alone, so that 1 234,5 and 1,234.5 are equal; each with how it is written.
const numbersIn = (text) => (text.replace(ADDRESS, " ").match(NUMBER) ?? []).map((written) => [written.replace(/\D/g, ""), written]);

// Tell what each side has and the other has not, or not as often; each once, as it is written.
function differing(here, there, same, written, tell) {
  const lacking = (some, others) => {
    const rest = [...others];
    const left = some.filter((one) => {
      const at = rest.findIndex((other) => same(one, other));
      if (at >= 0) rest.splice(at, 1);
      return at < 0;
    });
    return [...new Set(left.map(written))];
  };
  tell(lacking(here, there), lacking(there, here));
}

// How many signs are opened and not closed, and how many close nothing; the bracket after a list's a) is its own.
function unpaired(text, open, close) {
  let [opened, unopened] = [0, 0];
  [...text].forEach((letter, at, letters) => {
    if (letter === open) opened++;
    else if (letter === close && opened) opened--;
    else if (letter === close && !/(?<!\w)(?:[a-z]{1,2}|[ivx]{1,5}|\d{1,2})$/i.test(letters.slice(Math.max(0, at - 6), at).join(""))) unopened++;
  });
  return [opened, unopened];
}

const termSource = (row, number) => row.source.slice(...row.terms[number].source);

// Where each term of a row is met in a target: [start, end], or null. A place meets one term only.
function placeTerms(row, target) {
  const used = [];
  const text = target.replace(ADDRESS, (address) => " ".repeat(address.length)); // no address meets a term
  return (row.terms ?? []).map((term) => {
    const entry = data.entries[term.entry];
    const filed = term.target ? [row.target.slice(...term.target)] : [];
    const forms = [entry.target, ...(entry.targets ?? []), ...filed].sort((a, b) => b.length - a.length);
    for (const form of forms) {
      for (const place of occurrences(text, form, entry.cased && form.length < 6)) {
        if (used.every(([start, end]) => place[1] <= start || end <= place[0])) {
          used.push(place);
          return place;
        }
      }
    }
    return null;
  });
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

// Places of whole words in a text; blanks and hyphens are of any kind, and the last word may have a plural's ending.
function occurrences(text, form, cased) {
  if (!form.trim()) return [];
  const pattern = form.trim().split(/[\s\u2010\u2011-]+/).map(escaped).join("[\\s\\u2010\\u2011-]+");
  const plain = form.endsWith("y") ? `(?:${pattern}|${pattern.slice(0, -1)}ies)` : `${pattern}(?:e?s)?`;
  const expression = new RegExp(`(?<![\\p{L}\\p{N}])${plain}(?![\\p{L}\\p{N}])`, cased ? "gu" : "giu");
  return [...text.matchAll(expression)].map((match) => [match.index, match.index + match[0].length]);
}
