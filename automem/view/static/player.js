"use strict";
// The panels, and the step that all of them are at.

const MOST_PANELS = 6;

class Player {
  /** @param {{pictures: boolean} & Sizes} about @param {(player: Player) => void} moved */
  constructor(about, moved) {
    this.about = about;
    this.moved = moved;
    /** @type {Panel[]} */
    this.panels = [];
    this.step = 1;
    this.playing = false;
    this.speed = 2;
    this.run = 0; // which play it is
    this.turns = new TurnDialog();
    /** @type {(panel: Panel) => void} */
    this.change = () => {};
    this.calls = {
      go: (/** @type {number} */ step) => this.go(step),
      change: (/** @type {Panel} */ panel) => this.change(panel),
      remove: (/** @type {Panel} */ panel) => this.remove(panel),
      turn: (/** @type {Panel} */ panel, /** @type {number} */ number) => this.turns.open(panel, number),
    };
  }

  /** Steps of the longest episode, as far as they are known. */
  get total() {
    return Math.max(1, ...this.panels.map((panel) => panel.episode.steps));
  }

  /** What the timelines are drawn to, so that they can be compared. @returns {Scale} */
  get scale() {
    const reached = this.panels.flatMap((panel) => panel.episode.marks.progression.at(-1) ?? 0);
    return { total: this.total, most: Math.max(0.01, ...reached) };
  }

  get growing() {
    return this.panels.some((panel) => panel.episode.growing);
  }

  /** @param {Line} line */
  add(line) {
    if (this.panels.length >= MOST_PANELS) {
      say(`There is room for ${MOST_PANELS} panels; remove one first.`);
      return;
    }
    const panel = new Panel(new Episode(line, this.about), this.calls, this.about.pictures);
    this.panels.push(panel);
    byId("panels").append(panel.element);
    this.#opened(panel);
  }

  /** @param {Panel} panel @param {Line} line */
  replace(panel, line) {
    panel.open(new Episode(line, this.about));
    this.#opened(panel);
  }

  /** @param {Panel} panel */
  remove(panel) {
    const place = this.panels.indexOf(panel);
    this.panels.splice(place, 1);
    panel.element.remove();
    (this.panels[Math.min(place, this.panels.length - 1)]?.element.querySelector("button") ?? byId("add")).focus();
    this.go(this.step);
  }

  clear() {
    for (const panel of this.panels) panel.element.remove();
    this.panels = [];
  }

  /** @param {Panel} panel */
  #opened(panel) {
    const shown = panel.show(this.step, this.scale);
    shown.then(() => this.#marks(panel)).then(() => this.go(this.step));
    this.moved(this);
  }

  /** @param {Panel} panel */
  async #marks(panel) {
    panel.element.setAttribute("aria-busy", "true");
    try {
      await panel.episode.loadMarks(() => {
        panel.marked(this.scale);
        this.moved(this);
      });
    } catch (error) {
      say(`What can be jumped to is not known: ${/** @type {Error} */ (error).message}`);
    }
    panel.element.setAttribute("aria-busy", "false");
  }

  /** Go to a step, all panels together. @param {number} step */
  go(step) {
    this.step = Math.max(1, Math.min(step, this.total));
    const { scale } = this;
    this.moved(this);
    return Promise.all(this.panels.map((panel) => panel.show(this.step, scale)));
  }

  /** A newer index has come. @param {Map<string, Line>} lines by id */
  update(lines) {
    for (const panel of this.panels) {
      const line = lines.get(panel.episode.line.id);
      if (!line || !panel.episode.update(line)) continue;
      panel.changed();
      this.#marks(panel).then(() => panel.show(this.step, this.scale));
    }
    this.moved(this);
  }

  toggle() {
    this.playing = !this.playing;
    if (this.playing && this.step >= this.total && !this.growing) this.step = 0; // from the beginning again
    if (this.playing) this.#play();
    this.moved(this);
  }

  async #play() {
    this.run += 1;
    const { run } = this;
    while (this.playing && run === this.run) {
      const due = performance.now() + 1000 / this.speed;
      const next = this.step + 1;
      if (next <= this.total) {
        await Promise.all(this.panels.map((panel) => panel.ready(next).catch(() => {})));
        if (!this.playing || run !== this.run) return;
        await this.go(next);
      } else if (!this.growing) {
        this.playing = false;
        this.moved(this);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    }
  }

  /**
   * Jump to the next step with a mark in any panel.
   * @param {"rewards" | "writes" | "guards"} name
   * @param {string} words what it is called
   * @param {1 | -1} way
   */
  async jump(name, words, way = 1) {
    await Promise.all(this.panels.map((panel) => this.#marks(panel)));
    const steps = this.panels.flatMap((panel) => [.../** @type {any} */ (panel.episode.marks[name]).keys()]).filter((step) => (step - this.step) * way > 0);
    if (!steps.length) {
      say(`There is no ${words} ${way > 0 ? "after" : "before"} step ${this.step}.`);
      return;
    }
    const step = way > 0 ? Math.min(...steps) : Math.max(...steps);
    say(`Step ${step}: ${words}.`);
    await this.go(step);
  }

  /** Go to the first step at which not all panels saw and did the same. */
  async difference() {
    if (this.panels.length < 2) {
      say("There is one panel; add another episode to compare it with.");
      return;
    }
    await Promise.all(this.panels.map((panel) => this.#marks(panel)));
    const found = firstDifference(this.panels.map((panel) => panel.episode.marks));
    if (!found) {
      say("The panels see and do the same at every step.");
      return;
    }
    say(`Step ${found.step}: ${found.how}.`);
    await this.go(found.step);
  }
}

/**
 * The first step at which episodes differ, and in what.
 * @param {{actions: string[], seen: string[]}[]} marks
 * @returns {{step: number, how: string} | null}
 */
function firstDifference(marks) {
  const length = Math.max(...marks.map((one) => one.actions.length));
  for (let at = 0; at < length; at += 1) {
    if (marks.some((one) => at >= one.actions.length)) return { step: at + 1, how: "not all episodes go on" };
    if (new Set(marks.map((one) => one.seen[at])).size > 1) return { step: at + 1, how: "the panels see different things" };
    const actions = new Set(marks.map((one) => one.actions[at]));
    if (actions.size > 1) return { step: at + 1, how: `the actions differ: ${[...actions].join(" · ")}` };
  }
  return null;
}
