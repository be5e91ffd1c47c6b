// What every page of the workplace does: keys that lead to places, and moments in the reader's own time.
"use strict";
(() => {
  const places = { t: "/today/", c: "/clients/" };
  let isGoing = false;

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  // whoever turned them off, for dictating perhaps, sets no single key off, neither here nor in a widget
  if (document.body.dataset.shortcuts === "off") {
    addEventListener("keydown", (event) => { if (event.key?.length === 1) event.stopPropagation(); }, true);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (isGoing && places[event.key]) location.assign(places[event.key]);
    isGoing = event.key === "g";
    if (event.key === "?") document.getElementById("shortcuts").showModal();
    if (event.key === "/") {
      event.preventDefault();
      const box = document.querySelector("[data-search-box]");
      if (box) box.focus();
      else location.assign("/search/");
    }
  });

  // a link to a page that asks first opens the dialog that asks the same
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (!opener) return;
    event.preventDefault();
    document.getElementById(opener.dataset.opens).showModal();
  });

  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
  const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
  const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
  const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

  const told = (then) => {
    const now = new Date();
    const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
    if (then.toDateString() === now.toDateString()) return clock.format(then);
    if (then.toDateString() === yesterday.toDateString()) return "Yesterday";
    return (then.getFullYear() === now.getFullYear() ? day : date).format(then);
  };

  const localise = (root) => {
    for (const element of root.querySelectorAll("time[datetime]:not([data-local])")) {
      const then = new Date(element.dateTime);
      element.title = exact.format(then);
      element.textContent = told(then);
      element.dataset.local = "";
    }
  };

  localise(document);
  document.addEventListener("htmx:load", (event) => localise(event.detail.elt.parentElement || document));

  // what a part of the page can meet that it asks for: a session that has ended, a refusal, no connection
  const main = document.getElementById("main");
  const bar = document.getElementById("troubles");
  const tell = (sentence) => {
    if (!bar.isConnected) main.append(bar); // the part of the page it stood in was replaced
    (document.querySelector("[data-troubles]:not([hidden] *)") || bar).textContent = sentence;
  };
  // what looks again by itself would be refused every time, and each time be told to the audit
  const REFUSALS = [401, 403, 404, 410];
  const stopLooking = (part, sentence) => {
    part.removeAttribute("hx-get");
    part.removeAttribute("hx-trigger");
    htmx.process(part);
    const told = document.createElement("p");
    told.className = "told bad";
    told.setAttribute("role", "alert");
    told.textContent = `${sentence} What is shown here is not kept up to date any more.`;
    part.prepend(told);
  };
  // what somebody has written is nowhere else, and is kept in no store that would outlive their session
  const FIELDS = "form[method=post] :is(textarea, input:not([type=hidden]))";
  const isChanged = (field) => // the value of a box that is ticked or not is no text
    ["checkbox", "radio"].includes(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  const isUnsent = () => [...document.querySelectorAll(FIELDS)].some(isChanged);
  const TOKEN = "[name=csrfmiddlewaretoken]";
  const OWN_PAGE = "/account/"; // to look at it leaves no trace in the audit
  const PATIENCE_MILLISECONDS = 10000;
  const NO_CONNECTION = "There is no connection. Try again in a moment.";
  const IS_BACK = "You are signed in again. Try once more.";
  let isSignedOut = false;
  let isLeaving = false;
  let checked = null; // the form whose session was found to be open
  let onItsWay = null; // the form that is checked, or sent: it goes once, however often it is clicked
  let sending = null; // the form that leads to the next page

  const reload = () => {
    isLeaving = true;
    location.reload();
  };
  addEventListener("beforeunload", (event) => {
    const isWritten = (field) => field.form !== sending && field.type !== "password" && isChanged(field);
    if (!isLeaving && [...document.querySelectorAll(FIELDS)].some(isWritten)) event.preventDefault();
  });

  const keep = () => {
    isSignedOut = true;
    tell("Your session has ended. Nothing was sent; what you wrote stays here. Sign in again in another tab.");
  };

  // take the tokens of the session that is open; true where it is that of whoever opened this page
  const take = (page) => {
    if (page.body.dataset.person !== document.body.dataset.person) return reload(); // it is not theirs any more
    document.body.setAttribute("hx-headers", page.body.getAttribute("hx-headers"));
    for (const field of document.querySelectorAll(TOKEN)) field.value = page.querySelector(TOKEN).value;
    isSignedOut = false;
    tell("");
    return true;
  };
  const fetched = async () => {
    const answer = await fetch(OWN_PAGE, { signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) });
    return answer.ok && { path: new URL(answer.url).pathname, html: await answer.text() };
  };
  const isSignedIn = async () => {
    const own = await fetched().catch(() => null);
    if (!own) return tell(NO_CONNECTION);
    if (own.path === "/sign-in/") return keep();
    const page = new DOMParser().parseFromString(own.html, "text/html");
    return page.body.dataset.person ? take(page) : tell(NO_CONNECTION); // a page of somebody between
  };
  // whoever has signed in again, in another tab, may send what they wrote
  const renew = async () => { if (await isSignedIn()) tell(IS_BACK); };
  document.addEventListener("visibilitychange", () => { if (isSignedOut && !document.hidden) renew(); });
  addEventListener("focus", () => { if (isSignedOut) renew(); });
  document.addEventListener("stale-form", renew);

  // what a form leads away from is lost where the session has ended meanwhile
  const send = async (form, submitter) => {
    onItsWay = form;
    if (await isSignedIn()) {
      checked = form;
      form.requestSubmit(submitter);
      checked = null;
      setTimeout(() => { onItsWay = null; }, PATIENCE_MILLISECONDS); // whoever stopped it may send it again
    } else {
      onItsWay = null;
      form.closest("dialog")?.close(); // it would cover what is told
      if (form.closest("table, dialog")) main.append(bar);
      else form.after(bar);
      bar.scrollIntoView({ block: "nearest" });
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (form.method !== "post" || form === checked || form.hasAttribute("data-signs-out")) {
      sending = form;
      return;
    }
    event.preventDefault();
    if (form !== onItsWay) send(form, event.submitter);
  });
  // nor is the page of the sign-in saved in the place of a file
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-saves]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (await isSignedIn()) Object.assign(document.createElement("a"), { href: link.href, download: "" }).click();
  });

  // where somebody else signs in, or one signs out, in another tab, nothing stays of whoever was here before
  const people = new BroadcastChannel("people");
  people.addEventListener("message", (event) => { if (event.data !== document.body.dataset.person) reload(); });
  people.postMessage(document.body.dataset.person);

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig, target } = event.detail;
    if (onItsWay && target.contains(onItsWay)) event.detail.shouldSwap = false;
    if (!xhr.responseURL || new URL(xhr.responseURL).pathname !== "/sign-in/") return;
    event.detail.shouldSwap = false;
    if (requestConfig.verb === "get" && !isUnsent()) return reload();
    keep();
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr, requestConfig } = event.detail;
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const sentence = page.querySelector("main p")?.textContent || "This could not be shown. Try again in a minute.";
    const looksAgain = requestConfig.elt.matches("[hx-trigger*=every]");
    if (looksAgain && REFUSALS.includes(xhr.status)) stopLooking(requestConfig.elt, sentence);
    else tell(sentence);
  });
  document.addEventListener("htmx:sendError", () => tell(NO_CONNECTION));
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.successful && !isSignedOut && bar.textContent !== IS_BACK) bar.textContent = "";
  });

  // a page that the browser kept from before may be somebody else's by now
  addEventListener("pageshow", (event) => { if (event.persisted) reload(); });
})();
