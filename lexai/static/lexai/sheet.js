// A page of a paper: scrolls to what is marked, and says why where there is no picture.
"use strict";
(() => {
  const SECONDS_AT_MOST = 30;

  const scrollToMark = (root) => {
    const mark = root.querySelector("#here");
    if (mark) mark.scrollIntoView({ block: "center", inline: "nearest" });
  };

  // the picture's own address says in a problem document why there is none
  const explain = async (picture) => {
    const sheet = picture.closest("[data-sheet]");
    const answer = await fetch(picture.src, { headers: { Accept: "application/problem+json" } }).catch(() => null);
    if (answer && answer.ok) return retry(picture, 0);
    const problem = answer && await answer.json().catch(() => null);
    const seconds = answer ? Number(answer.headers.get("Retry-After")) : 0;
    const fault = sheet.parentElement.querySelector("[data-fault]");
    fault.textContent = problem ? problem.detail : "The picture of this page could not be fetched. Load the page anew.";
    fault.hidden = false;
    sheet.classList.add("unpictured");
    if (seconds && seconds <= SECONDS_AT_MOST) retry(picture, seconds);
  };

  const retry = (picture, seconds) => {
    if (picture.dataset.tried) return;
    picture.dataset.tried = "";
    setTimeout(() => { picture.src = picture.src; }, seconds * 1000);
  };

  const pictured = (event) => {
    const sheet = event.target.closest("[data-sheet]");
    sheet.classList.remove("unpictured");
    sheet.parentElement.querySelector("[data-fault]").hidden = true;
  };

  const isPicture = (target) => target instanceof HTMLImageElement && "picture" in target.dataset;
  // these events do not bubble
  document.addEventListener("error", (event) => { if (isPicture(event.target)) explain(event.target); }, true);
  document.addEventListener("load", (event) => { if (isPicture(event.target)) pictured(event); }, true);

  for (const picture of document.querySelectorAll("img[data-picture]")) {
    if (picture.complete && picture.naturalWidth === 0) explain(picture);
  }
  scrollToMark(document);
  document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) scrollToMark(event.detail.elt); });
})();
