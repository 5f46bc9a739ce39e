// What differs between two texts, word by word: the longest common run of words stays.

const wordsOf = (text) => text.match(/\p{N}+(?:[.,\u00a0\u202f]\p{N}+)*|[\p{L}\p{M}\p{N}]+|\s+|[^\p{L}\p{M}\p{N}\s]/gu) ?? [];

// Texts of so many words that comparing them would be felt are not compared.
const MOST_COMPARED = 400_000;

// Gives [["same" | "out" | "in", text], ...]; joining what is not "in" gives `before`, what is not "out" gives `after`.
function differences(before, after) {
  const [left, right] = [wordsOf(before), wordsOf(after)];
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < Math.min(left.length, right.length) - head && left.at(-1 - tail) === right.at(-1 - tail)) tail++;
  const [a, b] = [left.slice(head, left.length - tail), right.slice(head, right.length - tail)];
  if (a.length * b.length > MOST_COMPARED) return joinRuns([["out", before], ["in", after]]);
  // length[i][j]: of the longest common subsequence of a from i on and b from j on.
  const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const steps = [["same", left.slice(0, head).join("")]];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      steps.push(["same", a[i]]);
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && length[i + 1][j] >= length[i][j + 1])) steps.push(["out", a[i++]]);
    else steps.push(["in", b[j++]]);
  }
  steps.push(["same", left.slice(left.length - tail).join("")]);
  return joinRuns(steps);
}

// Join neighbours of a kind, and take a blank between two changes into both, so that a phrase changes as one.
function joinRuns(steps) {
  const runs = [];
  let out = "";
  let into = "";
  const flush = () => {
    if (out) runs.push(["out", out]);
    if (into) runs.push(["in", into]);
    out = into = "";
  };
  steps = steps.filter(([, text]) => text);
  steps.forEach(([kind, text], at) => {
    const inside = kind === "same" && !text.trim() && (out || into) && steps[at + 1] && steps[at + 1][0] !== "same";
    if (kind === "out" || inside) out += text;
    if (kind === "in" || inside) into += text;
    if (kind !== "same" || inside) return;
    flush();
    if (runs.at(-1)?.[0] === "same") runs.at(-1)[1] += text;
    else runs.push(["same", text]);
  });
  flush();
  return runs;
}
