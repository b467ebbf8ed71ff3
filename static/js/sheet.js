/* The week's sheet: arrows and Enter move from cell to cell. Saving is done by the form itself (hx-trigger="change"). */
const cells = () => [...document.querySelectorAll(".sheet tbody tr")].map((row) => [...row.querySelectorAll("td")]);
const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [0, 1] };

/* Left and right move only when there is nothing left to walk through in the field. */
function stays({ target, key }) {
  const { selectionStart: start, selectionEnd: end, value } = target;
  if (key === "ArrowLeft") return !(start === 0 && (end === 0 || end === value.length));
  return key === "ArrowRight" && end !== value.length;
}

document.addEventListener("keydown", (event) => {
  const step = steps[event.key];
  if (!step || !event.target.matches(".sheet .input") || event.altKey || event.ctrlKey || event.metaKey) return;
  if (stays(event)) return;
  event.preventDefault();
  const table = cells();
  let row = table.findIndex((line) => line.includes(event.target.closest("td")));
  let day = table[row].indexOf(event.target.closest("td"));
  for (;;) {
    row += step[0];
    day += step[1];
    if (event.key === "Enter" && day > 6) [row, day] = [row + 1, 0];
    const cell = table[row]?.[day];
    if (!cell || day > 6) return event.target.dispatchEvent(new Event("change", { bubbles: true }));
    const next = cell.querySelector(".input");
    if (next) return next.focus();
  }
});

document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.(".sheet .input")) target.select();
});

/* The answer for a cell in which something else was typed meanwhile comes too late: the next one is on its way. */
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  const typed = target.querySelector?.(".input");
  const sent = fragment.querySelector?.("[data-sent]")?.dataset.sent;
  if (typed && sent !== undefined && typed.value !== sent) event.detail.shouldSwap = false;
});
