// The button of a page that is made for paper.
"use strict";
(() => {
  const button = document.querySelector("[data-print]");
  button.addEventListener("click", () => print());
  button.hidden = false;
})();
