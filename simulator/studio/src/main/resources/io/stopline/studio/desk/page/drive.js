import { el, percent, pValue } from "/view.js";
import { address, changesOf, command, copy, get, guarded, post, remember, tell } from "/net.js";
import { Film } from "/film.js";
import { COLOURS, Lines } from "/lines.js";

const TITLES = { clean: "Clean", attacked: "Attacked", benign: "Benign" };
const SPEEDS = [0.5, 1, 2, 4];

/** What a frame of one film comes to, as its strip colours it. */
function standing(sign) {
  if (!sign) return "none";
  if (sign.decision === "SUSPECT") return "suspect";
  if (sign.decision === "ACCEPT") return sign.label === sign.class ? "right" : "wrong";
  if (sign.decision === "ABSTAIN") return "abstain";
  return "none";
}

const STANDINGS = [["right", "right label accepted"], ["wrong", "wrong label accepted"], ["suspect", "suspected"], ["abstain", "abstains"], ["none", "not judged, or no sign"]];

/** One drive in up to three films that are scrubbed together. */
class DriveView {
  constructor(view, asked, query, drive) {
    this.view = view;
    this.asked = asked;
    this.drive = drive;
    this.films = new Map();
    this.judged = new Map();
    this.frame = Number(query.get("frame") ?? 0);
    this.speed = SPEEDS.includes(Number(query.get("speed"))) ? Number(query.get("speed")) : 1;
    this.guard = Number(query.get("show") ?? 0);
    this.sign = Number(query.get("sign") ?? 0);
    this.selected = query.get("film") ?? (drive.variants.some((one) => one.kind === "attacked") ? "attacked" : drive.variants[0].kind);
    const loop = /^(\d+)-(\d+)$/.exec(query.get("loop") ?? "");
    this.loop = loop ? [Number(loop[1]), Number(loop[2])] : null;
    this.playing = false;
    this.closed = false;
    this.build();
  }

