/* Who is asking: the bearer, its end, and the warning before it.

   sessionStorage["lti:<handle>"] = {token, idle, ends, who}: the bearer, the seconds a
   session may rest, when it ends whatever happens (milliseconds), and for whom it is.
   Where the browser refuses storage, launch.js leaves the same in window.ltiSession. */

const WARN_BEFORE = 120;
const handle = location.pathname.match(/^\/s\/([^/]+)/)?.[1] ?? "";
const key = `lti:${handle}`;
let session = null;
let idleTimer = 0;
let restUntil = 0;

/** The root of this session's addresses. */
export const root = `/s/${handle}`;

/** Read the bearer; answer whether there is one. */
export function startSession() {
  session = read();
  if (!session) {
    showEnded();
    return false;
  }
  document.addEventListener("htmx:config:request", (event) => authorize(event.detail.ctx.request));
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

function authorize(request) {
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
  const left = Math.min(seconds, (session.ends - Date.now()) / 1000);
  restUntil = Date.now() + left * 1000;
  clearTimeout(idleTimer);
  idleTimer = setTimeout(warn, Math.max(0, left - WARN_BEFORE) * 1000);
}

async function warn() {
  const dialog = document.getElementById("idle");
  if (!dialog || dialog.open) return;
  const end = setTimeout(() => { dialog.close("over"); forget(); showEnded(); }, restUntil - Date.now());
  dialog.showModal();
  dialog.onclose = () => {
    clearTimeout(end);
    if (dialog.returnValue !== "over") extend();
  };
}

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
  place.replaceChildren(document.getElementById("ended").content.cloneNode(true));
  place.hidden = false;
  document.querySelector("main[aria-busy]")?.remove();
}

function forget() {
  clearTimeout(idleTimer);
  session = null;
  try { sessionStorage.removeItem(key); } catch { /* storage refused: nothing to remove */ }
}

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key));
    if (kept?.token) return kept;
  } catch { /* storage refused: memory is left */ }
  return window.ltiSession ?? null;
}
