// The page on which people ask: answers as they come, citations and the pages they stand on, copying.
"use strict";
(() => {
  const BROKEN_SECONDS = 30; // so long a broken line is mended in silence
  const LOOK_SECONDS = 5; // while the line is broken, the answer may be complete
  const BATCHES = 20; // so many batches of earlier questions are opened for the citation that an address names
  const REFUSED = [401, 403, 404, 410];
  const COMING = "The answer is coming; what it quotes is compared with the papers at its end …";
  const KEPT = "What had come is kept above; what it quotes is not verified.";
  const TRIES = 4; // so often a line that was refused is opened anew
  const ABBREVIATIONS =
    "Mr|Mrs|Ms|Messrs|Mx|Dr|Prof|Rev|Hon|Jr|Sr|Esq|St|Capt|Col|Gen|Lt|Sgt|No|Nos|Art|Arts|Sec|Secs|Ch|Cl|Para|Paras|Pt|"
    + "Reg|Regs|Sch|App|Ex|Fig|Vol|Ed|Eds|Inc|Ltd|Co|Corp|Bros|Plc|Dept|Ave|Rd|Blvd|Apt|Ste|Jan|Feb|Mar|Apr|Jun|Jul|Aug|"
    + "Sep|Sept|Oct|Nov|Dec|approx|ca|cf|ff|seq|pp|pg|para|paras|cl|art|arts|sec|no|nos|vol|vs|al";
  // where a sentence ends: not behind an abbreviation, a single letter or the number of a clause, nor before a small letter
  const ENDED = new RegExp(
    `(?<!\\b(?:${ABBREVIATIONS}|[A-Za-z])|(?:^|\\n)\\s*\\d{1,3})[.!?…:]["”’»)\\]]*(?: ?\\[\\d{1,3}\\])*(?=\\s+[^\\sa-z])`, "g");

  const page = document.querySelector(".ask");
  const conversation = document.getElementById("conversation");
  const said = document.getElementById("said");
  const wide = matchMedia("(min-width: 821px)");
  const lines = new Set();
  let current = ""; // the citation that is open
  let chosen = 0; // how often the reader chose one

  // An answer as it comes

  const plain = (markdown) => markdown.replace(/^> ?|^#{1,6} |(?<!\\)\*\*|\\(?=[\\`*_{}[\]<>#+!|~&$])/gm, "");

  const say = (sentence) => {
    const line = document.createElement("p");
    line.textContent = sentence.replace(/\[(\d{1,3})\]/g, "citation $1");
    said.append(line);
  };

  class Following {
    constructor(answer) {
      this.answer = answer;
      this.coming = answer.querySelector(".coming");
      this.state = answer.querySelector("[data-state]");
      this.received = "";
      this.spoken = 0;
      this.tries = 0;
      this.chosenBefore = chosen;
      said.replaceChildren();
      lines.add(this);
      this.open();
    }

    open() {
      this.line = new EventSource(this.answer.dataset.events);
      const on = (name, told) => this.line.addEventListener(name, (event) => told(event.data ? JSON.parse(event.data) : null));
      on("open", () => this.mended());
      on("passages", (payload) => this.found(payload.results));
      on("delta", (payload) => this.take(payload.text));
      on("done", () => this.end());
      on("problem", (payload) => this.lose(`${payload.detail} ${KEPT}`));
      on("error", () => this.broke());
    }

    // a stream that is told from its beginning starts with the passages
    found(passages) {
      this.received = "";
      const papers = new Set(passages.map((passage) => passage.document_id)).size;
      this.state.textContent = `Looking through ${papers === 1 ? "one document" : `${papers} documents`} …`;
    }

    take(text) {
      this.received += text;
      this.state.textContent = COMING;
      this.coming.textContent = plain(this.received);
      this.speak(false);
    }

    speak(isOver) {
      const text = plain(this.received);
      const ends = [...text.slice(this.spoken).matchAll(ENDED)].map((end) => this.spoken + end.index + end[0].length);
      if (isOver && text.slice(this.spoken).trim()) ends.push(text.length);
      for (const end of ends) {
        const sentence = text.slice(this.spoken, end).trim();
        if (sentence) say(sentence);
        this.spoken = end;
      }
    }

    broke() {
      this.brokenAt ??= Date.now();
      this.patience ??= setInterval(() => this.look(), LOOK_SECONDS * 1000);
      this.state.textContent = "The line broke; trying again …";
      if (this.line.readyState === EventSource.CLOSED) this.refused();
    }

    async look() {
      const html = await fetch(this.answer.dataset.fragment, { headers: { "HX-Request": "true" } })
        .then((answer) => (answer.ok ? answer.text() : ""), () => "");
      if (!lines.has(this) || !this.patience) return;
      const found = new DOMParser().parseFromString(html, "text/html").getElementById(this.answer.id);
      if (found && !found.dataset.events) this.end();
      else if (Date.now() - this.brokenAt >= BROKEN_SECONDS * 1000) this.lose();
    }

    // a line that was refused is opened anew, unless the answer itself is refused: the line does not say why
    async refused() {
      this.tries += 1;
      const answer = await fetch(this.answer.dataset.fragment, { method: "HEAD", headers: { "HX-Request": "true" } }).catch(() => null);
      if (!lines.has(this)) return;
      if (answer && new URL(answer.url).pathname === "/sign-in/") this.lose(`Your session has ended. Sign in again to read the answer. ${KEPT}`);
      else if (answer && REFUSED.includes(answer.status)) this.lose(`This answer is not open to you any more, or it was deleted. ${KEPT}`);
      else if (this.tries > TRIES) this.lose();
      else this.again = setTimeout(() => this.open(), 1000 * 2 ** this.tries);
    }

    mended() {
      clearInterval(this.patience);
      this.patience = this.brokenAt = undefined;
      this.state.textContent = this.received ? COMING : "Looking in the papers …";
    }

    close() {
      this.line.close();
      clearInterval(this.patience);
      clearTimeout(this.again);
      lines.delete(this);
    }

    lose(reason) {
      this.close();
      this.state.textContent = "";
      const lost = this.answer.querySelector(".lost");
      if (reason) lost.querySelector("p").textContent = reason;
      lost.hidden = false;
      this.answer.querySelector(".again").hidden = false;
      this.answer.querySelector("[data-stop]").hidden = true;
      say(lost.textContent.trim());
    }

    async end() {
      this.speak(true);
      this.close();
      const { id, dataset } = this.answer;
      const isFollowed = chosen === this.chosenBefore && isSeen(this.answer); // else the reader reads something else
      await htmx.ajax("GET", dataset.fragment, { source: this.answer, target: this.answer, swap: "outerHTML" }).catch(() => {});
      const answer = document.getElementById(id);
      if (answer === this.answer) return this.lose("The answer is complete, but it could not be fetched. Load this page anew.");
      if (!isFollowed) return;
      bringUp(answer);
      openFirst(answer);
    }
  }

  const followAll = (root) => {
    for (const answer of root.querySelectorAll("[data-events]:not([data-followed])")) {
      answer.dataset.followed = "";
      new Following(answer);
    }
  };

  // Citations

  const keys = (root) => [...new Set([...root.querySelectorAll("a[data-citation]")].map((link) => link.dataset.citation))];
  const linkOf = (key) => conversation.querySelector(`:is(.quotation, .also) a[data-citation="${CSS.escape(key)}"]`);

  const choose = (key) => {
    current = key;
    for (const link of conversation.querySelectorAll("a[data-citation]")) {
      if (link.dataset.citation === key) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };

  const open = (link) => {
    choose(link.dataset.citation);
    htmx.ajax("GET", link.getAttribute("href"), { source: "#source", target: "#source", swap: "innerHTML" }).catch(() => {}); // workplace.js tells
  };

  const pick = (link) => {
    chosen += 1;
    open(link);
    history.replaceState(history.state, "", `#${current}`); // whoever comes back finds the place again
  };

  const turn = (step) => {
    const all = keys(conversation);
    const place = all.indexOf(current);
    const next = all[place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step];
    const link = next && linkOf(next);
    if (!link) return;
    link.scrollIntoView({ block: "nearest" });
    if (!page.classList.contains("is-turned")) link.focus({ preventScroll: true });
    pick(link);
  };

  const openFirst = (answer) => {
    const link = answer && wide.matches && answer.querySelector(".quotation a[data-citation], .also a[data-citation]");
    if (link) open(link);
  };

  const isSeen = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    const view = page.querySelector(".scroll").getBoundingClientRect(); // on a phone all of the page
    return bottom > Math.max(0, view.top) && top < Math.min(innerHeight, view.bottom);
  };

  // one reads from the question on
  const bringUp = (answer) => {
    if (answer) answer.closest(".exchange").scrollIntoView({ block: "start" });
  };

  // what an address names: an answer, or a citation, for which earlier questions are opened
  const named = async (name) => {
    for (let batch = 0; /^\d+-\w\d+$/.test(name) && !linkOf(name) && batch < BATCHES; batch += 1) {
      const earlier = conversation.querySelector(".earlier");
      if (!earlier) break;
      const address = earlier.querySelector("a").getAttribute("href");
      await htmx.ajax("GET", address, { source: earlier, target: earlier, swap: "outerHTML" }).catch(() => {});
    }
    return linkOf(name) || document.getElementById(name);
  };

  // on a phone the source lies over the answer, and the way back leads to the answer
  const turnOver = (isTurned) => {
    page.classList.toggle("is-turned", isTurned && !wide.matches);
    page.querySelector(".talk").inert = isTurned && !wide.matches;
  };
  wide.addEventListener("change", () => turnOver(page.classList.contains("is-turned")));

  const lay = () => {
    if (page.classList.contains("is-turned")) return;
    history.replaceState(null, ""); // htmx would load anew what it finds its own state on
    history.pushState({ isTurned: true }, "");
    turnOver(true);
  };

  const back = () => {
    turnOver(false);
    const link = current && linkOf(current);
    if (link) link.focus();
  };

  // the fragment leaves a place for what leads to the next citation
  const fillPager = () => {
    const pager = page.querySelector("#source [data-citations]");
    const link = current && linkOf(current);
    if (!pager || !link) return;
    const own = keys(link.closest(".answer"));
    pager.replaceChildren(document.getElementById("turning").content.cloneNode(true));
    pager.querySelector("[data-at]").textContent = `${own.indexOf(current) + 1} of ${own.length}`;
    const all = keys(conversation);
    for (const button of pager.querySelectorAll("[data-turn]")) {
      button.disabled = !all[all.indexOf(current) + Number(button.dataset.turn)];
    }
  };

  // Copying

  const copy = async (button) => {
    const name = button.textContent;
    const words = button.closest(".answer").querySelector("[data-copied]");
    const isDone = await navigator.clipboard?.writeText(words.value).then(() => true, () => false);
    button.textContent = isDone ? "Copied" : "This browser does not let the page copy";
    document.getElementById("announced").textContent = button.textContent;
    setTimeout(() => { button.textContent = name; }, 3000);
  };

  // The composer

  const fit = (box) => { box.rows = Math.min(8, box.value.split("\n").length); };

  // Events

  document.addEventListener("click", (event) => {
    const { target } = event;
    const link = target.closest("a[data-citation]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { // else it opens in a tab of its own
      event.preventDefault();
      if (!wide.matches) lay();
      pick(link);
    }
    if (target.closest("[data-back]")) history.back();
    if (target.closest("[data-turn]")) turn(Number(target.closest("[data-turn]").dataset.turn));
    if (target.closest("[data-copy]")) copy(target.closest("[data-copy]"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      const stop = [...conversation.querySelectorAll("[data-stop]:not([hidden]) button")].at(-1);
      if (stop) stop.click();
      else if (page.classList.contains("is-turned")) history.back();
    }
    if (event.target.name === "named" && event.key === "Enter") event.preventDefault(); // it looks as one types
    if (event.target.id === "question") {
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        if (event.target.value.trim()) event.target.form.requestSubmit();
      }
    } else if (!event.target.closest("input, textarea, select")) {
      if (event.key === "j" || event.key === "n") turn(1);
      if (event.key === "k" || event.key === "p") turn(-1);
    }
  });

  document.addEventListener("input", (event) => { if (event.target.id === "question") fit(event.target); });

  const questionIn = (text) => text.match(/id="(question-\d+)"/)?.[1];

  document.addEventListener("htmx:confirm", (event) => {
    const box = document.getElementById("question");
    const isReplaced = event.detail.target.id === "composer" && event.detail.verb === "get";
    if (!isReplaced || !box.value.trim() || box.value === box.defaultValue) return;
    event.preventDefault();
    page.querySelector("[data-troubles]").textContent = "Ask what you have written first, or clear it: that question would take its place.";
    box.focus();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    // a second click was no second question
    const sent = event.detail.target.id === "conversation" && questionIn(event.detail.serverResponse || "");
    if (sent && document.getElementById(sent)) event.detail.shouldSwap = false;
    // what was refused comes back with its sentence
    if (event.detail.xhr.getResponseHeader("HX-Retarget") === "#composer") {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "source") {
      fillPager();
      if (page.classList.contains("is-turned")) document.getElementById("source").focus();
    }
    if (event.detail.target.id === "conversation") {
      page.querySelector("[data-troubles]").textContent = "";
      bringUp(conversation.querySelector(".exchange:last-of-type"));
    }
    if (event.detail.target.id === "composer") {
      const box = document.getElementById("question");
      fit(box);
      box.focus();
    }
  });
  // what stood there before would be taken for what was asked for
  for (const failed of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(failed, (event) => {
      if (event.detail.target.id !== "source") return;
      const told = document.createElement("p");
      told.className = "empty";
      told.textContent = "This source cannot be shown: the paper, or your access to it, is gone, or the connection is broken.";
      event.detail.target.replaceChildren(told);
    });
  }
  document.addEventListener("htmx:load", (event) => followAll(event.detail.elt.parentElement || document));
  addEventListener("popstate", (event) => {
    if (event.state?.isTurned) turnOver(true);
    else if (page.classList.contains("is-turned")) back();
  });
  addEventListener("pagehide", () => { for (const line of lines) line.line.close(); });

  // one begins at what the address names, or at the last answer; on a phone the head of a short thread stays in sight
  const begin = async () => {
    const wanted = location.hash ? await named(location.hash.slice(1)) : null;
    const link = wanted?.matches("a[data-citation]") ? wanted : null;
    const all = conversation.querySelectorAll(".exchange");
    const begun = wanted ? wanted.closest(".exchange") : all[all.length - 1];
    if (!begun) return;
    if (wide.matches || all.length > 1) bringUp(begun);
    if (link) link.scrollIntoView({ block: "nearest" });
    if (link && wide.matches) open(link);
    else openFirst(begun.querySelector(".answer:not(.pending)"));
  };

  followAll(document);
  begin();
})();
