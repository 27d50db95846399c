import { el, percent, pValue, plural } from "/view.js";

const STEPS = [["SEARCHING", "Search"], ["CLEAN", "Clean drive"], ["ATTACKED", "Altered drive"], ["CONTROL", "Control"], ["INCIDENT", "Incident"]];
const ORDER = ["STARTING", "SEARCHING", "CLEAN", "ATTACKED", "CONTROL", "INCIDENT", "DONE", "FAILED"];
const TAGS = { ACCEPT: "accept", SUSPECT: "suspect", ABSTAIN: "abstain", NO_SIGN: "no sign" };

/** Replaces what an element holds, but only if it would look otherwise: keeps focus and pictures. */
function put(place, ...nodes) {
  const holder = document.createElement("div");
  holder.append(...nodes.filter(Boolean));
  if (place.dataset.drawn !== holder.innerHTML) {
    place.dataset.drawn = holder.innerHTML;
    place.replaceChildren(...holder.childNodes);
  }
}

export function drawSteps(place, state) {
  const now = ORDER.indexOf(state.phase);
  put(place, ...STEPS.map(([phase, name], i) => {
    const at = ORDER.indexOf(phase);
    const current = state.phase === phase || (state.phase === "STARTING" && i === 0);
    const kind = current ? "now" : at < now && state.phase !== "FAILED" ? "done" : "";
    return el("li", { class: kind, ...(current ? { "aria-current": "step" } : {}) },
      el("b", { "aria-hidden": "true", text: kind === "done" ? "✓" : String(i + 1) }), name);
  }));
}

/** The four numbers that tell what came of it, as the report has them; once there is an end. */
export function drawResult(place, state) {
  const ended = ["DONE", "FAILED"].includes(state.phase);
  place.hidden = !ended;
  document.body.classList.toggle("told", ended);
  if (!ended) return;
  const f = state.drives.find((drive) => drive.attacked).figures;
  const missed = state.missed ?? [];
  const worked = state.phase === "DONE" && missed.length === 0;
  place.className = `result ${worked ? "good" : "bad"}`;
  const figure = (name, value, of, text) => el("div", {}, el("dt", { text }),
    el("dd", { "data-figure": name }, el("b", { text: value }), of === null ? null : el("small", { text: of })));
  put(place,
    el("div", { class: "end" }, el("h2", { text: state.text }),
      missed.length ? el("ul", {}, ...missed.map((text) => el("li", { text }))) : null),
    state.phase === "DONE" ? el("dl", {},
      figure("undefended-errors", f.undefendedErrors, `of ${f.undefendedFrames} near`, "frames of the altered drive read wrong by the bare ensemble"),
      figure("accepted-errors", f.acceptedErrors, `of ${f.inspectedFrames} judged`, "accepted by the guard with a wrong label"),
      figure("suspect-frames", f.suspectFrames, `of ${f.inspectedFrames} judged`, "suspected by the guard"),
      figure("incidents-stored", f.incidentsStored, null, f.incidentsStored === 1 ? "incident stored" : "incidents stored")) : null);
}

const share = (part, whole) => (whole ? `${(100 * part / whole).toFixed(0)} %` : "–");

export function drawTable(place, state, shown) {
  put(place, ...state.drives.map((drive) => {
    const f = drive.figures;
    const begun = f.nearFramesJudged > 0 || drive.progress === "PLAYED";
    const cell = (value, note, kind = "") => el("td", { class: begun ? kind : "" },
      el("b", { text: begun ? value : "–" }), begun && note ? el("small", { text: note }) : null);
    const wrong = f.undefendedErrors / Math.max(1, f.undefendedFrames);
    const accepted = f.acceptedErrors / Math.max(1, f.inspectedFrames);
    return el("tr", { class: `${drive.name === shown ? "shown" : ""} ${begun ? "" : "waits"}`, "data-drive": drive.name },
      el("th", { scope: "row" }, el("i", { class: `swatch ${drive.name}`, "aria-hidden": "true" }), drive.title),
      cell(`${f.nearFrames}`),
      cell(share(f.undefendedErrors, f.undefendedFrames), `${f.undefendedErrors}`, wrong > 0.05 ? "bad" : "good"),
      cell(share(f.notInspectedFrames, f.nearFrames), `${f.notInspectedFrames}`),
      cell(share(f.acceptedErrors, f.inspectedFrames), `${f.acceptedErrors}`, accepted > 0.05 ? "bad" : "good"),
      cell(share(f.suspectFrames, f.inspectedFrames), `${f.suspectFrames}`),
      cell(`${f.incidentsStored}`, f.incidentsSent === f.incidentsStored ? null : `${f.incidentsSent} sent`));
  }));
}

const sign = (state, label, more = "") => el("img", { class: more, alt: "", width: 68, height: 68, src: `/pictures/${state.run}/sign/${label}.png` });

function reading(state, label, probability, more) {
  return el("div", { class: "reading" }, sign(state, label, more),
    el("div", {}, el("strong", { text: state.labels[label] ?? "no label" }), el("span", { class: "sure", text: `at ${percent(probability)}` })));
}

