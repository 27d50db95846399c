import { el, shortTime, fullTime, ago, place, percent, pValue, score, bytes, plural, word } from "/view.js";

const byId = (id) => document.getElementById(id);
const DECISIONS = ["ACCEPT", "SUSPECT", "ABSTAIN", "NO_SIGN"];
const VERDICTS = ["CONFIRMED", "DISMISSED"];
// Agents that know no kinds and levels report altered signs, all of them alerts.
const KINDS = { ALTERED_SIGN: null, HIDDEN_SIGN: "hidden sign", PHANTOM: "phantom" };
const STATES = { ONLINE: "online", LOST: "lost", STOPPED: "stopped", SILENT: "silent", UNKNOWN: "never introduced" };
const PAGE = 100;

const incidents = new Map();
const fresh = new Set();
let filter = "OPEN";
let selected = null;
let shown = null;
let session = { reviewer: "", token: "" };
let oldest = false;

async function ask(path, options = {}) {
  const response = await fetch(path, { credentials: "same-origin", ...options });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error || `the monitor answered ${response.status}`);
  return body;
}

/** At most one run at a time, and one more after it if it was asked for meanwhile. */
function settled(work) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) { again = true; return; }
    running = true;
    try { await work(); } catch (error) { console.warn(error.message); }
    await new Promise((resolve) => setTimeout(resolve, 250));
    running = false;
    if (again) { again = false; run(); }
  };
}

const refresh = settled(async () => {
  const answer = await ask(`/api/incidents?limit=${PAGE}`);
  for (const incident of answer.incidents) {
    if (!incidents.has(incident.key) && incidents.size > 0) fresh.add(incident.key);
    incidents.set(incident.key, incident);
  }
  if (answer.incidents.length < PAGE) oldest = true;
  byId("count-open").textContent = answer.open;
  byId("count-incidents").textContent = answer.total;
  drawList();
  if (selected === null && !location.hash) {
    const first = visible()[0];
    if (first) await select(first.key);
  }
});

const refreshDevices = settled(async () => {
  const [devices, rejections, health] = await Promise.all([
    ask("/api/devices"), ask("/api/rejections"), ask("/api/health")]);
  drawDevices(devices.devices);
  drawRejections(rejections.rejections);
  drawHealth(health);
});

async function older() {
  const keys = [...incidents.keys()];
  const answer = await ask(`/api/incidents?limit=${PAGE}&before=${Math.min(...keys)}`);
  for (const incident of answer.incidents) incidents.set(incident.key, incident);
  oldest = answer.incidents.length < PAGE;
  drawList();
}

const status = (incident) => (incident.review ? incident.review.verdict : "OPEN");

function visible() {
  return [...incidents.values()]
    .filter((incident) => filter === "ALL" || status(incident) === filter)
    .sort((a, b) => b.key - a.key);
}

function drawList() {
  const list = visible();
  byId("incidents").replaceChildren(...list.map(card));
  fresh.clear();
  if (list.length === 0) {
    const text = filter === "OPEN" ? "Nothing waits for a decision." : "No such incidents yet.";
    byId("incidents").append(el("li", { class: "empty", text }));
  }
  byId("older").hidden = oldest;
  for (const button of byId("filters").children) {
    button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
  }
}

/** What sets an incident apart from an alert about an altered sign; often nothing. */
function sort(incident) {
  const kind = Object.hasOwn(KINDS, incident.kind) ? KINDS[incident.kind] : null;
  return [
    kind ? el("span", { class: "tag KIND", text: kind }) : null,
    incident.level === "NOTICE"
      ? el("span", { class: "tag NOTICE", title: "In fewer frames than an alert needs the models were sure of a label.", text: "notice" })
      : null,
  ];
}

