"use strict";
// The exact prompt and answer of a model call, loaded when it is opened.

/**
 * @typedef {{speaker: string, text: string, beginning?: number}} Message
 * @typedef {{phase: string, turn: number, role: string, conversation: number, new: Message[], answer: string}} Call
 */

class TurnDialog {
  constructor() {
    /** @type {Call[]} the calls of the step */
    this.calls = [];
    /** @type {string[]} */
    this.beginnings = [];
    /** @type {TurnLine[]} */
    this.lines = [];
    this.dialog = byId("turn");
    this.tabs = byId("turn-tabs");
    this.body = byId("turn-body");
  }

  /** @param {Panel} panel @param {number} number which of the step's calls, counted from 0 */
  async open(panel, number) {
    const { episode, step } = panel;
    const size = episode.sizes.turns;
    const part = Math.floor((step - 1) / size);
    fill(byId("turn-title"), `Step ${step} · seed ${episode.line.seed} · ${episode.line.scaffold}`);
    fill(this.tabs);
    fill(this.body, make("p", { class: "empty" }, "Loading…"));
    if (!this.dialog.open) this.dialog.showModal();
    try {
      const loaded = await data.load(`${episode.line.path}/turns-${part}`);
      this.calls = loaded.steps[step - loaded.first] ?? [];
      this.beginnings = loaded.beginnings;
      this.lines = episode.at(step)?.turns ?? [];
      this.#show(number);
    } catch (error) {
      fill(this.body, make("p", { class: "remark" }, `It cannot be shown: ${/** @type {Error} */ (error).message}`));
    }
  }

  /** @param {number} number */
  #show(number) {
    const call = this.calls[number];
    fill(this.tabs, ...this.calls.map((one, at) => button(`${one.phase} ${one.turn + 1} · ${one.role}`, () => this.#show(at), { "aria-pressed": String(at === number) })));
    const said = this.calls.slice(0, number + 1).filter((one) => one.conversation === call.conversation).flatMap((one) => one.new);
    const messages = said.map((message) => this.#message(message));
    fill(this.body, make("p", { class: "about" }, role(call.role), facts(this.lines[number])), ...messages, make("section", { class: "message answer" }, make("h3", {}, "Answer"), make("pre", {}, call.answer || "(empty)")));
    this.body.scrollTop = 0;
  }

  /** @param {Message} message */
  #message(message) {
    const beginning = message.beginning === undefined ? "" : this.beginnings[message.beginning];
    const text = make("pre", {}, beginning && make("span", { class: "stable", title: "the same at every step" }, beginning), message.text);
    return make("section", { class: `message ${message.speaker}` }, make("h3", {}, message.speaker === "user" ? "To the model" : "The model, before"), text);
  }
}

/** What a call took. @param {TurnLine | undefined} line */
function facts(line) {
  if (!line) return "";
  const cached = line.cached_tokens ? ` (${line.cached_tokens.toLocaleString("en")} cached)` : "";
  return [
    ` prompt ${count(line.prompt_chars, "character")}`,
    line.input_tokens !== undefined && line.input_tokens !== null && `${count(line.input_tokens, "token")}${cached}`,
    line.output_tokens !== undefined && line.output_tokens !== null && `answer ${count(line.output_tokens, "token")}`,
    line.seconds && `${line.seconds.toFixed(2)} s`,
    line.retries && count(line.retries, "retry").replace("retrys", "retries"),
    `finish: ${line.finish ?? "stop"}`,
  ].filter(Boolean).join(" · ");
}
