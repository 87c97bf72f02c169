// The page: puts editor, engine and views together.
import { messageOf } from "../../bin/lib/errors.mjs";
import { graphOf } from "../../bin/lib/graph/model.mjs";
import { byId, fill, h, toast } from "./dom.mjs";
import { Editor } from "./editor.mjs";
import { Engine } from "./engine.mjs";
import { filesOf, mainOf, readFiles, templateFolders } from "./files.mjs";
import { showFindings } from "./findings.mjs";
import { isServed, liveView } from "./live.mjs";
import { showPicture } from "./picture.mjs";
import { fragmentOf, sharedIn } from "./share.mjs";
import { isDark, on, state, tell } from "./state.mjs";
import { tryView } from "./try.mjs";

const VIEWS = /** @type {const} */ (["edit", "findings", "picture", "try", "live"]);
/** How long typing rests before the engine is asked, in ms. */
const REST = 150;

const engine = new Engine();
const editor = new Editor(byId("editor", HTMLElement), (name, text) => {
  state.project.files[name] = text;
  soon();
});
let shown = "krakend.json";
let view = "findings";

// ---- What the engine says.

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;
const soon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => void check(), REST);
};
let asked = 0;

async function check() {
  asked += 1;
  const mine = asked;
  try {
    const opinion = await engine.ask("open", state.project);
    // Another text has been typed meanwhile.
    if (mine !== asked) return;
    state.opinion = opinion;
    if (opinion.json !== null) take(opinion.json, opinion.costs);
    editor.mark(opinion.findings);
    status();
    tell("opinion");
  } catch (error) {
    byId("status", HTMLElement).textContent = messageOf(error);
  }
}

/**
 * @param {string} json
 * @param {import("../../bin/lib/core.mjs").Cost[]} costs
 */
function take(json, costs) {
  try {
    state.config = JSON.parse(json);
    state.model = graphOf(state.config, costs);
  } catch {
    // The picture stays the last one: the check says what is wrong.
  }
}

function status() {
  const { opinion, model } = state;
  if (opinion === null) return;
  const count = (/** @type {string} */ severity) => opinion.findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  const place = byId("status", HTMLElement);
  place.className = `status ${errors > 0 ? "bad" : warnings > 0 ? "fair" : "good"}`;
  const parts = [errors > 0 ? `${errors} error${errors === 1 ? "" : "s"}` : "Can be served"];
  if (warnings > 0) parts.push(`${warnings} warning${warnings === 1 ? "" : "s"}`);
  if (errors === 0 && model !== null) parts.push(`${model.endpoints.length} endpoint${model.endpoints.length === 1 ? "" : "s"}`);
  place.textContent = parts.join(" · ");
  const badge = byId("finding-count", HTMLElement);
  badge.textContent = errors + warnings > 0 ? String(errors + warnings) : "";
  badge.className = `count ${errors > 0 ? "bad" : "fair"}`;
}

// ---- Files.

/** @param {string} name */
function openFile(name) {
  shown = name;
  editor.open(name, state.project.files[name] ?? "");
  drawFiles();
}

function drawFiles() {
  const { files, main } = state.project;
  const names = Object.keys(files);
  fill(
    byId("file-tabs", HTMLElement),
    ...names.map((name) =>
      h(
        "span",
        { class: name === shown ? "file shown" : "file" },
        h("button", { type: "button", "aria-pressed": name === shown ? "true" : "false", onclick: () => openFile(name), ondblclick: () => setMain(name), title: name === main ? `${name}: the configuration` : `${name}: a double click makes it the configuration` }, name === main ? h("span", { class: "main-mark", "aria-label": "the configuration" }, "●") : null, name),
        name === main || names.length === 1 ? null : h("button", { type: "button", class: "close", "aria-label": `Remove ${name}`, onclick: () => removeFile(name) }, "×"),
      ),
    ),
  );
}

/** @param {string} name */
function setMain(name) {
  state.project.main = name;
  openFile(name);
  void check();
}