function card(incident) {
  const crop = el("img", {
    class: "crop", alt: "", width: 60, height: 60, loading: "lazy",
    src: `/api/incidents/${incident.key}/evidence/${incident.evidenceFrames - 1}.png`,
  });
  const verdict = incident.review
    ? el("span", { class: `tag ${word(incident.review.verdict, VERDICTS)}`, text: incident.review.verdict.toLowerCase() })
    : null;
  const top = el("span", { class: "top" },
    el("span", { class: "name", text: incident.labelName || "no label" }), ...sort(incident), verdict,
    el("time", { datetime: incident.raisedAt, title: fullTime(incident.raisedAt), text: shortTime(incident.raisedAt) }));
  const where = [incident.device, place(incident.place)].filter(Boolean).join(" · ");
  return el("li", {}, el("button", {
    type: "button",
    class: fresh.has(incident.key) ? "card fresh" : "card",
    "aria-current": String(incident.key === selected),
    on: { click: () => { location.hash = `incident-${incident.key}`; } },
  }, crop, top,
    el("span", { class: "where", text: where }),
    el("span", { class: "why", text: incident.reasons[0] || `p = ${pValue(incident.pValue)}` })));
}

async function select(key) {
  selected = key;
  drawList();
  try {
    shown = await ask(`/api/incidents/${key}`);
    if (selected === key) drawDetail(shown);
  } catch (error) {
    shown = null;
    byId("detail").replaceChildren(el("p", { class: "empty", text: error.message }));
  }
}

function drawNothing() {
  byId("detail").replaceChildren(el("div", { class: "empty" },
    el("img", { src: "/icon.svg", alt: "", width: 56, height: 56 }),
    el("p", { text: "Incidents appear here as vehicles report them." })));
}

function drawDetail(incident) {
  const title = el("div", { class: "title" },
    el("h1", { text: incident.labelName || "no label" }),
    el("span", { class: `tag ${word(incident.decision, DECISIONS)}`, text: incident.decision.toLowerCase().replaceAll("_", " ") }),
    ...sort(incident),
    incident.review ? el("span", { class: `tag ${word(incident.review.verdict, VERDICTS)}`, text: incident.review.verdict.toLowerCase() }) : null,
    el("a", { href: `/api/incidents/${incident.key}/incident.json`, download: `incident-${incident.id}.json`, text: "Download for replay" }));
  const lead = [incident.device, incident.source, fullTime(incident.raisedAt), place(incident.place)].filter(Boolean).join(" · ");
  byId("detail").replaceChildren(title, el("p", { class: "lead", text: lead }),
    evidencePanel(incident), reviewPanel(incident), factsPanel(incident));
  byId("detail").scrollTop = 0;
}

function evidencePanel(incident) {
  const panel = el("section", { class: "panel" });
  const show = (index) => {
    const frame = incident.evidence[index];
    const strip = incident.evidence.length < 2 ? null : el("div", { class: "strip" },
      ...incident.evidence.map((other, i) => el("button", {
        type: "button", "aria-pressed": String(i === index), "aria-label": `Evidence ${i + 1}`,
        on: { click: () => show(i) },
      }, el("img", { class: "crop", alt: "", src: other.crop }))));
    const rows = frame.checks.flatMap((check) => scoreRow(check.name, check.nonconformity));
    const reasons = frame.reasons.length ? frame.reasons : incident.reasons;
    panel.replaceChildren(el("div", { class: "stage" },
      el("div", {},
        el("img", { class: "crop", alt: `What the guard saw in frame ${frame.frame}`, src: frame.crop }), strip),
      el("div", {},
        el("div", { class: "scores" },
          ...scoreRow("Fused score", frame.score, "total"), ...rows,
          ...scoreRow("Track so far", Math.max(frame.trackScoreBefore, frame.score))),
        reasons.length ? el("ul", { class: "reasons" }, ...reasons.map((text) => el("li", { text }))) : null,
        el("p", { class: "note", text:
          `Frame ${frame.frame}, ${fullTime(frame.capturedAt)}. ${frame.labelName || "no label"} at ${percent(frame.probability)}, `
          + `p = ${pValue(frame.pValue)}, ${plural(frame.passes, "pass", "passes")}${frame.complete ? "" : " (cut short)"}, `
          + `region ${frame.region.width}×${frame.region.height} px.` }))));
  };
  show(incident.evidence.length - 1);
  return panel;
}

