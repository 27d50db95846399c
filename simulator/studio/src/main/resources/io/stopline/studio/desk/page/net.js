import { el } from "/view.js";

/** Asks the studio; what it refuses is thrown with its own words. */
async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Error("the studio does not answer; was it ended? Start it again and open its new address");
  }
  if (!answer.ok) throw new Error(await answer.text() || `the studio answered ${answer.status}`);
  return answer;
}

export const get = async (path) => (await ask(path)).json();

const posted = (body) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const post = async (path, body) => (await ask(path, posted(body))).json();

/** A picture that is made for a body: its address in this page, and what its headers say. */
export async function picture(path, body) {
  const answer = await ask(path, posted(body));
  return {
    url: URL.createObjectURL(await answer.blob()),
    frame: Number(answer.headers.get("X-Frame")),
    metres: Number(answer.headers.get("X-Metres")),
  };
}

export const blob = async (path) => (await ask(path)).blob();

let hiding = 0;

/** Says something for some seconds. */
export function tell(text, good = false) {
  const toast = document.getElementById("toast");
  toast.textContent = text;
  toast.className = good ? "good" : "";
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, good ? 2500 : 9000);
}

/** Runs what a button does; what goes wrong is told. */
export const guarded = (work) => async (...given) => {
  try { return await work(...given); } catch (failure) { tell(failure.message); return undefined; }
};

/** Puts a command where it can be pasted from, also where the browser has no clipboard for pages. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { "aria-label": "command", class: "unseen" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  tell(`copied: ${text}`, true);
}

/** A command with the button that copies it. */
export const command = (text) => el("p", { class: "command" },
  el("code", { text }),
  el("button", { type: "button", class: "small", "aria-label": `copy as command: ${text}`, on: { click: () => copy(text) } }, "copy as command"));

// The address: #/view?name=value. What decides a view stands there, so that it can be kept and sent to others.
export function place() {
  const [view, query = ""] = (location.hash.slice(1) || "/").split("?");
  return { view: view.slice(1), query: new URLSearchParams(query) };
}

export function address(view, query) {
  const text = [...query].filter(([, value]) => value !== "" && value !== null && value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
  return `#/${view}${text ? `?${text}` : ""}`;
}

/** Changes what the address says without leaving the view. */
export function remember(view, query) {
  history.replaceState(null, "", address(view, query));
  window.dispatchEvent(new Event("remembered"));
}

/** Numbers that were changed, as the address has them: names that begin with a slash. */
export function changesOf(query) {
  const changes = {};
  for (const [name, value] of query) {
    if (name.startsWith("/") && Number.isFinite(Number(value))) changes[name] = Number(value);
  }
  return changes;
}
