import uPlot from "/uplot.js";

const PARTS = ["clean", "attacked", "control"];
const DASH = { clean: [], attacked: [], control: [5, 4] };
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const FLOOR = 1e-4;

/** Two charts over the distance to the sign, one line a drive. */
export class Charts {
  constructor(bare, guard, seek) {
    this.places = [bare, guard];
    this.seek = seek;
    this.plots = [];
    this.at = null;
    this.shown = null;
    this.unseen = [];
    this.key = "";
    const watch = new ResizeObserver(() => this.resize());
    this.places.forEach((place) => watch.observe(place));
  }

  show(state, drives) {
    this.state = state;
    this.drives = drives;
    const film = PARTS.map((name) => drives.get(name).film).find((frames) => frames.length) ?? [];
    const key = `${film.length}`;
    if (key !== this.key || this.plots.length === 0) {
      this.key = key;
      this.build();
    }
    const [bare, guard] = this.data(film);
    this.plots[0].setData(bare);
    this.plots[1].setData(guard);
    this.describe();
  }

  /** The same scenario three times: frame n is at the same place in each drive. */
  data(film) {
    // Along the road: distances get smaller, and uPlot wants what grows.
    const along = film.map((frame) => -frame.metres);
    const bare = PARTS.map((name) => film.map((frame) => {
      const drive = this.drives.get(name);
      const summary = this.state.drives.find((one) => one.name === name);
      const shown = summary.progress === "PLAYED" || drive.seen.has(frame.n) || frame.n <= Math.max(-1, ...drive.seen.keys());
      return shown ? drive.film[frame.n]?.bare?.trueP ?? null : null;
    }));
    const guard = PARTS.map((name) => film.map((frame) => {
      const main = this.drives.get(name).seen.get(frame.n)?.tracks.find((track) => track.main && track.inspected);
      return main ? -Math.log10(Math.max(FLOOR, main.pValue)) : null;
    }));
    this.bare = bare;
    this.guard = guard;
    return [[along, ...bare], [along, ...guard]];
  }

