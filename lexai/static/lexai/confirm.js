// Asks before something is deleted; without this script the link leads to a page that asks.
"use strict";
(() => {
  const dialog = document.getElementById("confirm");
  let asker = null;

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-confirm]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    asker = link.id;
    document.getElementById("confirm-title").textContent = link.dataset.confirm;
    document.getElementById("confirm-more").textContent = link.dataset.more;
    document.getElementById("confirm-form").action = link.href;
    dialog.showModal();
  });

  // the list may have been fetched anew meanwhile
  dialog.addEventListener("close", () => document.getElementById(asker)?.focus());
})();
