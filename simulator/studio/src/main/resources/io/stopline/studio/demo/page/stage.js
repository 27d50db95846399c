const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const DECISIONS = ["ACCEPT", "SUSPECT", "ABSTAIN", "NO_SIGN"];
let asked = 0;
let drawn = 0;

function shape(name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

/**
 * Draws a frame with what agent and truth say of it, once its picture is here, or that there is none.
 * Whether it did: not if a later frame was faster.
 */
export async function drawStage(state, drive, frame, seen, backdrop) {
  const turn = ++asked;
  const picture = byId("picture");
  if (!frame) {
    byId("zoom").hidden = true;
    byId("overlay").replaceChildren();
    byId("caption").replaceChildren();
    picture.hidden = !backdrop;
    picture.alt = "";
    if (backdrop && picture.getAttribute("src") !== backdrop) picture.src = backdrop;
    drawn = turn;
    return true;
  }
  const source = `/pictures/${state.run}/frame/${drive}/${frame.n}.jpg`;
  const loading = new Image();
  loading.src = source;
  const there = await loading.decode().then(() => true, () => false);
  // Pictures may come in another order than they were asked for; time does not run backwards here.
  if (turn < drawn) return false;
  drawn = turn;
  drawCaption(state, drive, frame);
  if (!there) {
    picture.hidden = true;
    byId("zoom").hidden = true;
    byId("overlay").replaceChildren();
    byId("waiting").textContent = "The picture of this frame is gone: the demonstration has ended.";
    return true;
  }
  byId("waiting").textContent = "";
  if (picture.getAttribute("src") !== source) picture.src = source;
  picture.hidden = false;
  picture.alt = words(state, drive, frame, seen);
  drawBoxes(state, frame, seen);
  drawZoom(loading, frame);
  return true;
}

function words(state, drive, frame, seen) {
  const main = seen?.tracks.find((track) => track.main);
  const what = frame.box ? `${state.labels[state.signClass]} sign ${Math.round(frame.metres)} metres ahead` : "no sign in the picture";
  return `Camera picture, ${drive} drive, ${what}${main?.decision ? `; the guard says ${main.decision.toLowerCase()}` : ""}`;
}

function drawBoxes(state, frame, seen) {
  const overlay = byId("overlay");
  overlay.setAttribute("viewBox", `0 0 ${state.width} ${state.height}`);
  const nodes = [];
  for (const track of seen?.tracks ?? []) {
    const kind = DECISIONS.includes(track.decision) ? track.decision : "NONE";
    nodes.push(box(state, track, kind));
  }
  const main = seen?.tracks.some((track) => track.main);
  if (!main && frame.box) {
    const [x, y, width, height] = frame.box;
    nodes.push(shape("rect", { class: "truth", x: x - 4, y: y - 4, width: width + 8, height: height + 8, rx: 3 }));
  }
  overlay.replaceChildren(...nodes);
}

function box(state, track, kind) {
  const [x, y, width, height] = track.region;
  const group = shape("g", { class: `${kind} ${track.main ? "main" : "beside"}` });
  group.append(shape("rect", { class: "box", x, y, width, height, rx: 4 }));
  if (track.main && kind !== "NONE") {
    const text = kind === "SUSPECT" ? "suspect" : kind === "ABSTAIN" ? "not sure" : kind === "NO_SIGN" ? "no sign" : state.labels[track.label] ?? "";
    const wide = text.length * 9.4 + 18;
    const left = Math.max(4, Math.min(state.width - wide - 4, x + width / 2 - wide / 2));
    const top = y > 38 ? y - 32 : y + height + 6;
    group.append(
      shape("rect", { class: "plate", x: left, y: top, width: wide, height: 26, rx: 13 }),
      shape("text", { class: "chip", x: left + wide / 2, y: top + 19, "text-anchor": "middle" }, text));
  }
  return group;
}

function drawCaption(state, drive, frame) {
  const summary = state.drives.find((one) => one.name === drive);
  const more = document.createElement("em");
  const size = frame.box ? ` · ${frame.metres.toFixed(0)} m · sign ${frame.height.toFixed(0)} px` : " · no sign";
  more.textContent = `frame ${frame.n + 1} of ${summary.frames}${size}`;
  byId("caption").replaceChildren(summary.title, more);
}

/** The sign as the models get it, large enough for people. */
function drawZoom(picture, frame) {
  const zoom = byId("zoom");
  zoom.hidden = !frame.box;
  if (!frame.box) return;
  const [x, y, width, height] = frame.box;
  const side = Math.max(width, height) * 1.25;
  const context = zoom.getContext("2d");
  context.imageSmoothingEnabled = side > zoom.width / 2;
  context.fillStyle = "#222";
  context.fillRect(0, 0, zoom.width, zoom.height);
  context.drawImage(picture, x + width / 2 - side / 2, y + height / 2 - side / 2, side, side, 0, 0, zoom.width, zoom.height);
}
