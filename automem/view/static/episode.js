"use strict";
// One episode: its chunks while they are near, its marks, and the memory directory at any step.

/**
 * @typedef {[number, number, string[]]} Hunk where, how many lines go, the lines that come
 * @typedef {{phase: string, turn: number, role: string, op: string, verb: string, status: string, file?: string,
 *   args?: Object<string, string>, before?: number, after?: number, shown?: number, total?: number,
 *   redundant?: boolean, reply?: string}} Op
 * @typedef {{phase: string, turn: number, role: string, prompt_chars: number, input_tokens?: number,
 *   cached_tokens?: number, output_tokens?: number, finish?: string, seconds?: number, retries?: number}} TurnLine
 * @typedef {{number: number, observation: string, action: string, raw: string, valid: boolean, ops: Op[],
 *   firings: {kind: string, name: string, effect?: string, phase?: string}[], turns: TurnLine[], fallback?: boolean,
 *   intention?: string, reward?: number, progression?: number, events?: string[], done?: boolean, end?: string,
 *   outcome?: string, memory?: Object<string, Hunk[]>}} Step
 * @typedef {{first: number, complete: boolean, files: Object<string, string[]>, steps: Step[], trouble: string}} Chunk
 * @typedef {{id: string, path: string, run: string, stage: string, scaffold: string, env: string, task: string,
 *   seed: number, status: string, variant?: string, replay?: number, progression?: number, steps?: number,
 *   error?: string, edition?: number, drawn?: boolean}} Line
 * @typedef {{actions: string[], seen: string[], progression: number[], rewards: Map<number, number>,
 *   writes: Set<number>, guards: Set<number>, notices: Set<number>}} Marks
 * @typedef {{chunk: number, marks: number, turns: number}} Sizes steps in one file of each sort
 */

const NEAR = 2; // chunks that are kept before and behind the one that is shown

class Episode {
  /** @param {Line} line @param {Sizes} sizes */
  constructor(line, sizes) {
    this.line = line;
    this.sizes = sizes;
    /** @type {Map<number, Chunk>} */
    this.chunks = new Map();
    /** @type {Map<number, Promise<void>>} */
    this.loading = new Map();
    this.marks = noMarks();
    this.known = 0;
  }

  #forget() {
    this.chunks = new Map();
    this.loading = new Map();
    this.marks = noMarks();
    this.known = 0;
    this.#memory = null;
  }

  /** @type {{step: number, files: Map<string, string[]>} | null} */
  #memory = null;

  /** Its steps, as far as they are known. */
  get steps() {
    return Math.max(this.line.steps ?? 0, this.known);
  }

  /** Whether it may still grow. */
  get growing() {
    return this.line.status === "playing";
  }

  /**
   * Take in what a newer index says of it.
   * @param {Line} line
   * @returns {boolean} whether something about it has changed
   */
  update(line) {
    const before = this.line;
    this.line = line;
    if ((before.edition ?? 0) !== (line.edition ?? 0)) this.#forget();
    return before.steps !== line.steps || before.status !== line.status || before.edition !== line.edition;
  }

  /** The number of the chunk that holds a step. @param {number} step */
  chunkOf(step) {
    return Math.floor((step - 1) / this.sizes.chunk);
  }

  /** A step, where its chunk is there. @param {number} step @returns {Step | undefined} */
  at(step) {
    const chunk = this.chunks.get(this.chunkOf(step));
    return chunk?.steps[step - chunk.first];
  }

  /** Make a step be there. @param {number} step */
  async ready(step) {
    if (!this.at(step)) await this.#load(this.chunkOf(step));
  }

  /** Get what lies ahead of a step, and give up what lies far from it. @param {number} step */
  around(step) {
    const now = this.chunkOf(step);
    for (const number of this.chunks.keys()) {
      if (Math.abs(number - now) > NEAR) this.chunks.delete(number);
    }
    for (const near of [step + this.sizes.chunk / 2, step - 10]) {
      if (near >= 1 && near <= this.steps && !this.at(near)) this.#load(this.chunkOf(near)).catch(() => {});
    }
  }

  /** @param {number} number */
  #load(number) {
    if (!this.loading.has(number)) {
      const loading = data.load(`${this.line.path}/chunk-${number}`).then((/** @type {Chunk} */ chunk) => {
        this.chunks.set(number, chunk);
        this.known = Math.max(this.known, chunk.first + chunk.steps.length - 1);
        this.#memory = null;
      });
      this.loading.set(number, loading);
      loading.catch(() => {}).then(() => this.loading.delete(number));
    }
    return /** @type {Promise<void>} */ (this.loading.get(number));
  }

  /**
   * Load all marks that are there, a part at a time.
   * @param {() => void} heard called after each part
   */
  async loadMarks(heard) {
    while (this.marks.actions.length < this.steps) {
      const { marks } = this;
      const number = Math.floor(marks.actions.length / this.sizes.marks);
      const part = await data.load(`${this.line.path}/marks-${number}`);
      if (marks !== this.marks) return; // played anew meanwhile
      const from = number * this.sizes.marks;
      for (const name of /** @type {const} */ (["actions", "seen", "progression"])) marks[name].splice(from, Infinity, ...part[name]);
      for (const [step, value] of part.rewards) marks.rewards.set(step, value);
      for (const name of /** @type {const} */ (["writes", "guards", "notices"])) for (const step of part[name]) marks[name].add(step);
      this.known = Math.max(this.known, marks.actions.length);
      heard();
      if (!part.complete) return;
    }
  }

  /**
   * Memory as a step left it.
   * @param {number} step one that is there
   * @returns {{before: Map<string, string[]>, after: Map<string, string[]>, changed: Object<string, Hunk[]>}}
   */
  memoryAt(step) {
    const before = this.#memoryBefore(step);
    const changed = this.at(step)?.memory ?? {};
    const after = changes(before, changed);
    this.#memory = { step, files: after };
    return { before, after, changed };
  }

  /** @param {number} step */
  #memoryBefore(step) {
    const chunk = /** @type {Chunk} */ (this.chunks.get(this.chunkOf(step)));
    const { step: from, files: known } = this.#memory ?? { step: -1, files: new Map() };
    const usable = from < step && from >= chunk.first;
    let files = usable ? known : new Map(Object.entries(chunk.files));
    for (const past of chunk.steps.slice(usable ? from + 1 - chunk.first : 0, step - chunk.first)) {
      files = changes(files, past.memory ?? {});
    }
    return files;
  }
}

/** @returns {Marks} */
function noMarks() {
  return { actions: [], seen: [], progression: [], rewards: new Map(), writes: new Set(), guards: new Set(), notices: new Set() };
}

/**
 * Files with changes made to them.
 * @param {Map<string, string[]>} files
 * @param {Object<string, Hunk[]>} changed
 */
function changes(files, changed) {
  const names = Object.keys(changed);
  if (!names.length) return files;
  const after = new Map(files);
  for (const name of names) {
    const lines = [...(files.get(name) ?? [])];
    for (const [at, gone, come] of [...changed[name]].reverse()) lines.splice(at, gone, ...come);
    after.set(name, lines);
  }
  return after;
}