  build() {
    this.panes = new Map(this.drive.variants.map((variant) => [variant.kind, this.pane(variant)]));
    this.scrub = el("input", { type: "range", id: "scrub", min: "0", max: "0", step: "1", "aria-label": "Frame" });
    this.scrub.addEventListener("input", () => this.seek(Number(this.scrub.value)));
    this.where = el("output", { id: "at", for: "scrub" });
    this.playButton = el("button", { type: "button", id: "play", class: "small", "aria-label": "Play", title: "Play (space)", on: { click: () => this.play(!this.playing) } }, "▶");
    this.speeds = el("select", { id: "speed", "aria-label": "Speed", on: { change: () => { this.speed = Number(this.speeds.value); this.keep(); } } },
      ...SPEEDS.map((speed) => el("option", { value: speed, text: speed === 0.5 ? "½×" : `${speed}×` })));
    this.speeds.value = this.speed;
    const jump = (id, text, title, find) => el("button", { type: "button", class: "small", id, title, on: { click: () => this.jump(find, text) } }, text);
    this.loopButton = el("button", { type: "button", class: "small", id: "loop", title: "Loop a stretch ([ and ])", on: { click: () => this.setLoop(this.loop ? null : [this.frame, Math.min(this.last(), this.frame + 30)]) } }, "loop");
    this.progress = el("progress", { id: "progress", max: "1", value: "0", "aria-label": "Filming and judging" });
    this.phase = el("output", { id: "phase" });
    this.stopButton = el("button", { type: "button", class: "small", on: { click: guarded(async () => { await post(`/api/drives/${this.drive.id}/stop`, {}); }) } }, "stop");
    this.busy = el("p", { class: "busy" }, this.progress, this.phase, this.stopButton);
    this.notes = el("ul", { class: "notes" }, ...this.drive.notes.map((note) => el("li", { text: note })));
    this.guards = el("select", { id: "show", "aria-label": "Guard that is shown", on: { change: () => { this.guard = Number(this.guards.value); this.redraw(); this.keep(); } } },
      ...this.drive.guards.map((guard, i) => el("option", { value: i, text: guard.name })));
    this.guards.value = this.guard;
    this.probability = el("div", { class: "chart", id: "chart-bare", role: "img" });
    this.rank = el("div", { class: "chart", id: "chart-guard", role: "img" });
    this.table = el("tbody", { id: "figures" });
    this.compared = el("ul", { class: "compared" });
    this.detail = el("section", { class: "panel detail", "aria-label": "This frame" });
    const legend = el("ul", { class: "legend" }, ...STANDINGS.map(([name, text]) => el("li", { class: name, text })));
    this.lineLegend = el("ul", { class: "legend lines" });
    this.view.append(
      el("div", { class: "bar" }, el("h1", { text: this.drive.title }), this.guards, this.back()),
      this.notes, this.busy,
      el("div", { class: "panes", "data-count": this.panes.size }, ...[...this.panes.values()].map((pane) => pane.node)),
      el("div", { class: "transport panel", role: "group", "aria-label": "Look back" },
        this.playButton, this.speeds, this.scrub, this.where, this.loopButton,
        el("span", { class: "jumps" },
          jump("first-bare", "bare wrong", "First frame that the bare models read wrong (b)", (sign) => sign.near && sign.bareLabel !== sign.class),
          jump("first-wrong", "wrong", "First wrong label accepted (w)", (sign) => standing(sign) === "wrong"),
          jump("first-suspect", "suspect", "First frame suspected (s)", (sign) => standing(sign) === "suspect"),
          el("button", { type: "button", class: "small", id: "next-incident", title: "Next incident (i)", on: { click: () => this.nextIncident() } }, "incident"))),
      legend,
      el("div", { class: "split" },
        el("div", {},
          el("section", { class: "panel" },
            el("h2", { text: "Probability of the true class, bare models" }), this.probability,
            el("h2", { id: "rank-title", text: "How unusual the sign looks to the guard (p-value); above the line it is suspected" }), this.rank, this.lineLegend),
          el("section", { class: "panel scroll" }, el("table", { class: "data" },
            el("caption", { class: "unseen", text: "Figures of each film by each guard" }),
            el("thead", {}, el("tr", {}, ...["film", "guard", "again", "near frames", "bare models wrong", "accepted wrong", "suspected", "abstains", "released", "incidents"].map((text) => el("th", { scope: "col", text })))),
            this.table), this.compared)),
        this.detail));
    this.bareLines = new Lines(this.probability, "Probability of the true class by the bare models", (frame) => this.seek(frame));
    this.rankLines = new Lines(this.rank, "p-value of the sign's track", (frame) => this.seek(frame));
    this.keys = (event) => this.key(event);
    document.addEventListener("keydown", this.keys);
    this.resized = new ResizeObserver(() => {
      for (const kind of this.films.keys()) this.fit(kind);
      this.redraw();
    });
    this.view.addEventListener("shown", () => this.resized.observe(this.view));
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.repaint = () => this.redraw();
    this.scheme.addEventListener("change", this.repaint);
  }

  back() {
    if (this.asked.run) return el("a", { class: "small", href: address("campaign", [["run", this.asked.run]]), text: "back to the campaign" });
    return el("a", { class: "small", href: address("live", [["scenario", this.asked.scenario], ...Object.entries(this.asked.changes ?? {})]), text: "change the scenario" });
  }

