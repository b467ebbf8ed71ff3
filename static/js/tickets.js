/* Lists of tickets by keyboard: j and k go down and up, x chooses. Enter opens, as on every link. */
const writes = "input:not([type=checkbox]), textarea, select, [contenteditable]";

const rows = () => [...document.querySelectorAll("[data-tickets] [data-row]")];

function go(step) {
  const all = rows();
  const here = all.indexOf(document.activeElement?.closest("[data-row]"));
  const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
  next?.querySelector(".cell-title a")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.target.matches?.(writes)) return;
  if (document.body.dataset.keys === "off") return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "x") document.activeElement?.closest("[data-row]")?.querySelector("[name=chosen]")?.click();
  else return;
  event.preventDefault();
});
