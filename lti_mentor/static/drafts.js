/* Nothing typed is lost: form[data-draft="key"] is kept on the server while it changes.

   POST   /s/<handle>/drafts/<key>  {"fields": {name: [values]}}  -> 204
   GET    /s/<handle>/drafts/<key>  -> 200 {"fields": {...}} or 204 when there is none
   DELETE /s/<handle>/drafts/<key>  -> 204, after the form was sent or discarded */

import { announce, word } from "./pages.js";
import { ask, root } from "./session.js";

const EVERY = 10_000;
const changed = new Set();

/** Watch every form with data-draft; called once. */
export function startDrafts() {
  document.addEventListener("input", note);
  document.addEventListener("change", note);
  document.addEventListener("htmx:after:swap", restoreAll);
  document.addEventListener("htmx:after:request", clearWhenSent);
  setInterval(() => saveAll(), EVERY);
  document.addEventListener("visibilitychange", () => { if (document.hidden) saveAll(); });
  document.addEventListener("session:ending", () => saveAll());
  document.addEventListener("htmx:before:request", (event) => saveAll(event.detail.ctx.sourceElement));
}

const place = (form) => `${root}/drafts/${encodeURIComponent(form.dataset.draft)}`;

function note(event) {
  const form = event.target.closest?.("form[data-draft]");
  if (form) changed.add(form);
}

/* All but the form that is being sent. */
function saveAll(sent) {
  for (const form of changed) {
    if (form === sent) continue;
    changed.delete(form);
    if (form.isConnected) save(form);
  }
}

async function save(form) {
  const answer = await ask(place(form), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ fields: fieldsOf(form) }),
    keepalive: document.hidden, // browsers carry 64 KB at most past a page's end
  });
  if (!answer?.ok) changed.add(form);
  say(form, word(answer?.ok ? "saved" : "unsaved"));
}

function fieldsOf(form) {
  const fields = {};
  for (const input of form.elements) {
    if (input.name && !["file", "password", "hidden", "submit"].includes(input.type)) fields[input.name] ??= [];
  }
  for (const [name, value] of new FormData(form)) {
    if (name in fields && typeof value === "string") fields[name].push(value);
  }
  return fields;
}

function restoreAll() {
  for (const form of document.querySelectorAll("form[data-draft]:not([data-draft-read])")) {
    form.dataset.draftRead = "";
    if (!form.querySelector("[aria-invalid]")) restore(form);
    else changed.add(form);
  }
}

async function restore(form) {
  const answer = await ask(place(form));
  if (answer?.status !== 200 || changed.has(form)) return;
  fill(form, (await answer.json()).fields ?? {});
  offerDiscard(form);
  announce(word("restored"));
}

function fill(form, fields) {
  for (const input of form.elements) {
    const values = fields[input.name];
    if (!values) continue;
    if (["checkbox", "radio"].includes(input.type)) input.checked = values.includes(input.value);
    else if (input.type !== "file") input.value = values[0] ?? "";
  }
}

function offerDiscard(form) {
  const state = say(form, word("restored"));
  if (!state) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn-link";
  button.textContent = word("discard");
  button.addEventListener("click", () => { form.reset(); changed.delete(form); drop(form); state.textContent = ""; });
  state.append(" ", button);
}

function say(form, text) {
  const state = form.querySelector("[data-draft-state]");
  if (state) state.textContent = text;
  return state;
}

const drop = (form) => ask(place(form), { method: "DELETE" });

function clearWhenSent(event) {
  const { sourceElement: form, request, response } = event.detail.ctx;
  if (!form?.matches?.("form[data-draft]") || request.method === "GET") return;
  if (response.status >= 400) return;
  changed.delete(form);
  drop(form);
}
