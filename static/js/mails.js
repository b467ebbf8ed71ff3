/* Mails. A mail that was opened in place begins at its top; names are suggested for each person of a list, not only the first. */
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id !== "mail") return;
  const heading = document.getElementById("mail-h");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  if (!matchMedia("(min-width: 60rem)").matches) scrollTo(0, 0);
});

/* The browser compares a suggestion with the whole field, so each carries along what stands before the last comma. */
const people = document.getElementById("people");
const names = people ? [...people.options].map((option) => option.value) : [];

document.addEventListener("input", ({ target }) => {
  if (!people || target.getAttribute?.("list") !== "people") return;
  const before = target.value.slice(0, target.value.lastIndexOf(",") + 1);
  const lead = before && `${before.trimEnd()} `;
  people.replaceChildren(...names.map((name) => new Option(lead + name, lead + name)));
});
