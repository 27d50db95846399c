import uPlot from "/uplot.js";

const FLOOR = 1e-6;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const COLOURS = { clean: "green", attacked: "red", benign: "blue" };
const MORE = ["red", "blue", "amber", "green", "ink"];
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [1, 5]];

/** Lines over the frames of a drive, with a mark where it stands; a click goes there. */
export class Lines {
  constructor(place, label, seek) {
    this.place = place;
    this.label = label;
    this.seek = seek;
    this.observer = new ResizeObserver(() => this.plot?.setSize(this.size()));
    this.observer.observe(place);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.again = () => this.draw();
    this.scheme.addEventListener("change", this.again);
  }

  size() { return { width: Math.max(200, this.place.clientWidth), height: Math.max(90, this.place.clientHeight) }; }

  /** series: {name, kind, values}; a limit is drawn across, with its words. */
  show(series, kind, limit) {
    this.series = series;
    this.kind = kind;
    this.limit = limit;
    this.draw();
  }

  draw() {
    if (!this.series) return;
    this.plot?.destroy();
    const rank = this.kind === "rank";
    const axis = (more) => ({ grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, stroke: colour("faint"), font: "11px system-ui, sans-serif", ...more });
    const length = Math.max(1, ...this.series.map((one) => one.values.length));
    this.plot = new uPlot({
      ...this.size(),
      padding: [6, 8, 4, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: { x: { time: false }, y: { range: rank ? (plot, low, high) => [0, Math.max(2.5, (high ?? 0) * 1.08)] : [0, 1.02] } },
      series: [{}, ...this.series.map((one, i) => ({
        label: one.name, stroke: colour(COLOURS[one.kind] ?? MORE[i % MORE.length]), width: 2, dash: DASHES[i % DASHES.length], spanGaps: false, points: { show: false },
      }))],
      axes: [
        axis({ size: 20, gap: 4, values: (plot, values) => values.map((value) => (Number.isInteger(value) ? String(value + 1) : "")) }),
        axis(rank
          ? { size: 48, splits: (plot, i, low, high) => [0, 1, 2, 3, 4, 5, 6].filter((value) => value <= high), values: (plot, values) => values.map((value) => (value === 0 ? "1" : Number((10 ** -value).toPrecision(1)).toString())) }
          : { size: 48, splits: () => [0, 0.5, 1], values: () => ["0", "0.5", "1"] }),
      ],
      hooks: { draw: [(plot) => this.drawLimit(plot)] },
    }, [Array.from({ length }, (_, i) => i), ...this.series.map((one) => one.values.map((value) => (value === null ? null : rank ? -Math.log10(Math.max(FLOOR, value)) : value)))], this.place);
    this.plot.over.addEventListener("click", () => { if (Number.isInteger(this.plot.cursor.idx)) this.seek(this.plot.cursor.idx); });
    this.line = document.createElement("div");
    this.line.className = "now";
    this.plot.over.append(this.line);
    this.place.setAttribute("aria-label", `${this.label}: ${this.words()}`);
    this.mark(this.at ?? 0);
  }

  words() {
    return this.series.map((one) => {
      const values = one.values.filter((value) => value !== null);
      return values.length ? `${one.name} between ${Number(Math.min(...values).toPrecision(2))} and ${Number(Math.max(...values).toPrecision(2))}` : `${one.name} nothing yet`;
    }).join("; ");
  }

  drawLimit(plot) {
    if (!this.limit) return;
    const y = Math.round(plot.valToPos(-Math.log10(this.limit.at), "y", true)) + 0.5;
    const { left, width } = plot.bbox;
    const ratio = window.devicePixelRatio;
    const pen = plot.ctx;
    pen.save();
    pen.strokeStyle = pen.fillStyle = colour("amber");
    pen.lineWidth = ratio;
    pen.setLineDash([3 * ratio, 3 * ratio]);
    pen.beginPath();
    pen.moveTo(left, y);
    pen.lineTo(left + width, y);
    pen.stroke();
    pen.textAlign = "left";
    pen.font = `${11 * ratio}px system-ui, sans-serif`;
    pen.fillText(this.limit.words, left + 6 * ratio, y - 5 * ratio);
    pen.restore();
  }

  mark(frame) {
    this.at = frame;
    if (this.plot && this.line) this.line.style.left = `${this.plot.valToPos(frame, "x")}px`;
  }

  close() {
    this.observer.disconnect();
    this.scheme.removeEventListener("change", this.again);
    this.plot?.destroy();
  }
}