  pane(variant) {
    const canvas = el("canvas", { width: "640", height: String(Math.round(640 * variant.height / variant.width)), role: "img", "aria-label": `${TITLES[variant.kind]} film` });
    const strip = el("canvas", { class: "strip", width: "600", height: "16", "aria-hidden": "true" });
    strip.addEventListener("click", (event) => this.seek(Math.floor(event.offsetX / strip.clientWidth * (this.last() + 1))));
    const say = el("p", { class: "say" });
    const title = el("button", { type: "button", class: "pane-title", "aria-pressed": "false", title: "Show this film's details", on: { click: () => { this.selected = variant.kind; this.redraw(); this.keep(); } } }, TITLES[variant.kind]);
    const now = el("i", { "aria-hidden": "true" });
    const node = el("figure", { class: `pane ${variant.kind}` }, el("figcaption", {}, title, say), canvas, el("div", { class: "track" }, strip, now));
    return { node, canvas, strip, say, title, now, width: variant.width, height: variant.height };
  }

  last() { return Math.max(0, ...[...this.films.values()].map((film) => film.frames - 1)); }

  /** Takes what has come since: films as they are filmed, verdicts as they are judged. */
  async follow() {
    while (!this.closed) {
      for (const variant of this.drive.variants) {
        if (variant.filmed && !this.films.has(variant.kind)) this.addFilm(variant);
      }
      for (const [i, guard] of this.drive.guards.entries()) {
        for (const kind of Object.keys(guard.results)) {
          const key = `${i} ${kind}`;
          if (!this.judged.has(key)) {
            this.judged.set(key, await get(`/api/drives/${this.drive.id}/frames?guard=${i}&kind=${kind}`));
            this.chooseSign();
            this.redraw();
          }
        }
      }
      this.progress.value = this.drive.total ? this.drive.done / this.drive.total : 0;
      this.phase.textContent = this.drive.failure ? `failed: ${this.drive.failure}` : `${this.drive.phase} (${this.drive.done} of ${this.drive.total})`;
      this.busy.hidden = this.drive.phase === "done";
      this.stopButton.hidden = !this.drive.running;
      this.view.dataset.phase = this.drive.phase;
      if (!this.drive.running) return;
      await new Promise((resolve) => setTimeout(resolve, 400));
      this.drive = await get(`/api/drives/${this.drive.id}`);
    }
  }

  addFilm(variant) {
    const film = new Film(this.drive.id, variant.kind, variant.frames);
    this.films.set(variant.kind, film);
    this.fit(variant.kind);
    this.scrub.max = String(this.last());
    this.frame = Math.min(this.frame, this.last());
    this.seek(this.frame);
    film.fetchAll(this.frame, (here) => { this.view.dataset[`fetched${variant.kind}`] = String(here); }).catch((failure) => { if (!this.closed) tell(failure.message); });
  }

  /** Decodes and draws a film no larger than it is shown. */
  fit(kind) {
    const pane = this.panes.get(kind);
    const wide = Math.min(pane.width, Math.round((pane.canvas.clientWidth || 640) * Math.min(2, window.devicePixelRatio)));
    if (Math.abs(wide - pane.canvas.width) >= 8) {
      pane.canvas.width = wide;
      pane.canvas.height = Math.round(wide * pane.height / pane.width);
    }
    this.films.get(kind)?.shownAt(pane.canvas.width);
  }

  /** The sign that something is on, or the first that is near at all. */
  chooseSign() {
    if (this.chosen) return;
    const some = this.judged.get(`${this.guard} ${this.selected}`) ?? [...this.judged.values()][0];
    const seen = some?.frames.flatMap((frame) => frame.signs) ?? [];
    if (seen.length && !seen.some((sign) => sign.sign === this.sign)) this.sign = seen[0].sign;
    this.chosen = seen.length > 0;
  }

  /** What the guard that is shown says of the sign in a frame of a film. */
  at(kind, frame, guard = this.guard) {
    return this.judged.get(`${guard} ${kind}`)?.frames[frame]?.signs.find((sign) => sign.sign === this.sign);
  }

  labelsOf(kind) { return this.judged.get(`${this.guard} ${kind}`)?.labels ?? []; }

