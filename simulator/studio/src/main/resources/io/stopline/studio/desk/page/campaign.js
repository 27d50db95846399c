import { el } from "/view.js";
import { address, get, remember } from "/net.js";

const SHOWN = 200;

/** What a row comes to; the first that holds. */
const OUTCOMES = {
  undetected: ["wrong label in force, never suspected", (row) => row.wrongInForce && !row.suspected],
  wrong: ["wrong label in force", (row) => row.wrongInForce],
  suspected: ["suspected", (row) => row.suspected],
  right: ["right label in force in time", (row) => row.atDecision === "RIGHT"],
  late: ["nothing in force in time", (row) => row.atDecision === "UNDECIDED"],
  run: ["sign run", (row) => row.manoeuvre === "RAN_SIGN"],
  braking: ["braked for nothing", (row) => row.manoeuvre === "FALSE_BRAKING"],
};

const SORTS = {
  margin: ["smallest margin of the bare models", (row) => row.smallestMargin ?? Infinity],
  p: ["smallest p-value", (row) => row.smallestPValue ?? Infinity],
  leastSeen: ["largest p-value (least suspicious)", (row) => -(row.smallestPValue ?? -Infinity)],
  wrongFrames: ["most frames wrong", (row) => -row.wrongFrames],
  size: ["size of the change", (row) => row.coveredShare],
  budget: ["queries of the search", (row) => -row.queries],
  track: ["track", (row) => row.track],
};

const filters = (names) => [
  ["guard", "guard", (row) => row.guard],
  ["of", "variant", (row) => row.attacker || row.variant],
  ["alteration", "alteration", (row) => row.alteration],
  ["condition", "condition", (row) => row.condition],
  ["class", "sign", (row) => names[row.signClass]],
  ["budget", "queries", (row) => budget(row.queries)],
  ["noticed", "noticed by", (row) => row.noticedBy || "nobody"],
];

const budget = (queries) => (queries === 0 ? "none" : queries <= 100 ? "to 100" : queries <= 1000 ? "101 to 1000" : "above 1000");
const shown = (value, digits) => (value === null || value === undefined ? "–" : Number(value).toPrecision(digits));

