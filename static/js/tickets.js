/* Lists and boards of tickets by keyboard: j and k go down and up, x chooses. Enter opens, as on every link.
   In a list s and a (keys.js) go to the choice of a state or a person; the ticket where one is is chosen for it, if no other is.
   On a board s opens the card's menu, where the other states are. */
const writes = "input:not([type=checkbox]), textarea, select, [contenteditable]";

const rows = () => [...document.querySelectorAll("[data-tickets] [data-row], .board-card")];
const rowHere = () => document.activeElement?.closest("[data-row], .board-card");

function go(step) {
  const all = rows();
  const here = all.indexOf(rowHere());
  const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
  next?.querySelector(".cell-title a, .row-title a")?.focus();
}

function chooseHere() {
  const box = rowHere()?.querySelector("[name=chosen]");
  if (box && !document.querySelector("[name=chosen]:checked")) box.checked = true;
}

/* False where there is no menu: then the key means what keys.js finds for it. */
function openMenu() {
  const menu = rowHere()?.querySelector("details.menu");
  if (!menu) return false;
  menu.open = true;
  menu.querySelector("button")?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.target.matches?.(writes)) return;
  if (localStorage.getItem("keys-off") === "1") return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "s" && openMenu()) event.stopPropagation();
  else if (event.key === "s" || event.key === "a") return chooseHere();
  else if (event.key === "x") rowHere()?.querySelector("[name=chosen]")?.click();
  else return;
  event.preventDefault();
}, true);
