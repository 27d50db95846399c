// Characters that would be obeyed or hidden instead of shown: controls, marks of direction, what has no shape, halves of
// pairs. As io.stopline.telemetry.VisibleText has it; line breaks and tabs stay.
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{e0000}-\u{effff}]/gu;

/** A text with what is hidden in it made visible, as \u202E. */
export const visible = (text) => String(text).replace(HIDDEN, (hidden) => hidden.split("")
  .map((unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`).join(""));

// Builds elements. Text from devices only ever becomes text nodes and known attributes.
export function el(name, options = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (value === null || value === undefined) continue;
    if (key === "class") node.className = value;
    else if (key === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (key === "text") node.textContent = visible(value);
    else node.setAttribute(key, ["title", "alt", "aria-label", "placeholder"].includes(key) ? visible(value) : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** A box over a picture that is fitted into its place as a whole; all numbers are px of the picture. */
export function outline(size, box) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${Number(size.width)} ${Number(size.height)}`);
  svg.setAttribute("class", "outline");
  svg.setAttribute("aria-hidden", "true");
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const key of ["x", "y", "width", "height"]) rect.setAttribute(key, String(Number(box[key])));
  svg.append(rect);
  return svg;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function shortTime(text) {
  const time = new Date(text);
  const today = time.toDateString() === new Date().toDateString();
  return today ? clock.format(time) : day.format(time);
}

export const fullTime = (text) => full.format(new Date(text));

export function ago(seconds) {
  if (seconds < 10) return "now";
  if (seconds < 90) return `${Math.round(seconds)} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} d ago`;
}

export function place(at) {
  if (!at) return null;
  const latitude = `${Math.abs(at.latitude).toFixed(5)}° ${at.latitude < 0 ? "S" : "N"}`;
  const longitude = `${Math.abs(at.longitude).toFixed(5)}° ${at.longitude < 0 ? "W" : "E"}`;
  return `${latitude}, ${longitude}`;
}

export const percent = (value) => `${(100 * value).toFixed(value > 0.9995 || value < 0.0005 ? 0 : 1)} %`;

export function pValue(value) {
  return value < 0.001 ? value.toExponential(1) : value.toFixed(3);
}

export function score(value) {
  return value === null ? "not run" : value.toFixed(3);
}

export function bytes(count) {
  if (count < 1024) return `${count} B`;
  return count < 1048576 ? `${(count / 1024).toFixed(0)} KiB` : `${(count / 1048576).toFixed(1)} MiB`;
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** Known words only, since they become class names. */
export const word = (text, known) => (known.includes(text) ? text : "");
