/* Cards of a board can be dragged into another column. The button of that column in the card's menu does the work. */
let dragged = null;

const cardOf = (element) => element.closest?.(".board-card");
const columnOf = (element) => element.closest?.("[data-stage]");
const buttonFor = (column) => dragged?.querySelector(`button[name=to][value="${CSS.escape(column.dataset.stage)}"]`);

function unmark() {
  document.querySelectorAll(".is-target").forEach((column) => column.classList.remove("is-target"));
}

for (const card of document.querySelectorAll(".board-card:has(button[name=to])")) card.draggable = true;

document.addEventListener("dragstart", (event) => {
  dragged = cardOf(event.target);
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  dragged.classList.add("is-dragged");
});

document.addEventListener("dragover", (event) => {
  unmark();
  const column = dragged && columnOf(event.target);
  if (!column || !buttonFor(column)) return;
  event.preventDefault();
  column.classList.add("is-target");
});

document.addEventListener("drop", (event) => {
  const column = dragged && columnOf(event.target);
  const button = column && buttonFor(column);
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
});

document.addEventListener("dragend", () => {
  unmark();
  dragged?.classList.remove("is-dragged");
  dragged = null;
});
