import { el } from "/view.js";
import { drawStage } from "/stage.js";
import { Charts } from "/charts.js";
import { drawResult, drawSteps, drawTable, drawVerdicts, drawFinds, drawSearch, sentence } from "/panels.js";

const byId = (id) => document.getElementById(id);
const PARTS = ["clean", "attacked", "control"];
const wanted = new URLSearchParams(location.search);
// A still page ends loading, which programs that take a picture of it wait for.
const still = wanted.has("still");

let state = null;
let view = null; // {drive, index}: which frame is looked at
let following = true;
let playing = null;
let leaving = false; // the page is about to be loaded anew: nothing that comes belongs to it
let spoken = "";
const drives = new Map(PARTS.map((name) => [name, { film: [], seen: new Map() }]));
const charts = new Charts(byId("chart-bare"), byId("chart-guard"), (index) => look(view?.drive, index));

async function ask(path) {
  const response = await fetch(path, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`the demonstration answered ${response.status}`);
  return response.json();
}

async function loadDrive(name) {
  const answer = await ask(`/api/drives/${name}`);
  const drive = drives.get(name);
  drive.film = answer.film;
  for (const frame of answer.seen) drive.seen.set(frame.n, frame);
}

/** Takes in everything that is known; drives whose film is not here yet are fetched. */
async function take(next) {
  const before = state;
  if (before && before.run !== next.run) { leaving = true; location.reload(); return; }
  state = next;
  await Promise.all(next.drives
    .filter((drive) => drive.frames > drives.get(drive.name).film.length)
    .map((drive) => loadDrive(drive.name)));
  const active = next.drives.find((drive) => drive.progress === "PLAYING");
  if (following && active && view?.drive !== active.name) view = { drive: active.name, index: 0 };
  if (following && ["INCIDENT", "DONE", "FAILED"].includes(next.phase) && before?.phase !== next.phase) view = nearest("attacked");
  drawSteps(byId("steps"), next);
  drawResult(byId("result"), next);
  drawTable(byId("drives"), next, view?.drive);
  drawFinds(byId("alteration"), byId("incident"), next);
  charts.show(next, drives);
  draw();
}

/** The frame of a drive that shows most: the last near one that the guard judged. */
function nearest(name) {
  const drive = drives.get(name);
  if (drive.film.length === 0) return view;
  let index = drive.film.length - 1;
  for (const frame of drive.film) {
    if (drive.seen.get(frame.n)?.tracks.some((track) => track.main && track.inspected)) index = frame.n;
  }
  return { drive: name, index };
}

async function draw() {
  if (!state) return;
  const drive = view ? drives.get(view.drive) : null;
  const frame = drive?.film[view.index] ?? null;
  const seen = frame ? drive.seen.get(frame.n) ?? null : null;
  drawSearch(byId("searching"), byId("waiting"), state, frame !== null);
  const clean = drives.get("clean").film;
  const backdrop = clean.length ? `/pictures/${state.run}/frame/clean/${clean.length - 1}.jpg` : null;
  charts.mark(frame, view?.drive);
  drawTransport(drive, frame);
  // Verdicts are of the picture that is shown: they change together or not at all.
  if (!await drawStage(state, view?.drive, frame, seen, backdrop)) return;
  drawVerdicts(byId("bare"), byId("guarded"), state, frame, seen);
  const words = sentence(state, frame, seen);
  // Says only what changes; a screen reader could not follow every frame.
  if (words !== spoken) { spoken = words; byId("announce").textContent = words; }
}

