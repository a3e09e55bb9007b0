"use strict";
// Begins: reads the index, opens what the address names, and listens to keys, buttons and the run.

const GOING_MS = 2000; // between two looks at a run that is being applied
const RESTING_MS = 15000;
const ADDRESS_MS = 300; // browsers allow the address to be changed so often and no more

const list = new EpisodeList();
/** @type {Player} */
let player;
/** @type {any} */
let index;
/** @type {Map<string, Line>} */
let lines = new Map();
let addressing = 0;

const DOINGS = {
  play: () => player.toggle(),
  back: () => player.go(player.step - 1),
  on: () => player.go(player.step + 1),
  back10: () => player.go(player.step - 10),
  on10: () => player.go(player.step + 10),
  reward: (back = false) => player.jump("rewards", "reward", back ? -1 : 1),
  write: (back = false) => player.jump("writes", "memory write", back ? -1 : 1),
  guard: (back = false) => player.jump("guards", "guard", back ? -1 : 1),
  difference: () => player.difference(),
};

const KEYS = {
  r: DOINGS.reward,
  w: DOINGS.write,
  g: DOINGS.guard,
  d: DOINGS.difference,
  p: () => {
    const mode = player.panels.some((panel) => panel.scene.mode === "text") ? "picture" : "text";
    for (const panel of player.panels) panel.scene.choose(mode);
  },
  a: () => addEpisode(),
  "/": () => addEpisode(),
  "?": () => byId("keys").showModal(),
  " ": DOINGS.play,
  home: () => player.go(1),
  end: () => player.go(player.total),
  arrowleft: (back = false) => (back ? DOINGS.back10() : DOINGS.back()),
  arrowright: (back = false) => (back ? DOINGS.on10() : DOINGS.on()),
};

/** @param {any} found */
function take(found) {
  index = found;
  lines = new Map(found.episodes.map((/** @type {Line} */ line) => [line.id, line]));
  list.set(found.episodes);
  fill(byId("runs"), found.runs.map((/** @type {any} */ run) => run.name).join(", "));
  document.title = `${found.runs.map((/** @type {any} */ run) => run.name).join(", ")} · AutoMem replay`;
  const going = found.runs.some((/** @type {any} */ run) => run.going);
  byId("live").hidden = !going;
  fill(byId("live"), going && "● being played");
}

/** Panels and step that the address names. */
function addressed() {
  const text = location.hash.slice(1);
  const slash = text.lastIndexOf("/");
  const ids = (slash < 0 ? text : text.slice(0, slash)).split(",").filter(Boolean).map(decoded);
  return { ids, step: slash < 0 ? 1 : Number(text.slice(slash + 1)) || 1 };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Open what the address names, else the usual panels. */
function openAddressed() {
  const { ids, step } = addressed();
  const known = ids.filter((id) => lines.has(id));
  const unknown = ids.filter((id) => !lines.has(id));
  if (unknown.length) say(`There is no episode ${unknown.join(", ")} here.`);
  player.clear();
  player.step = Math.max(1, Math.floor(step));
  for (const id of known.length ? known : index.panels) player.add(/** @type {Line} */ (lines.get(id)));
  showEmpty();
}

function showEmpty() {
  const empty = byId("panels").querySelector(".nothing");
  if (player.panels.length) empty?.remove();
  else if (!empty) byId("panels").append(make("p", { class: "nothing" }, index.episodes.length ? "No episode is open. Add one." : "Nothing has been played yet; episodes appear here as they begin."));
}

/** Everything outside the panels follows. */
function moved() {
  const { total } = player;
  const scrub = byId("scrub");
  scrub.max = String(total);
  scrub.value = String(player.step);
  scrub.setAttribute("aria-valuetext", `Step ${player.step} of ${total}`);
  fill(byId("where"), `${player.step} / ${total}`);
  const play = byId("play");
  fill(play, player.playing ? "❚❚ Pause" : "▶ Play");
  showEmpty();
  clearTimeout(addressing);
  addressing = setTimeout(readdress, ADDRESS_MS);
}

/** Keep the address such that it leads here. */
function readdress() {
  const ids = player.panels.map((panel) => encodeURIComponent(panel.episode.line.id).replaceAll("%3A", ":"));
  if (ids.length) history.replaceState(null, "", `#${ids.join(",")}/${player.step}`);
}

function addEpisode() {
  const seed = player.panels[0]?.episode.line.seed;
  list.ask("Add an episode", seed === undefined ? "" : `seed ${seed}`, (id) => player.add(/** @type {Line} */ (lines.get(id))));
}

/** @param {Panel} panel */
function changeEpisode(panel) {
  list.ask("Show another episode here", "", (id) => player.replace(panel, /** @type {Line} */ (lines.get(id))));
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (target.matches("input, select, textarea") || (event.key === " " && target.closest("button:focus-visible, summary:focus-visible"))) return;
  if (event.key.startsWith("Arrow") && target.matches("pre[tabindex], .file") && target.scrollWidth > target.clientWidth) return;
  const act = /** @type {any} */ (KEYS)[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act(event.shiftKey && event.key !== "?");
}

/** Look at what there is, again and again. */
async function follow() {
  for (;;) {
    const going = index.runs.some((/** @type {any} */ run) => run.going);
    await new Promise((resolve) => setTimeout(resolve, going ? GOING_MS : RESTING_MS));
    try {
      const found = await data.index();
      if (!found) continue;
      const none = !player.panels.length && !index.episodes.length;
      take(found);
      if (none) openAddressed();
      else player.update(lines);
      byId("live").classList.remove("lost");
    } catch {
      byId("live").hidden = false;
      byId("live").classList.add("lost");
      fill(byId("live"), "the server does not answer; start `automem view` again");
    }
  }
}

async function begin() {
  try {
    take(await data.index());
  } catch (error) {
    fill(byId("panels"), make("p", { class: "remark" }, `The runs cannot be shown: ${/** @type {Error} */ (error).message}`));
    return;
  }
  player = new Player(index, moved);
  player.change = changeEpisode;
  openAddressed();
  document.addEventListener("keydown", pressed);
  addEventListener("hashchange", openAddressed);
  byId("scrub").addEventListener("input", () => player.go(Number(byId("scrub").value)));
  byId("speed").addEventListener("input", () => (player.speed = Number(byId("speed").value)));
  byId("add").addEventListener("click", addEpisode);
  byId("keys-open").addEventListener("click", KEYS["?"]);
  for (const one of document.querySelectorAll("[data-do]")) {
    one.addEventListener("click", () => /** @type {any} */ (DOINGS)[/** @type {HTMLElement} */ (one).dataset.do ?? ""]());
  }
  for (const one of document.querySelectorAll("[data-close]")) one.addEventListener("click", () => one.closest("dialog")?.close());
  for (const one of document.querySelectorAll("dialog")) one.addEventListener("click", (event) => event.target === one && one.close());
  if (data.live) follow();
}

begin();
