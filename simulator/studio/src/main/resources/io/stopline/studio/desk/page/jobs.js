import { el, fullTime } from "/view.js";
import { address, command, get, guarded, post } from "/net.js";

const field = (id, label, more) => el("p", { class: "field" }, el("label", { for: id, text: label }), el("input", { id, ...more }));
const value = (id) => document.getElementById(id).value;

function state(job) {
  if (job.running) return job.total ? `${job.done} of ${job.total}` : "running";
  if (job.stopped) return "stopped";
  return job.exitCode === 0 ? "done" : job.exitCode === 1 ? "done, exit code 1" : `failed, exit code ${job.exitCode}`;
}

function links(job) {
  if (job.running || !job.results) return [];
  return Object.entries(job.results).map(([what, path]) => {
    if (what === "scenario" && job.exitCode <= 1) return el("a", { class: "small", href: address("drive", [["scenario", path], ["guards", "0"]]), text: "film and judge what was made" });
    if (what === "run") return el("a", { class: "small", href: address("campaign", [["run", path]]), text: "open the campaign" });
    return el("code", { text: path });
  });
}

/** What was started, what it says, and forms to start more. */
export async function showJobs(view, query) {
  const known = await get("/api/state");
  let open = Number(query.get("job") ?? known.jobs[0]?.number ?? 0);
  let closed = false;
  const list = el("ul", { class: "joblist" });
  const output = el("pre", { id: "output", tabindex: "0", role: "log", "aria-label": "What the command says" });
  const head = el("div", { class: "jobhead" });

  const start = (form) => guarded(async () => {
    const job = await post("/api/jobs", form());
    open = job.number;
    await refresh();
  });

  async function refresh() {
    const now = await get("/api/state");
    list.replaceChildren(...now.jobs.map((job) => el("li", {},
      el("button", { type: "button", "aria-pressed": String(job.number === open), on: { click: () => { open = job.number; refresh(); } } },
        `${job.number} · ${job.title} · ${state(job)}`))));
    if (!now.jobs.length) list.replaceChildren(el("li", { class: "note", text: "Nothing was started here yet. A search starts from a scenario." }));
    if (open) {
      const job = await get(`/api/jobs/${open}`);
      head.replaceChildren(...[
        el("h2", { text: `${job.title}: ${state(job)}` }),
        el("p", { class: "note", text: `began ${fullTime(job.began)}${job.ended ? `, ended ${fullTime(job.ended)}` : ""}` }),
        job.running && job.total ? el("progress", { max: job.total, value: job.done, "aria-label": "progress" }) : null,
        job.running ? el("button", { type: "button", class: "small", id: "stop", on: { click: guarded(async () => { await post(`/api/jobs/${open}/stop`, {}); await refresh(); }) } }, "stop") : null,
        command(job.command), ...links(job)].filter(Boolean));
      if (output.textContent !== job.output) {
        const bottom = output.scrollTop + output.clientHeight >= output.scrollHeight - 8;
        output.textContent = job.output;
        if (bottom) output.scrollTop = output.scrollHeight;
      }
      view.dataset.state = state(job);
    }
    return now.jobs.some((job) => job.running);
  }

  async function follow() {
    while (!closed) {
      const running = await refresh().catch(() => true);
      await new Promise((resolve) => setTimeout(resolve, running ? 700 : 2500));
    }
  }

  view.append(
    el("div", { class: "bar" }, el("h1", { text: "Commands" })),
    el("div", { class: "split" },
      el("section", { class: "panel", "aria-label": "The command" }, head, output),
      el("div", {},
        el("section", { class: "panel", "aria-label": "Started here" }, el("h2", { text: "Started here" }), list),
        el("form", { class: "panel", "aria-label": "Campaign" }, el("h2", { text: "Run a campaign" }),
          field("campaign", "file, or smoke, nightly, release", { value: "smoke" }), field("tracks", "only the first tracks", { type: "number", min: "1" }),
          el("button", { type: "button", class: "primary", id: "start-campaign", on: { click: start(() => ({ what: "campaign", campaign: value("campaign"), tracks: value("tracks") })) } }, "Start")),
        el("form", { class: "panel", "aria-label": "Hardening" }, el("h2", { text: "Harden a model" }),
          field("architecture", "architecture, or", { placeholder: "such as signs-small" }), field("model", "a float32 model", { placeholder: "model.tflite" }),
          field("method", "method", { value: "trades" }), field("data", "data set", { placeholder: "folder" }), field("time", "time", { value: "30m" }),
          el("button", { type: "button", class: "primary", id: "start-harden", on: { click: start(() => ({ what: "harden", architecture: value("architecture"), model: value("model"), method: value("method"), data: value("data"), time: value("time") })) } }, "Start")))));
  view.addEventListener("shown", () => follow());
  return () => { closed = true; };
}
