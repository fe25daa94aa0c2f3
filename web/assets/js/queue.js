// New work appears without a reload: <div data-poll="20" hx-trigger="renew"> asks again every 20 seconds while the
// page is seen and nobody types, chooses or decides in it. A dialog that htmx brings into [data-dialog-slot] opens.
import htmx from "htmx.org";

function busy(list) {
  const focused = document.activeElement;
  return document.hidden || document.querySelector("dialog[open]") !== null || (list.contains(focused) && focused.matches("input, select"));
}

function selected() {
  return document.querySelector('tr[aria-selected="true"]')?.dataset.row;
}

function select(row) {
  const again = row && document.querySelector(`tr[data-row="${CSS.escape(row)}"]`);
  if (!again) return;
  again.setAttribute("aria-selected", "true");
  again.querySelector("a.row")?.focus({ preventScroll: true });
}

export function startQueue() {
  for (const list of document.querySelectorAll("[data-poll]")) {
    let row;
    setInterval(() => busy(list) || htmx.trigger(list, "renew"), Number(list.dataset.poll) * 1000);
    list.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target === list) row = selected(); });
    list.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target === list) select(row); });
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.matches?.("[data-dialog-slot]")) event.detail.target.querySelector("dialog")?.showModal();
  });
}
