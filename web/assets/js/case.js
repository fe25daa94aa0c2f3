// <button data-adds-row="x"> adds one more empty row to [data-rows-of="x"]. A link to a form on the page puts the
// cursor into it.
function addRow(list) {
  const row = list.lastElementChild.cloneNode(true);
  const number = list.children.length;
  for (const control of row.querySelectorAll("input, select")) {
    const id = control.id.replace(/-\d+$/, `-${number}`);
    row.querySelector(`label[for="${CSS.escape(control.id)}"]`)?.setAttribute("for", id);
    control.id = id;
    control.value = "";
  }
  list.append(row);
  row.querySelector("select, input").focus();
}

export function startCase() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-adds-row]");
    if (button) addRow(document.querySelector(`[data-rows-of="${CSS.escape(button.dataset.addsRow)}"]`));
    const jump = event.target.closest('a.btn[href^="#task-"]');
    if (jump) setTimeout(() => document.querySelector(jump.getAttribute("href"))?.querySelector("input:not([type=hidden]), textarea, select, button")?.focus());
  });
}
