// Canvas's side of a tool in a frame (Canvas doc/api/lti_window_post_message.md).
"use strict";

const STORE = "lti-platform-storage";
const storesHere = () => document.body.dataset.storage === "on";
const sibling = () => document.querySelector('iframe[name="post_message_forwarding"]');

for (const form of document.querySelectorAll("form[data-submit]")) form.submit();

for (const link of document.querySelectorAll("nav a")) {
  if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
}

function storageKey(event, key) {
  return `${STORE}|${event.origin}|${key}`;
}

function reply(event, message) {
  const subject = `${event.data.subject}.response`;
  event.source.postMessage({ subject, message_id: event.data.message_id, ...message }, event.origin);
}

function capabilities(event) {
  const kept = ["lti.put_data", "lti.get_data"].map((subject) =>
    sibling() ? { subject, frame: "post_message_forwarding" } : { subject });
  const others = ["lti.capabilities", "lti.frameResize", "lti.close", "lti.scrollToTop"];
  reply(event, { supported_messages: [...others.map((subject) => ({ subject })), ...kept] });
}

function putData(event) {
  const { key, value } = event.data;
  if (typeof key !== "string" || !key) {
    reply(event, { error: { code: "bad_request", message: "Missing required 'key' parameter" } });
    return;
  }
  if (value === null || value === undefined) localStorage.removeItem(storageKey(event, key));
  else localStorage.setItem(storageKey(event, key), String(value));
  reply(event, { key, value });
}

function getData(event) {
  const { key } = event.data;
  reply(event, { key, value: localStorage.getItem(storageKey(event, key)) });
}

function resize(event) {
  for (const frame of document.querySelectorAll("iframe.tool")) {
    const height = Number(event.data.height);
    if (frame.contentWindow === event.source && height > 0) frame.style.height = `${height}px`;
  }
}

function close(event) {
  const registering = document.querySelector("iframe[data-registration]");
  if (registering && registering.contentWindow === event.source) location.assign("/accounts/1/apps/confirm");
}

function fullWindow(event) {
  const course = location.pathname.match(/^\/courses\/\d+/);
  const url = encodeURIComponent(event.data.data.url);
  if (course) location.assign(`${course[0]}/external_tools/retrieve?display=borderless&url=${url}`);
}

// What a content selection brought fills in the form; the teacher saves.
function fill(event) {
  const form = document.getElementById("assignment");
  if (!form || event.origin !== location.origin) return;
  document.getElementById("picker").close();
  const { tool, drafts, message, error } = event.data.answer;
  const status = document.getElementById("picked");
  if (!drafts.length) {
    status.textContent = error || message || "Nothing was selected.";
    return;
  }
  const { item, draft } = drafts[0];
  for (const name of ["title", "description", "points", "due", "unlock", "lock"]) {
    form.elements.namedItem(name).value = draft[name] ?? "";
  }
  form.elements.namedItem("tool").value = tool;
  form.elements.namedItem("content_item").value = JSON.stringify(item);
  status.textContent = `Opens ${item.title || draft.title}`;
}

const HANDLERS = {
  "lti.capabilities": capabilities,
  "lti.put_data": putData,
  "lti.get_data": getData,
  "lti.frameResize": resize,
  "lti.close": close,
  "org.imsglobal.lti.close": close,
  "canvas.selected": fill,
  requestFullWindowLaunch: fullWindow,
};

addEventListener("message", (event) => {
  if (!event.data || typeof event.data !== "object") return;
  if (document.documentElement.dataset.silent) return;
  if (storesHere() && !event.data.subject?.endsWith("_data")) return;
  const handler = HANDLERS[event.data.subject];
  if (handler) handler(event);
});

for (const button of document.querySelectorAll("[data-pick]")) {
  button.addEventListener("click", () => {
    document.querySelector('iframe[name="resource_selection"]').src = button.dataset.pick;
    document.getElementById("picker").showModal();
  });
}
document.querySelector("[data-close]")?.addEventListener("click", () => document.getElementById("picker").close());

// The answer stands in the tool's frame, inside the dialog's frame, inside the form's page.
const selected = document.getElementById("selected");
if (selected) {
  const answer = JSON.parse(selected.textContent);
  for (let above = window.parent; above !== window; above = above.parent) {
    above.postMessage({ subject: "canvas.selected", answer }, location.origin);
    if (above === above.parent) break;
  }
}
