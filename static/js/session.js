/* What happens when a request by htmx does not come through: the text stays, and a note says why. Words come from the page. */
const words = document.getElementById("words")?.dataset ?? {};

function note(element, text) {
  if (!text) return;
  const place = element.closest("form") ?? document.querySelector("#main > .page");
  let box = place.querySelector(":scope > .note[data-trouble]");
  if (!box) {
    box = document.createElement("p");
    box.className = "note";
    box.dataset.trouble = "";
    box.dataset.tone = "bad";
    box.setAttribute("role", "alert");
    place.prepend(box);
  }
  box.textContent = text;
}

/* The session is over: sign in again and come back to this page, not to the fragment that was asked for. */
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = event.detail;
  const to = xhr.status === 401 && xhr.getResponseHeader("HX-Redirect");
  if (!to) return;
  event.preventDefault();
  location.assign(`${to.split("?")[0]}?next=${encodeURIComponent(location.pathname + location.search)}`);
});

document.addEventListener("htmx:sendError", ({ detail }) => note(detail.elt, words.offline));

document.addEventListener("htmx:responseError", ({ detail }) => note(detail.elt, words.failed));

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  elt.closest("form")?.querySelector(":scope > .note[data-trouble]")?.remove();
  const polls = elt.getAttribute("hx-trigger")?.startsWith("every");
  if (polls && document.hidden) event.preventDefault();
});

/* After a form came back with errors: to the first field that needs a look. */
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.xhr?.status === 422) detail.elt.querySelector("[aria-invalid=true]")?.focus();
});