/** @param {string} name */
function removeFile(name) {
  delete state.project.files[name];
  openFile(name === shown ? state.project.main : shown);
  void check();
}

/**
 * Puts another project in place of the one before.
 *
 * @param {import("./state.mjs").Project} project
 * @param {Record<string, string>} [answers]
 */
function openProject(project, answers = {}) {
  Object.assign(state, { project, trials: {}, endpoint: 0, answers, opinion: null });
  byId("environment", HTMLTextAreaElement).value = Object.entries(project.env).map(([name, value]) => `${name}=${value}`).join("\n");
  editor.clear();
  openFile(project.main);
  return check();
}

/** @param {{ name: string, file: File }[]} dropped */
async function openFiles(dropped) {
  const files = await readFiles(dropped);
  const names = Object.keys(files);
  if (names.length === 0) return toast("No configuration is among these files");
  const main = mainOf(names);
  const isBeside = names.length === 1 && !/\.(json|ya?ml|toml|tmpl)$/.test(main);
  if (isBeside) {
    Object.assign(state.project.files, files);
    openFile(main);
    return check();
  }
  await openProject({ files, main, env: main.endsWith(".tmpl") ? templateFolders(names) : {} });
  return toast(`${names.length} file${names.length === 1 ? "" : "s"} opened: nothing was sent anywhere`);
}

// ---- Views.

const tabs = VIEWS.map((name) => byId(`tab-${name}`, HTMLButtonElement));
const isNarrow = () => matchMedia("(max-width: 899px)").matches;

/**
 * @param {string} name
 * @param {boolean} [focus]
 */
function showView(name, focus = false) {
  view = name === "edit" && !isNarrow() ? "findings" : name;
  document.body.dataset.view = view;
  for (const tab of tabs) {
    const isChosen = tab.id === `tab-${view}`;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    if (isChosen && focus) tab.focus();
  }
  for (const one of VIEWS) if (one !== "edit") byId(one, HTMLElement).hidden = one !== view;
  if (view === "picture") draw();
}

for (const tab of tabs) {
  tab.addEventListener("click", () => showView(tab.id.slice(4)));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step === undefined) return;
    const visible = tabs.filter((one) => one.offsetParent !== null);
    const next = visible[(visible.indexOf(tab) + step + visible.length) % visible.length];
    if (next !== undefined) showView(next.id.slice(4), true);
  });
}

const draw = () =>
  showPicture(byId("picture", HTMLElement), (endpoint) => {
    state.endpoint = endpoint;
    tell("endpoint");
    showView("try", true);
  });

/** @type {import("./findings.mjs").Show} */
const goTo = (file, line, column) => {
  if (isNarrow()) showView("edit");
  if (file !== shown && file in state.project.files) openFile(file);
  if (file === shown) editor.go(line, column);
};

on("opinion", () => {
  showFindings(byId("findings", HTMLElement), goTo);
  if (view === "picture") draw();
});
on("theme", () => {
  editor.paint(isDark());
  if (view === "picture") draw();
});

// ---- The bar.

