// A pad to sign on: strokes become path data of whole numbers in a field of 600 by 200. Without it one signs on paper.
const WIDTH = 600;
const HEIGHT = 200;

export function startSignature() {
  document.querySelectorAll("[data-signature]").forEach(pad);
  document.querySelectorAll("[data-tick-all]").forEach(tickAll);
  document.addEventListener("htmx:afterSwap", () => document.querySelectorAll("[data-signature]").forEach(pad));
  document.querySelectorAll('input[name="manner"]').forEach((choice) => choice.addEventListener("change", showManner));
  showManner();
}

function pad(box) {
  if (box.dataset.ready) return;
  box.dataset.ready = "yes";
  const canvas = box.querySelector("canvas");
  const field = box.querySelector('input[name="signature"]');
  const pen = canvas.getContext("2d");
  let last = null;
  draw(pen, field.value);
  const at = (event) => {
    const frame = canvas.getBoundingClientRect();
    const x = Math.round(((event.clientX - frame.left) / frame.width) * WIDTH);
    const y = Math.round(((event.clientY - frame.top) / frame.height) * HEIGHT);
    return [Math.min(WIDTH, Math.max(0, x)), Math.min(HEIGHT, Math.max(0, y))];
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = { stroke: "", point: at(event) };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const point = at(event);
    if (Math.abs(point[0] - last.point[0]) + Math.abs(point[1] - last.point[1]) < 3) return;
    const from = last.stroke || `M${last.point[0]} ${last.point[1]}`;
    last = { stroke: `${from}L${point[0]} ${point[1]}`, point, from: last.point };
    draw(pen, `M${last.from[0]} ${last.from[1]}L${point[0]} ${point[1]}`);
  });
  const end = () => {
    if (last?.stroke) field.value += last.stroke;
    last = null;
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  box.querySelector("[data-clear]").addEventListener("click", () => {
    field.value = "";
    pen.clearRect(0, 0, WIDTH, HEIGHT);
  });
}

function draw(pen, path) {
  pen.lineWidth = 6;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "#111";
  if (path) pen.stroke(new Path2D(path));
}

function tickAll(button) {
  button.hidden = false;
  const boxes = () => document.getElementById(button.dataset.tickAll).closest("section").querySelectorAll('input[type="checkbox"]');
  button.addEventListener("click", () => boxes().forEach((box) => { box.checked = true; }));
}

function showManner() {
  const chosen = document.querySelector('input[name="manner"]:checked')?.value;
  if (!chosen) return;
  document.querySelectorAll("[data-for-manner]").forEach((part) => { part.hidden = part.dataset.forManner !== chosen; });
}
