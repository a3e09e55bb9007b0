"use strict";
// What was seen at a step: the picture, or the text that the model read.

const PICTURES_KEPT = 12;
const PICTURE_PATIENCE_MS = 1500; // how long playing waits for a picture

class Scene {
  /** @param {boolean} pictures whether there are any */
  constructor(pictures) {
    this.pictures = pictures;
    this.mode = "text";
    /** @type {Map<number, Promise<HTMLImageElement>>} */
    this.images = new Map();
    /** @type {Episode | undefined} */
    this.episode = undefined;
    /** @type {Step | undefined} */
    this.step = undefined;
    this.frame = make("div", { class: "scene" });
    this.text = button("Text", () => this.choose("text"));
    this.picture = button("Picture", () => this.choose("picture"));
    this.element = make("section", { class: "seen", "aria-label": "What was seen" }, this.frame, make("div", { class: "switch", role: "group", "aria-label": "Show" }, this.picture, this.text));
    this.choose("text");
  }

  /** @param {Episode} episode */
  open(episode) {
    this.episode = episode;
    this.images.clear();
    this.step = undefined;
    this.choose(this.pictures && episode.line.drawn ? "picture" : "text");
  }

  /** @param {"picture" | "text"} mode */
  choose(mode) {
    this.mode = mode;
    this.text.setAttribute("aria-pressed", String(mode === "text"));
    this.picture.setAttribute("aria-pressed", String(mode === "picture"));
    if (this.step) this.show(this.step);
  }

  /** Make a step's picture be there, or be given up. @param {number} step */
  async ready(step) {
    if (this.mode !== "picture") return;
    const patience = new Promise((resolve) => setTimeout(resolve, PICTURE_PATIENCE_MS));
    await Promise.race([this.#image(step).catch(() => {}), patience]);
  }

  /** @param {Step} step */
  show(step) {
    this.step = step;
    if (this.mode === "text") this.#write(step);
    else this.#draw(step);
  }

  /** @param {Step} step */
  #write(step) {
    const wide = step.observation.split("\n").some((line) => line.length > 66);
    fill(this.frame, make("pre", { class: wide ? "observation map" : "observation", tabindex: "0", "aria-label": `Text of step ${step.number}` }, step.observation || "(no text)"));
  }

  /** @param {Step} step */
  #draw(step) {
    const { number } = step;
    this.#image(number).then(
      (image) => {
        if (this.step !== step || this.mode !== "picture") return;
        image.alt = `Picture of step ${number}; its text is under Text`;
        this.frame.replaceChildren(image);
        if (number < (this.episode?.steps ?? 0)) this.#image(number + 1).catch(() => {});
      },
      (/** @type {Error} */ error) => {
        if (this.step !== step || this.mode !== "picture") return;
        this.#write(step);
        this.frame.prepend(make("p", { class: "remark" }, `No picture: ${error.message}`));
      },
    );
  }

  /** @param {number} step @returns {Promise<HTMLImageElement>} */
  #image(step) {
    let image = this.images.get(step);
    if (!image) {
      image = this.pictures ? picture(/** @type {Episode} */ (this.episode).line.path, step) : Promise.reject(new Error("this export was made without pictures"));
      image.catch(() => this.images.delete(step));
      this.images.set(step, image);
      if (this.images.size > PICTURES_KEPT) this.images.delete(this.images.keys().next().value ?? 0);
    }
    return image;
  }
}

/** A picture, ready to be shown. @param {string} path @param {number} step */
async function picture(path, step) {
  const image = new Image();
  image.src = data.picture(path, step);
  try {
    await image.decode();
  } catch {
    throw new Error(await data.whyNot(image.src));
  }
  return image;
}
