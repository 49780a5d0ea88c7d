/* Small things HTML cannot do alone; app.js lists the attributes. */

import { announce, word } from "./pages.js";
import { ask, root } from "./session.js";

/** Listen for all of them; called once. */
export function startBehaviours() {
  document.addEventListener("click", confirmFirst, { capture: true });
  document.addEventListener("click", (event) => on(event, "a[data-download]", download), { capture: true });
  document.addEventListener("click", (event) => {
    on(event, "[data-copy]", copy);
    on(event, "[data-print]", () => window.print());
    on(event, "[data-error-summary] a", jump);
  });
  document.addEventListener("input", filter);
  document.addEventListener("change", (event) => {
    event.target.closest("form[data-submit-on-change]")?.requestSubmit();
  });
  document.addEventListener("htmx:after:swap", sendNow);
  document.addEventListener("keydown", closeMenus);
  document.addEventListener("click", closeMenus);
}

function on(event, selector, act) {
  const element = event.target.closest(selector);
  if (element) act(element, event);
}

function confirmFirst(event) {
  const button = event.target.closest("button[data-confirm]");
  if (!button || button.dataset.confirmed) return;
  event.preventDefault();
  event.stopPropagation();
  const dialog = document.getElementById("ask");
  document.getElementById("ask-text").textContent = button.dataset.confirm;
  document.getElementById("ask-yes").textContent = button.dataset.confirmYes ?? button.textContent;
  dialog.returnValue = "no";
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes") return button.focus();
    button.dataset.confirmed = "yes";
    button.click();
    delete button.dataset.confirmed;
  };
  dialog.showModal();
}

async function download(link, event) {
  event.preventDefault();
  event.stopPropagation();
  const answer = await ask(`${root}/ticket`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ path: new URL(link.href).pathname + new URL(link.href).search }),
  });
  if (!answer?.ok) return announce(word("download_failed"));
  location.assign(`/file/${(await answer.json()).ticket}`);
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    announce(word("copied"));
    button.dataset.done = word("copied");
  } catch {
    selectBeside(button);
  }
}

function selectBeside(button) {
  const code = button.parentElement.querySelector("code");
  if (code) getSelection().selectAllChildren(code);
}

function jump(link, event) {
  event.preventDefault();
  const field = document.getElementById(link.hash.slice(1));
  (field?.matches("input, select, textarea") ? field : field?.querySelector("input, select, textarea"))?.focus();
}

function filter(event) {
  const list = event.target.dataset?.filter && document.querySelector(event.target.dataset.filter);
  if (!list) return;
  const wanted = event.target.value.trim().toLocaleLowerCase();
  for (const row of list.querySelectorAll("tbody > tr, :scope > li")) {
    row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
  }
}

/* An answer that goes to the LMS leaves by itself; its button stays for when it does not. */
function sendNow() {
  const form = document.querySelector("#page form[data-send-now]");
  if (!form || form.dataset.sent) return;
  form.dataset.sent = "yes";
  form.submit();
}

function closeMenus(event) {
  if (event.type === "keydown" && event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (event.type === "keydown") { menu.open = false; menu.querySelector("summary").focus(); }
    else if (!menu.contains(event.target)) menu.open = false;
  }
}
