"use strict";
// The memory directory as a step left it, with what the step changed.

class MemoryView {
  constructor() {
    /** @type {string | null} the file a person has chosen; null while what changes is followed */
    this.pinned = null;
    this.key = "";
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
    const key = JSON.stringify([episode.line.path, name, changed[name ?? ""], trouble]);
    if (key === this.key && !changed[name ?? ""] && this.lines === after.get(name ?? "")) return;
    this.key = key;
    this.lines = after.get(name ?? "");
    fill(this.body, trouble && make("p", { class: "remark" }, trouble));
    if (name === undefined) this.body.append(make("p", { class: "empty" }, "There is no file yet."));
    else this.#write(name, before.get(name) ?? [], after.get(name) ?? [], changed[name] ?? []);
  }

  /** @param {string[]} names @param {Object<string, Hunk[]>} changed @param {Map<string, string[]>} files */
  #chosen(names, changed, files) {
    if (this.pinned !== null && names.includes(this.pinned)) return this.pinned;
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

  /** @param {string} name @param {string[]} before @param {string[]} after @param {Hunk[]} hunks */
  #write(name, before, after, hunks) {
    this.body.setAttribute("aria-label", `File ${name}`);
    if (!size(after) && !hunks.length) {
      this.body.append(make("p", { class: "empty" }, `${name} is empty.`));
      return;
    }
    const text = make("pre", {});
    let done = 0; // lines of `before` that are written
    for (const [at, gone, come] of hunks) {
      same(text, before.slice(done, at));
      for (const line of before.slice(at, at + gone)) if (line || before.length > 1) text.append(make("del", { class: "gone" }, line));
      for (const line of come) text.append(make("ins", { class: "added" }, line));
      done = at + gone;
    }
    same(text, before.slice(done));
    this.body.append(text);
    const first = text.querySelector("ins, del");
    this.body.scrollTop = first instanceof HTMLElement ? Math.max(0, first.offsetTop - this.body.clientHeight / 3) : this.body.scrollHeight;
  }
}

/** Lines that stayed. @param {HTMLElement} text @param {string[]} lines */
function same(text, lines) {
  if (lines.length) text.append(make("span", { class: "same" }, lines.join("\n")));
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
