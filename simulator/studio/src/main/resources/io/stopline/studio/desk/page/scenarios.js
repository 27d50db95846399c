import { el } from "/view.js";
import { address, get, guarded, post, remember } from "/net.js";

const share = (part, of) => (of ? `${part} of ${of}` : "–");

function lastResult(last) {
  if (!last) return el("p", { class: "note", text: "not driven here yet" });
  const f = last.figures;
  const bad = f.acceptedErrors > 0;
  return el("dl", { class: "last" },
    el("dt", { text: "bare models wrong" }), el("dd", { text: share(f.undefendedErrors, f.nearFrames) }),
    el("dt", { text: "guard accepts wrong" }), el("dd", { class: bad ? "bad" : "", text: share(f.acceptedErrors, f.nearFrames) }),
    el("dt", { text: "suspected" }), el("dd", { text: share(f.suspectFrames, f.nearFrames) }),
    el("dt", { text: "incidents" }), el("dd", { text: String(f.incidentsSent) }));
}

function card(scenario) {
  if (scenario.errors) {
    return el("li", { class: "panel scenario broken" },
      el("h2", { text: scenario.name }),
      el("p", { class: "bad", text: "This file is no scenario yet:" }),
      el("ul", { class: "errors" }, ...scenario.errors.map((line) => el("li", {}, el("code", { text: line })))));
  }
  const target = address("live", [["scenario", scenario.name]]);
  const signs = scenario.signs.map((sign) => `${sign.class}${sign.alteration ? ` (${sign.alteration.toLowerCase()})` : ""}`);
  return el("li", { class: "panel scenario" },
    el("a", { class: "picture", href: target, tabindex: "-1", "aria-hidden": "true" },
      el("img", { loading: "lazy", alt: "", width: "320", height: "180", src: `/pictures/thumbnail.jpg?scenario=${encodeURIComponent(scenario.name)}&at=${scenario.changed}` })),
    el("h2", {}, el("a", { href: target, text: scenario.title })),
    el("p", { class: "path" }, el("code", { text: scenario.name })),
    el("p", { text: `${signs.join(", ") || "no sign"}; ${scenario.frames} frames` }),
    lastResult(scenario.last));
}

/** All scenarios, to be opened, and the way from an incident to one. */
export async function showScenarios(view, query) {
  const scenarios = await get("/api/scenarios");
  const list = el("ul", { class: "cards" });
  const count = el("output", { class: "note", "aria-live": "polite" });
  const field = el("input", { type: "search", id: "find", placeholder: "name, sign or alteration", "aria-label": "Find a scenario" });
  field.value = query.get("find") ?? "";
  const filter = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kept = scenarios.filter((one) => words.every((word) => JSON.stringify(one).toLowerCase().includes(word)));
    list.replaceChildren(...kept.map(card));
    count.textContent = `${kept.length} of ${scenarios.length}`;
    remember("", [["find", field.value]]);
  };
  field.addEventListener("input", filter);
  const incident = el("input", { type: "file", id: "incident", accept: ".json,application/json" });
  incident.addEventListener("change", guarded(async () => {
    const text = await incident.files[0].text();
    let parsed;
    try { parsed = JSON.parse(text); } catch { throw new Error("this file is no JSON; choose an incident that the monitor exported"); }
    const job = await post("/api/jobs", { what: "incident", incident: parsed });
    location.hash = address("jobs", [["job", job.number]]);
  }));
  view.append(
    el("div", { class: "bar" },
      el("h1", { text: "Scenarios" }), field, count,
      el("label", { class: "upload", for: "incident" }, "Make one of an incident: "), incident),
    list);
  filter();
}
