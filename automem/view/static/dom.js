"use strict";
// Elements and text. All text of games, models and files gets onto the page through `fill`, and only as text.

/** Characters that show nothing, or make what is shown look like something else: controls, line separators, changes of
 * the writing direction. */
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/**
 * An element with text and children.
 * @param {string} tag
 * @param {Object<string, string | boolean | number>} [attributes] `class`, `title`, `aria-…`; true sets an empty one, false none
 * @param {...(Node | string | number | null | undefined | false)} children strings become text; numbers say whether
 * @returns {HTMLElement}
 */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child instanceof Node) element.append(child);
    else if (typeof child === "string") element.append(visible(child));
  }
  return element;
}

/**
 * A button.
 * @param {string} text
 * @param {() => void} act
 * @param {Object<string, string | boolean>} [attributes]
 */
function button(text, act, attributes = {}) {
  const made = make("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

/**
 * Text as nodes, in which every unseen character is spelt out and marked, so that `\x1b` the character and `\x1b` the
 * four letters can be told apart.
 * @param {string} text
 * @returns {Node}
 */
function visible(text) {
  if (text.search(UNSEEN) < 0) return document.createTextNode(text);
  const fragment = document.createDocumentFragment();
  let done = 0;
  for (const match of text.matchAll(UNSEEN)) {
    fragment.append(text.slice(done, match.index));
    const code = match[0].charCodeAt(0);
    const spelt = document.createElement("span");
    spelt.className = "unseen";
    spelt.textContent = code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
    fragment.append(spelt);
    done = match.index + 1;
  }
  fragment.append(text.slice(done));
  return fragment;
}

/**
 * Put children in the place of all that an element holds.
 * @param {Element} element
 * @param {...(Node | string | number | null | undefined | false)} children
 */
function fill(element, ...children) {
  element.replaceChildren(...children.flatMap((child) => (child instanceof Node ? [child] : typeof child === "string" && child ? [visible(child)] : [])));
}

/** The element of that id. @param {string} id @returns {any} */
function byId(id) {
  return document.getElementById(id);
}

/** A share as `4.5 %`. @param {number | null | undefined} value */
function percent(value) {
  return value === null || value === undefined ? "–" : `${(100 * value).toFixed(1)} %`;
}

/** A reward as `+1`. @param {number} value */
function signed(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(Number(value.toFixed(3)))}`;
}

/** A count with its noun. @param {number} number @param {string} noun */
function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

let saying = 0;

/** Tell the person something in passing; read out, too. @param {string} text */
function say(text) {
  const said = byId("said");
  fill(said, text);
  said.classList.add("shown");
  clearTimeout(saying);
  saying = setTimeout(() => said.classList.remove("shown"), 5000);
}
