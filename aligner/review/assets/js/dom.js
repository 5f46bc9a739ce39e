// Elements without HTML: what is text stays text.
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// make("p", { class: "text", lang: "fr" }, "some ", child): properties that are false or null are left out.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false && child !== ""));
  return element;
}

const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

// "end-punctuation" -> "End punctuation"
const worded = (code) => code.charAt(0).toUpperCase() + code.slice(1).replaceAll("-", " ");

// What a change of spaces alone changed can be seen.
const showBlanks = (text) =>
  (text.trim() ? text.replace(/^ +| +$/g, (blanks) => "·".repeat(blanks.length)) : text.replaceAll(" ", "·"))
    .replace(/[\u00a0\u202f]/g, "°");
