/* The two pages of a launch. Both carry their data in <script id="launch" type="application/json">.

   login   {step: "login", auth_url, state, secret, storage_target, storage_origin}
           keeps the secret in this browser (sessionStorage, else the platform's storage
           where it has one) and goes on to the platform, after 1.5 s at the latest;
           a frame that keeps nothing at all offers a window of its own instead
   finish  {step: "finish", state, storage_target, storage_origin, opened? or ticket?}
           opened: the browser showed its cookie of the login, and this is its session:
           {token, handle, expires_in, ends_in, next, who}; ticket: it proves with the
           secret that it came back: POST /lti/session {ticket, secret} -> a session.
           Keeps the bearer, takes the address of `next` and shows it in this very
           document: no other one is fetched, and without any storage none could be

   The secret is worthless without the ticket, which is never posted to anybody else.

   Canvas could open us in its whole window instead (requestFullWindowLaunch); we never
   ask for that and never follow its platform_redirect_url: our own new window does the
   same on every platform, and no address from a launch is one we send people to. */

const data = JSON.parse(document.getElementById("launch").textContent);
const name = `lti:${data.state}`;
const PAUSES = [0, 1000, 3000]; // before each try; the ticket lives two minutes
const EARLY = 5; // seconds before the server's end, so that there is time to save
const platform = window.parent === window ? window.opener : window.parent;

if (data.step === "login") login();
else finish();

async function login() {
  const isHere = tryStorage(() => { sessionStorage.setItem(name, data.secret); return true; });
  const isThere = !isHere && await within(1500, keepAtPlatform(data.secret));
  if (isHere || isThere || keepsCookies() || window.parent === window) location.replace(data.auth_url);
  else show("offer"); // now: the platform's hint works once, and is not used up yet
}

async function finish() {
  const session = data.opened ?? await proveOurselves();
  tryStorage(() => sessionStorage.removeItem(name));
  if (session) openTool(session);
  else show("offer");
}

async function proveOurselves() {
  const here = tryStorage(() => sessionStorage.getItem(name));
  const secret = here || await within(1500, takeFromPlatform());
  return secret ? exchange(secret) : null;
}

/* A session, or null when the server says no; without an answer somebody may try again. */
async function exchange(secret) {
  for (const pause of PAUSES) {
    await within(pause, new Promise(() => {}));
    const answer = await askForSession(secret);
    if (answer?.ok) return answer.json();
    if (answer && answer.status < 500 && answer.status !== 429) return null;
  }
  await pressed("silent");
  return exchange(secret);
}

async function askForSession(secret) {
  try {
    return await fetch("/lti/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ticket: data.ticket, secret }),
    });
  } catch {
    return null;
  }
}

async function openTool({ token, handle, expires_in: idle, ends_in: whole, who, next }) {
  const kept = { token, idle, ends: Date.now() + (whole - EARLY) * 1000, who };
  await within(1000, Promise.all(othersThan(who).map(endSession)));
  const isKept = tryStorage(() => { sessionStorage.setItem(`lti:${handle}`, JSON.stringify(kept)); return true; });
  if (!isKept) window.ltiSession = kept;
  history.replaceState(null, "", next);
  document.body.replaceChildren(document.getElementById("empty").content);
  import("./app.js");
}

/* Another person in this tab ends the sessions that were here before. The same person
   may have several courses open side by side, each in a frame of its own. */
function othersThan(who) {
  const keys = tryStorage(() => Object.keys(sessionStorage).filter((k) => k.startsWith("lti:"))) ?? [];
  return keys
    .map((key) => ({ key, ...tryStorage(() => JSON.parse(sessionStorage.getItem(key))) }))
    .filter((other) => other.token && other.who !== who);
}

function endSession({ key, token }) {
  sessionStorage.removeItem(key);
  const headers = { Authorization: `Bearer ${token}` };
  return fetch("/lti/session/end", { method: "POST", headers }).catch(() => null);
}

/* One of the boxes of this page, instead of the others. */
function show(id) {
  for (const box of document.querySelectorAll(".problem")) box.hidden = box.id !== id;
  const heading = document.querySelector(`#${id} h1`);
  document.title = heading.textContent;
  heading.focus();
}

async function pressed(id) {
  show(id);
  await new Promise((resolve) => { document.querySelector(`#${id} button`).onclick = resolve; });
  show("waiting");
}

/* The platform's storage: LTI Client Side postMessages. */

async function keepAtPlatform(secret) {
  const store = await findStore();
  return store && send(store, "put_data", { key: name, value: secret }, 1000);
}

async function takeFromPlatform() {
  const store = await findStore();
  const answer = store && await send(store, "get_data", { key: name }, 1000);
  if (answer?.value) send(store, "put_data", { key: name, value: null }, 100);
  return answer?.value;
}

async function findStore() {
  if (!platform) return null;
  const asked = { target: platform, prefix: "lti.", origin: "*" }; // nothing secret in it
  const answer = await send(asked, "capabilities", {}, 300);
  const offers = Array.isArray(answer?.supported_messages) ? answer.supported_messages : [];
  const put = ["lti.", "org.imsglobal.lti."]
    .map((prefix) => ({ prefix, offer: offers.find((o) => o?.subject === `${prefix}put_data`) }))
    .find((found) => found.offer);
  if (!put && !data.storage_target) return null;
  return { target: frame(put?.offer.frame || data.storage_target), prefix: put?.prefix ?? "lti." };
}

function frame(which) {
  if (!which || which === "_parent") return platform;
  return tryStorage(() => platform.frames[which]) ?? platform;
}

/* Said again until it is answered: a frame that keeps data may still be loading. */
function send({ target, prefix, origin = data.storage_origin || "*" }, verb, content, patience) {
  const subject = prefix + verb;
  const message_id = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const say = () => tryStorage(() => target.postMessage({ subject, message_id, ...content }, origin));
  const saying = setInterval(say, 100);
  setTimeout(clearInterval, patience, saying);
  return within(patience, new Promise((resolve) => {
    window.addEventListener("message", function hear(event) {
      const answer = event.data;
      const isOurs = event.source === target && typeof answer === "object" && answer !== null
        && answer.subject === `${subject}.response` && answer.message_id === message_id
        && (origin === "*" || event.origin === origin);
      if (!isOurs) return;
      window.removeEventListener("message", hear);
      clearInterval(saying);
      resolve(answer.error ? null : answer);
    });
    say();
  }));
}

function within(milliseconds, promise) {
  return Promise.race([promise, new Promise((resolve) => { setTimeout(resolve, milliseconds); })]);
}

/* Whether the cookie that came with the login page was kept; that one no script may read. */
function keepsCookies() {
  const probe = "lti-probe=1";
  const how = "; Path=/; Secure; SameSite=None; Partitioned";
  tryStorage(() => { document.cookie = probe + how; });
  const isKept = tryStorage(() => document.cookie.includes(probe));
  tryStorage(() => { document.cookie = `${probe}; Max-Age=0${how}`; });
  return isKept;
}

/* Browsers refuse storage by throwing; a refusal counts as "nothing there". */
function tryStorage(act) {
  try { return act(); } catch { return undefined; }
}
