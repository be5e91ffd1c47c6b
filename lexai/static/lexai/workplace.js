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
  const tell = (sentence) => {
    const place = document.querySelector("[data-troubles]") || document.getElementById("announced");
    place.textContent = sentence;
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
  const isChanged = (field) => field.checked !== field.defaultChecked || field.value !== field.defaultValue;
  const isUnsent = () => [...document.querySelectorAll(FIELDS)].some(isChanged);
  const TOKEN = "[name=csrfmiddlewaretoken]";
  let isSignedOut = false;

  const keep = () => {
    isSignedOut = true;
    tell("Your session has ended. Sign in again in another tab; what you wrote stays here.");
  };

  // whoever has signed in again, in another tab, may send what they wrote: with the tokens of the new session
  const renew = async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer || !answer.ok) return;
    if (new URL(answer.url).pathname === "/sign-in/") return keep();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.body.dataset.person) return;
    if (page.body.dataset.person !== document.body.dataset.person) return location.reload(); // it is not theirs any more
    document.body.setAttribute("hx-headers", page.body.getAttribute("hx-headers"));
    for (const field of document.querySelectorAll(TOKEN)) field.value = page.querySelector(TOKEN).value;
    isSignedOut = false;
    tell("You are signed in again. Send it once more.");
  };
  document.addEventListener("visibilitychange", () => { if (isSignedOut && !document.hidden) renew(); });
  addEventListener("focus", () => { if (isSignedOut) renew(); });
  document.addEventListener("stale-form", renew);

  // where somebody else signs in, in another tab, nothing stays of whoever was here before
  const people = new BroadcastChannel("people");
  people.addEventListener("message", (event) => { if (event.data !== document.body.dataset.person) location.reload(); });
  people.postMessage(document.body.dataset.person);

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (!xhr.responseURL || new URL(xhr.responseURL).pathname !== "/sign-in/") return;
    event.detail.shouldSwap = false;
    if (requestConfig.verb === "get" && !isUnsent()) return location.reload();
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
  document.addEventListener("htmx:sendError", () => tell("There is no connection. Try again in a moment."));

  // a page that the browser kept from before may be somebody else's by now
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
