// The button of a page that is made for paper.
"use strict";
(() => {
  const button = document.querySelector("[data-print]");
  if (!button) return; // a paper that was refused has no page
  button.addEventListener("click", () => print());
  button.hidden = false;
})();
