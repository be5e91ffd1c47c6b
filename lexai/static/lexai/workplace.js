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
  // a page that the browser kept from before may be somebody else's by now
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
