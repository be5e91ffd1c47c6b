// What every page of the workplace does: keys that lead to places, and moments in the reader's own time.
"use strict";
(() => {
  const places = { t: "/today/", c: "/clients/" };
  let isGoing = false;

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

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
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (!xhr.responseURL || new URL(xhr.responseURL).pathname !== "/sign-in/") return;
    event.detail.shouldSwap = false;
    if (requestConfig.verb === "get") location.reload();
    else tell("Your session has ended. Sign in again in another tab; what you wrote stays here.");
  });
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    tell(page.querySelector("main p")?.textContent || "This could not be shown. Try again in a minute.");
  });
  document.addEventListener("htmx:sendError", () => tell("There is no connection. Try again in a moment."));

  // a page that the browser kept from before may be somebody else's by now
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
