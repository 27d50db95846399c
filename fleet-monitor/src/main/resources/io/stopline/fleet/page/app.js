import { el, outline, visible, shortTime, fullTime, ago, place, percent, pValue, score, bytes, plural, word } from "/view.js";

const byId = (id) => document.getElementById(id);
const DECISIONS = ["ACCEPT", "SUSPECT", "ABSTAIN", "NO_SIGN"];
const VERDICTS = ["CONFIRMED", "DISMISSED"];
// Agents that know no kinds and levels report altered signs, all of them alerts.
const KINDS = { ALTERED_SIGN: "Suspect", HIDDEN_SIGN: "Hidden", PHANTOM: "Phantom", HIDDEN_OBJECT: "Hidden", VANISHED: "Vanished" };
const STATES = { ONLINE: "online", LOST: "lost", STOPPED: "stopped", SILENT: "silent", UNKNOWN: "never introduced" };
const PAGE = 100;
const MOST = 500;

let filter = "OPEN";
// Of the filter, newest first; what is older comes page by page.
let incidents = [];
let counts = { OPEN: 0, CONFIRMED: 0, DISMISSED: 0, ALL: 0 };
let more = false;
let newest = null;
let selected = null;
let review = null;
let session = { reviewer: "", token: "" };
// Half-written reasons, by incident: nothing that arrives, and no other incident, wipes them.
const drafts = new Map();

async function ask(path, options = {}) {
  const response = await fetch(path, { credentials: "same-origin", ...options });
  const body = await response.json();
  if (!response.ok) {
    throw Object.assign(new Error(body.error || `the monitor answered ${response.status}`), { status: response.status, body });
  }
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
  const asked = filter;
  const limit = Math.min(MOST, Math.max(PAGE, incidents.length));
  const answer = await ask(`/api/incidents?filter=${asked}&limit=${limit}`);
  if (asked !== filter) return;
  // Beyond what one answer may hold, the pages that were loaded stay.
  const last = answer.incidents.at(-1);
  const tail = answer.more && last ? incidents.filter((incident) => incident.key < last.key) : [];
  const before = newest;
  take(answer, [...answer.incidents, ...tail], tail.length ? more : answer.more);
  drawList(before);
  if (selected === null && !location.hash && incidents.length) await select(incidents[0].key);
});

function take(answer, list, moreLeft) {
  incidents = list;
  counts = answer.counts;
  more = moreLeft;
  newest = Math.max(newest ?? 0, ...list.map((incident) => incident.key));
  byId("count-open").textContent = counts.OPEN;
  byId("count-incidents").textContent = counts.ALL;
}

const refreshDevices = settled(async () => {
  const [devices, rejections, health] = await Promise.all([
    ask("/api/devices"), ask("/api/rejections"), ask("/api/health")]);
  drawDevices(devices.devices);
  drawRejections(rejections.rejections);
  drawHealth(health);
});

async function older() {
  const asked = filter;
  const answer = await ask(`/api/incidents?filter=${asked}&limit=${PAGE}&before=${incidents.at(-1).key}`);
  if (asked !== filter) return;
  take(answer, [...incidents, ...answer.incidents], answer.more);
  drawList();
}

/** Shows incidents; those with a key above {@code before} are new to this page. */
function drawList(before = null) {
  byId("incidents").replaceChildren(...incidents.map((incident) => card(incident, before !== null && incident.key > before)));
  if (counts[filter] === 0) {
    const text = filter === "OPEN" ? "Nothing waits for a decision." : "No such incidents yet.";
    byId("incidents").append(el("li", { class: "empty", text }));
  }
  byId("older").hidden = !more;
  byId("older").textContent = `Older incidents (${counts[filter] - incidents.length} more)`;
  for (const button of byId("filters").children) {
    button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
    button.querySelector("b").textContent = counts[button.dataset.filter];
  }
}

