"use strict";
(() => {
  const { user, place } = document.documentElement.dataset; // runs before the body is parsed, so the page responds as soon as it is shown
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  let revision = 0, working = 0, before = null; // before: where the focus was before a modal opened

  // Parts of the page: the server's version is merged into the current one, to keep
  // focus, scrolling and everything typed under the same ids.
  const KEPT = new Set(["open", "aria-expanded", "aria-activedescendant", "aria-busy"]);

  function morph(old, fresh) {
    if (old.nodeType !== 1) return void (old.data === fresh.data || (old.data = fresh.data));
    if (old.hasAttribute("data-own")) return;
    for (const { name } of [...old.attributes])
      if (!fresh.hasAttribute(name) && !KEPT.has(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes)
      if (old.getAttribute(name) !== value && !KEPT.has(name)) old.setAttribute(name, value);
    children(old, fresh);
  }

  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");

  function children(old, fresh) {
    let here = old.firstChild;
    for (const next of [...fresh.childNodes]) {
      let match = here && alike(here, next) ? here : null;
      if (!match && next.id) match = [...old.children].find((child) => alike(child, next)) || null;
      if (match && match === here) here = here.nextSibling;
      else old.insertBefore(match || next, here);
      if (match) morph(match, next);
    }
    for (let gone = here; gone; gone = here) {
      here = gone.nextSibling;
      gone.remove();
    }
  }

  function show(html) {
    const parts = one("#parts", new DOMParser().parseFromString(html, "text/html"));
    if (!parts) throw new Error("no parts");
    const log = one("[data-stick]");
    const stuck = !log || log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const fresh = Number(parts.dataset.revision) >= revision;
    for (const part of [...parts.children]) {
      const old = document.getElementById(part.id);
      if (old && (fresh || part.id === "notice")) morph(old, part);
    }
    revision = Math.max(revision, Number(parts.dataset.revision));
    if (stuck) toEnd();
    settleModal();
    return Number(parts.dataset.revision);
  }

  const toEnd = () => one("[data-stick]")?.scrollTo(0, 1e9);
  function settleModal() {
    const modal = one("dialog[data-view]");
    if (modal && !modal.open) {
      before = before || document.activeElement;
      modal.showModal();
      const first = one(".modal-body :is([autofocus], input:not([type=hidden]), select, textarea), footer .primary", modal);
      (one("[autofocus]", modal) || first || modal).focus();
    }
    if (!modal && before) {
      const back = document.getElementById(before.id) || (before.isConnected ? before : one("#composer"));
      back?.focus({ preventScroll: true });
      before = null;
    }
  }

  // Talking to the server.
  const notice = (text) => one("#notice").replaceChildren(...(text ? [make("p", { textContent: text })] : []));

  async function post(act, form, source) {
    if (source?.matches("button[aria-busy=true], form[aria-busy=true]")) return false;
    if (source) source.setAttribute("aria-busy", "true");
    working += 1;
    one("#doing").textContent = source?.dataset.doing || "";
    setTimeout(() => (one("#progress").hidden = working === 0), 180);
    try {
      const answer = await fetch(`/do/${user}/${place}/${act}`, { method: "POST", body: form });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
      return true;
    } catch {
      notice("The sandbox did not answer. Is it still running?");
      return false;
    } finally {
      source?.removeAttribute("aria-busy");
      if (--working === 0) one("#progress").hidden = true;
    }
  }

  function formOf(values, surface) {
    const form = new FormData();
    form.append("_read_at", performance.timeOrigin + performance.now()); // requests may overtake each other
    Object.entries(values).forEach(([name, value]) => form.append(name, value));
    for (const field of surface ? all("[name]", surface) : [])
      if (field.checked || !["radio", "checkbox"].includes(field.type)) form.append(field.name, field.value);
    return form;
  }

  async function live() {
    for (;;) {
      const had = revision;
      try {
        const answer = await fetch(`/live/${user}/${place}?revision=${revision}`);
        if (!answer.ok) throw new Error(String(answer.status));
        if (show(await answer.text()) < had) location.reload(); // a new sandbox counts from the start
        await pause(60);
      } catch {
        await pause(1500);
      }
    }
  }

  // Confirm dialogs, before anything that asks for one.
  function confirmed(element) {
    const asked = JSON.parse(element.dataset.confirm || "null");
    if (!asked) return Promise.resolve(true);
    const dialog = one("#confirm");
    const words = { title: "Are you sure?", text: "", confirm: "Yes", deny: "Cancel" };
    for (const [key, id] of Object.entries({ title: "title", text: "text", confirm: "yes", deny: "no" }))
      one(`#confirm-${id}`).textContent = asked[key] || words[key];
    one("#confirm-yes").className = asked.style === "danger" ? "btn danger" : "btn primary";
    dialog.returnValue = "no";
    dialog.showModal();
    one("#confirm-yes").focus();
    return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
  }

  async function press(element, value) {
    if (!(await confirmed(element))) return restore(element);
    const surface = element.closest("[data-where]");
    const { blockId, actionId } = element.dataset;
    const values = { _where: surface.dataset.where, _block: blockId, _action: actionId };
    if (value !== undefined) values._value = value;
    return post("press", formOf(values, surface), element);
  }

  function restore(element) {
    if (["radio", "checkbox"].includes(element.type)) element.checked = element.defaultChecked;
    else if (element.tagName === "SELECT") for (const option of element.options) option.selected = option.defaultSelected;
  }

  // Selects that load options as the person types.
  const asked = new WeakMap();
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const chipsOf = (box) => one(".chips", box);

  async function offer(input, wait) {
    const turn = (asked.get(input) || 0) + 1;
    asked.set(input, turn);
    await pause(wait);
    const chosen = one(".chip span", input.closest("[data-combo]"));
    const typed = chosen && chosen.textContent === input.value ? "" : input.value;
    const { blockId, actionId } = input.dataset;
    const where = input.closest("[data-where]").dataset.where;
    if (asked.get(input) !== turn) return;
    const query = new URLSearchParams({ where, block: blockId, action: actionId, typed });
    const answer = await fetch(`/options/${user}?${query}`);
    const html = await answer.text();
    if (asked.get(input) !== turn || document.activeElement !== input) return;
    const list = Object.assign(listOf(input), { innerHTML: html, hidden: false });
    all("[role=option]", list).forEach((option, index) => (option.id = `${list.id}-${index}`));
    input.setAttribute("aria-expanded", "true");
    activate(input, 0);
    list.scrollIntoView({ block: "nearest" });
  }

  function shut(input) {
    asked.set(input, (asked.get(input) || 0) + 1);
    listOf(input).hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  const offered = (input) => all("[role=option]:not([hidden])", listOf(input));
  const active = (input) => document.getElementById(input.getAttribute("aria-activedescendant") || "");

  function activate(input, index) {
    const options = offered(input);
    const next = options[(index + options.length) % options.length];
    for (const option of all("[role=option]", listOf(input))) option.classList.toggle("active", option === next);
    if (!next) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }

  function chip(label, name, value) {
    const item = make("li", { className: "chip" });
    const remove = make("button", { type: "button", textContent: "×" });
    remove.setAttribute("data-unpick", "");
    remove.setAttribute("aria-label", `Remove ${label}`);
    item.append(make("span", { textContent: label }), remove, make("input", { type: "hidden", name, value }));
    return item;
  }

  const changed = (input) => input.hasAttribute("data-acts") && press(input);
  function pick(input, option) {
    const box = input.closest("[data-combo]");
    const chips = chipsOf(box);
    const many = "many" in box.dataset;
    const label = option.textContent.trim();
    const held = all("input", chips).some((field) => field.value === option.dataset.value);
    if (!many) chips.replaceChildren();
    const room = chips.children.length < Number(box.dataset.max || Infinity);
    if (room && !(many && held)) chips.append(chip(label, box.dataset.name, option.dataset.value));
    input.value = many ? "" : label;
    shut(input);
    if (room && !held) changed(input);
  }

  function leave(input) {
    shut(input);
    const held = one(".chip", input.closest("[data-combo]"));
    if ("many" in input.closest("[data-combo]").dataset) input.value = "";
    else if (held && input.value.trim() === "") {
      held.remove();
      changed(input);
    } else input.value = held ? one("span", held).textContent : "";
  }

  function comboKeys(event, input) {
    const index = offered(input).indexOf(active(input));
    const isOpen = input.getAttribute("aria-expanded") === "true";
    const box = input.closest("[data-combo]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) activate(input, index + (event.key === "ArrowDown" ? 1 : -1));
      else if (box) offer(input, 0);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      shut(input);
    } else if (event.key === "Enter" && box) {
      event.preventDefault();
      if (isOpen && active(input)) pick(input, active(input));
    } else if (event.key === "Backspace" && box && input.value === "" && "many" in box.dataset) {
      const last = chipsOf(box).lastElementChild;
      if (last) one("button", last).click();
    }
  }

  // The composer: messages, and commands with completion.
  function complete(input) {
    const word = input.value.startsWith("/") && !input.value.includes(" ") ? input.value.toLowerCase() : null;
    for (const option of all("[role=option]", listOf(input)))
      option.hidden = word === null || !option.dataset.command.startsWith(word);
    const count = offered(input).length;
    listOf(input).hidden = count === 0;
    input.setAttribute("aria-expanded", String(count > 0));
    activate(input, 0);
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight + 2, 180)}px`;
  }

  function take(input, option) {
    input.value = `${option.dataset.command} `;
    complete(input);
    input.focus();
  }

  function composerKeys(event, input) {
    const option = input.getAttribute("aria-expanded") === "true" ? active(input) : null;
    const whole = option && option.dataset.command === input.value;
    if (event.key === "Tab" && option && !event.shiftKey) {
      event.preventDefault();
      take(input, option);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (option && !whole) take(input, option);
      else input.form.requestSubmit();
    } else comboKeys(event, input);
  }

  async function send(form) {
    const input = one("#composer");
    const text = input.value;
    if (!text.trim()) return;
    input.value = "";
    complete(input);
    if (!(await post("say", formOf({ text }), form))) input.value = input.value || text;
    toEnd();
  }

  // Modals.
  function submit(dialog) {
    const form = one("form", dialog);
    return post("submit", formOf({ _view: dialog.dataset.view }, dialog), form).then(() => {
      const wrong = one("dialog[data-view] [aria-invalid=true]");
      if (wrong) (wrong.matches(".picks") ? one("input", wrong) : wrong).focus();
    });
  }

  const close = (dialog, how) =>
    post("close", formOf({ _view: dialog.dataset.view, _how: how }, dialog), one("form", dialog));

  async function upload(input) {
    const box = input.closest("[data-files]");
    const form = formOf({ _name: box.dataset.name });
    const room = Math.max(0, Number(box.dataset.max) - chipsOf(box).children.length);
    for (const file of [...input.files].slice(0, room)) form.append("file", file);
    input.value = "";
    const answer = await fetch(`/attach/${user}`, { method: "POST", body: form });
    chipsOf(box).insertAdjacentHTML("beforeend", await answer.text());
    changed(input);
  }

  // What the person does, wherever it happens.
  const shutMenus = (but) => all("details.menu[open]").forEach((menu) => menu !== but && (menu.open = false));

  const CLICKS = {
    "[data-press]": (element) => press(element, element.value ?? "").then(() => shutMenus()),
    "[data-clock]": (element) => one("[data-clock][aria-busy=true]") || post("clock", formOf({ _step: element.dataset.clock }), element), // one at a time
    "[data-close]": (element) => close(element.closest("dialog"), element.dataset.close),
    "[data-dismiss]": () => notice(""),
    "[data-nav]": () => document.body.classList.toggle("nav-open"),
    "[data-shortcut]": ({ dataset }) => post("shortcut", formOf({ _shortcut: dataset.shortcut, _where: dataset.message || "" })).then(() => shutMenus()),
    "[data-unpick]": (element) => {
      const input = one("input:not([type=hidden])", element.closest("[data-combo], [data-files]"));
      element.closest(".chip").remove();
      input.focus();
      changed(input);
    },
    "[data-command]": (element) => take(one("#composer"), element),
    "[data-combo] [role=option]": (element) => pick(one("[role=combobox]", element.closest("[data-combo]")), element),
    "[data-combo] > [role=combobox]": (element) => element.getAttribute("aria-expanded") !== "true" && offer(element, 0),
  };

  document.addEventListener("click", (event) => {
    shutMenus(event.target.closest("details.menu"));
    if (!event.target.closest("#sidebar, [data-nav]")) document.body.classList.remove("nav-open");
    for (const [selector, act] of Object.entries(CLICKS)) {
      const element = event.target.closest(selector);
      if (element) return void act(element);
    }
  });

  document.addEventListener("mousedown", (event) => event.target.closest("[role=listbox]") && event.preventDefault());
  const slow = new WeakMap();
  const later = (input, wait) =>
    clearTimeout(slow.get(input)) || slow.set(input, setTimeout(() => press(input), wait));

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type === "file") upload(input);
    else if (input.hasAttribute("data-acts") && !input.matches("[role=combobox], [data-on]")) later(input, input.matches(".picker") ? 600 : 0);
  });

  document.addEventListener("input", (event) => {
    const input = event.target;
    if (input.id === "composer") return complete(input);
    if (input.closest("[data-combo]")) return void offer(input, 160);
    if ((input.dataset.on || "").includes("on_character_entered")) later(input, 400);
  });

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (input.id === "composer") return composerKeys(event, input);
    if (input.closest("[data-combo]") && input.matches("[role=combobox]")) return comboKeys(event, input);
    const menu = input.closest("details.menu[open]");
    if (event.key === "Escape" && menu) {
      event.preventDefault();
      menu.open = false;
      one("summary", menu).focus();
    } else if (event.key === "Enter" && (input.dataset.on || "").includes("on_enter_pressed") && input.tagName === "INPUT") {
      event.preventDefault();
      press(input);
    } else if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && input.closest("dialog[data-view]"))
      submit(input.closest("dialog"));
  });

  document.addEventListener("focusout", (event) => event.target.closest("[data-combo]") && event.target.matches("[role=combobox]") && leave(event.target));

  document.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    event.preventDefault();
    if (event.target.matches("[data-composer]")) send(event.target);
    else submit(event.target.closest("dialog"));
  });

  // Escape closes the top modal as its Close button does; the server removes it.
  document.addEventListener("cancel", (event) => {
    if (!event.target.matches("dialog[data-view]")) return;
    event.preventDefault();
    close(event.target, "top");
  }, true);

  document.addEventListener("DOMContentLoaded", () => {
    revision = Number(one("#parts").dataset.revision);
    if (matchMedia("(max-width: 1180px)").matches) one(".hints details")?.removeAttribute("open");
    toEnd();
    settleModal();
    if (!one("dialog[data-view]")) one("#composer")?.focus({ preventScroll: true });
    live();
  });
})();