  /** Shows a frame in all films; ends when all are drawn. */
  async seek(frame) {
    const direction = Math.sign(frame - this.frame);
    this.frame = Math.max(0, Math.min(this.last(), frame));
    this.scrub.value = String(this.frame);
    const mine = this.turn = (this.turn ?? 0) + 1;
    const drawn = [...this.films].map(async ([kind, film]) => {
      const wanted = Math.min(this.frame, film.frames - 1);
      let bitmap = await film.bitmap(wanted, direction);
      // Let go of meanwhile, because others were looked at or the page was made wider.
      if (!bitmap.width) bitmap = await film.bitmap(wanted);
      // Pictures come in another order than they were asked for; time does not run backwards here.
      if (mine < (this.panes.get(kind).turn ?? 0) || this.closed) return;
      this.panes.get(kind).turn = mine;
      this.draw(kind, bitmap, wanted);
    });
    this.sayWhere();
    this.bareLines.mark(this.frame);
    this.rankLines.mark(this.frame);
    await Promise.all(drawn).catch((failure) => { if (!this.closed) tell(failure.message); });
    this.shown = (this.shown ?? 0) + 1;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => { this.keep(); this.showDetail(); }, 160);
  }

  sayWhere() {
    const any = this.at(this.selected, this.frame);
    this.where.textContent = `${this.frame + 1} / ${this.last() + 1}${any?.distanceMetres ? ` · ${any.distanceMetres.toFixed(0)} m` : ""}`;
    for (const [kind, pane] of this.panes) {
      const sign = this.at(kind, this.frame);
      const labels = this.labelsOf(kind);
      const state = standing(sign);
      pane.say.className = `say ${state}`;
      pane.say.textContent = !sign ? "" : state === "none" ? `bare: ${labels[sign.bareLabel] ?? ""}`
        : `${sign.decision === "ACCEPT" ? `accepts ${labels[sign.label]}` : sign.decision === "SUSPECT" ? "suspects" : "abstains"}${sign.released >= 0 ? ` · in force: ${labels[sign.released]}` : ""}`;
      pane.now.style.left = `${100 * (this.frame + 0.5) / (this.last() + 1)}%`;
    }
  }

  draw(kind, bitmap, frame) {
    const pane = this.panes.get(kind);
    const pen = pane.canvas.getContext("2d");
    pen.drawImage(bitmap, 0, 0, pane.canvas.width, pane.canvas.height);
    const sign = this.at(kind, frame);
    if (!sign) return;
    const scale = pane.canvas.width / pane.width;
    const [x, y, width, height] = sign.box.map((side) => side * scale);
    pen.lineWidth = 3;
    pen.strokeStyle = "#fff";
    pen.strokeRect(x - 4, y - 4, width + 8, height + 8);
    pen.lineWidth = 1.6;
    pen.strokeStyle = this.colours()[standing(sign)];
    pen.strokeRect(x - 4, y - 4, width + 8, height + 8);
  }

  /** Of standings, in the page's present scheme. */
  colours() {
    if (!this.palette) {
      const style = getComputedStyle(document.documentElement);
      const names = { right: "--green", wrong: "--ink", suspect: "--red", abstain: "--amber", none: "--blue", line: "--line" };
      this.palette = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, style.getPropertyValue(name).trim()]));
    }
    return this.palette;
  }

  /** The strip of a film: a column a frame, by what the guard decides. */
  mark(kind) {
    const { strip } = this.panes.get(kind);
    const frames = this.last() + 1;
    const colours = this.colours();
    strip.width = Math.max(200, strip.clientWidth) * window.devicePixelRatio;
    const pen = strip.getContext("2d");
    const wide = strip.width / frames;
    pen.clearRect(0, 0, strip.width, strip.height);
    for (let n = 0; n < frames; n++) {
      const sign = this.at(kind, n);
      pen.globalAlpha = sign && !sign.near ? 0.45 : 1;
      pen.fillStyle = standing(sign) === "none" ? colours.line : colours[standing(sign)];
      pen.fillRect(n * wide, 0, Math.max(1, wide - 0.6), standing(sign) === "none" ? 6 : 11);
      if (this.judged.get(`${this.guard} ${kind}`)?.frames[n]?.incidents) {
        pen.globalAlpha = 1;
        pen.fillStyle = colours.suspect;
        pen.fillRect(n * wide - 1, 11, Math.max(3, wide), 5);
      }
    }
    pen.globalAlpha = 1;
    if (this.loop) {
      pen.strokeStyle = colours.none;
      pen.lineWidth = 2;
      pen.strokeRect(this.loop[0] * wide, 1, (this.loop[1] - this.loop[0] + 1) * wide, 14);
    }
  }

  /** All that does not hang on the frame. */
  redraw() {
    this.palette = null;
    this.seek(this.frame);
    for (const [kind, pane] of this.panes) {
      pane.title.setAttribute("aria-pressed", String(kind === this.selected));
      this.mark(kind);
    }
    const kinds = [...this.panes.keys()];
    const values = (kind, guard, of) => {
      const frames = this.judged.get(`${guard} ${kind}`)?.frames ?? [];
      return frames.map((frame) => { const sign = frame.signs.find((one) => one.sign === this.sign); return sign ? of(sign) : null; });
    };
    this.bareLines.show(kinds.map((kind) => ({ name: TITLES[kind].toLowerCase(), kind, values: values(kind, this.guard, (sign) => sign.trueProbability) })), "share");
    const several = this.drive.guards.length > 1;
    const rank = (sign) => (sign.decision && sign.decision !== "NO_SIGN" ? sign.pValue : null);
    const series = several
      ? this.drive.guards.map((guard, i) => ({ name: guard.name, kind: "", values: values(this.selected, i, rank) }))
      : kinds.map((kind) => ({ name: TITLES[kind].toLowerCase(), kind, values: values(kind, this.guard, rank) }));
    const from = this.drive.guards[this.guard]?.suspectedFrom;
    this.rankLines.show(series, "rank", from ? { at: from, words: `suspected from p = ${Number(from.toPrecision(3))} on` } : null);
    document.getElementById("rank-title")?.replaceChildren(`How unusual the sign looks to the guard${several ? `s, ${TITLES[this.selected].toLowerCase()} film` : ""} (p-value); above the line it is suspected`);
    this.lineLegend.replaceChildren(...series.map((one, i) => el("li", { class: `line${i} ${COLOURS[one.kind] ?? ""}`, text: one.name })));
    this.tabulate();
  }

  tabulate() {
    const rows = [];
    for (const guard of this.drive.guards) {
      for (const variant of this.drive.variants) {
        const r = guard.results[variant.kind];
        const cells = r ? [r.nearFrames, r.undefendedErrors, r.acceptedErrors, r.suspectFrames, r.abstainedFrames, this.released(guard, variant.kind), r.incidentsSent] : ["…", "", "", "", "", "", ""];
        const text = guard.commands[variant.kind];
        rows.push(el("tr", { "data-kind": variant.kind, "data-guard": guard.name },
          el("th", { scope: "row", text: TITLES[variant.kind] }), el("td", { text: guard.name }),
          el("td", {}, el("button", { type: "button", class: "small copy", title: text, "aria-label": `copy as command: ${text}`, on: { click: () => copy(text) } }, "copy as command")),
          ...cells.map((cell) => el("td", { text: String(cell) }))));
      }
    }
    this.table.replaceChildren(...rows);
    this.compared.replaceChildren(...this.drive.variants.filter((variant) => variant.row).map((variant) => this.compare(variant)).filter(Boolean));
  }

  /** Which labels of the sign came into force on a film. */
  released(guard, kind) {
    const frames = this.judged.get(`${this.drive.guards.indexOf(guard)} ${kind}`)?.frames ?? [];
    const signs = frames.flatMap((frame) => frame.signs).filter((sign) => sign.sign === this.sign && sign.released >= 0);
    const words = [signs.some((sign) => sign.released !== sign.class) ? "wrong" : "", signs.some((sign) => sign.released === sign.class) ? "right" : ""];
    return words.filter(Boolean).join(" and ") || "none";
  }

  /** What the campaign counted on the sign that was approached, beside what is counted here. */
  compare({ kind, row }) {
    const frames = this.judged.get(`${this.guard} ${kind}`)?.frames;
    if (!frames) return null;
    const near = frames.flatMap((frame) => frame.signs).filter((sign) => sign.sign === 0 && sign.near);
    const count = (decision) => near.filter((sign) => sign.decision === decision).length;
    const here = [near.length, near.filter((sign) => standing(sign) === "wrong").length, count("SUSPECT"), count("ABSTAIN")];
    const there = [row.nearFrames, row.wrongFrames, row.suspectFrames, row.abstainedFrames];
    const words = ([of, wrong, suspect, abstain]) => `${wrong} wrong, ${suspect} suspected, ${abstain} abstained of ${of} near frames`;
    const same = here.every((number, i) => number === there[i]);
    return el("li", { class: same ? "same" : "bad" }, `${TITLES[kind]}: the campaign counted ${words(there)} of this sign; ${same ? "so does this drive" : `this drive ${words(here)}`}`);
  }

  jump(find, what) {
    const order = [this.selected, ...[...this.panes.keys()].filter((kind) => kind !== this.selected)];
    for (const kind of order) {
      for (let n = 0; n <= this.last(); n++) {
        const sign = this.at(kind, n);
        if (sign && find(sign)) { this.selected = kind; this.redraw(); this.seek(n); return; }
      }
    }
    tell(`no frame of this drive: ${what}`, true);
  }

  nextIncident() {
    for (const kind of [this.selected, ...this.panes.keys()]) {
      const frames = this.judged.get(`${this.guard} ${kind}`)?.frames ?? [];
      const all = frames.filter((frame) => frame.incidents).map((frame) => frame.frame);
      if (all.length) { this.selected = kind; this.redraw(); this.seek(all.find((n) => n > this.frame) ?? all[0]); return; }
    }
    tell("no incident was raised on this drive before its end", true);
  }

  play(on) {
    this.playing = on && this.films.size > 0;
    this.playButton.textContent = this.playing ? "❚❚" : "▶";
    this.playButton.setAttribute("aria-label", this.playing ? "Stop" : "Play");
    if (!this.playing) return;
    const pace = this.drive.variants[0].framesPerSecond;
    let began = performance.now();
    let from = this.loop && (this.frame < this.loop[0] || this.frame >= this.loop[1]) ? this.loop[0] : this.frame >= this.last() ? 0 : this.frame;
    let speed = this.speed;
    let busy = false;
    const tick = async (now) => {
      if (!this.playing || this.closed) return;
      if (speed !== this.speed) { began = now; from = this.frame; speed = this.speed; }
      let wanted = from + Math.floor((now - began) / 1000 * pace * speed);
      const end = this.loop ? this.loop[1] : this.last();
      if (wanted > end) {
        if (!this.loop) { await this.seek(end); this.play(false); return; }
        began = now; from = this.loop[0]; wanted = from;
      }
      // A slow machine leaves frames out; it does not play slower.
      if (!busy && wanted !== this.frame) { busy = true; this.seek(wanted).finally(() => { busy = false; }); }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  setLoop(loop) {
    this.loop = loop && loop[0] <= loop[1] ? loop : null;
    this.loopButton.setAttribute("aria-pressed", String(this.loop !== null));
    this.loopButton.textContent = this.loop ? `loop ${this.loop[0] + 1}–${this.loop[1] + 1}` : "loop";
    for (const kind of this.panes.keys()) this.mark(kind);
    this.keep();
  }

  key(event) {
    const target = event.target;
    const typing = target.matches?.("textarea, select, input:not([type=range]):not([type=checkbox])") || document.querySelector("dialog[open]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 10 : 1;
    const click = (id) => () => document.getElementById(id)?.click();
    const actions = {
      ArrowLeft: () => this.seek(this.frame - step), ArrowRight: () => this.seek(this.frame + step),
      Home: () => this.seek(0), End: () => this.seek(this.last()),
      " ": () => this.play(!this.playing),
      1: () => this.setSpeed(0), 2: () => this.setSpeed(1), 3: () => this.setSpeed(2), 4: () => this.setSpeed(3),
      b: click("first-bare"), w: click("first-wrong"), s: click("first-suspect"), i: click("next-incident"),
      "[": () => this.setLoop([this.frame, this.loop?.[1] > this.frame ? this.loop[1] : this.last()]),
      "]": () => this.setLoop([this.loop?.[0] < this.frame ? this.loop[0] : 0, this.frame]),
      l: () => this.setLoop(null),
      c: () => copy(this.drive.guards[this.guard].commands[this.selected]),
    };
    // A button that has the focus would take the space for itself.
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  setSpeed(index) { this.speeds.value = this.speed = SPEEDS[index]; this.keep(); }

  keep() {
    if (this.closed) return;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(this.asked)) {
      if (name === "changes") for (const [pointer, number] of Object.entries(value)) query.set(pointer, number);
      else if (name === "guards") query.set(name, value.join(","));
      else query.set(name, value);
    }
    if (this.frame) query.set("frame", this.frame);
    if (this.speed !== 1) query.set("speed", this.speed);
    if (this.guard) query.set("show", this.guard);
    if (this.loop) query.set("loop", this.loop.join("-"));
    if (this.selected !== "attacked") query.set("film", this.selected);
    remember("drive", query);
  }

  /** Crops of the films, what differs, and what members and checks say. */
  async showDetail() {
    const kind = this.selected;
    const sign = this.at(kind, this.frame);
    if (!sign) {
      this.detail.replaceChildren(el("h2", { text: `${TITLES[kind]}, frame ${this.frame + 1}` }), el("p", { class: "note", text: this.judged.size ? "The sign is not in this frame." : "Not judged yet." }));
      return;
    }
    const mine = this.asking = (this.asking ?? 0) + 1;
    let look;
    try {
      look = await get(`/api/drives/${this.drive.id}/look?guard=${this.guard}&kind=${kind}&frame=${this.frame}&sign=${this.sign}`);
    } catch (failure) { if (mine === this.asking) tell(failure.message); return; }
    if (mine !== this.asking || this.closed) return;
    const crops = await this.crops(look.crop, kind, look.verdict?.certificate);
    if (mine !== this.asking || this.closed) return;
    const verdict = look.verdict;
    this.detail.replaceChildren(...[
      el("h2", { text: `${TITLES[kind]}, frame ${this.frame + 1}` }), crops,
      verdict ? el("p", { class: `rank ${verdict.decision}`, text: `${verdict.decision.toLowerCase()} · ${verdict.labelName} ${percent(verdict.probability)} · p = ${pValue(verdict.pValue)}` }) : el("p", { class: "note", text: "The guard did not judge this frame." }),
      verdict?.certificate ? el("p", { class: "note", text: verdict.certificate.claim }) : null,
      verdict?.reasons.length ? el("ul", { class: "reasons" }, ...verdict.reasons.map((reason) => el("li", { text: reason }))) : null,
      el("h2", { text: "Members" }),
      el("dl", { class: "members" }, ...look.members.flatMap((member) => [
        el("dt", { text: member.name }),
        el("dd", { class: member.best[0].class === sign.class ? "" : "bad", text: member.best.filter((one) => one.probability >= 0.005).map((one) => `${one.label} ${percent(one.probability)}`).join(", ") || "–" })])),
      verdict ? el("h2", { text: verdict.cascade?.stage === 0 ? "Checks (most did not have to look)" : "Checks" }) : null,
      verdict ? el("div", { class: "scores" }, ...verdict.checks.flatMap((check, i) => [
        el("span", { class: "label", text: `${check.name} (weight ${verdict.weights[i]})` }),
        el("meter", { min: "0", max: "1", value: check.nonconformity ?? 0, "aria-label": check.name }),
        el("output", { text: check.nonconformity === null ? "not asked" : check.nonconformity.toFixed(3) })])) : null,
      command(this.drive.guards[this.guard].commands[kind])].filter(Boolean));
  }

  async crops([x, y, width, height], kind, certificate) {
    const place = el("div", { class: "crops" });
    const side = 150;
    const draw = async (which) => {
      const canvas = el("canvas", { width: side, height: side, role: "img", "aria-label": `the sign, ${TITLES[which].toLowerCase()}` });
      const film = this.films.get(which);
      const bitmap = await film.crop(Math.min(this.frame, film.frames - 1), x, y, width, height);
      const pen = canvas.getContext("2d", { willReadFrequently: true });
      pen.imageSmoothingEnabled = width > side;
      pen.drawImage(bitmap, 0, 0, side, side);
      bitmap.close();
      return canvas;
    };
    const shown = new Map();
    for (const which of this.films.keys()) shown.set(which, await draw(which));
    const clean = shown.get("clean");
    const other = shown.get(kind);
    if (clean && other && clean !== other) {
      const pen = clean.getContext("2d", { willReadFrequently: true });
      const a = pen.getImageData(0, 0, side, side);
      const b = other.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, side, side);
      for (let i = 0; i < a.data.length; i++) if (i % 4 !== 3) b.data[i] = Math.min(255, 2 * Math.abs(a.data[i] - b.data[i]));
      const canvas = el("canvas", { width: side, height: side, role: "img", "aria-label": "what differs from the clean film, twice as strong" });
      canvas.getContext("2d").putImageData(b, 0, 0);
      shown.set("difference", canvas);
    }
    if (certificate && other) {
      const pen = other.getContext("2d");
      const w = certificate.window;
      pen.lineWidth = 2;
      pen.strokeStyle = certificate.refused ? "#d63c2f" : certificate.holds ? "#2f6fde" : "#e0930c";
      pen.strokeRect(w.x / w.ofWidth * side, w.y / w.ofHeight * side, w.width / w.ofWidth * side, w.height / w.ofHeight * side);
    }
    for (const [which, canvas] of shown) place.append(el("figure", {}, canvas, el("figcaption", { text: which === "difference" ? "difference ×2" : `${which}${which === kind && certificate ? ", deciding window" : ""}` })));
    return place;
  }

  close() {
    this.closed = true;
    this.playing = false;
    clearTimeout(this.settling);
    document.removeEventListener("keydown", this.keys);
    this.scheme.removeEventListener("change", this.repaint);
    this.resized.disconnect();
    for (const film of this.films.values()) film.close();
    this.bareLines.close();
    this.rankLines.close();
  }
}

/** A drive: of a scenario with its changes, or a track of a campaign. */
export async function showDrive(view, query) {
  const asked = {};
  for (const name of ["scenario", "run", "guard", "track", "variant", "seed"]) if (query.has(name)) asked[name] = query.get(name);
  if (query.has("guards")) asked.guards = query.get("guards").split(",").map(Number);
  const changes = changesOf(query);
  if (Object.keys(changes).length) asked.changes = changes;
  if (!asked.scenario && !asked.run) throw new Error("this address names no drive; open a scenario or a campaign first");
  const drive = await post("/api/drives", asked);
  const shown = new DriveView(view, asked, query, drive);
  shown.follow().catch((failure) => { if (!shown.closed) tell(failure.message); });
  return () => shown.close();
}
