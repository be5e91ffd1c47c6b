// Leafing through a paper with the keyboard.
"use strict";
(() => {
  const EDGE_PIXELS = 2;
  const byId = (id) => document.getElementById(id);
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  const follow = (id) => {
    const link = byId(id);
    if (link && link.hasAttribute("href")) link.click();
  };
  const zoom = (step) => document.querySelector(`[data-zoom="${step}"]`)?.click();
  // a page that is larger than it fits scrolls in its own box first
  const scrollBox = (pages) => {
    const box = document.querySelector(".desk.zoomed");
    const before = box?.scrollTop;
    box?.scrollBy({ top: pages * 0.9 * box.clientHeight, behavior: "instant" });
    return box !== null && box.scrollTop !== before;
  };
  const isAtTop = () => scrollY <= EDGE_PIXELS;
  const isAtBottom = () => innerHeight + scrollY >= document.documentElement.scrollHeight - EDGE_PIXELS;
  const leaf = (event, pages) => {
    const isAtEnd = pages > 0 ? isAtBottom() : isAtTop();
    if (scrollBox(pages)) event.preventDefault();
    else if (isAtEnd) follow(pages > 0 ? "page-after" : "page-before");
  };

  const deeds = {
    ArrowRight: () => follow("page-after"),
    ArrowLeft: () => follow("page-before"),
    PageDown: (event) => leaf(event, 1),
    PageUp: (event) => leaf(event, -1),
    "+": () => zoom(1),
    "=": () => zoom(1),
    "-": () => zoom(-1),
    0: () => zoom(0),
    n: () => follow("match-after"),
    N: () => follow("match-before"),
    f: (event) => {
      const field = byId("find");
      if (!field) return;
      event.preventDefault();
      field.focus();
      field.select();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key.startsWith("Arrow") && event.target.closest(".desk")) return; // scrolls in it
    if (Object.hasOwn(deeds, event.key)) deeds[event.key](event);
  });

  // Enter goes on to the next place by itself: the form asks for that
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (field.id !== "find" || event.key !== "Enter" || !event.shiftKey || field.value !== field.defaultValue) return;
    event.preventDefault();
    follow("match-before");
  });

  // a new page begins at its top, unless a place on it is marked; whoever does not see it is told
  let before = byId("viewer").dataset.place;
  document.addEventListener("htmx:load", (event) => {
    const viewer = event.detail.elt;
    if (viewer.id !== "viewer") return;
    const { place, found } = viewer.dataset;
    if (place !== before && !viewer.querySelector("#here")) scrollTo(0, 0);
    before = place;
    const told = [place, found].filter(Boolean).join(", ");
    if (byId("announced").textContent !== told) byId("announced").textContent = told; // it may have looked again
    const button = document.querySelector("[data-print]");
    if (button) button.textContent = `Print ${place}`.trim();
  });
})();