function scoreRow(name, value, kind = "") {
  return [
    el("span", { class: `label ${kind}`, text: name }),
    el("meter", { min: 0, max: 1, low: 0.35, high: 0.65, optimum: 0, value: value ?? 0, "aria-label": "nonconformity" }),
    el("output", { text: score(value) }),
  ];
}

function reviewPanel(incident) {
  const history = el("ul", { class: "history" }, ...incident.reviews.map((review) => el("li", {},
    el("span", { class: `tag ${word(review.verdict, VERDICTS)}`, text: review.verdict.toLowerCase() }),
    el("p", { text: review.reason }),
    el("small", { text: `${review.reviewer}, ${fullTime(review.at)}` }))));
  const reason = el("textarea", { "aria-label": "Reason", placeholder: "Why? For example: two stickers on the sign, seen in every crop", maxlength: 500, required: "" });
  const reviewer = el("input", { "aria-label": "Reviewer", value: session.reviewer, maxlength: 64, required: "" });
  const error = el("span", { class: "error", role: "alert" });
  const buttons = [["confirm", "CONFIRM", "Confirm alteration"], ["dismiss", "DISMISS", "Dismiss as false alarm"]]
    .map(([kind, value, text]) => el("button", { type: "submit", class: kind, value, text }));
  const form = el("form", {}, reason, reviewer,
    el("span", { class: "note", text: "Kept with your name and the time." }),
    el("div", { class: "decide" }, ...buttons, error));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.textContent = "";
    buttons.forEach((button) => { button.disabled = true; });
    try {
      session.reviewer = reviewer.value;
      await ask(`/api/incidents/${incident.key}/review`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Stopline-Token": session.token },
        body: JSON.stringify({ verdict: event.submitter.value, reason: reason.value, reviewer: reviewer.value }),
      });
      await refreshOne(incident.key);
    } catch (failure) {
      error.textContent = failure.message;
      buttons.forEach((button) => { button.disabled = false; });
    }
  });
  return el("section", { class: "panel review" },
    el("h2", { text: incident.reviews.length ? "Decisions" : "Your decision" }),
    incident.reviews.length ? history : null, form);
}

async function refreshOne(key) {
  const incident = await ask(`/api/incidents/${key}`);
  incidents.set(key, { ...incident, evidenceFrames: incident.evidence.length });
  if (key === selected) drawDetail(incident);
  drawList();
  refresh();
}

function factsPanel(incident) {
  const guard = incident.guard;
  const facts = [
    ["Certainty", `${percent(incident.probability)} for ${incident.labelName || "no label"}; track score ${score(incident.trackScore)}, p = ${pValue(incident.pValue)}`],
    ["Track", `${incident.track} of ${incident.source}, ${plural(incident.frames, "frame")} inspected since ${fullTime(incident.firstSeen)}`],
    ["Place", incident.place ? `${place(incident.place)} ± ${incident.place.accuracyMetres} m` : "unknown"],
    ["Received", `${fullTime(incident.receivedAt)}, number ${incident.sequence} of the session`],
    ["Policy", `${guard.policy} in bundle ${guard.bundle.name}, agent ${guard.agentVersion}`],
    ["Models", guard.models.map((model) => `${model.name} on ${model.delegate}`).join(", ")],
  ];
  return el("section", { class: "panel" }, el("h2", { text: "Facts" }),
    el("dl", { class: "facts" }, ...facts.flatMap(([name, text]) => [el("dt", { text: name }), el("dd", { text })]),
      el("dt", { text: "Incident" }), el("dd", {}, el("code", { text: incident.id })),
      el("dt", { text: "Bundle" }), el("dd", {}, el("code", { text: guard.bundle.sha256 }))));
}

