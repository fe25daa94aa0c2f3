// data-key="F9" or data-key="c" on a button or link: that key presses it. Letters do nothing while something is typed.
// In <table data-rows>: j and k go down and up, Enter opens the row's <a class="row">.

function typing(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
}

function pressable(key) {
  const scope = document.querySelector("dialog[open]") || document;
  return [...scope.querySelectorAll("[data-key]")].find(
    (control) => control.dataset.key.toLowerCase() === key.toLowerCase() && !control.disabled && control.offsetParent !== null,
  );
}

function rows() {
  return [...document.querySelectorAll("table[data-rows] tbody tr")].filter((row) => row.querySelector("a.row"));
}

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex((row) => row.getAttribute("aria-selected") === "true");
  const next = Math.min(Math.max(at + step, 0), all.length - 1);
  all.forEach((row, index) => row.setAttribute("aria-selected", String(index === next)));
  all[next].querySelector("a.row").focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

function selectedControl(key) {
  return document.querySelector(`table[data-rows] tr[aria-selected="true"] [data-row-key="${CSS.escape(key)}"]`);
}

export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const letter = event.key.length === 1 || event.key === "Enter";
    if (letter && (typing(event.target) || (event.key === "Enter" && event.target.closest("a, button")))) return;
    const control = selectedControl(event.key) || pressable(event.key);
    if (control) {
      event.preventDefault();
      control.click();
    } else if ((event.key === "j" || event.key === "k") && rows().length > 0) {
      event.preventDefault();
      move(event.key === "j" ? 1 : -1);
    }
  });
}