function drawTransport(drive, frame) {
  const buttons = state.drives.map((one) => el("button", {
    type: "button", "aria-pressed": String(view?.drive === one.name), text: one.title,
    ...(one.frames ? {} : { disabled: "" }), "data-drive": one.name,
  }));
  const tabs = byId("tabs");
  const drawn = buttons.map((button) => button.outerHTML).join("");
  if (tabs.dataset.drawn !== drawn) {
    const focused = tabs.contains(document.activeElement) ? document.activeElement.dataset.drive : null;
    tabs.replaceChildren(...buttons);
    tabs.dataset.drawn = drawn;
    if (focused) buttons.find((button) => button.dataset.drive === focused)?.focus();
  }
  const scrub = byId("scrub");
  scrub.max = Math.max(0, (drive?.film.length ?? 1) - 1);
  scrub.value = view?.index ?? 0;
  scrub.setAttribute("aria-valuetext", frame ? `frame ${frame.n + 1} of ${drive.film.length}` : "no frame");
  for (const id of ["scrub", "previous", "play", "next"]) byId(id).disabled = !frame;
  byId("play").textContent = playing ? "❚❚" : "▶";
  byId("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  byId("follow").hidden = following || ["DONE", "FAILED"].includes(state.phase);
}

function look(drive, index) {
  if (!drive || drives.get(drive).film.length === 0) return;
  following = false;
  view = { drive, index: Math.max(0, Math.min(drives.get(drive).film.length - 1, index)) };
  drawTable(byId("drives"), state, view.drive);
  draw();
}

function stop() {
  clearInterval(playing);
  playing = null;
}

function togglePlay() {
  if (playing) { stop(); draw(); return; }
  if (!view) return;
  if (view.index >= drives.get(view.drive).film.length - 1) view.index = 0;
  following = false;
  playing = setInterval(() => {
    if (view.index >= drives.get(view.drive).film.length - 1) { stop(); draw(); return; }
    look(view.drive, view.index + 1);
  }, 1000 / Math.max(1, state.playedRate || 10));
  draw();
}

function live(kind, text) {
  byId("live").className = `live ${kind}`;
  byId("live").lastElementChild.textContent = text;
}

function listen() {
  const events = new EventSource("/api/events");
  const inTurn = [];
  let busy = false;
  async function next() {
    if (busy) return;
    busy = true;
    while (inTurn.length && !leaving) {
      try { await inTurn.shift()(); } catch (error) { live("off", error.message); }
    }
    busy = false;
  }
  const queue = (work) => { inTurn.push(work); next(); };
  events.addEventListener("hello", () => queue(async () => {
    const now = await ask("/api/state");
    live("on", "live");
    if (state?.run === now.run) for (const drive of drives.values()) { drive.film = []; drive.seen.clear(); }
    await take(now);
  }));
  events.addEventListener("state", (event) => queue(() => take(JSON.parse(event.data))));
  events.addEventListener("frame", (event) => queue(async () => {
    const frame = JSON.parse(event.data);
    drives.get(frame.drive).seen.set(frame.n, frame);
    const summary = state?.drives.find((drive) => drive.name === frame.drive);
    if (summary) summary.figures = frame.figures;
    if (following) {
      view = { drive: frame.drive, index: frame.n };
      drawTable(byId("drives"), state, view.drive);
      charts.show(state, drives);
      draw();
    }
  }));
  events.addEventListener("error", () => live("off", state?.phase === "DONE" ? "ended" : "not connected"));
}

byId("tabs").addEventListener("click", (event) => {
  const name = event.target.dataset.drive;
  if (name) { stop(); const at = view?.index ?? 0; look(name, at); }
});
byId("drives").addEventListener("click", (event) => {
  const name = event.target.closest("tr")?.dataset.drive;
  if (name) { stop(); look(name, view?.index ?? 0); }
});
byId("scrub").addEventListener("input", (event) => { stop(); look(view?.drive, Number(event.target.value)); });
byId("previous").addEventListener("click", () => { stop(); look(view?.drive, view.index - 1); });
byId("next").addEventListener("click", () => { stop(); look(view?.drive, view.index + 1); });
byId("play").addEventListener("click", togglePlay);
byId("follow").addEventListener("click", () => {
  stop();
  following = true;
  const active = state.drives.find((drive) => drive.progress === "PLAYING");
  if (active) view = nearest(active.name);
  draw();
});
/** The space bar plays and pauses, unless it presses the button or follows the link that has the focus. */
const playsOn = (event) => event.key === " "
  && (!event.target.matches("button, a") || event.target.getAttribute("aria-pressed") === "true");

// A click leaves the focus where it was, so that the keys go on as before.
document.querySelector(".transport").addEventListener("mousedown", (event) => {
  if (event.target.closest("button")) event.preventDefault();
});
window.addEventListener("keydown", (event) => {
  if (!view || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  // The slider's arrows do the same by themselves.
  if (step && !event.target.matches("input")) { event.preventDefault(); stop(); look(view.drive, view.index + step); }
  else if (playsOn(event)) { event.preventDefault(); togglePlay(); }
});
// Some browsers press a button when the key comes up again.
window.addEventListener("keyup", (event) => { if (view && playsOn(event)) event.preventDefault(); });
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { charts.repaint(); draw(); });

if (still) {
  live("", "still picture");
  await take(await ask("/api/state"));
  const drive = PARTS.includes(wanted.get("drive")) ? wanted.get("drive") : null;
  if (drive) look(drive, Number(wanted.get("frame") ?? nearest(drive).index));
} else {
  listen();
}