function drawDevices(devices) {
  byId("count-online").textContent = devices.filter((device) => device.state === "ONLINE").length;
  const missing = devices.reduce((sum, device) => sum + device.missing, 0);
  byId("count-missing").textContent = missing;
  byId("count-missing").parentNode.classList.toggle("alert", missing > 0);
  byId("devices").replaceChildren(...devices.map((device) => {
    const lines = [el("p", { text: `${plural(device.incidents, "incident")}, heard ${ago(device.lastHeardAt)}` })];
    const health = device.health;
    if (health) {
      lines.push(el("p", { text: `${health.frames.inspected} of ${health.frames.seen} frames inspected` }));
      if (health.outbox.depth) lines.push(el("p", { text: `${health.outbox.depth} waiting on board (${bytes(health.outbox.bytes)})` }));
      for (const part of ["camera", "gpio"]) {
        if (["DEGRADED", "FAILED"].includes(health[part].state)) {
          lines.push(el("p", { class: "bad", text: `${part} ${health[part].state.toLowerCase()}: ${health[part].detail}` }));
        }
      }
      for (const model of health.delegates) {
        for (const passed of model.passedOver) {
          lines.push(el("p", { text: `${model.model} runs on ${model.delegate}; ${passed.delegate}: ${passed.reason}` }));
        }
      }
    }
    for (const gap of device.gaps.slice(0, 3)) {
      const range = gap.from === gap.to ? `number ${gap.from}` : `numbers ${gap.from} to ${gap.to}`;
      lines.push(el("p", { class: "bad", title: `session ${gap.session}`, text: `missing: ${range}` }));
    }
    if (device.gaps.length > 3) lines.push(el("p", { class: "bad", text: `and ${plural(device.gaps.length - 3, "more gap")}` }));
    if (device.rejected) lines.push(el("p", { class: "bad", text: `${plural(device.rejected, "message")} refused` }));
    return el("li", {}, el("div", { class: "device" },
      el("i", { class: word(device.state, Object.keys(STATES)) }), el("span", { title: device.device, text: device.device }),
      el("em", { text: STATES[device.state] || "" })), ...lines);
  }));
  if (devices.length === 0) byId("devices").append(el("p", { class: "note", text: "No device has spoken yet." }));
}

function drawRejections(rejections) {
  byId("rejections").replaceChildren(...rejections.slice(0, 8).map((rejection) => el("li", {},
    el("div", { text: rejection.reason }),
    el("small", { text: `${rejection.device || "unknown topic"}, ${rejection.kind}, ${shortTime(rejection.at)}` }))));
  if (rejections.length === 0) byId("rejections").append(el("p", { class: "note", text: "None." }));
}

function drawHealth(health) {
  byId("count-rejected").textContent = health.rejected;
  byId("count-rejected").parentNode.classList.toggle("alert", health.rejected > 0);
  const warnings = [...health.warnings];
  if (health.store.problem) warnings.push(health.store.problem);
  if (health.broker.state !== "CONNECTED") warnings.push(`Not connected to the broker at ${health.broker.uri}: ${health.broker.problem || "trying"}`);
  byId("warning").hidden = warnings.length === 0;
  byId("warning").textContent = warnings.join("\n");
}

function live(on) {
  byId("live").className = on ? "live on" : "live off";
  byId("live").lastElementChild.textContent = on ? "live" : "monitor does not answer";
}

function listen() {
  const events = new EventSource("/api/events");
  events.addEventListener("hello", async () => {
    live(true);
    try { session = { ...(await ask("/api/session")), ...(session.reviewer ? { reviewer: session.reviewer } : {}) }; } catch { live(false); }
    refresh();
    refreshDevices();
  });
  events.addEventListener("incident", () => { refresh(); refreshDevices(); });
  events.addEventListener("devices", refreshDevices);
  events.addEventListener("review", (event) => refreshOne(JSON.parse(event.data).key).catch(() => {}));
  events.addEventListener("error", () => live(false));
}

function route() {
  const match = /^#incident-(\d{1,15})$/.exec(location.hash);
  if (match) select(Number(match[1]));
}

byId("filters").addEventListener("click", (event) => {
  if (event.target.dataset.filter) { filter = event.target.dataset.filter; drawList(); }
});
byId("older").addEventListener("click", () => older().catch(() => live(false)));
window.addEventListener("hashchange", route);

drawNothing();
session = await ask("/api/session").catch(() => session);
route();
await refresh();
await refreshDevices();
// A still page ends loading, which programs that take a picture of it wait for.
if (new URLSearchParams(location.search).has("still")) {
  byId("live").lastElementChild.textContent = "still picture";
} else {
  setInterval(refreshDevices, 15000);
  listen();
}
