// <button data-opens="id"> opens the <dialog id="id">, <button data-closes="id"> closes it. A dialog with a fault in it opens itself.
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    const closer = event.target.closest("[data-closes]");
    if (closer) document.getElementById(closer.dataset.closes)?.close();
  });
  for (const dialog of document.querySelectorAll("dialog")) {
    if (dialog.querySelector('[aria-invalid="true"], .notice.error')) dialog.showModal();
  }
}
