// Every page works without this file: it saves whole-page loads (htmx) and adds the keyboard.
// The content security policy allows no inline style and no eval, so htmx must not use them.
import htmx from "htmx.org";
import { startCase } from "./case.js";
import { startDesk } from "./desk.js";
import { startDialogs } from "./dialogs.js";
import { startForms } from "./forms.js";
import { startKeyboard } from "./keyboard.js";
import { startQueue } from "./queue.js";
import { startSignature } from "./signature.js";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true, error: true }, // the form again, with its faults
  { code: "[45]..", swap: true, error: true, target: "#notices", swapOverride: "innerHTML" },
];

document.documentElement.classList.add("js");
startDialogs();
startForms();
startDesk();
startKeyboard();
startQueue();
startCase();
startSignature();
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
