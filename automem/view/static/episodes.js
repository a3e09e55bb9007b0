"use strict";
// The searchable list of episodes.

const EPISODE_ROW = 54;
const ORDERS = {
  run: () => 0,
  seed: (/** @type {Line} */ a, /** @type {Line} */ b) => a.seed - b.seed,
  best: (/** @type {Line} */ a, /** @type {Line} */ b) => (b.progression ?? -1) - (a.progression ?? -1),
  worst: (/** @type {Line} */ a, /** @type {Line} */ b) => (a.progression ?? 2) - (b.progression ?? 2),
  long: (/** @type {Line} */ a, /** @type {Line} */ b) => (b.steps ?? 0) - (a.steps ?? 0),
};

class EpisodeList {
  constructor() {
    this.dialog = byId("episodes");
    /** @type {Line[]} */
    this.all = [];
    /** @type {Line[]} */
    this.found = [];
    /** @type {(id: string) => void} */
    this.chosen = () => {};
    this.rows = new Windowed(byId("filter-list"), EPISODE_ROW, (number) => this.#row(this.found[number]));
    for (const name of ["words", "stage", "scaffold", "task", "progress", "order"]) byId(`filter-${name}`).addEventListener("input", () => this.#filter());
    byId("filter-words").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && this.found.length) this.#choose(this.found[0]);
    });
  }

  /** @param {Line[]} lines */
  set(lines) {
    this.all = lines;
    for (const name of ["stage", "scaffold", "task"]) this.#options(name);
    if (this.dialog.open) this.#filter();
  }

  /**
   * Let the person choose.
   * @param {string} title
   * @param {string} words what is searched for at first
   * @param {(id: string) => void} chosen
   */
  ask(title, words, chosen) {
    this.chosen = chosen;
    fill(byId("episodes-title"), title);
    byId("filter-words").value = words;
    for (const name of ["stage", "scaffold", "task"]) byId(`filter-${name}`).value = "";
    byId("filter-progress").value = "0";
    this.dialog.showModal();
    this.#filter();
    byId("filter-words").select();
  }

  /** @param {string} name */
  #options(name) {
    const select = byId(`filter-${name}`);
    const values = [...new Set(this.all.map((line) => /** @type {any} */ (line)[name]))];
    const { value } = select;
    fill(select, make("option", { value: "" }, "all"), ...values.map((one) => make("option", { value: one }, one)));
    select.value = values.includes(value) ? value : "";
    select.closest("label").hidden = values.length < 2;
  }

  #filter() {
    const words = byId("filter-words").value.toLowerCase().split(/[\s,:]+/).filter(Boolean);
    const least = Number(byId("filter-progress").value) / 100;
    const equal = ["stage", "scaffold", "task"].map((name) => [name, byId(`filter-${name}`).value]).filter(([, value]) => value);
    this.found = this.all.filter((line) => {
      const text = haystack(line);
      return words.every((/** @type {string} */ word) => text.some((one) => (/^\d+$/.test(word) ? one === word : one.includes(word)))) && equal.every(([name, value]) => /** @type {any} */ (line)[name] === value) && (least <= 0 || (line.progression ?? -1) >= least - 1e-9);
    });
    const order = byId("filter-order").value;
    if (order !== "run") this.found.sort(/** @type {any} */ (ORDERS)[order]);
    fill(byId("filter-count"), this.found.length === this.all.length ? count(this.all.length, "episode") : `${this.found.length.toLocaleString("en")} of ${count(this.all.length, "episode")}`);
    byId("filter-list").scrollTop = 0;
    this.rows.set(this.found.length);
  }

  /** @param {Line} line */
  #row(line) {
    const words = { done: count(line.steps ?? 0, "step"), playing: line.steps ? `being played, ${count(line.steps, "step")}` : "being played", stopped: "cut short", owed: `owed: ${line.error ?? ""}` };
    const row = button("", () => this.#choose(line), { class: "row episode" });
    fill(
      row,
      make("span", { class: "name" }, make("b", {}, `seed ${line.seed}`), ` · ${line.scaffold}`, line.variant && make("span", { class: "variant" }, line.variant)),
      make("span", { class: "chip" }, percent(line.progression)),
      make("span", { class: "about" }, [line.stage, line.task, line.replay && `replay ${line.replay}`, /** @type {any} */ (words)[line.status], line.id].filter(Boolean).join(" · ")),
    );
    if (line.status === "owed") /** @type {any} */ (row).disabled = true;
    return row;
  }

  /** @param {Line} line */
  #choose(line) {
    if (line.status === "owed") return;
    this.dialog.close();
    this.chosen(line.id);
  }
}

/** What is searched of an episode: words, and numbers that must be met whole. @param {Line} line */
function haystack(line) {
  const words = [line.run, line.stage, line.scaffold, line.variant ?? "", line.task, line.env, line.status, line.id, "seed", String(line.seed)];
  return words.join(" ").toLowerCase().split(/[\s,:]+/).concat(line.id.toLowerCase());
}