/** What an incident is about: never the label alone, which the guard may have refused. */
function headline(incident) {
  if (incident.damage) return "Damaged record";
  const kind = (Object.hasOwn(KINDS, incident.kind) && KINDS[incident.kind]) || KINDS.ALTERED_SIGN;
  const thing = incident.seenAs || (incident.kind === "HIDDEN_OBJECT" ? "object" : "sign");
  return `${kind} ${thing.slice(0, 40)}`;
}

/** What was read, and what the guard made of it. */
function reading(incident) {
  const label = incident.labelName ? `read as “${incident.labelName}”` : "no label";
  const made = { SUSPECT: ", refused", ABSTAIN: ", left undecided", NO_SIGN: ", judged to be no sign", ACCEPT: ", accepted" };
  return label + ((Object.hasOwn(made, incident.decision) && made[incident.decision]) || "");
}

function notice(incident) {
  return incident.level === "NOTICE"
    ? el("span", { class: "tag NOTICE", title: "In fewer frames than an alert needs the models were sure of a label.", text: "notice" })
    : null;
}

function verdictTag(decided) {
  return decided ? el("span", { class: `tag ${word(decided.verdict, VERDICTS)}`, text: decided.verdict.toLowerCase() }) : null;
}

function card(incident, fresh) {
  const crop = incident.damage ? el("span", { class: "crop" }) : el("img", {
    class: "crop", alt: "", width: 60, height: 60, loading: "lazy",
    src: `/api/incidents/${incident.key}/evidence/${incident.evidenceDeciding ?? incident.evidenceFrames - 1}.png`,
  });
  const at = incident.raisedAt || incident.receivedAt;
  const top = el("span", { class: "top" },
    el("span", { class: "name", text: headline(incident) }), notice(incident),
    el("time", { datetime: at, title: fullTime(at), text: shortTime(at) }));
  const where = [incident.device, place(incident.place)].filter(Boolean).join(" · ");
  const why = incident.damage || incident.reasons[0] || `p = ${pValue(incident.pValue)}`;
  return el("li", {}, el("button", {
    type: "button",
    class: fresh ? "card fresh" : "card",
    "aria-current": String(incident.key === selected),
    on: { click: () => { location.hash = `incident-${incident.key}`; } },
  }, crop, top,
    el("span", { class: "read" },
      el("span", { text: incident.damage ? "not readable" : reading(incident) }), verdictTag(incident.review)),
    el("span", { class: "where", text: where }),
    el("span", { class: "why", text: why, title: why })));
}

async function select(key) {
  selected = key;
  drawList();
  try {
    const incident = await ask(`/api/incidents/${key}`);
    if (selected === key) drawDetail(incident);
  } catch (error) {
    review = null;
    byId("detail").replaceChildren(el("p", { class: "empty", text: error.message }));
  }
}

function drawNothing() {
  byId("detail").replaceChildren(el("div", { class: "empty" },
    el("img", { src: "/icon.svg", alt: "", width: 56, height: 56 }),
    el("p", { text: "Incidents appear here as vehicles report them." })));
}

function drawDetail(incident) {
  review = reviewPanel(incident);
  const lead = [incident.device, incident.source, fullTime(incident.raisedAt || incident.receivedAt), place(incident.place)]
    .filter(Boolean).join(" · ");
  byId("detail").replaceChildren(title(incident), el("p", { class: "lead", text: lead }),
    ...(incident.damage
      ? [el("section", { class: "panel" }, el("h2", { text: "This record is damaged" }), el("p", { text: incident.damage })), review.panel]
      : [evidencePanel(incident), review.panel, factsPanel(incident)]));
  byId("detail").scrollTop = 0;
}

function title(incident) {
  const decision = incident.decision
    ? el("span", { class: `tag ${word(incident.decision, DECISIONS)}`, text: incident.decision.toLowerCase().replaceAll("_", " ") })
    : null;
  return el("div", { class: "title" },
    el("h1", {}, visible(headline(incident)), incident.damage ? null : el("small", { text: `: ${reading(incident)}` })),
    decision, notice(incident), verdictTag(incident.review),
    incident.damage ? null
      : el("a", { href: `/api/incidents/${incident.key}/incident.json`, download: `incident-${incident.id}.json`, text: "Download for replay" }));
}

