// Show a BPMN diagram with the state of each step marked on it:
//
//   <div class="diagram" data-diagram="/cases/7/diagram.bpmn"
//        data-marks='{"Activity_accept": "done", "Activity_review": "active"}'
//        data-labels='{"done": "已完成", "active": "办理中", "waiting": "等待"}'
//        data-failure="流程图打不开，请刷新页面。"></div>
//
// An element gets the class step-done, step-active or step-waiting and a badge with the word, since colour alone says
// nothing to many people. An id that the diagram does not have is passed over.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

function badge(state, word) {
  const element = document.createElement("span");
  element.className = `step-badge step-badge-${state}`;
  element.textContent = word;
  return element;
}

function mark(viewer, marks, labels) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  for (const [id, state] of Object.entries(marks)) {
    if (!registry.get(id)) continue;
    canvas.addMarker(id, `step-${state}`);
    if (labels[state]) overlays.add(id, { position: { top: -20, left: 0 }, html: badge(state, labels[state]) });
  }
}

// Many departments make a tall picture: fit its width, as high as it then is, so that words stay readable.
function fitWidth(canvas, container) {
  const { inner } = canvas.viewbox();
  const margin = 24;
  const scale = Math.min(container.clientWidth / (inner.width + 2 * margin), 1.2);
  container.style.height = `${Math.ceil((inner.height + 2 * margin) * scale)}px`;
  canvas.resized();
  canvas.viewbox({ x: inner.x - margin, y: inner.y - margin, width: container.clientWidth / scale, height: container.clientHeight / scale });
}

async function show(container) {
  const { diagram, marks, labels, failure } = container.dataset;
  try {
    const response = await fetch(diagram, { credentials: "same-origin" });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const viewer = new NavigatedViewer({ container });
    await viewer.importXML(await response.text());
    mark(viewer, JSON.parse(marks || "{}"), JSON.parse(labels || "{}"));
    fitWidth(viewer.get("canvas"), container);
    container.dataset.shown = "yes";
  } catch (error) {
    console.error("diagram", error);
    container.textContent = failure || "";
    container.dataset.shown = "no";
  }
}

for (const container of document.querySelectorAll("[data-diagram]")) show(container);
