import { el } from "/view.js";
import { get, place, tell } from "/net.js";
import { showScenarios } from "/scenarios.js";
import { showLive } from "/live.js";
import { showDrive } from "/drive.js";
import { showCampaign } from "/campaign.js";
import { showJobs } from "/jobs.js";

const VIEWS = { "": showScenarios, live: showLive, drive: showDrive, campaign: showCampaign, jobs: showJobs };
const TABS = { "": "scenarios", live: "scenarios", drive: "scenarios", campaign: "campaign", jobs: "jobs" };
const main = document.getElementById("view");
let leave = () => {};
let shown = null;
let turn = 0;

async function show() {
  const { view, query } = place();
  // A view changes its own address as it is used; that is no reason to build it anew.
  if (location.hash === shown) return;
  shown = location.hash;
  const mine = ++turn;
  leave();
  leave = () => {};
  const known = VIEWS[view];
  const tab = view === "drive" && query.has("run") ? "campaign" : TABS[view] ?? "scenarios";
  for (const link of document.querySelectorAll("#views a")) {
    if (link.dataset.view === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!known) {
    main.replaceChildren(el("p", { class: "empty", text: `There is no view '${view}'.` }));
    return;
  }
  main.replaceChildren(el("p", { class: "empty", text: "Loading…" }));
  try {
    const content = el("div", { class: `view view-${view || "scenarios"}` });
    const end = await known(content, query);
    if (mine !== turn) { end?.(); return; }
    leave = end ?? (() => {});
    main.replaceChildren(content);
    content.dispatchEvent(new Event("shown"));
  } catch (failure) {
    if (mine === turn) main.replaceChildren(el("p", { class: "empty error", text: failure.message }));
  }
}

async function watchJobs() {
  try {
    const state = await get("/api/state");
    const running = state.jobs.filter((job) => job.running).length;
    const mark = document.getElementById("running");
    mark.hidden = running === 0;
    mark.textContent = String(running);
  } catch { /* the views say it */ }
  setTimeout(watchJobs, 3000);
}

document.getElementById("help").addEventListener("click", () => document.getElementById("keys").showModal());
document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !event.target.matches?.("input, textarea, select")) document.getElementById("keys").showModal();
});
window.addEventListener("hashchange", show);
window.addEventListener("remembered", () => { shown = location.hash; });
window.addEventListener("unhandledrejection", (event) => tell(event.reason?.message ?? String(event.reason)));
if (!location.hash) {
  const state = await get("/api/state").catch(() => ({}));
  // Somebody may have gone elsewhere meanwhile.
  if (state.opened && !location.hash) location.replace(`#${state.opened}`);
}
show();
watchJobs();
