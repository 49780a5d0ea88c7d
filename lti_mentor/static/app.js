/* The whole client side: one page, the bearer in sessionStorage, server-rendered pages.

   A page of a session lives at /s/<handle>/...; asked without Authorization it is
   shell.html, asked with it, it is a page whose #page replaces ours. htmx follows
   links and sends forms (hx-boost); these modules add what HTML cannot:

   session.js     the bearer on every request; warning before the idle end; sign-out
   pages.js       focus, live region, progress line, errors, history, frame height
   drafts.js      form[data-draft="key"]: what is typed is kept on the server
   behaviours.js  data-confirm, data-download, data-copy, data-print, data-filter,
                  data-submit-on-change, data-send-now, data-sign-out
   tables.js      on a narrow screen: rows as cards, with their columns' names

   Attributes a page may use, each useless but harmless when scripts fail:

   form[data-draft="key"]            saved every 10 s when changed, put back on return
   [data-draft-state]                inside such a form: "Saved as a draft"
   button[data-confirm="question"]   asks in a dialog before its form is sent;
                                     data-confirm-yes="label" names the yes
   a[data-download]                  a file at /s/<handle>/...: fetched by a one-use
                                     ticket, so the bearer is never in an address
   button[data-copy="text"]          copies the text and says so
   button[data-print]                prints the page
   input[data-filter="#id"]          hides the rows of table or list #id without the text
   form[data-submit-on-change]       is sent when a choice in it changes
   form[data-send-now]               is sent as soon as it arrives, past htmx: it leaves
                                     for the LMS; its button remains
   [data-announce]                   its text is read out after the page arrives
   [data-error-summary]              takes the focus after the page arrives
   button[data-sign-out]             ends the session here and on the server

   Needed from the server: POST /lti/session/extend, POST /lti/session/end,
   GET, POST, DELETE /s/<handle>/drafts/<key>, POST /s/<handle>/ticket. */

import { startBehaviours } from "./behaviours.js";
import { startDrafts } from "./drafts.js";
import { openPage, startPages } from "./pages.js";
import { startSession } from "./session.js";
import { startTables } from "./tables.js";

function start() {
  const known = startSession();
  startPages();
  startDrafts();
  startBehaviours();
  startTables();
  if (known) openPage(location.pathname + location.search, { replace: true });
}

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", start);
} else {
  start();
}
