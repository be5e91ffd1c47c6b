// Two versions side by side: whoever types into the own one has chosen it.
"use strict";
document.addEventListener("input", (event) => {
  const version = event.target.closest(".version");
  if (version && event.target.type !== "radio") version.querySelector("input[type=radio]").checked = true;
});
