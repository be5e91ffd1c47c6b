// A page of a paper: scrolls to what is marked, grows and shrinks, and says why where there is no picture.
"use strict";
(() => {
  const SECONDS_AT_MOST = 30;

  const scrollToMark = (root) => {
    const mark = root.querySelector("#here");
    if (mark) mark.scrollIntoView({ block: "center", inline: "nearest" });
  };

  const LEVELS = [100, 125, 150, 200, 300]; // percent of the width that fits
  const KEPT = "zoom";
  const ROOM_PIXELS = 12; // before the lines
  let level = LEVELS.find((one) => String(one) === sessionStorage.getItem(KEPT)) || LEVELS[0];

  const size = (desk) => {
    const place = LEVELS.indexOf(level);
    desk.style.setProperty("--zoom", level / 100);
    desk.classList.toggle("zoomed", place > 0);
    if (place > 0) desk.tabIndex = 0; // whoever has no mouse scrolls in it, too
    else desk.removeAttribute("tabindex");
    for (const button of desk.parentElement.querySelectorAll("[data-zoom]")) {
      const step = Number(button.dataset.zoom);
      if (step) button.setAttribute("aria-disabled", !LEVELS[place + step]);
      else [button.textContent, button.ariaLabel] = [`${level} %`, `${level} %, fit the width`];
    }
  };

  // what a larger page shows of its width begins where its lines do
  const align = (desk) => {
    const words = desk.querySelector("svg.words");
    if (words) desk.scrollLeft = (words.getBBox().x / words.viewBox.baseVal.width) * words.clientWidth - ROOM_PIXELS;
  };

  // what stood at half the height stands there again
  const resize = (desk) => {
    const sheet = desk.querySelector("[data-sheet]");
    const before = sheet.getBoundingClientRect();
    const down = Math.min(1, Math.max(0, (innerHeight / 2 - before.top) / before.height));
    size(desk);
    align(desk);
    desk.scrollTop = down * sheet.offsetHeight - desk.clientHeight / 2;
    if (!desk.classList.contains("zoomed")) {
      scrollBy(0, sheet.getBoundingClientRect().top + down * sheet.offsetHeight - innerHeight / 2);
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (!button) return;
    const step = Number(button.dataset.zoom);
    level = step ? LEVELS[LEVELS.indexOf(level) + step] || level : LEVELS[0];
    sessionStorage.setItem(KEPT, level);
    resize(button.parentElement.parentElement.querySelector("[data-desk]"));
    document.getElementById("announced").textContent = `The page at ${level} %`;
  });

  // the picture's own address says in a problem document why there is none
  const explain = async (picture) => {
    const sheet = picture.closest("[data-sheet]");
    const fault = faultOf(sheet);
    const answer = await fetch(picture.src, { headers: { Accept: "application/problem+json" } }).catch(() => null);
    if (answer && answer.ok) return retry(picture, 0);
    const problem = answer && await answer.json().catch(() => null);
    const seconds = answer ? Number(answer.headers.get("Retry-After")) : 0;
    fault.textContent = problem ? problem.detail : "The picture of this page could not be fetched. Load the page anew.";
    fault.hidden = false;
    sheet.classList.add("unpictured");
    if (seconds && seconds <= SECONDS_AT_MOST) retry(picture, seconds);
  };

  const faultOf = (sheet) => sheet.closest("[data-desk]").parentElement.querySelector("[data-fault]");

  const retry = (picture, seconds) => {
    if (picture.dataset.tried) return;
    picture.dataset.tried = "";
    setTimeout(() => { picture.src = picture.src; }, seconds * 1000);
  };

  const pictured = (event) => {
    const sheet = event.target.closest("[data-sheet]");
    sheet.classList.remove("unpictured");
    faultOf(sheet).hidden = true;
  };

  const isPicture = (target) => target instanceof HTMLImageElement && "picture" in target.dataset;
  // these events do not bubble
  document.addEventListener("error", (event) => { if (isPicture(event.target)) explain(event.target); }, true);
  document.addEventListener("load", (event) => { if (isPicture(event.target)) pictured(event); }, true);

  for (const picture of document.querySelectorAll("img[data-picture]")) {
    if (picture.complete && picture.naturalWidth === 0) explain(picture);
  }
  const show = (root) => {
    for (const desk of root.querySelectorAll("[data-desk]")) {
      size(desk);
      align(desk);
    }
    scrollToMark(root);
  };
  show(document);
  document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) show(event.detail.elt); });
})();
