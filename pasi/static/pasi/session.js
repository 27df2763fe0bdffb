/* The end of a session must not take along what somebody types: a page says so before it comes, and
   after it asks before it sends. Whoever signs in again in another tab can press again here. */
(() => {
  "use strict";

  const SOON = 5, LAST = "pasi-last-press", EVERY = 10000;

  document.addEventListener("DOMContentLoaded", () => {
    const bar = document.getElementById("session-end");
    if (!bar) return;
    const minutes = Number(bar.dataset.minutes);
    const forms = () => document.querySelectorAll("#content form[method=post]");
    const text = bar.querySelector("p"), stay = bar.querySelector("button"), link = bar.querySelector("a");

    /* Every page that was opened, in whichever tab, has put the end off. */
    const pressed = () => localStorage.setItem(LAST, Date.now());
    const left = () => minutes - (Date.now() - Number(localStorage.getItem(LAST))) / 60000;

    /* Is anybody signed in still? To ask puts the end off, too. */
    async function isOpen() {
      const answer = await fetch(bar.dataset.url, { cache: "no-store", redirect: "manual" });
      if (answer.type === "opaqueredirect") return false;
      pressed();
      return true;
    }

    function say(words, isOver) {
      bar.hidden = !words;
      if (words && text.textContent !== words) text.textContent = words;
      stay.hidden = isOver;
      link.hidden = !isOver;
    }

    function look() {
      if (!forms().length) return;
      const rest = left();
      if (rest > SOON) say("", false);
      else if (rest > 0) say(bar.dataset.soon, false);
      else say(bar.dataset.over, true);
    }

    /* The token of a form is that of the sign-in it was opened in; the cookie has that of today. */
    function renew(form) {
      const token = form.elements.csrfmiddlewaretoken;
      const cookie = /(?:^|; )csrftoken=([A-Za-z0-9]+)/.exec(document.cookie);
      if (token && cookie) token.value = cookie[1];
    }

    document.addEventListener("submit", async (event) => {
      const form = event.target;
      if (form.getAttribute("method")?.toLowerCase() !== "post" || event.defaultPrevented) return;
      if (!form.closest("#content")) return;
      renew(form);
      if (left() > 0) return;
      event.preventDefault();
      const isFine = await isOpen().catch(() => true);
      look();
      if (!isFine) return bar.scrollIntoView({ block: "center" });
      renew(form);
      form.requestSubmit(event.submitter);
    });

    stay.addEventListener("click", async () => {
      const isFine = await isOpen().catch(() => false);
      look();
      if (!isFine) say(bar.dataset.over, true);
    });

    pressed();
    setInterval(look, EVERY);
    document.addEventListener("visibilitychange", look);
    window.addEventListener("storage", look);
  });
})();