  build() {
    for (const plot of this.plots) plot.destroy();
    const line = (value) => ({ grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, stroke: colour("faint"), font: "11px system-ui, sans-serif", ...value });
    const series = PARTS.map((name) => ({ label: name, stroke: colour(name), width: 2, dash: DASH[name], spanGaps: true, points: { show: false } }));
    const common = (extra) => ({
      padding: [6, 8, 5, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false }, sync: { key: "drive" } },
      series: [{}, ...series],
      ...extra,
      hooks: { ...extra.hooks, draw: [...(extra.hooks?.draw ?? []), (plot) => this.drawMark(plot)] },
    });
    const limit = this.state.suspectAt;
    const options = [
      common({
        scales: { x: { time: false }, y: { range: [0, 1.02] } },
        axes: [line({ size: 0, values: (plot, values) => values.map(() => "") }), line({ size: 44, splits: () => [0, 0.5, 1], values: () => ["0", "0.5", "1"] })],
      }),
      common({
        scales: { x: { time: false }, y: { range: (plot, low, high) => [0, Math.max(2, -Math.log10(limit) * 1.2, (high ?? 0) * 1.08)] } },
        axes: [
          line({ size: 20, gap: 4, space: 70, values: (plot, values) => values.map((value) => `${Math.round(-value)} m`) }),
          line({ size: 44, splits: (plot, axis, low, high) => [0, 1, 2, 3, 4].filter((value) => value <= high), values: (plot, values) => values.map((value) => (value === 0 ? "p = 1" : Number((10 ** -value).toPrecision(1)).toString())) }),
        ],
        hooks: {
          drawClear: [(plot) => this.drawUnseen(plot)],
          draw: [(plot) => drawLimit(plot, -Math.log10(limit), `suspected: p = ${Number(limit.toPrecision(2))} or less`)],
        },
      }),
    ];
    this.plots = options.map((option, i) => {
      const place = this.places[i];
      const plot = new uPlot({ ...option, width: place.clientWidth || 420, height: place.clientHeight || 90 }, [[], [], [], []], place);
      plot.over.addEventListener("click", () => { if (plot.cursor.idx !== null && plot.cursor.idx !== undefined) this.seek(plot.cursor.idx); });
      return plot;
    });
  }

  mark(frame, drive) {
    this.at = frame ? -frame.metres : null;
    this.shown = drive ?? null;
    this.unseen = this.notLookedAt();
    document.getElementById("hatched").hidden = this.unseen.length === 0;
    for (const plot of this.plots) plot.redraw(false, false);
    if (this.state) this.describe();
  }

  /** Near frames of the shown drive that went by without the guard judging the sign. */
  notLookedAt() {
    const drive = this.shown === null ? null : this.drives?.get(this.shown);
    if (!drive) return [];
    const over = this.state.drives.find((one) => one.name === this.shown)?.progress === "PLAYED";
    const last = over ? Infinity : Math.max(-1, ...drive.seen.keys());
    return drive.film.filter((frame) => frame.near && frame.n <= last
      && !drive.seen.get(frame.n)?.tracks.some((track) => track.main && track.inspected));
  }

  /** Hatches them: where nobody looked, a line would only join what is to the left and to the right. */
  drawUnseen(plot) {
    if (this.unseen.length === 0) return;
    const film = this.drives.get(this.shown).film;
    const place = (frame) => plot.valToPos(-frame.metres, "x", true);
    const between = (one, other) => (place(one) + place(other)) / 2;
    const { top, height } = plot.bbox;
    const context = plot.ctx;
    context.save();
    context.beginPath();
    for (const frame of this.unseen) {
      const left = between(film[Math.max(0, frame.n - 1)], frame);
      const right = between(frame, film[Math.min(film.length - 1, frame.n + 1)]);
      context.rect(left, top, right - left, height);
    }
    context.fillStyle = colour("sunk");
    context.fill();
    context.clip();
    context.strokeStyle = colour("faint");
    context.globalAlpha = 0.55;
    context.lineWidth = Math.max(1, window.devicePixelRatio);
    context.beginPath();
    const step = 6 * window.devicePixelRatio;
    for (let x = plot.bbox.left - height; x < plot.bbox.left + plot.bbox.width; x += step) {
      context.moveTo(x, top + height);
      context.lineTo(x + height, top);
    }
    context.stroke();
    context.restore();
  }

  drawMark(plot) {
    if (this.at === null) return;
    const x = Math.round(plot.valToPos(this.at, "x", true)) + 0.5;
    const { left, top, width, height } = plot.bbox;
    if (!(x >= left && x <= left + width)) return;
    const context = plot.ctx;
    context.save();
    context.strokeStyle = colour("ink");
    context.globalAlpha = 0.55;
    context.lineWidth = Math.max(1, window.devicePixelRatio);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, top + height);
    context.stroke();
    context.restore();
  }

  resize() {
    this.plots.forEach((plot, i) => plot.setSize({ width: this.places[i].clientWidth, height: this.places[i].clientHeight }));
  }

  repaint() {
    if (!this.state) return;
    this.build();
    this.show(this.state, this.drives);
  }

  describe() {
    const say = (rows, text) => PARTS.map((name, i) => {
      const values = rows[i].filter((value) => value !== null);
      return values.length ? `${name} ${text(values)}` : null;
    }).filter(Boolean).join("; ") || "nothing yet";
    const low = say(this.bare, (values) => `down to ${Math.min(...values).toFixed(2)}`);
    const high = say(this.guard, (values) => `p down to ${(10 ** -Math.max(...values)).toPrecision(2)}`);
    this.places[0].setAttribute("aria-label", `Probability of the true sign by the bare ensemble, over the distance: ${low}`);
    this.places[1].setAttribute("aria-label", `How unusual the sign looks to the guard, suspected at p = ${this.state.suspectAt} or less, over the distance: ${high}; ${this.unseen.length} near frames of the shown drive not looked at`);
  }
}

function drawLimit(plot, value, text) {
  const y = Math.round(plot.valToPos(value, "y", true)) + 0.5;
  const { left, width } = plot.bbox;
  const ratio = window.devicePixelRatio;
  const context = plot.ctx;
  context.save();
  context.strokeStyle = colour("amber");
  context.fillStyle = colour("amber");
  context.lineWidth = ratio;
  context.setLineDash([3 * ratio, 3 * ratio]);
  context.beginPath();
  context.moveTo(left, y);
  context.lineTo(left + width, y);
  context.stroke();
  context.font = `${11 * ratio}px system-ui, sans-serif`;
  context.textAlign = "left";
  // Below the line, where what is suspected does not run through it.
  context.fillText(text, left + 6 * ratio, y + 12 * ratio);
  context.restore();
}
