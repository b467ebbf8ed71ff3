/* Rows of [data-order] can be dragged by their handle, and moved with Alt and the arrow keys. The forms do the work. */
let dragged = null;

const rowOf = (element) => element.closest?.("[data-row]");
const formOf = (row) => row.querySelector("form");
const placeOf = (row) => [...row.parentElement.children].indexOf(row);

function unmark() {
  document.querySelectorAll(".is-target").forEach((row) => row.classList.remove("is-target", "is-after"));
}

/* The neighbour of the dragged row that lies under the pointer. */
function targetOf(event) {
  let row = rowOf(event.target);
  while (row && dragged && row.parentElement !== dragged.parentElement) row = rowOf(row.parentElement);
  return row && row !== dragged ? row : null;
}

function moveTo(row, place) {
  const button = formOf(row).querySelector("[data-move]");
  button.value = place;
  button.click();
}

/* Only the handle starts a drag, so that text can still be selected. */
document.addEventListener("pointerdown", (event) => {
  const row = event.target.closest("[data-handle]") && rowOf(event.target);
  if (row) row.draggable = true;
});

document.addEventListener("dragstart", (event) => {
  dragged = rowOf(event.target);
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  dragged.classList.add("is-dragged");
});

document.addEventListener("dragover", (event) => {
  unmark();
  const row = dragged && targetOf(event);
  if (!row) return;
  event.preventDefault();
  row.classList.add("is-target");
  row.classList.toggle("is-after", placeOf(row) > placeOf(dragged));
});

document.addEventListener("drop", (event) => {
  const row = dragged && targetOf(event);
  if (!row) return;
  event.preventDefault();
  moveTo(dragged, placeOf(row));
});

document.addEventListener("dragend", () => {
  unmark();
  dragged?.classList.remove("is-dragged");
  dragged?.removeAttribute("draggable");
  dragged = null;
});

document.addEventListener("pointerup", (event) => rowOf(event.target)?.removeAttribute("draggable"));

document.addEventListener("keydown", (event) => {
  const way = event.altKey && { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const row = way && event.target.closest("[data-order]") && rowOf(event.target);
  if (!row) return;
  event.preventDefault();
  const button = formOf(row).querySelector(`[data-move="${way}"]`);
  button.focus();
  button.click();
});
