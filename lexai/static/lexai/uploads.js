// Files on their way in: chosen or dropped, sent two at a time, each with its own progress and its own answer.
"use strict";
(() => {
  const AT_ONCE = 2;
  const form = document.getElementById("uploads");
  const field = document.getElementById("files");
  const lines = document.getElementById("incoming");
  const announced = document.getElementById("announced");
  const waiting = [];
  let underWay = 0;

  form.classList.add("lively");
  form.querySelector("button").hidden = true;
  addEventListener("beforeunload", (event) => { if (underWay) event.preventDefault(); });

  const element = (name, text = "", className = "") => {
    const made = document.createElement(name);
    made.textContent = text;
    made.className = className;
    return made;
  };

  const line = (file) => {
    const shown = {
      item: element("li"),
      state: element("span", "waiting", "state"),
      progress: element("progress"),
      button: element("button", "Cancel"),
    };
    const name = element("span", file.name, "name");
    shown.progress.max = file.size || 1;
    shown.progress.value = 0;
    shown.progress.setAttribute("aria-label", `Upload of ${file.name}`);
    shown.button.type = "button";
    shown.button.setAttribute("aria-label", `Cancel ${file.name}`);
    shown.item.append(name, shown.state, shown.progress, shown.button);
    lines.append(shown.item);
    return shown;
  };

  const told = (text) => { announced.textContent = text; };

  // the last word on a file; it stays until it is dismissed
  const settle = (one, sentence) => {
    const { item, state, progress, button } = one.shown;
    state.textContent = sentence;
    progress.hidden = true;
    button.textContent = "Dismiss";
    button.setAttribute("aria-label", `Dismiss ${one.file.name}`);
    button.onclick = () => item.remove();
  };

  const refuse = (one, sentence) => {
    settle(one, sentence);
    one.shown.item.classList.add("refused");
    told(`${one.file.name}: ${sentence}`);
  };

  // what stands on another page of the list is left to the link
  const show = (event) => {
    const row = document.getElementById(event.target.hash.slice(1));
    if (!row) return;
    event.preventDefault();
    row.focus();
  };

  const taken = (one, word, kind) => {
    one.shown.item.classList.add(kind);
    told(`${one.file.name} ${word}`);
    refresh();
  };

  const recognise = (one, word, address) => {
    settle(one, `${word}. `);
    const link = element("a", "Show\u00a0it");
    link.href = address;
    link.onclick = show;
    one.shown.state.append(link);
    taken(one, word, "known");
  };

  const accept = (one, word) => {
    one.shown.state.textContent = word;
    one.shown.progress.hidden = true;
    one.shown.button.remove();
    taken(one, word, "added");
  };

  const refresh = () => document.getElementById("papers")?.dispatchEvent(new Event("refresh"));

  const answered = (one, request) => {
    const isText = (request.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    const address = request.getResponseHeader("Content-Location"); // of the paper that was there
    if (isText && address) recognise(one, request.responseText, address);
    else if (isText && request.status < 300) accept(one, request.responseText);
    else if (isText) refuse(one, request.responseText);
    else if (request.responseURL.includes("/sign-in/")) refuse(one, "Your session has ended. Sign in again, then add it.");
    else refuse(one, "This could not be added. Load the page anew and try again.");
  };

  const send = (one) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("file", one.file);
    const over = (deed) => () => { underWay -= 1; deed(); next(); };
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((100 * event.loaded) / event.total);
      one.shown.progress.max = event.total;
      one.shown.progress.value = event.loaded;
      one.shown.state.textContent = percent < 100 ? `uploading, ${percent} %` : "checking";
    });
    request.addEventListener("load", over(() => answered(one, request)));
    request.addEventListener("error", over(() => refuse(one, "The line broke. Nothing was added; try again.")));
    request.addEventListener("abort", over(() => one.shown.item.remove()));
    one.shown.button.onclick = () => request.abort();
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.send(body);
    underWay += 1;
  };

  const next = () => {
    while (underWay < AT_ONCE && waiting.length) send(waiting.shift());
  };

  const add = (files) => {
    for (const item of lines.querySelectorAll(".known")) item.remove();
    for (const file of files) {
      const one = { file, shown: line(file) };
      if (file.size > Number(form.dataset.limitBytes)) {
        refuse(one, form.dataset.tooLarge);
        continue;
      }
      one.shown.button.onclick = () => {
        waiting.splice(waiting.indexOf(one), 1);
        one.shown.item.remove();
      };
      waiting.push(one);
    }
    next();
  };

  field.addEventListener("change", () => {
    add([...field.files]);
    field.value = "";
  });

  const bringsFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0; // of the elements that the pointer is over
  const lift = (change) => {
    depth = Math.max(0, depth + change);
    document.body.classList.toggle("receiving", depth > 0);
  };
  addEventListener("dragenter", (event) => { if (bringsFiles(event)) lift(1); });
  addEventListener("dragleave", (event) => { if (bringsFiles(event)) lift(-1); });
  addEventListener("dragover", (event) => { if (bringsFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    lift(-depth);
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    const isFolder = (item) => item.webkitGetAsEntry?.()?.isDirectory;
    const folders = items.filter(isFolder).length;
    add(items.filter((item) => !isFolder(item)).map((item) => item.getAsFile()).filter(Boolean));
    if (folders) {
      const one = { file: { name: "A folder" }, shown: line({ name: "A folder", size: 0 }) };
      refuse(one, "Folders cannot be dropped. Open it, and drop the files that are in it.");
    }
  });

  // what the list shows needs no line of its own; what changes in it is said to those who do not see it
  let before = document.getElementById("papers").dataset.told;
  document.addEventListener("htmx:load", (event) => {
    const list = event.detail.elt;
    if (list.id !== "papers") return;
    const count = document.querySelector(".tabs [aria-current] i");
    if (count) count.textContent = list.dataset.count;
    for (const item of lines.querySelectorAll(".added")) item.remove();
    if (list.dataset.told !== before) told(list.dataset.told);
    before = list.dataset.told;
  });
})();
