"use strict";
// The memory directory as a step left it, with what the step changed.

class MemoryView {
  constructor() {
    /** @type {string | null} the file a person has chosen; null while what changes is followed */
    this.pinned = null;
    /** @type {string[] | null} the lines that are written */
    this.lines = null;
    /** @type {HTMLElement[]} an element for each of them */
    this.rows = [];
    /** @type {HTMLElement[]} those among them that are new, and what stands there no more; in order */
    this.marked = [];
    this.text = make("pre");
    /** @type {Episode | null} */
    this.of = null;
    /** @type {string | undefined} */
    this.name = undefined;
    /** @type {string | undefined} the file that was followed last */
    this.last = undefined;
    this.trouble = "";
    this.names = make("div", { class: "tabs", role: "group", "aria-label": "Files" });
    this.body = make("div", { class: "file", tabindex: "0", role: "region", "aria-label": "File" });
    this.element = make("section", { class: "memory" }, make("h3", {}, "Memory after this step"), this.names, this.body);
  }

  /** @param {Episode} episode @param {number} step @param {string} trouble why memory is not known */
  show(episode, step, trouble) {
    const { before, after, changed } = episode.memoryAt(step);
    this.redraw = () => this.show(episode, step, trouble);
    const names = [...after.keys()];
    const name = this.#chosen(names, changed, after);
    fill(this.names, ...names.map((file) => this.#tab(file, file === name, changed[file], after.get(file) ?? [])));
    if (this.pinned !== null) this.names.append(button("Follow changes", () => this.#pin(null), { class: "quiet" }));
    const same = this.of === episode && this.name === name && !trouble && !this.trouble;
    if (same && !changed[name ?? ""] && !this.marked.length && this.lines === after.get(name ?? "")) return;
    if (!same) this.lines = null;
    Object.assign(this, { of: episode, name, trouble });
    if (trouble) fill(this.body, make("p", { class: "remark" }, trouble));
    else if (name === undefined) fill(this.body, make("p", { class: "empty" }, "There is no file yet."));
    else this.#write(name, before.get(name) ?? [], after.get(name) ?? [], changed[name] ?? []);
  }

  /** @param {string[]} names @param {Object<string, Hunk[]>} changed @param {Map<string, string[]>} files */
  #chosen(names, changed, files) {
    if (this.pinned !== null && names.includes(this.pinned)) return this.pinned;
    /** @type {string | undefined} */
    const last = names.includes(this.last ?? "") ? this.last : undefined;
    this.last = names.find((name) => changed[name]) ?? last ?? names.find((name) => size(files.get(name) ?? [])) ?? names[0];
    return this.last;
  }

  /** @param {string} file @param {boolean} open @param {Hunk[] | undefined} hunks @param {string[]} lines */
  #tab(file, open, hunks, lines) {
    const told = hunks ? `${size(lines)}, ${changedWords(hunks)}` : `${size(lines)}`;
    const tab = button(file, () => this.#pin(file), { "aria-pressed": String(open), title: `${file}: ${told}` });
    tab.append(make("span", { class: "lines" }, ` ${size(lines)}`));
    if (hunks) tab.append(make("span", { class: "changed" }, ` ● ${changedWords(hunks)}`));
    return tab;
  }

  /** @param {string | null} file */
  #pin(file) {
    this.pinned = file;
    this.redraw?.();
  }

  /**
   * Write a file with what changed in it; line by line into what is there, if that is the file as it was before.
   * @param {string} name @param {string[]} before @param {string[]} after @param {Hunk[]} hunks
   */
  #write(name, before, after, hunks) {
    this.body.setAttribute("aria-label", `File ${name}`);
    if (this.lines === before) this.#unmark();
    else this.#begin(before);
    for (const [at, gone, come] of [...hunks].reverse()) this.#change(at, gone, come);
    this.lines = after;
    const empty = !size(after) && !hunks.length;
    this.body.classList.toggle("nothing-in-it", empty);
    this.body.dataset.empty = `${name} is empty.`;
    // In the next frame, when every panel is written: to measure is to lay out.
    requestAnimationFrame(() => {
      const first = this.marked[0];
      this.body.scrollTop = first ? Math.max(0, first.offsetTop - this.body.clientHeight / 3) : this.body.scrollHeight;
    });
  }

  /** @param {string[]} lines */
  #begin(lines) {
    this.rows = lines.map((line) => make("span", { class: "same" }, line));
    this.marked = [];
    this.text = make("pre", {}, ...this.rows);
    fill(this.body, this.text);
  }

  /** What the step before changed is now what stands there. */
  #unmark() {
    for (const row of this.marked) {
      const place = this.rows.indexOf(row);
      if (place < 0) row.remove();
      else {
        this.rows[place] = make("span", { class: "same" }, ...row.childNodes);
        row.replaceWith(this.rows[place]);
      }
    }
    this.marked = [];
  }

  /** @param {number} at @param {number} gone @param {string[]} come */
  #change(at, gone, come) {
    const coming = come.map((line) => make("ins", { class: "added" }, line));
    const left = this.rows.slice(at, at + gone).filter((row) => row.textContent || this.rows.length > 1);
    const leaving = left.map((row) => make("del", { class: "gone" }, ...row.childNodes));
    const behind = this.rows[at + gone] ?? null;
    for (const row of this.rows.splice(at, gone, ...coming)) row.remove();
    for (const row of [...leaving, ...coming]) this.text.insertBefore(row, behind);
    this.marked.unshift(...leaving, ...coming);
  }
}

/** How many lines a file has. @param {string[]} lines */
function size(lines) {
  return lines.length === 1 && !lines[0] ? 0 : lines.length - (lines.at(-1) === "" ? 1 : 0);
}

/** What changed, as `+2 −1`. @param {Hunk[]} hunks */
function changedWords(hunks) {
  const come = hunks.reduce((sum, hunk) => sum + hunk[2].length, 0);
  const gone = hunks.reduce((sum, hunk) => sum + hunk[1], 0);
  return [come && `+${come}`, gone && `−${gone}`].filter(Boolean).join(" ");
}
