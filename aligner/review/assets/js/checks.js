// Checks while editing: what can be told from the two texts at once. A run's checks are made again when edits are applied.

const BRACKETS = [["(", ")", "brackets"], ["[", "]", "brackets"], ["“", "”", "quotes"]];
const NUMBER = /(?<!\d)(?:\d{1,3}(?:[ \u00a0\u2009\u202f.,]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)/g;
const ADDRESS = /https?:\/\/\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+/g;
const DOUBLED = /(?<![\p{L}\p{N}])(\p{L}{2,})\s+\1(?![\p{L}\p{N}])/giu;
const MAY_DOUBLE = ["had", "that"];
const FINAL = /([.!?…:;])[\s”’"'»)\]¹²³⁴-⁹]*$/;

function checkTarget(row, target) {
  const issues = [];
  const add = (severity, check, message, term) => issues.push({ severity, check, message, ...(term >= 0 && { term }) });
  if (!target.trim()) {
    if (row.source.trim()) add("error", "empty", "there is no translation");
    return issues;
  }
  placeTerms(row, target).forEach((place, number) => {
    const entry = data.entries[row.terms[number].entry];
    if (!place) add("error", "term-failed", `“${termSource(row, number)}” is not translated as “${entry.target}”`, number);
  });
  for (const entry of new Set((row.terms ?? []).map((term) => data.entries[term.entry]))) {
    for (const form of entry.forbidden ?? []) {
      if (occurrences(target, form, false).length) add("error", "term-forbidden", `“${form}” is forbidden for “${entry.source}”: use “${entry.target}”`);
    }
  }
  for (const [what, here, there] of [["missing", row.source, target], ["extra", target, row.source]]) {
    const left = surplus(numbersIn(here), numbersIn(there));
    if (left.length) add("error", "numbers", `${what}: ${left.join(", ")}`);
  }
  for (const address of row.source.match(ADDRESS) ?? []) {
    if (!target.includes(address)) add("error", "address", `${address} is not in the target`);
  }
  if (row.source.search(DOUBLED) < 0) {
    for (const found of target.matchAll(DOUBLED)) {
      if (!MAY_DOUBLE.includes(found[1].toLowerCase())) add("warning", "doubled-word", `“${found[0]}”`);
    }
  }
  const count = (text, sign) => text.split(sign).length - 1;
  const home = row.source.replaceAll("«", "“").replaceAll("»", "”");
  for (const [open, close, check] of BRACKETS) {
    const [opened, closed] = [count(target, open), count(target, close)];
    if (opened - closed !== count(home, open) - count(home, close)) {
      add("warning", check, `${opened} opening ${open} and ${closed} closing ${close} in the target`);
    }
  }
  const blank = target.match(/ {2,}|^\s|\s$| +[,.;:!?%)](?!\w)/);
  if (blank) add("info", "spaces", `“${showBlanks(blank[0])}”`);
  const [here, there] = [row.source, target].map((text) => text.match(FINAL)?.[1] ?? "");
  if (here !== there) add("info", "end-punctuation", `the source ends in ${here || "no sign"}, the target in ${there || "no sign"}`);
  return issues;
}

// Numbers by their digits alone, so that 1 234,5 and 1,234.5 are equal; each with how it is written.
const numbersIn = (text) => (text.replace(ADDRESS, " ").match(NUMBER) ?? []).map((written) => [written.replace(/\D/g, ""), written]);

function surplus(here, there) {
  const rest = there.map(([digits]) => digits);
  return here.filter(([digits]) => {
    const at = rest.indexOf(digits);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  }).map(([, written]) => written);
}

const termSource = (row, number) => row.source.slice(...row.terms[number].source);

// Where each term of a row is met in a target: [start, end], or null. A place meets one term only.
function placeTerms(row, target) {
  const used = [];
  return (row.terms ?? []).map((term) => {
    const entry = data.entries[term.entry];
    const filed = term.target ? [row.target.slice(...term.target)] : [];
    const forms = [entry.target, ...(entry.targets ?? []), ...filed].sort((a, b) => b.length - a.length);
    for (const form of forms) {
      for (const place of occurrences(target, form, entry.cased && form.length < 6)) {
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