/** All rows of a campaign, to be filtered and sorted until the worst cases are on top. */
export async function showCampaign(view, query) {
  const state = await get("/api/state");
  const name = query.get("run") ?? state.runs[0];
  if (!name) {
    view.append(el("div", { class: "bar" }, el("h1", { text: "Campaigns" })),
      el("p", { class: "empty" }, "No campaign's run is open. ", el("a", { href: "#/jobs", text: "Start one" }), ", or start ", el("code", { text: "stopline studio RUN" }), " with the --out folder of one."));
    return;
  }
  const run = await get(`/api/run?run=${encodeURIComponent(name)}`);
  const rows = run.rows;
  const chosen = Object.fromEntries([...query].filter(([key]) => key !== "run"));
  chosen.guard ??= rows[0]?.guard ?? "";
  chosen.sort ??= "wrongFrames";
  const keys = filters(state.classes);

  const tally = el("p", { id: "tally", "aria-live": "polite" });
  const body = el("tbody", { id: "rows" });
  const more = el("button", { type: "button", class: "quiet", hidden: "" }, "show all");
  let all = false;
  more.addEventListener("click", () => { all = true; draw(); });

  const selects = el("div", { class: "filters" });
  const select = (key, label, options) => {
    const node = el("select", { id: `filter-${key}` }, ...options.map(([value, text]) => el("option", { value, text })));
    node.value = chosen[key] ?? "";
    if (node.selectedIndex < 0) node.value = "";
    node.addEventListener("change", () => { chosen[key] = node.value; all = false; keep(); draw(); });
    selects.append(el("p", { class: "field" }, el("label", { for: node.id, text: label }), node));
  };
  const values = (of) => [...new Set(rows.map(of))].sort().map((value) => [value, value]);
  for (const [key, label, of] of keys) select(key, label, [["", "all"], ...values(of)]);
  select("outcome", "outcome", [["", "all"], ...Object.entries(OUTCOMES).map(([key, [text]]) => [key, text])]);
  select("sort", "sort by", Object.entries(SORTS).map(([key, [text]]) => [key, text]));

  function keep() {
    remember("campaign", [["run", name], ...Object.entries(chosen)]);
  }

  function kept() {
    const outcome = OUTCOMES[chosen.outcome]?.[1] ?? (() => true);
    const inside = rows.filter((row) => keys.every(([key, , of]) => !chosen[key] || String(of(row)) === chosen[key]));
    return { of: inside.length, rows: inside.filter(outcome) };
  }

  const link = (row) => address("drive", [["run", name], ["guard", row.judgedBy], ["track", row.track], ["variant", row.attacker ? `attack-${row.attacker}` : row.variant]]);

  function line(row) {
    return el("tr", { class: row.wrongInForce && !row.suspected ? "worst" : "" },
      el("th", { scope: "row" }, el("a", { href: link(row), text: `track ${row.track}` })),
      ...[state.classes[row.signClass], row.condition, row.alteration, row.attacker || row.variant,
        row.wrongInForce ? state.classes[row.wrongLabel] ?? "a sign" : "–", row.atDecision.toLowerCase(), row.suspected ? "yes" : "no", row.noticedBy || "–",
        `${row.wrongFrames} of ${row.nearFrames}`, shown(row.smallestMargin, 2), shown(row.smallestPValue, 2), `${(100 * row.coveredShare).toFixed(0)} %`, String(row.queries)]
        .map((text) => el("td", { text })));
  }

  function draw() {
    const { of, rows: found } = kept();
    const sort = SORTS[chosen.sort]?.[1] ?? SORTS.track[1];
    const sorted = found.map((row) => [sort(row), row]).sort(([a, x], [b, y]) => a - b || x.track - y.track).map(([, row]) => row);
    const tracks = new Set(sorted.map((row) => row.track)).size;
    tally.textContent = `${sorted.length} of ${of} rows${of ? ` (${(100 * sorted.length / of).toFixed(1)} %)` : ""}, of ${tracks} tracks. Intervals stand in the run's report.`;
    view.dataset.count = String(sorted.length);
    body.replaceChildren(...(all ? sorted : sorted.slice(0, SHOWN)).map(line));
    more.hidden = all || sorted.length <= SHOWN;
    more.textContent = `show all ${sorted.length}`;
    drawGrid();
  }

  const grid = el("table", { class: "data grid" });
  const by = el("select", { id: "by", "aria-label": "Rows of the grid", on: { change: () => { chosen.by = by.value; keep(); draw(); } } },
    ...keys.filter(([key]) => ["alteration", "condition", "class", "budget", "noticed"].includes(key)).map(([key, label]) => el("option", { value: key, text: label })));
  by.value = chosen.by ?? "alteration";

  /** How many of a cell's rows come to the outcome; a click leaves them alone. */
  function drawGrid() {
    const outcome = OUTCOMES[chosen.outcome] ?? OUTCOMES.undetected;
    const down = keys.find(([key]) => key === by.value);
    const across = keys.find(([key]) => key === "of");
    const inside = rows.filter((row) => keys.every(([key, , of]) => key === "of" || key === by.value || !chosen[key] || String(of(row)) === chosen[key]));
    const found = [...new Set(inside.map(across[2]))];
    const columns = [...["clean", "benign"].filter((name) => found.includes(name)), ...found.filter((name) => name !== "clean" && name !== "benign")];
    const names = [...new Set(inside.map(down[2]))].sort();
    const cell = (name, column) => {
      const of = inside.filter((row) => down[2](row) === name && across[2](row) === column);
      const hit = of.filter(outcome[1]).length;
      const share = of.length ? hit / of.length : 0;
      const heat = !hit ? 0 : share < 0.1 ? 1 : share < 0.3 ? 2 : share < 0.6 ? 3 : 4;
      return el("td", { class: `heat${heat}` }, of.length
        ? el("button", { type: "button", title: `${name}, ${column}: show these`, on: { click: () => { choose(down[0], name); choose("of", column); } } }, `${hit} of ${of.length}`)
        : "");
    };
    grid.replaceChildren(
      el("caption", { text: `Tracks with: ${outcome[0]}` }),
      el("thead", {}, el("tr", {}, el("th", { scope: "col", text: down[1] }), ...columns.map((column) => el("th", { scope: "col", text: column })))),
      el("tbody", {}, ...names.map((name) => el("tr", {}, el("th", { scope: "row", text: name }), ...columns.map((column) => cell(name, column))))));
  }

  function choose(key, value) {
    const node = document.getElementById(`filter-${key}`);
    node.value = node.value === value ? "" : value;
    node.dispatchEvent(new Event("change"));
  }

  const runs = el("select", { id: "runs", "aria-label": "Run" }, ...state.runs.map((one) => el("option", { value: one, text: one })));
  runs.value = name;
  runs.addEventListener("change", () => { location.hash = address("campaign", [["run", runs.value]]); });
  const gate = run.report?.gate;
  const done = new Set(rows.map((row) => row.track)).size;
  view.append(
    el("div", { class: "bar" }, el("h1", { text: run.report?.name ?? "Campaign" }), runs,
      gate ? el("span", { class: `tag ${gate.passed ? "ACCEPT" : "SUSPECT"}`, text: gate.passed ? "gate passed" : "gate failed" }) : null,
      done < (run.settings.tracks ?? 0) ? el("span", { class: "tag ABSTAIN", text: `${done} of ${run.settings.tracks} tracks so far` }) : null),
    el("section", { class: "panel", "aria-label": "Filters" }, selects, tally),
    el("section", { class: "panel scroll" }, el("p", { class: "field" }, el("label", { for: "by", text: "grid by" }), by), grid),
    el("section", { class: "panel scroll" }, el("table", { class: "data rows" },
      el("caption", { class: "unseen", text: "Rows of the campaign" }),
      el("thead", {}, el("tr", {}, ...["drive", "sign", "condition", "alteration", "variant", "wrong label", "at the decision point", "suspected", "noticed by", "wrong frames", "margin", "p", "covers", "queries"].map((text) => el("th", { scope: "col", text })))),
      body), more));
  draw();
}
