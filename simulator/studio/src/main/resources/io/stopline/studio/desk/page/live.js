import { el } from "/view.js";
import { address, changesOf, command, get, guarded, picture, place, post, remember, tell } from "/net.js";

const GROUPS = [["vehicle", "Vehicle"], ["light", "Light"], ["weather", "Weather"], ["background", "Background"], ["camera", "Camera"], ["signs", "Sign"]];

const words = (name) => name.replace(/([A-Z])/g, " $1").toLowerCase();

function title(pointer) {
  const steps = pointer.split("/").slice(1);
  // What a group's heading says already is left out.
  const parts = steps[0] !== "signs" ? steps.slice(1) : steps[2] === "alteration" ? steps.slice(4) : steps.slice(2);
  return parts.map((step) => (/^\d+$/.test(step) ? `#${Number(step) + 1}` : words(step))).join(" ");
}

function groupOf(pointer) {
  const steps = pointer.split("/").slice(1);
  if (steps[0] !== "signs") return steps[0];
  return `signs/${steps[1]}${steps[2] === "alteration" ? "/alteration" : ""}`;
}

/** A scenario, with sliders for all its numbers: the sign moves with them, the frame follows on release. */
export async function showLive(view, query) {
  const name = query.get("scenario");
  const state = await get("/api/state");
  const original = await post("/api/scenario", { scenario: name, changes: {} });
  const changes = changesOf(query);
  let sign = Math.min(Number(query.get("sign") ?? 0), original.signs.length - 1);
  let metres = Number(query.get("metres") ?? 20);

  const crop = el("img", { id: "crop", class: "crop", alt: "the sign as the camera sees it" });
  const frame = el("img", { id: "frame", alt: "the whole frame", width: "1280", height: "720" });
  const caption = el("p", { class: "note", id: "where", "aria-live": "polite" });
  const made = el("div", { id: "commands" });

  const asked = (part) => ({ scenario: name, changes, sign, metres, part });
  const latest = { crop: 0, frame: 0 };
  const busy = { crop: false, frame: false };

  // One picture is asked for at a time, and then the newest: a slider asks faster than anybody renders.
  async function refresh(part) {
    latest[part]++;
    if (busy[part]) return;
    busy[part] = true;
    try {
      let turn;
      do {
        turn = latest[part];
        const made = await picture("/api/preview", asked(part));
        const image = part === "crop" ? crop : frame;
        const before = image.src;
        image.src = made.url;
        await image.decode().catch(() => {});
        if (before.startsWith("blob:")) URL.revokeObjectURL(before);
        caption.textContent = `frame ${made.frame + 1}, ${Number.isNaN(made.metres) ? "the sign is not in the picture" : `${made.metres.toFixed(1)} m before the sign`}`;
      } while (turn !== latest[part]);
    } catch (failure) { tell(failure.message); } finally { busy[part] = false; }
  }

  function keep() {
    const all = new URLSearchParams([["scenario", name]]);
    if (sign) all.set("sign", sign);
    if (metres !== 20) all.set("metres", metres);
    for (const [pointer, value] of Object.entries(changes)) all.set(pointer, value);
    for (const own of ["guards", "seed"]) if (form.elements[own]?.value) all.set(own, form.elements[own].value);
    remember("live", all);
    reset.disabled = Object.keys(changes).length === 0;
  }

  function slider(control, changed, key) {
    const id = `control${key}`;
    const wide = control.most === undefined || control.most - control.least > 5000;
    const input = el("input", {
      id, type: wide ? "number" : "range", "data-pointer": control.pointer, title: control.description,
      ...(control.most === undefined ? {} : { min: control.least, max: control.most }),
      step: wide ? "any" : control.whole ? "1" : String(stepOf(control)),
    });
    input.value = changes[control.pointer] ?? control.value;
    const output = el("output", { for: id, text: shortly(input.value) });
    input.addEventListener("input", () => {
      if (input.value === "") return;
      changed(Number(input.value));
      output.textContent = shortly(input.value);
      refresh("crop");
    });
    input.addEventListener("change", () => { keep(); refresh("frame"); });
    return el("div", { class: "control" }, el("label", { for: id, text: title(control.pointer), title: control.description }), input, output);
  }

  const controls = el("div", { class: "controls" });
  let keys = 0;
  const grouped = new Map();
  for (const control of original.controls) {
    const group = groupOf(control.pointer);
    if (!grouped.has(group)) grouped.set(group, []);
    grouped.get(group).push(control);
  }
  const order = (group) => GROUPS.findIndex(([known]) => group.split("/")[0] === known);
  for (const group of [...grouped.keys()].sort((a, b) => order(a) - order(b))) {
    const [kind, number, more] = group.split("/");
    const label = kind !== "signs" ? GROUPS.find(([known]) => known === kind)?.[1] ?? kind
      : `${more ? `${original.signs[number].alteration} on sign` : "Sign"} ${Number(number) + 1}, ${original.signs[number].class}`;
    const open = ["vehicle", "light", "weather"].includes(kind) || (kind === "signs" && Number(number) === sign);
    controls.append(el("details", { class: "panel", ...(open ? { open: "" } : {}) },
      el("summary", {}, el("h2", { text: label })),
      ...grouped.get(group).map((control) => slider(control, (value) => {
        if (value === control.value) delete changes[control.pointer]; else changes[control.pointer] = value;
      }, keys++))));
  }

  const distance = el("input", { type: "range", id: "metres", min: "3", max: "80", step: "0.5" });
  distance.value = metres;
  distance.addEventListener("input", () => { metres = Number(distance.value); refresh("crop"); });
  distance.addEventListener("change", () => { keep(); refresh("frame"); });

  const which = el("select", { id: "sign" }, ...original.signs.map((one, i) => el("option", { value: i, text: `${i + 1}: ${one.class}` })));
  which.value = sign;
  which.addEventListener("change", () => { sign = Number(which.value); keep(); refresh("crop"); refresh("frame"); });

  const reset = el("button", { type: "button", class: "small", on: { click: () => { location.hash = address("live", [["scenario", name], ["at", Date.now()]]); } } }, "as the file has it");

  const form = el("form", { class: "panel drive-form", "aria-label": "Drive and search" },
    el("h2", { text: "Drive it" }),
    el("fieldset", {}, el("legend", { text: "guards" }),
      ...state.guards.map((guard, i) => el("label", {},
        el("input", { type: "checkbox", name: "guard", value: i, ...((query.get("guards") ?? "0").split(",").includes(String(i)) ? { checked: "" } : {}) }), ` ${guard.name}`))),
    el("p", { class: "field" }, el("label", { for: "seed", text: "seed of the guard's draws" }), el("input", { id: "seed", name: "seed", type: "number", value: query.get("seed") ?? "1", step: "1" })),
    el("p", { class: "buttons" },
      el("button", { type: "button", class: "primary", id: "drive", on: { click: () => { location.hash = driveAddress(); } } }, "Film and judge")),
    el("h2", { text: "Search what fools the models on it" }),
    el("div", { class: "asked" },
      el("p", { class: "field" }, el("label", { for: "kind", text: "alteration" }), el("select", { id: "kind" }, ...state.kinds.map((kind) => el("option", { value: kind, text: kind })))),
      el("p", { class: "field" }, el("label", { for: "against", text: "who knows" }), el("select", { id: "against" },
        el("option", { value: "ensemble", text: "the bare models" }), el("option", { value: "guard", text: "the whole guard" }))),
      el("p", { class: "field" }, el("label", { for: "queries", text: "views at most" }), el("input", { id: "queries", type: "number", min: "1", value: "2000" }))),
    el("p", { class: "buttons" },
      el("button", { type: "button", id: "search", on: { click: guarded(startSearch) } }, "Start the search")));

  const chosen = () => [...form.querySelectorAll("[name=guard]:checked")].map((box) => Number(box.value));

  function driveAddress() {
    const all = [["scenario", name], ["guards", chosen().join(",") || "0"], ["seed", document.getElementById("seed").value]];
    for (const [pointer, value] of Object.entries(changes)) all.push([pointer, value]);
    return address("drive", all);
  }

  async function startSearch() {
    const value = (id) => document.getElementById(id).value;
    const job = await post("/api/jobs", {
      what: "search", scenario: name, changes, guard: chosen()[0] ?? 0,
      kind: value("kind"), against: value("against"), queries: value("queries"), seed: value("seed"),
    });
    made.replaceChildren(command(job.command));
    location.hash = address("jobs", [["job", job.number]]);
  }

  view.append(
    el("div", { class: "bar" }, el("h1", { text: original.title }), el("code", { text: name }), reset),
    el("div", { class: "split" },
      el("div", { class: "pictures" },
        el("div", { class: "panel" }, el("div", { class: "shown" }, crop, frame), caption,
          el("div", { class: "control" }, el("label", { for: "metres", text: "distance to the sign, m" }), distance, el("output", { for: "metres" })),
          original.signs.length > 1 ? el("div", { class: "control" }, el("label", { for: "sign", text: "which sign" }), which) : null),
        form, made),
      controls));
  distance.nextSibling.textContent = String(metres);
  distance.addEventListener("input", () => { distance.nextSibling.textContent = distance.value; });
  reset.disabled = Object.keys(changes).length === 0;
  view.addEventListener("shown", () => { if (place().view === "live") { refresh("crop"); refresh("frame"); } });
}

const stepOf = (control) => {
  const wide = control.most - control.least;
  return wide > 100 ? 0.5 : wide > 10 ? 0.1 : wide > 2 ? 0.01 : 0.002;
};

const shortly = (value) => String(Number(Number(value).toPrecision(4)));
