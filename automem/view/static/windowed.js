"use strict";
// A list of any length, of which only the rows in sight are on the page.

const BEYOND = 6; // rows above and below that are kept ready

class Windowed {
  /**
   * @param {HTMLElement} scroller what scrolls
   * @param {number} height of a row, in pixels
   * @param {(number: number) => HTMLElement} draw makes a row
   */
  constructor(scroller, height, draw) {
    this.scroller = scroller;
    this.height = height;
    this.draw = draw;
    this.length = 0;
    /** @type {Map<number, HTMLElement>} */
    this.rows = new Map();
    this.inner = make("div", { class: "windowed" });
    scroller.append(this.inner);
    scroller.addEventListener("scroll", () => this.#update(), { passive: true });
    new ResizeObserver(() => this.#update()).observe(scroller);
  }

  /** Show that many rows, drawn anew. @param {number} length */
  set(length) {
    this.length = length;
    this.inner.style.height = `${length * this.height}px`;
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
    this.#update();
  }

  /** Draw one row anew, if it is there. @param {number} number */
  redraw(number) {
    const old = this.rows.get(number);
    if (old) old.replaceWith(this.#row(number));
  }

  /** Scroll as little as makes a row be seen. @param {number} number */
  reveal(number) {
    const top = number * this.height;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + this.height > scrollTop + clientHeight) this.scroller.scrollTop = top + this.height - clientHeight;
  }

  #update() {
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / this.height) - BEYOND);
    const last = Math.min(this.length, Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / this.height) + BEYOND);
    for (const [number, row] of this.rows) {
      if (number < first || number >= last) {
        row.remove();
        this.rows.delete(number);
      }
    }
    for (let number = first; number < last; number += 1) {
      if (this.rows.has(number)) continue;
      const after = this.rows.get(number + 1); // so that the order on the page is that of the list
      const row = this.#row(number);
      if (after) after.before(row);
      else this.inner.append(row);
    }
  }

  /** @param {number} number */
  #row(number) {
    const row = this.draw(number);
    row.style.top = `${number * this.height}px`;
    row.style.height = `${this.height}px`;
    this.rows.set(number, row);
    return row;
  }
}
