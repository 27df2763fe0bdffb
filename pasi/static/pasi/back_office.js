/* What the theme leaves to the mouse, for the keyboard and for screen readers: a link past the
   menu, a main landmark, names of controls, and Enter and Space on what is clicked. */
(() => {
  "use strict";

  const NATIVE = "a[href], button, input, select, textarea, summary";
  const OVERLAYS = "#changelist-filter-close, [x-on\\:click\\.outside]";

  /* The words are in the page, in its language. */
  const skipLink = () => document.querySelector(".skip-link");

  function landmarks() {
    const main = document.getElementById("content") || document.getElementById("page");
    main?.setAttribute("role", "main");
    if (main) main.tabIndex = -1;
    const skip = skipLink();
    if (!skip) return;
    document.body.prepend(skip);
    document.getElementById("nav-sidebar-inner")?.setAttribute("aria-label", skip.dataset.menu);
  }

  /* Clicked things that are no buttons or links become buttons. */
  function buttons(within) {
    for (const each of within.querySelectorAll("[x-on\\:click]")) {
      if (each.matches(NATIVE) || each.matches(OVERLAYS) || each.closest("template")) continue;
      if (each.querySelector(NATIVE)) continue;
      each.setAttribute("role", "button");
      each.tabIndex = 0;
      if (each.dataset.keys) continue;
      each.dataset.keys = "yes";
      each.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        each.click();
      });
    }
  }

  /* Icons are words of a font: read aloud they are noise. */
  function icons(within) {
    for (const each of within.querySelectorAll(".material-symbols-outlined")) {
      if (each.getAttribute("role") !== "button") each.setAttribute("aria-hidden", "true");
    }
  }

  function names() {
    const words = skipLink()?.dataset;
    if (!words) return;
    const name = (selector, text) => {
      for (const each of document.querySelectorAll(selector)) each.setAttribute("aria-label", text);
    };
    name("#search-input-command", words.palette);
    name("#command-submit", words.search);
    name("#nav-sidebar [x-on\\:click*='sidebarMobileOpen']", words.close);
    name("#nav-sidebar [x-on\\:click*='openUserLinks']", words.account);
    name("a[x-on\\:click*='showActions'], [x-on\\:click*='openRelatedWidget']", words.more);
  }

  /* Select2 puts a field of its own in the place of a labelled one, without the label. */
  function fields() {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const label = document.querySelector(`label[for="${select.id}"]`)?.textContent.trim();
      const shown = select.nextElementSibling;
      for (const each of shown?.querySelectorAll("[role], input") || []) {
        if (label) each.setAttribute("aria-label", label);
      }
    }
  }

  /* The account menu stands before its switch: opened by keyboard, it takes the focus; Escape
     closes it. */
  function account() {
    const opener = document.querySelector("#nav-sidebar [x-on\\:click*='openUserLinks']");
    const menu = opener?.previousElementSibling;
    if (!menu) return;
    opener.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      const first = menu.querySelector(NATIVE);
      const focus = (tries) => {
        first?.focus();
        if (document.activeElement !== first && tries) setTimeout(focus, 50, tries - 1);
      };
      focus(20);
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      opener.click();
      opener.focus();
    });
  }

  /* A button that copies what stands in another element; browsers let pages do so over https. */
  function copiers() {
    for (const each of document.querySelectorAll("[data-copies]")) {
      if (!navigator.clipboard) continue;
      each.hidden = false;
      each.addEventListener("click", async () => {
        await navigator.clipboard.writeText(document.getElementById(each.dataset.copies).textContent);
        each.textContent = each.dataset.copied;
      });
    }
  }

  /* The theme writes the name of a chosen file into a text field of its own; ours have none, and
     say the name themselves. */
  function files() {
    for (const each of document.querySelectorAll(".file-input")) each.hasChangeListener = true;
  }

  function mend() {
    for (const each of document.querySelectorAll(".help-tooltip")) each.setAttribute("role", "img");
    buttons(document);
    icons(document);
    names();
  }

  document.addEventListener("DOMContentLoaded", () => {
    landmarks();
    mend();
    account();
    copiers();
    files();
  });
  window.addEventListener("load", () => setTimeout(() => {
    fields();
    mend();
  }));
  document.addEventListener("htmx:afterSwap", mend);
  /* The theme hides the page until it is ready, when the browser has given up on autofocus. */
  document.addEventListener("alpine:initialized", () => {
    setTimeout(() => document.querySelector("[autofocus]")?.focus());
  });
})();
