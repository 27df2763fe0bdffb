/* The progress of an awarding run, asked for while its page is open and looked at. All that matters
   is in the database: closing the page stops nothing. */
(() => {
  "use strict";

  const SOON = 1000, LATER = 10000, PATIENCE = 60 * SOON, GIVE_UP = 16 * PATIENCE;
  const section = document.getElementById("run-progress");
  const bar = section.querySelector("[role=progressbar]");
  const status = section.querySelector("[role=status]");
  const givenUp = section.querySelector(".given-up");
  let since = Date.now(), before = "", tenth = -1, timer;

  function show(progress) {
    const fill = bar.firstElementChild, known = progress.percentage !== null;
    fill.classList.toggle("unknown", !known);
    fill.style.width = known ? `${progress.percentage}%` : "";
    if (known) bar.setAttribute("aria-valuenow", progress.percentage);
    else bar.removeAttribute("aria-valuenow");
    bar.setAttribute("aria-valuetext", progress.text);
    section.querySelector(".progress-text").textContent = progress.text;
    /* Read aloud at every tenth, not every second. */
    const now = known ? Math.floor(progress.percentage / 10) : -1;
    if (progress.state !== section.dataset.state || now !== tenth) status.textContent = progress.text;
    tenth = now;
  }

  async function ask() {
    clearTimeout(timer);
    if (document.hidden) return;
    let progress;
    try {
      const answer = await fetch(section.dataset.url, { headers: { Accept: "application/json" } });
      if (answer.redirected) return location.reload(); /* signed out */
      if (!answer.ok) return again();
      progress = await answer.json();
    } catch {
      return again();
    }
    if (progress.state === "finished" || progress.state === "stopped") return location.reload();
    show(progress);
    section.dataset.state = progress.state;
    if (progress.text !== before) since = Date.now();
    before = progress.text;
    again();
  }

  /* What does not move is asked for less often, and at last not at all: an open page must not keep
     somebody signed in for ever. It says so, lest it looks as if it still looked. */
  function again() {
    const unchanged = Date.now() - since;
    givenUp.hidden = unchanged < GIVE_UP;
    if (givenUp.hidden) timer = setTimeout(ask, unchanged < PATIENCE ? SOON : LATER);
  }

  givenUp.querySelector("button").addEventListener("click", () => location.reload());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && givenUp.hidden) ask();
  });
  timer = setTimeout(ask, SOON);
})();
