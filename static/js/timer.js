/* Running times: [data-since] holds the second since 1970 at which it began. */
const shown = (seconds) => [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => Math.floor(part));

function tick() {
  for (const clock of document.querySelectorAll("[data-since]")) {
    const [hours, ...rest] = shown(Math.max(0, Date.now() / 1000 - Number(clock.dataset.since)));
    clock.textContent = [hours, ...rest.map((part) => String(part).padStart(2, "0"))].join(":");
  }
}

tick();
setInterval(tick, 1000);