function evidencePanel(incident) {
  const panel = el("section", { class: "panel" });
  const show = (index) => {
    const frame = incident.evidence[index];
    const strip = incident.evidence.length < 2 ? null : el("div", { class: "strip" },
      ...incident.evidence.map((other, i) => el("button", {
        type: "button", "aria-pressed": String(i === index),
        "aria-label": `Evidence ${i + 1}${i === incident.evidenceDeciding ? ", the deciding one" : ""}`,
        title: i === incident.evidenceDeciding ? "This frame decided" : null,
        class: i === incident.evidenceDeciding ? "deciding" : "",
        on: { click: () => show(i) },
      }, el("img", { class: "crop", alt: "", src: other.crop }))));
    const rows = frame.checks.flatMap((check) => scoreRow(check.name, check.nonconformity));
    const reasons = frame.reasons.length ? frame.reasons : incident.reasons;
    panel.replaceChildren(el("div", { class: "stage" },
      el("div", {},
        el("div", { class: "framed" },
          el("img", { class: "crop", alt: `What the guard saw in frame ${frame.frame}`, src: frame.crop }),
          frame.sighting?.box ? outline(frame.region, frame.sighting.box) : null,
          frame.certificate ? hangs(frame.region, frame.certificate) : null),
        strip),
      el("div", {},
        el("p", { class: `rank ${word(frame.decision, DECISIONS)}`, text: rank(frame) }),
        frame.sighting?.labelName ? labels(frame) : null,
        frame.certificate ? certificate(frame.certificate) : null,
        el("div", { class: "scores" },
          ...scoreRow("Track so far", Math.max(frame.trackScoreBefore, frame.score), frame.decision),
          ...scoreRow("This frame", frame.score, "total"), ...rows),
        reasons.length ? el("ul", { class: "reasons" }, ...reasons.map((text) => el("li", { text }))) : null,
        el("p", { class: "note", text:
          `Frame ${frame.frame}, ${fullTime(frame.capturedAt)}. ${frame.labelName || "no label"} at ${percent(frame.probability)}, `
          + `${plural(frame.passes, "pass", "passes")}${frame.complete ? "" : " (cut short)"}, `
          + `region ${frame.region.width}×${frame.region.height} px.` }))));
  };
  show(incident.evidenceDeciding ?? incident.evidence.length - 1);
  return panel;
}

/** The part of the crop without which the label has the least lead; the model's input is the crop, stretched. */
function hangs(region, certificate) {
  const { window: part, inputWidth, inputHeight } = certificate;
  const across = region.width / inputWidth;
  const down = region.height / inputHeight;
  const drawn = outline(region,
    { x: part.x * across, y: part.y * down, width: part.width * across, height: part.height * down });
  drawn.classList.add("window", certificate.refused ? "refused" : certificate.holds ? "holds" : "open");
  return drawn;
}

/** The claim, which is about one frame and one patch, and nothing else. */
function certificate(proved) {
  const state = proved.refused ? "Refused in this frame" : proved.holds ? "Certified, this frame" : "Not certified";
  return el("p", { class: "certificate" },
    el("b", { text: state }), el("span", { text: proved.claim }));
}

/** What the finder, or another detector, called it, beside what the guard did. */
function labels(frame) {
  const given = frame.sign?.finderProbability;
  const finder = frame.sighting.labelName + (given === undefined ? "" : ` at ${percent(given)}`);
  const guard = `${frame.labelName || "no label"} at ${percent(frame.probability)}`;
  // Whether different names mean different things, the guard's check knows.
  const apart = frame.checks.some((check) => check.name === "finder-agreement" && check.nonconformity > 0.5);
  return el("dl", { class: apart ? "labels apart" : "labels" },
    el("dt", { text: frame.sighting.label < 0 ? "Another detector" : "Finder" }), el("dd", { text: finder }),
    el("dt", { text: "Guard" }), el("dd", { text: guard }));
}

