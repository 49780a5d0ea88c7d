"use strict";
// The two frames of Moodle's forms: registering a tool, choosing content in it.
(function () {
  const register = document.getElementById("register");
  if (register) {
    const box = document.getElementById("registration");
    register.addEventListener("submit", function (event) {
      event.preventDefault();
      const url = encodeURIComponent(document.getElementById("cartridge-url").value);
      box.querySelector("iframe").src = "/mod/lti/startltiadvregistration.php?url=" + url;
      box.hidden = false;
    });
    window.addEventListener("message", function (event) {
      let message = event.data;
      try { message = typeof message === "string" ? JSON.parse(message) : message; } catch (_) { return; }
      if (message && message.subject === "org.imsglobal.lti.close") { window.location.reload(); }
    });
  }

  const select = document.getElementById("select-content");
  if (!select) { return; }
  const dialog = document.getElementById("content");
  select.addEventListener("click", function () {
    dialog.querySelector("iframe").src = select.dataset.src;
    dialog.showModal();
  });

  const field = function (name, value) {
    if (value !== undefined && value !== null) { document.getElementById("id_" + name).value = value; }
  };

  const fill = function (item) {
    const column = item.lineItem || {};
    field("name", item.title);
    field("intro", item.text);
    field("toolurl", item.url);
    field("custom", Object.entries(item.custom || {}).map((pair) => pair.join("=")).join("\n"));
    field("grade", item.lineItem ? column.scoreMaximum : "");
    field("resourceid", column.resourceId);
    field("tag", column.tag);
  };

  const list = function (items) {
    document.getElementById("items").value = JSON.stringify(items);
    document.getElementById("one").hidden = true;
    const several = document.getElementById("several");
    const titles = document.createElement("ul");
    items.forEach(function (item) {
      const row = document.createElement("li");
      row.textContent = item.title || "";
      titles.append(row);
    });
    several.querySelectorAll("ul").forEach((old) => old.remove());
    several.append(titles);
    several.hidden = false;
    document.getElementById("id_name").required = false;
  };

  // Called by the page to which the tool's answer was posted, inside the dialog.
  window.contentChosen = function (items) {
    dialog.close();
    if (items.length === 1) { fill(items[0]); }
    if (items.length > 1) { list(items); }
  };
})();
