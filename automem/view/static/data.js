"use strict";
// Where data comes from: the server, or scripts beside the page. Both know `index`, `load` and `picture`.

/** A name as a path, each part of it spelt safely. @param {string} name */
function pathOf(name) {
  return `data/${name.split("/").map(encodeURIComponent).join("/")}`;
}

/** Data asked of the server, as JSON. */
class ServerData {
  live = true;
  #etag = "";

  /** What there is, or null where nothing has changed since. */
  async index() {
    const answer = await fetch("data/index.json", { headers: this.#etag ? { "If-None-Match": this.#etag } : {} });
    if (answer.status === 304) return null;
    const index = await this.#read(answer);
    this.#etag = answer.headers.get("ETag") ?? "";
    return index;
  }

  /** @param {string} name such as `RUN/EPISODE/chunk-0` */
  async load(name) {
    return this.#read(await fetch(`${pathOf(name)}.json`));
  }

  /** @param {string} path @param {number} step */
  picture(path, step) {
    return `${pathOf(path)}/picture-${step}.png`;
  }

  /** Why there is no picture. @param {string} address */
  async whyNot(address) {
    const answer = await fetch(address);
    return answer.ok ? "the picture cannot be read" : answer.text();
  }

  /** @param {Response} answer */
  async #read(answer) {
    if (!answer.ok) throw new Error(answer.status === 409 ? await answer.text() : `the server says ${answer.status}`);
    return answer.json();
  }
}

/** @type {Map<string, (text: string) => void>} */
const awaited = new Map();

/** What every data script of an export calls. @param {string} name @param {string} text JSON */
function receive(name, text) {
  awaited.get(name)?.(text);
}

/** Data in scripts beside the page, because a page that is opened from a file may read nothing else. */
class FileData {
  live = false;

  index() {
    return this.load("index");
  }

  /** @param {string} name */
  load(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      awaited.set(name, (text) => resolve(JSON.parse(text)));
      script.addEventListener("load", () => this.#done(name, script));
      script.addEventListener("error", () => {
        this.#done(name, script);
        reject(new Error(`${name} is missing from this export`));
      });
      script.src = `${pathOf(name)}.js`;
      document.head.append(script);
    });
  }

  /** @param {string} path @param {number} step */
  picture(path, step) {
    return `${pathOf(path)}/picture-${step}.png`;
  }

  async whyNot() {
    return "this export was made without its picture";
  }

  /** @param {string} name @param {HTMLScriptElement} script */
  #done(name, script) {
    awaited.delete(name);
    script.remove();
  }
}

const data = document.documentElement.dataset.source === "files" ? new FileData() : new ServerData();