export function drawVerdicts(bare, guarded, state, frame, seen) {
  const members = plural(state.members.length, "model");
  const b = frame?.bare;
  const right = b?.label === state.signClass;
  bare.className = `panel verdict ${b ? (right ? "good" : "bad") : ""}`;
  put(bare, el("h2", {}, "Bare ensemble", el("span", { class: `tag ${b ? (right ? "ACCEPT" : "SUSPECT") : ""}`, text: b ? (right ? "right" : "wrong") : members })),
    ...(b ? [reading(state, b.label, b.p), el("p", { class: "says", text: right ? "Reads the sign right." : "Wrong, and acted on: there is nobody to object." })]
      : [el("p", { class: "none", text: frame ? "Too far away to be asked." : "Waits for the first drive." })]));
  const main = seen?.tracks.find((track) => track.main);
  const decision = TAGS[main?.decision] ? main.decision : "";
  const true_ = main?.label === state.signClass;
  const kind = decision === "ACCEPT" ? (true_ ? "good" : "bad") : decision === "SUSPECT" ? (b && !right ? "good" : "unsure") : decision ? "unsure" : "";
  guarded.className = `panel verdict ${kind}`;
  put(guarded, el("h2", {}, "With Stopline", decision ? el("span", { class: `tag ${decision}`, text: TAGS[decision] }) : null),
    ...(decision ? [reading(state, main.label, main.p, decision === "ACCEPT" ? "" : "rejected"), el("p", { class: "says", text: says(state, main, true_) })]
      : [el("p", { class: "none", text: !frame ? "Waits for the first drive." : !seen ? "The agent did not take this frame." : main ? "Found; not judged yet." : "Not found yet." })]));
}

function says(state, main, right) {
  if (main.decision === "ACCEPT") return right ? `Accepts, p = ${pValue(main.pValue)}.` : "Accepts a wrong label.";
  if (main.decision === "SUSPECT") return `Suspects an alteration, p = ${pValue(main.pValue)}; the label is not passed on.`;
  return "Abstains: not sure enough to pass a label on.";
}

/** One sentence for those who hear the page. */
export function sentence(state, frame, seen) {
  const main = seen?.tracks.find((track) => track.main);
  if (["STARTING", "SEARCHING", "DONE", "FAILED"].includes(state.phase) && !frame) return state.text;
  const bare = frame?.bare ? `Bare ensemble: ${state.labels[frame.bare.label]}.` : "";
  const guard = TAGS[main?.decision] ? `Guard: ${main.decision === "ACCEPT" ? `accepts ${state.labels[main.label]}` : TAGS[main.decision]}.` : "";
  return `${state.text}. ${bare} ${guard}`.trim();
}

export function drawSearch(place, waiting, state, hasFrame) {
  const search = state.search;
  const on = ["STARTING", "SEARCHING"].includes(state.phase);
  place.hidden = !on || !search;
  if (!hasFrame) waiting.textContent = place.hidden ? state.text : "";
  if (place.hidden) return;
  put(place,
    el("img", { alt: "The sign with the best stickers so far", src: `/pictures/${state.run}/face/search.png?${search.picture}` }),
    el("div", {},
      el("h2", { text: `Searching stickers that fool ${plural(state.members.length, "model")} at once` }),
      el("p", { text: state.text }),
      el("progress", { max: 1, value: search.errors, "aria-label": "Share of views in which the models are fooled" }),
      el("dl", {},
        el("dt", { text: "asked the models" }), el("dd", { text: plural(search.queries, "time") }),
        el("dt", { text: "best so far covers" }), el("dd", { text: percent(search.covered) }),
        el("dt", { text: "and fools them in" }), el("dd", { text: `${(100 * search.errors).toFixed(0)} % of views` }))));
}

const twin = (state, what, text, alt) => el("figure", {},
  el("img", { alt, width: 64, height: 64, src: `/pictures/${state.run}/face/${what}.png` }), el("figcaption", { text }));

export function drawFinds(alteration, incident, state) {
  const s = state.search;
  put(alteration, el("h2", { text: "The alteration" }),
    s?.found ? el("div", {},
      el("div", { class: "twins" },
        twin(state, "attacked", "found", "The sign with the stickers that were found"),
        twin(state, "control", "shuffled", "The sign with the same stickers shuffled, where they do no harm")),
      el("p", {}, el("b", { text: `${percent(s.covered)} of the sign` }),
        `, from ${plural(s.queries, "query", "queries")} in ${s.seconds.toFixed(0)} s.`))
      : el("p", { class: "none", text: "Stickers are searched when the demonstration runs; none is prepared." }));
  const i = state.incident;
  const attacked = state.drives.find((drive) => drive.name === "attacked");
  put(incident, el("h2", { text: "The incident" }),
    i ? el("div", {},
      el("div", { class: "what" },
        i.pictured ? el("img", { class: "crop", alt: "What the guard saw", width: 76, height: 76, src: `/pictures/${state.run}/incident.png` }) : null,
        el("p", { class: "reason", text: i.reasons.find((reason) => reason.includes(": ")) ?? i.reasons[0] ?? `p = ${pValue(i.pValue)}` })),
      el("a", { class: "open", href: i.page, target: "_blank", rel: "noopener", text: "Open on the fleet page" }))
      : el("p", { class: "none", text: attacked.progress === "PLAYED" ? "The altered sign raised none." : "Appears here once the fleet monitor has stored it." }));
}
