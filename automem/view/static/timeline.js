"use strict";
// An episode at a glance: progression as a line, and what can be jumped to below it.

const SVG = "http://www.w3.org/2000/svg";
/** @type {["rewards" | "writes" | "guards", number][]} marks, and how far down they stand */
const LANES = [
  ["rewards", 3],
  ["writes", 15],
  ["guards", 21],
];

/** @typedef {{total: number, most: number}} Scale steps and progression that the timelines of all panels reach to */

class Timeline {
  /** @param {(step: number) => void} go */
  constructor(go) {
    this.total = 1;
    this.element = document.createElementNS(SVG, "svg");
    this.element.setAttribute("class", "timeline");
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.setAttribute("aria-hidden", "true"); // the slider and the jumps say the same
    this.element.addEventListener("click", (event) => go(1 + Math.floor((event.offsetX / this.element.clientWidth) * this.total)));
    /** @type {Object<string, SVGPathElement>} */
    this.paths = {};
    for (const name of ["line", ...LANES.map((lane) => lane[0]), "now"]) {
      this.paths[name] = document.createElementNS(SVG, "path");
      this.paths[name].setAttribute("class", name);
      this.element.append(this.paths[name]);
    }
  }

  /** @param {Episode} episode @param {Scale} scale */
  draw(episode, { total, most }) {
    const { marks } = episode;
    this.total = Math.max(1, total);
    this.element.setAttribute("viewBox", `0 0 ${this.total} 26`);
    const rises = marks.progression.map((value, at) => (at && value === marks.progression[at - 1] ? "" : `V${(12 - (10 * value) / most).toFixed(2)}`) + (value !== marks.progression[at + 1] ? `H${at + 1}` : ""));
    this.paths.line.setAttribute("d", `M0 12${rises.join("")}`);
    for (const [name, top] of LANES) {
      const steps = [...marks[name].keys()];
      this.paths[name].setAttribute("d", steps.map((step) => `M${step - 0.5} ${top}v4`).join(""));
    }
  }

  /** @param {number} step */
  mark(step) {
    this.paths.now.setAttribute("d", `M${step - 0.5} 0v26`);
  }
}
