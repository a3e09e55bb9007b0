"use strict";
// One episode beside others: what was seen, done and remembered at the step that all panels are at.

/** @type {Object<string, string>} */
const STATUS_SIGNS = { ok: "✓", duplicate: "=", empty: "∅" };
/** @type {Object<string, string>} */
const KIND_SIGNS = { guard: "⊘", notice: "ℹ", update: "↻" };
const ROW = 26;

class Panel {
  /**
   * @param {Episode} episode
   * @param {{go: (step: number) => void, change: (panel: Panel) => void, remove: (panel: Panel) => void,
   *   turn: (panel: Panel, number: number) => void}} calls
   * @param {boolean} pictures
   */
  constructor(episode, calls, pictures) {
    this.calls = calls;
    this.episode = episode;
    this.step = 0;
    /** @type {Scale} */
    this.scale = { total: 0, most: 0 };
    this.scene = new Scene(pictures);
    this.memory = new MemoryView();
    this.timeline = new Timeline(calls.go);
    this.title = make("h2", {});
    this.about = make("p", { class: "about" });
    this.chip = make("span", { class: "chip", title: "Progression after this step" });
    this.act = make("div", { class: "act" });
    this.ops = make("section", { class: "ops" });
    this.fired = make("section", { class: "fired" });
    this.list = make("div", { class: "list", role: "group", "aria-label": "All steps" });
    this.rows = new Windowed(this.list, ROW, (number) => this.#row(number + 1));
    this.all = make("details", {}, make("summary", {}, "All steps"), this.list);
    this.all.addEventListener("toggle", () => this.#reveal());
    const buttons = make("div", { class: "corner" }, button("Change", () => calls.change(this)), button("✕", () => calls.remove(this), { "aria-label": "Remove this episode", title: "Remove this episode" }));
    this.element = make("section", { class: "panel" }, make("header", {}, make("div", {}, this.title, this.about), this.chip, buttons), this.timeline.element, this.act, make("div", { class: "body" }, this.scene.element, make("div", { class: "done" }, this.ops, this.fired), this.memory.element), this.all);
    this.open(episode);
  }

  /** @param {Episode} episode */
  open(episode) {
    this.episode = episode;
    this.step = 0;
    this.scene.open(episode);
    this.#describe();
  }

  #describe() {
    const { line } = this.episode;
    const replay = line.replay ? `, replay ${line.replay}` : "";
    this.element.setAttribute("aria-label", `Seed ${line.seed}, ${line.scaffold}${line.variant ? `, ${line.variant}` : ""}`);
    fill(this.title, `seed ${line.seed}${replay} · ${line.scaffold}`, line.variant && make("span", { class: "variant" }, line.variant));
    const state = line.status === "playing" ? "being played" : line.status === "stopped" ? "cut short" : "";
    fill(this.about, [line.stage, line.task, line.run, state].filter(Boolean).join(" · "));
  }

  /** Make everything of a step be there. @param {number} step */
  async ready(step) {
    const own = Math.min(step, this.episode.steps || step);
    await Promise.all([this.episode.ready(own), this.scene.ready(own)]);
  }

  /**
   * Show a step; the last one where the episode is shorter.
   * @param {number} step
   * @param {Scale} scale
   */
  async show(step, scale) {
    this.wanted = step;
    const own = Math.max(1, Math.min(step, this.episode.steps || step));
    this.timeline.mark(own);
    try {
      if (!this.episode.at(own)) await this.episode.ready(own);
    } catch (error) {
      if (this.wanted === step) fill(this.act, make("p", { class: "remark" }, `This step cannot be shown: ${/** @type {Error} */ (error).message}`));
      return;
    }
    const found = this.episode.at(own);
    if (this.wanted !== step || !found) return;
    this.#draw(found, step, scale);
    this.episode.around(own);
  }

  /** @param {Step} found @param {number} step @param {Scale} scale */
  #draw(found, step, scale) {
    const before = this.step;
    this.step = found.number;
    const over = step > found.number && !this.episode.growing;
    this.element.classList.toggle("over", over);
    fill(this.chip, make("span", { class: "out-of-sight" }, "progression "), percent(found.progression ?? 0));
    this.#act(found, over);
    this.scene.show(found);
    this.#ops(found);
    this.#fired(found);
    this.memory.show(this.episode, found.number, /** @type {Chunk} */ (this.episode.chunks.get(this.episode.chunkOf(found.number))).trouble);
    if (this.scale.total !== scale.total || this.scale.most !== scale.most) this.marked(scale);
    for (const row of [before, this.step]) this.rows.redraw(row - 1);
    this.#reveal();
  }

