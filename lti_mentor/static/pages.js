/* What a browser does by itself when it opens a page, done for a replaced #page. */

let asked = 0;
let lastTry = null;

/** Listen to htmx; called once. */
export function startPages() {
  document.addEventListener("htmx:before:request", begin);
  document.addEventListener("htmx:finally:request", end);
  document.addEventListener("htmx:before:history:update", tidyHistory);
  document.addEventListener("htmx:before:swap", keepPage);
  document.addEventListener("htmx:after:swap", arrive);
  document.addEventListener("htmx:error", (event) => { if (event.detail.ctx) showTrouble(); });
  document.addEventListener("click", retry);
}

/** Fetch a page into #page. */
export function openPage(path, { replace = false } = {}) {
  const step = replace ? { replace: path } : { push: path };
  return htmx.ajax("GET", path, { target: "#page", select: "#page", swap: "outerHTML", ...step });
}

/** Say something to people who listen rather than look. */
export function announce(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 50);
}

/** A sentence of the current language by its name. */
export function word(name) {
  return JSON.parse(document.getElementById("words")?.textContent ?? "{}")[name] ?? "";
}

function begin(event) {
  asked += 1;
  lastTry = event.detail.ctx;
  document.getElementById("loading").hidden = false;
}

function end() {
  asked = Math.max(0, asked - 1);
  document.getElementById("loading").hidden = asked === 0;
}

function tidyHistory(event) {
  const { history: step, response } = event.detail;
  const wasRead = lastTry?.request.method === "GET" || response?.raw?.redirected;
  if (!wasRead || (response && response.status >= 400)) event.preventDefault();
  else if (new URL(step.path, location.href).href === location.href) step.type = "replace";
}

function arrive(event) {
  document.getElementById("trouble").hidden = true;
  resizeFrame();
  const target = event.detail.ctx.target;
  if (target?.id !== "page") return focusErrors(document);
  const page = document.getElementById("page");
  speak(page.lang, page.dir);
  for (const here of page.querySelectorAll(".topbar-nav [aria-current]")) bringIntoRow(here);
  if (!focusErrors(page)) page.querySelector("h1")?.focus({ preventScroll: true });
  const news = [...page.querySelectorAll("[data-announce]")].map((item) => item.innerText.trim());
  announce([event.detail.ctx.title ?? document.title, ...news].join(". "));
}

/* On a phone a row of pages is wider than the screen; the current one is seen first. */
function bringIntoRow(link) {
  const row = link.closest("nav");
  const [mine, whole] = [link.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += (mine.left + mine.right - whole.left - whole.right) / 2;
}

function focusErrors(place) {
  const summary = place.querySelector("[data-error-summary]");
  summary?.focus();
  return Boolean(summary);
}

function speak(lang, dir) {
  const html = document.documentElement;
  if (lang) html.lang = lang;
  if (!dir || html.dir === dir) return;
  html.dir = dir;
  const sheet = document.getElementById("base-sheet");
  sheet.href = sheet.dataset[dir];
}

function resizeFrame() {
  if (window.parent === window || document.getElementById("page")?.dataset.lms !== "canvas") return;
  const height = Math.max(document.body.scrollHeight, 480);
  window.parent.postMessage({ subject: "lti.frameResize", height }, "*");
}

/* An answer that is no page of ours (a proxy's error, say) must not empty this one. */
function keepPage(event) {
  const { select, text } = event.detail.ctx;
  if (select !== "#page" || text.includes('id="page"')) return;
  event.preventDefault();
  showTrouble();
}

function showTrouble() {
  const place = document.getElementById("trouble");
  place.replaceChildren(document.getElementById("no-answer").content.cloneNode(true));
  place.hidden = false;
}

function retry(event) {
  if (!event.target.closest("[data-retry]")) return;
  document.getElementById("trouble").hidden = true;
  const source = lastTry?.sourceElement;
  if (source?.matches?.("form") && source.isConnected) source.requestSubmit();
  else openPage(lastTry?.request.action ?? location.pathname + location.search);
}