/** The guard decides by the track's rank among clean calibration tracks, not by a score. */
function rank(frame) {
  const made = { SUSPECT: "suspect", ACCEPT: "accepted so far", ABSTAIN: "undecided", NO_SIGN: "no sign" };
  const decision = (Object.hasOwn(made, frame.decision) && made[frame.decision]) || frame.decision;
  return `${decision}: p = ${pValue(frame.pValue)}, so of 1000 clean tracks about ${Math.max(1, Math.round(1000 * frame.pValue))} look as odd`;
}

/** A bar; only one that the guard decided by has a colour, that of its decision. */
function scoreRow(name, value, kind = "") {
  return [
    el("span", { class: `label ${kind ? "total" : ""}`, text: name }),
    el("meter", { min: 0, max: 1, value: value ?? 0, class: word(kind, DECISIONS), "aria-label": "nonconformity" }),
    el("output", { text: score(value) }),
  ];
}

/** The decisions on an incident and the form for another; a live update changes all but what the reviewer wrote. */
function reviewPanel(incident) {
  const key = incident.key;
  const heading = el("h2");
  const history = el("ul", { class: "history" });
  const reason = el("textarea", { "aria-label": "Reason", placeholder: "Why? For example: two stickers on the sign, seen in every crop", maxlength: 500, required: "" });
  const reviewer = el("input", { "aria-label": "Reviewer", maxlength: 64, required: "" });
  const meanwhile = el("p", { class: "meanwhile", role: "alert", hidden: "" });
  const error = el("span", { class: "error", role: "alert" });
  const buttons = [["confirm", "CONFIRM", "Confirm alteration"], ["dismiss", "DISMISS", "Dismiss as false alarm"]]
    .map(([kind, value, text]) => el("button", { type: "submit", class: kind, value, text }));
  const form = el("form", {}, reason, reviewer,
    el("span", { class: "note", text: "Kept with your name and the time." }), meanwhile,
    el("div", { class: "decide" }, ...buttons, error));
  let version = incident.version;
  reason.value = drafts.get(key) ?? "";
  reviewer.value = session.reviewer;
  reason.addEventListener("input", () => drafts.set(key, reason.value));

  function tell(other, next) {
    meanwhile.hidden = false;
    meanwhile.textContent = visible(other
      ? `Meanwhile ${other.reviewer} has ${other.verdict.toLowerCase()} it: “${other.reason}”. Your text is kept; ${next}`
      : `Meanwhile the decisions have changed. Your text is kept; ${next}`);
  }

  function update(now) {
    heading.textContent = now.reviews.length ? "Decisions" : "Your decision";
    history.hidden = now.reviews.length === 0;
    history.replaceChildren(...now.reviews.map((one) => el("li", {}, verdictTag(one),
      el("p", { text: one.reason }), el("small", { text: `${one.reviewer}, ${fullTime(one.at)}` }))));
    if (now.version === version) return;
    // Who has written nothing has seen it; who has is asked again when sending.
    if (reason.value.trim() === "") version = now.version;
    else tell(now.review, "send it if you still decide otherwise.");
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.textContent = "";
    buttons.forEach((button) => { button.disabled = true; });
    try {
      session.reviewer = reviewer.value;
      await ask(`/api/incidents/${key}/review`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Stopline-Token": session.token },
        body: JSON.stringify({ verdict: event.submitter.value, reason: reason.value, reviewer: reviewer.value, version }),
      });
      drafts.delete(key);
      reason.value = "";
      meanwhile.hidden = true;
      await refreshOne(key);
    } catch (failure) {
      if (failure.status === 409 && failure.body.version !== undefined) {
        version = failure.body.version;
        tell(failure.body.review, "press again to overrule that decision.");
        refreshOne(key).catch(() => {});
      } else {
        error.textContent = visible(failure.message);
      }
    } finally {
      buttons.forEach((button) => { button.disabled = false; });
    }
  });
  update(incident);
  return { key, update, panel: el("section", { class: "panel review" }, heading, history, form) };
}

/** Somebody decided: what is shown of the incident follows, the form stays as it is. */
async function refreshOne(key) {
  if (key === selected && review?.key === key) {
    const incident = await ask(`/api/incidents/${key}`);
    if (key === selected && review?.key === key) {
      byId("detail").querySelector(".title").replaceWith(title(incident));
      review.update(incident);
    }
  }
  refresh();
}