  /** Show the step in the list of all, where that is open. */
  #reveal() {
    if (/** @type {HTMLDetailsElement} */ (this.all).open) requestAnimationFrame(() => this.rows.reveal(this.step - 1));
  }

  /** Draw what hangs on the marks. @param {Scale} scale */
  marked(scale) {
    this.scale = scale;
    this.timeline.draw(this.episode, scale);
    this.timeline.mark(this.step);
    this.rows.set(this.episode.marks.actions.length);
  }

  /** The episode has changed in the index. */
  changed() {
    this.#describe();
  }

  /** @param {Step} step @param {boolean} over */
  #act(step, over) {
    const written = step.fallback ? (step.raw ? `written “${step.raw}”, which is no action` : "nothing written") : step.raw !== step.action && `written “${step.raw}”`;
    fill(
      this.act,
      make("span", { class: "number" }, `Step ${step.number}${this.episode.steps ? ` of ${this.episode.steps}` : ""}`),
      make("strong", { class: "action", "aria-label": `Action ${step.action}` }, step.action),
      step.fallback && make("span", { class: "tag warn" }, "⚠ default action"),
      step.reward && make("span", { class: "tag reward" }, `★ reward ${signed(step.reward)}`),
      ...(step.events ?? []).map((event) => make("span", { class: "tag reward" }, event)),
      written && make("span", { class: "written" }, written),
      step.intention !== undefined && step.intention !== step.action && make("span", { class: "written" }, `withdrawn “${step.intention}”`),
      step.done && make("p", { class: "end" }, `■ The episode ends here: ${step.end || "done"}`),
      over && make("p", { class: "end" }, `It was over after step ${step.number}.`),
      step.outcome && make("details", {}, make("summary", {}, "What was seen at the end"), make("pre", { class: "observation" }, step.outcome)),
    );
  }

  /** Calls and operations, in the order they were made. @param {Step} step */
  #ops(step) {
    const groups = step.turns.map((turn, number) => ({ turn, number, ops: step.ops.filter((op) => op.role !== "engine" && op.phase === turn.phase && op.turn === turn.turn) }));
    const told = new Set(groups.flatMap((group) => group.ops));
    const rest = step.ops.filter((op) => !told.has(op));
    fill(
      this.ops,
      make("h3", {}, "Memory operations"),
      ...groups.map((group) => this.#group(group.turn, group.number, group.ops)),
      rest.length && make("div", { class: "turn" }, make("p", { class: "by" }, role("engine"), "the scaffold’s own"), ...rest.map(operation)),
      !step.ops.length && !step.turns.length && make("p", { class: "empty" }, "None in this step."),
    );
  }

  /** @param {TurnLine} turn @param {number} number @param {Op[]} ops */
  #group(turn, number, ops) {
    const name = `${turn.phase} turn ${turn.turn + 1}`;
    const open = button("Prompt", () => this.calls.turn(this, number), { class: "quiet", "aria-label": `Open prompt and answer of ${name}` });
    const trouble = turn.finish && turn.finish !== "stop" && make("span", { class: "tag warn" }, `⚠ ${turn.finish}`);
    return make("div", { class: `turn ${turn.role}` }, make("p", { class: "by" }, role(turn.role), name, trouble, open), ...ops.map(operation), !ops.length && make("p", { class: "empty" }, "no operation in the answer"));
  }

  /** @param {Step} step */
  #fired(step) {
    fill(
      this.fired,
      step.firings.length && make("h3", {}, "Guards and notices"),
      ...step.firings.map((firing) => make("p", { class: `firing ${firing.kind}` }, make("span", { class: "tag" }, `${KIND_SIGNS[firing.kind] ?? "•"} ${firing.kind}`), make("b", {}, ` ${firing.name} `), [firing.phase && `(${firing.phase})`, firing.effect].filter(Boolean).join(" "))),
    );
  }

  /** @param {number} step */
  #row(step) {
    const { marks } = this.episode;
    const signs = [marks.rewards.has(step) && "★", marks.writes.has(step) && "✎", marks.guards.has(step) && "⊘", marks.notices.has(step) && "ℹ"].filter(Boolean).join(" ");
    const words = [marks.rewards.has(step) && "reward", marks.writes.has(step) && "memory write", marks.guards.has(step) && "guard", marks.notices.has(step) && "notice"].filter(Boolean).join(", ");
    const row = button("", () => this.calls.go(step), { class: "row", "aria-label": `Step ${step}: ${marks.actions[step - 1]}${words ? `, ${words}` : ""}` });
    if (step === this.step) row.setAttribute("aria-current", "step");
    fill(row, make("span", { class: "number" }, String(step)), make("span", { class: "what" }, marks.actions[step - 1]), make("span", { class: "signs" }, signs));
    return row;
  }
}

/** Who did something, in a word and a shape. @param {string} name */
function role(name) {
  return make("span", { class: `role ${name}` }, name);
}

/** An operation with what it was told. @param {Op} op */
function operation(op) {
  const args = Object.entries(op.args ?? {});
  const came = [op.before !== op.after && `${op.before ?? 0} → ${op.after ?? 0} characters`, op.shown && `${op.shown} of ${op.total} lines`, op.redundant && "already there"].filter(Boolean).join(", ");
  const sign = STATUS_SIGNS[op.status] ?? "✗";
  return make(
    "div",
    { class: `op ${sign === "✗" ? "refused" : ""}` },
    make("p", {}, make("b", {}, op.op || op.verb), op.file ? make("span", { class: "on" }, ` ${op.file}`) : null, ...args.map(([name, value]) => make("span", { class: "argument", title: name }, ` ${value}`)), make("span", { class: "tag status" }, `${sign} ${op.status}`), came ? make("span", { class: "came" }, came) : null),
    op.reply ? make("pre", { class: "reply", tabindex: "0", "aria-label": "Result" }, op.reply) : null,
  );
}
