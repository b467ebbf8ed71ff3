/* Lists of tickets by keyboard: j and k go down and up, x chooses. Enter opens, as on every link.
   s and a (keys.js) go to the choice of a state or a person; the ticket where one is is chosen for it, if no other is. */
const writes = "input:not([type=checkbox]), textarea, select, [contenteditable]";

const rows = () => [...document.querySelectorAll("[data-tickets] [data-row]")];

function go(step) {
  const all = rows();
  const here = all.indexOf(document.activeElement?.closest("[data-row]"));
  const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
  next?.querySelector(".cell-title a")?.focus();
}

function chooseHere() {
  const box = document.activeElement?.closest("[data-row]")?.querySelector("[name=chosen]");
  if (box && !document.querySelector("[name=chosen]:checked")) box.checked = true;
}

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.target.matches?.(writes)) return;
  if (localStorage.getItem("keys-off") === "1") return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "s" || event.key === "a") return chooseHere();
  else if (event.key === "x") document.activeElement?.closest("[data-row]")?.querySelector("[name=chosen]")?.click();
  else return;
  event.preventDefault();
}, true);