function factsPanel(incident) {
  const guard = incident.guard;
  const facts = [
    ["Reading", `${percent(incident.probability)} for ${incident.labelName || "no label"}; track score ${score(incident.trackScore)}, p = ${pValue(incident.pValue)}`],
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
    const lines = [el("p", { text: `${plural(device.incidents, "incident")}, heard ${ago(device.silentSeconds)}` })];
    const health = device.health;
    if (health) {
      lines.push(el("p", { text: `${health.frames.inspected} of ${health.frames.seen} frames inspected` }));
      if (health.outbox.depth) lines.push(el("p", { text: `${health.outbox.depth} waiting on board (${bytes(health.outbox.bytes)})` }));
      // Older agents tell camera and pins alone.
      const parts = { camera: health.camera, gpio: health.gpio, ...health.components };
      for (const [name, part] of Object.entries(parts)) {
        if (["DEGRADED", "FAILED"].includes(part.state)) {
          lines.push(el("p", { class: "bad", text: `${name} ${part.state.toLowerCase()}: ${part.detail}` }));
        }
      }
      for (const model of health.delegates) {
        for (const passed of model.passedOver) {
          lines.push(el("p", { text: `${model.model} runs on ${model.delegate}; ${passed.delegate}: ${passed.reason}` }));
        }
      }
    }
    const gaps = device.gaps.filter((gap) => gap.plausible);
    for (const gap of gaps.slice(0, 3)) {
      const range = gap.from === gap.to ? `number ${gap.from}` : `numbers ${gap.from} to ${gap.to}`;
      lines.push(el("p", { class: "bad", title: `session ${gap.session}`, text: `missing: ${range}` }));
    }
    if (gaps.length > 3) lines.push(el("p", { class: "bad", text: `and ${plural(gaps.length - 3, "more gap")}` }));
    for (const gap of device.gaps.filter((one) => !one.plausible).slice(0, 1)) {
      lines.push(el("p", { class: "bad", title: `session ${gap.session}`, text:
        `its numbers jump from ${gap.from - 1} to ${gap.to + 1}, which cannot be; not counted as missing` }));
    }
    if (device.damaged) lines.push(el("p", { class: "bad", text: "what is stored of it is damaged" }));
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
    el("small", { text: `${rejection.device || "unknown topic"}, ${rejection.kind}, ${shortTime(rejection.at)}`
      + (rejection.count > 1 ? `, ${rejection.count} times` : "") }))));
  if (rejections.length === 0) byId("rejections").append(el("p", { class: "note", text: "None." }));
}

function drawHealth(health) {
  byId("count-rejected").textContent = health.rejected;
  byId("count-rejected").parentNode.classList.toggle("alert", health.rejected > 0);
  const warnings = [...health.warnings];
  if (health.store.problem) warnings.push(health.store.problem);
  if (health.broker.state !== "CONNECTED") warnings.push(`Not connected to the broker at ${health.broker.uri}: ${health.broker.problem || "trying"}`);
  if (health.broker.overflowed) warnings.push(`${plural(health.broker.overflowed, "message was", "messages were")} dropped before it was known whose they are; devices send them again.`);
  for (const load of health.loads) {
    if (load.recent && load.dropped) warnings.push(`Device ${load.device || "of no known topic"} sends more than its share: ${plural(load.dropped, "message")} not taken. What counts waits in its outbox.`);
    if (load.recent && load.overQuota) warnings.push(`Device ${load.device} has filled its share of the disk: its new incidents wait on board. Start the monitor with a larger --device-quota.`);
  }
  byId("warning").hidden = warnings.length === 0;
  byId("warning").textContent = visible(warnings.join("\n"));
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
  const button = event.target.closest("button");
  if (!button || button.dataset.filter === filter) return;
  filter = button.dataset.filter;
  incidents = [];
  more = false;
  newest = null;
  drawList();
  refresh();
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
