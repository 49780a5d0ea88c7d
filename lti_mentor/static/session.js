/* Who is asking: the bearer, its end, and the warning before it.

   sessionStorage["lti:<handle>"] = {token, idle, ends, who}: the bearer, the seconds a
   session may rest, when it ends whatever happens (milliseconds), and for whom it is.
   Where the browser refuses storage, launch.js leaves the same in window.ltiSession.

   "session:ending" on the document: the last moment to save anything. */

const WARN_BEFORE = 120;
const handle = location.pathname.match(/^\/s\/([^/]+)/)?.[1] ?? "";
const key = `lti:${handle}`;
let session = null;
let timers = [];
let isToldOfTheEnd = false;

/** The root of this session's addresses. */
export const root = `/s/${handle}`;

/** Read the bearer; answer whether there is one. */
export function startSession() {
  session = read();
  if (!session) {
    showEnded();
    return false;
  }
  document.addEventListener("htmx:config:request", authorize);
  document.addEventListener("htmx:before:response", (event) => {
    if (!noteAnswer(event.detail.ctx.response.status)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-sign-out]")) signOut();
  });
  rest(session.idle);
  return true;
}

/** fetch() with the bearer, to our own server only; null when it did not answer. */
export async function ask(path, options = {}) {
  const headers = { ...options.headers, Authorization: `Bearer ${session?.token ?? ""}` };
  try {
    const answer = await fetch(path, { ...options, headers, mode: "same-origin", cache: "no-store" });
    return noteAnswer(answer.status) ? answer : null;
  } catch {
    return null;
  }
}

/* Without a session nothing is asked for: the answer would replace what somebody typed. */
function authorize(event) {
  if (!session) {
    event.preventDefault();
    return showEnded();
  }
  const { request } = event.detail.ctx;
  const target = new URL(request.action || location.href, location.href);
  if (target.origin === location.origin) request.headers.Authorization = `Bearer ${session.token}`;
}

function noteAnswer(status) {
  if (status === 401) {
    forget();
    showEnded();
    return false;
  }
  if (status < 500 && session) rest(session.idle);
  return true;
}

function rest(seconds) {
  const whole = (session.ends - Date.now()) / 1000;
  const left = Math.min(seconds, whole);
  timers.forEach(clearTimeout);
  timers = [
    setTimeout(whole > seconds ? warn : tellOfTheEnd, Math.max(0, left - WARN_BEFORE) * 1000),
    setTimeout(over, left * 1000),
  ];
}

function warn() {
  const dialog = show("idle");
  if (dialog) dialog.onclose = () => { if (dialog.returnValue !== "over") extend(); };
}

/* Nothing extends a session beyond its last hour: say so once, and let people finish. */
function tellOfTheEnd() {
  if (isToldOfTheEnd) return;
  isToldOfTheEnd = true;
  announceEnding();
  show("last");
}

function show(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return null;
  dialog.returnValue = "";
  dialog.showModal();
  return dialog;
}

function over() {
  announceEnding();
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close("over"));
  forget();
  showEnded();
}

const announceEnding = () => document.dispatchEvent(new Event("session:ending"));

async function extend() {
  const answer = await ask("/lti/session/extend", { method: "POST" });
  if (answer?.ok) rest((await answer.json()).expires_in);
}

async function signOut() {
  await ask("/lti/session/end", { method: "POST" });
  forget();
  const words = document.getElementById("signed-out").content.cloneNode(true);
  document.getElementById("page").replaceChildren(words);
  document.querySelector("h1").focus();
}

function showEnded() {
  const place = document.getElementById("trouble");
  const words = document.getElementById("ended");
  if (!words) return;
  place.replaceChildren(words.content.cloneNode(true));
  const again = document.getElementById("page").dataset.again;
  const link = place.querySelector("[data-again]");
  if (again) link.href = again;
  else link.remove();
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
  document.querySelector("main[aria-busy]")?.remove();
}

function forget() {
  timers.forEach(clearTimeout);
  session = null;
  window.ltiSession = null;
  try { sessionStorage.removeItem(key); } catch { /* storage refused: nothing to remove */ }
}

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key));
    if (kept?.token) return kept;
  } catch { /* storage refused: memory is left */ }
  return window.ltiSession ?? null;
}
