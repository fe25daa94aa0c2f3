// The draft's page is saved as it is typed. An answer of the server may come while somebody types on: what was typed
// meanwhile wins over what the answer brings. Form: <form data-keeps-typing>.

function values(form) {
  const found = new Map();
  for (const control of form.elements) {
    if (!control.id || control.type === "file" || control.type === "hidden") continue;
    const ticked = control.type === "checkbox" || control.type === "radio";
    found.set(control.id, ticked ? control.checked : control.value);
  }
  return found;
}

function typedSince(form, sent) {
  return [...values(form)].filter(([id, value]) => sent.has(id) && sent.get(id) !== value);
}

function putBack(typed) {
  for (const [id, value] of typed) {
    const control = document.getElementById(id);
    if (!control) continue;
    if (typeof value === "boolean") control.checked = value;
    else control.value = value;
  }
}

export function startDesk() {
  const form = document.querySelector("form[data-keeps-typing]");
  if (!form) return;
  let sent = values(form);
  let typed = [];
  document.addEventListener("htmx:beforeRequest", () => { sent = values(form); });
  document.addEventListener("htmx:beforeSwap", () => { typed = typedSince(form, sent); });
  document.addEventListener("htmx:afterSwap", () => putBack(typed)); // at once: the next request in the queue reads the form
}
