// Forms: the first fault gets the focus, a form is sent once, fields that depend on others come and go.

const AGAIN_AFTER = 8000; // a lost connection must not lock the form for good

function guardDoubleSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.dataset.sent) {
      if (form.dataset.sent) event.preventDefault();
      return;
    }
    if (form.matches("[data-many], [hx-post]")) return;
    form.dataset.sent = "yes";
    const buttons = [...document.querySelectorAll("button:not([type=button])")].filter((button) => button.form === form);
    setTimeout(() => buttons.forEach((button) => { button.disabled = true; })); // after the pressed one's value is collected
    setTimeout(() => release(form, buttons), AGAIN_AFTER);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) release(form, form.querySelectorAll("button:not([type=button])"));
  });
}

function release(form, buttons) {
  delete form.dataset.sent;
  for (const button of buttons) button.disabled = false;
}

function focusFirstFault() {
  const fault = document.querySelector('[aria-invalid="true"], .field.wrong input');
  fault?.focus();
}

// data-when='{"gas": {"const": true}}': shown while the answer of every named field fits. Knows what our forms use;
// an unknown keyword shows the field, since the server decides anyway.
const KEYWORDS = {
  const: (value, wanted) => value === wanted,
  enum: (value, wanted) => wanted.includes(value),
  minimum: (value, wanted) => Number(value) >= wanted,
  exclusiveMinimum: (value, wanted) => Number(value) > wanted,
  maximum: (value, wanted) => Number(value) <= wanted,
  contains: (value, wanted) => Array.isArray(value) && value.some((each) => fits(each, wanted)),
};

function fits(value, schema) {
  return Object.entries(schema).every(([keyword, wanted]) => !KEYWORDS[keyword] || KEYWORDS[keyword](value, wanted));
}

function answer(form, name) {
  const controls = [...form.elements].filter((control) => control.name === name);
  if (controls.length === 0) return undefined;
  const boxes = controls.filter((control) => ["checkbox", "radio"].includes(control.type));
  if (boxes.length === 0) return typed(controls[0].value);
  const chosen = boxes.filter((box) => box.checked).map((box) => typed(box.value));
  return boxes[0].type === "checkbox" && boxes.length > 1 ? chosen : chosen[0];
}

function typed(text) {
  if (text === "") return undefined;
  if (text === "true" || text === "false") return text === "true";
  return text !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
}

function showDependent(form) {
  for (const field of form.querySelectorAll("[data-when]")) {
    const holds = Object.entries(JSON.parse(field.dataset.when)).every(([name, schema]) => {
      const value = answer(form, name);
      return value !== undefined && fits(value, schema);
    });
    field.hidden = !holds;
  }
}

function startDependentFields(root) {
  const forms = new Set([...root.querySelectorAll("[data-when]")].map((field) => field.closest("form")));
  for (const form of forms) if (form) showDependent(form);
}

export function startForms() {
  guardDoubleSubmit();
  focusFirstFault();
  startDependentFields(document);
  document.addEventListener("input", (event) => event.target.form && showDependent(event.target.form));
  document.addEventListener("htmx:load", (event) => startDependentFields(event.detail.elt));
}
