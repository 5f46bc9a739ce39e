// Searching: folded text, where it was found, and regular expressions.

// What a search holds equal: case, accents, ligatures, and the kinds of apostrophe, hyphen and space.
const SAME = { "œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "‘": "'", "ʼ": "'", "\u2010": "-", "\u2011": "-", "\u00ad": "" };
const bare = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[’‘ʼ\u2010\u2011\u00ad]/g, (letter) => SAME[letter]);
const fold = (text) => bare(text).toLowerCase().replace(/[œæß]/g, (letter) => SAME[letter]).replace(/\s+/g, " ");

// Turn what was typed into a function from folded text to [start, end] pairs; throws SyntaxError for a bad expression.
function searcher(typed, regex) {
  if (!typed.trim()) return null;
  if (!regex) {
    const wanted = fold(typed.trim());
    return (text) => {
      const places = [];
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) places.push([at, at + wanted.length]);
      return places;
    };
  }
  const expression = new RegExp(bare(typed), "giu");
  return (text) => [...text.matchAll(expression)].filter((match) => match[0]).map((match) => [match.index, match.index + match[0].length]);
}

// Ranges of what was found in an element, through the marks that it holds.
function foundRanges(element, search) {
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
  return search(text).map(([start, end]) => {
    const range = new Range();
    range.setStart(...places[start].slice(0, 2));
    range.setEnd(places[end - 1][0], places[end - 1][2]);
    return range;
  });
}