const THEMES = ["automatic", "light", "dark"];
const themeButton = byId("theme", HTMLButtonElement);
const themeNow = () => document.documentElement.dataset.theme ?? "automatic";
/** @param {string} name */
function setTheme(name) {
  if (name === "automatic") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  const label = `Color scheme: ${name}`;
  themeButton.setAttribute("aria-label", label);
  themeButton.title = label;
  themeButton.textContent = { automatic: "◐", light: "☀", dark: "☾" }[name] ?? "◐";
  localStorage.setItem("theme", name);
  tell("theme");
}
themeButton.addEventListener("click", () => setTheme(THEMES[(THEMES.indexOf(themeNow()) + 1) % THEMES.length] ?? "automatic"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => tell("theme"));

async function share() {
  const { project, trials, endpoint } = state;
  const fragment = await fragmentOf({ project, trials, endpoint, view });
  history.replaceState(null, "", fragment);
  try {
    await navigator.clipboard.writeText(location.href);
    toast(`Link copied (${Math.ceil(location.href.length / 1000)} KB): it holds the configuration, so share no secrets`);
  } catch {
    toast("The link is in the address bar: it holds the configuration, so share no secrets");
  }
}
byId("share", HTMLButtonElement).addEventListener("click", () => void share());

const chooser = byId("files", HTMLInputElement);
byId("open", HTMLButtonElement).addEventListener("click", () => chooser.click());
chooser.addEventListener("change", () => void openFiles([...(chooser.files ?? [])].map((file) => ({ name: file.name, file }))));

byId("add-file", HTMLButtonElement).addEventListener("click", () => {
  // A dialog of the browser's own is at home with every keyboard and screen reader.
  const name = prompt("The file's path, such as settings/service.json")?.trim();
  if (name === undefined || name === "") return;
  state.project.files[name] ??= name.endsWith(".json") ? "{}\n" : "";
  openFile(name);
  void check();
});

byId("environment", HTMLTextAreaElement).addEventListener("input", ({ target }) => {
  const lines = /** @type {HTMLTextAreaElement} */ (target).value.split("\n");
  state.project.env = Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value = ""] = /^\s*([A-Za-z_]\w*)\s*=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value.trim()]];
    }),
  );
  soon();
});

const drop = byId("drop", HTMLElement);
const hasFiles = (/** @type {DragEvent} */ { dataTransfer }) => dataTransfer?.types.includes("Files") === true;
addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  drop.hidden = false;
});
addEventListener("dragleave", ({ relatedTarget }) => (drop.hidden = drop.hidden || relatedTarget === null));
addEventListener("drop", (event) => {
  if (!hasFiles(event) || event.dataTransfer === null) return;
  event.preventDefault();
  drop.hidden = true;
  void filesOf(event.dataTransfer).then(openFiles);
});

// ---- The beginning.

/** @returns {Promise<import("../messages.js").Example[]>} */
async function examplesOf() {
  const answer = await fetch(new URL("examples.json", import.meta.url));
  return /** @type {import("../messages.js").Example[]} */ (await answer.json());
}

/** @param {import("../messages.js").Example} example */
const openExample = ({ files, answers }) => openProject({ files: { ...files }, main: "krakend.json", env: {} }, answers);

async function openShared() {
  const shared = await sharedIn(location.hash);
  if (shared === null) return false;
  Object.assign(state, { project: shared.project });
  await openProject(shared.project);
  Object.assign(state, { trials: shared.trials, endpoint: shared.endpoint });
  redraw();
  showView(shared.view);
  return true;
}

const redraw = tryView(byId("try", HTMLElement), engine);
setTheme(localStorage.getItem("theme") ?? "automatic");
showView(isNarrow() ? "edit" : "findings");
engine.ask("schema", null).then(
  (schema) => editor.learn(/** @type {import("./assist.mjs").Schema} */ (JSON.parse(schema))),
  (/** @type {unknown} */ error) => toast(String(error)),
);
const examples = await examplesOf();
const select = byId("example", HTMLSelectElement);
examples.forEach(({ name }, index) => select.append(h("option", { value: index }, name)));
select.addEventListener("change", () => {
  const example = examples[Number(select.value)];
  if (select.value !== "" && example !== undefined) void openExample(example);
  select.value = "";
});
const [own] = examples;
let opened = false;
try {
  opened = await openShared();
} catch (error) {
  toast(messageOf(error));
}
if (!opened && own !== undefined) await openExample(own);
addEventListener("hashchange", () => void openShared().catch((/** @type {unknown} */ error) => toast(messageOf(error))));
if (own !== undefined && (await isServed())) {
  byId("tab-live", HTMLElement).hidden = false;
  liveView(byId("live", HTMLElement), own.files["krakend.json"] ?? "{}");
}
document.documentElement.dataset.ready = "true";
