/* The one script beside htmx: look, keys, rows, palette, dialogs, forms that lose nothing. Every page works without it. */
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const on = (name, act, isEarly = false) => document.addEventListener(name, act, isEarly);
  const named = (attribute, value) => `[${attribute}="${CSS.escape(value)}"]`;
  const remember = (name, value) => {
    document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax`;
  };
  const make = (tag, more = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), more);
    element.append(...children);
    return element;
  };

  /* What a person prefers is written by the server; a switch on the page counts for this device. */
  const toggleTheme = () => {
    const osIsDark = matchMedia("(prefers-color-scheme: dark)").matches;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : osIsDark;
    root.dataset.theme = isDark ? "light" : "dark";
    remember("theme", root.dataset.theme);
  };
  const showDensity = () => {
    const density = root.dataset.density || "compact";
    all("[data-density-set]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.densitySet === density)));
  };
  const setDensity = (density) => {
    root.dataset.density = density;
    remember("density", density);
    showDensity();
  };

  /* Rows: one is at hand; j and k move, Enter opens. */
  const rows = () => all("[data-row]");
  const currentRow = () => document.activeElement?.closest("[data-row]") || find("[data-row].focus") || find("[data-row][aria-current]");
  const takeRow = (next) => {
    rows().forEach((row) => row.classList.toggle("focus", row === next));
    next.tabIndex = 0;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const moveRow = (step) => {
    const list = rows();
    const at = list.indexOf(currentRow());
    if (list.length) takeRow(list[Math.min(list.length - 1, Math.max(0, at + step))]);
  };
  const openRow = () => {
    const row = document.activeElement;
    if (row?.matches("[data-row]:not(a)")) find("a[href]", row)?.click();
  };

  /* Selection: a row is ticked by its box; a head ticks its group or the page; x and Shift x tick by key. */
  const tickOf = (row) => row && find("input[type=checkbox][name]", row);
  const changed = (box) => box?.dispatchEvent(new Event("change", { bubbles: true }));
  let lastTicked = "";
  const tickRow = (isRange) => {
    const list = rows().filter(tickOf), row = currentRow(), box = tickOf(row);
    if (!box) return;
    const from = isRange ? list.findIndex((other) => tickOf(other).value === lastTicked) : -1, to = list.indexOf(row);
    if (from < 0) box.checked = !box.checked;
    else list.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((other) => (tickOf(other).checked = true));
    lastTicked = box.value;
    changed(box);
  };
  const groupOf = (head) => rows().filter((row) => tickOf(row) && (!head.dataset.select || row.dataset.group === head.dataset.select));
  const tickGroup = (head) => groupOf(head).forEach((row) => (tickOf(row).checked = head.checked));
  const untickAll = () => {
    const boxes = rows().map(tickOf).concat(all("[data-everything]")).filter(Boolean);
    boxes.forEach((box) => (box.checked = false));
    changed(boxes[0]);
  };
  const showTicks = () => {
    rows().filter((row) => row.matches("tr") && tickOf(row)).forEach((row) => row.setAttribute("aria-selected", String(tickOf(row).checked)));
    all("[data-select]").forEach((head) => {
      const ticked = groupOf(head).map((row) => tickOf(row).checked);
      head.checked = ticked.length > 0 && ticked.every(Boolean);
      head.indeterminate = !head.checked && ticked.some(Boolean);
    });
  };

  /* Keys. What a key does is said where it is shown: a control (data-key), a button of the row at hand
     (data-row-key), a hint (data-row-act: the address below the row's), a place (data-go), the help (data-binds). */
  const COMMANDS = {
    search: () => find("[data-search]").focus(),
    help: () => open("keys"),
    down: () => moveRow(1),
    up: () => moveRow(-1),
    tick: () => tickRow(false),
    range: () => tickRow(true),
    peek: () => openPeek(currentRow()),
  };
  const ARROWS = { ArrowDown: 1, ArrowUp: -1 };
  const keysAreOff = () => root.dataset.keys === "off";
  const inField = (target) => target.matches("input:not([type=checkbox]),textarea,select,[contenteditable]");
  const inControl = (target) => Boolean(target.closest("a,button,summary,input"));
  const useControl = (control) => (control.matches("input,textarea,select") ? control.focus() : control.click());
  const isNeeded = (binding) => !binding.dataset.needs || Boolean(find(binding.dataset.needs));
  const rowAct = (key) => {
    const row = currentRow();
    const button = row && find(named("data-row-key", key), row);
    const hint = row?.dataset.base && find(named("data-row-act", key));
    return button ? () => button.click() : hint && (() => openAct(`${row.dataset.base}${hint.dataset.does}/`));
  };
  const bindingOf = (key) => {
    const control = find(named("data-key", key)), shared = find(named("data-on", key));
    return rowAct(key) || (control && (() => useControl(control))) || (shared && isNeeded(shared) && COMMANDS[shared.dataset.binds]);
  };
  let isChord = false;
  const actOf = ({ key, target }) => {
    const wasChord = isChord;
    isChord = false;
    if (ARROWS[key] && currentRow()) return () => moveRow(ARROWS[key]);
    if (keysAreOff() || (key === " " && (inControl(target) || !currentRow()))) return null;
    const place = wasChord && find(named("data-go", key));
    if (wasChord) return place && (() => place.click());
    if (key === "g" && find("[data-go]")) return () => (isChord = true);
    return bindingOf(key);
  };
  const goBack = () => {
    if (closePeek()) return;
    root.dataset.nav = "";
    document.activeElement?.blur();
  };
  on("keydown", (event) => {
    const isCommand = event.metaKey || event.ctrlKey;
    if (isCommand && event.key.toLowerCase() === "k" && find("#palette")) {
      event.preventDefault();
      togglePalette();
    } else if (isCommand && event.key === "Enter" && event.target.form?.method === "post") event.target.form.requestSubmit();
    if (isCommand || event.altKey || find("dialog[open]")) return;
    if (event.key === "Escape") goBack();
    else if (event.key === "Enter") openRow();
    else if (!inField(event.target)) {
      const act = actOf(event);
      if (act) event.preventDefault();
      if (act) act();
    }
  });

  /* Help lists what this page binds, read from the page; a hint whose key does nothing now is not shown. */
  const wordsOf = (control) => {
    const copy = (control.labels?.[0] || control).cloneNode(true);
    all("kbd,.sr,svg,select", copy).forEach((part) => part.remove());
    const words = control.dataset.words || control.getAttribute("aria-label") || copy.textContent.trim().replace(/\s+/g, " ");
    return words.charAt(0).toUpperCase() + words.slice(1);
  };
  const pageKeys = () => {
    const bound = new Map();
    [["rowAct", "[data-row-act]"], ["rowKey", "[data-row-key]"], ["key", "[data-key]"]].forEach(([name, selector]) => {
      all(selector).forEach((control) => bound.has(control.dataset[name]) || bound.set(control.dataset[name], wordsOf(control)));
    });
    return bound;
  };
  const fillHelp = () => {
    all("#keys [data-needs]").forEach((line) => (line.hidden = !isNeeded(line)));
    const lines = [...pageKeys()].map(([key, words]) => {
      return make("div", {}, make("dt", {}, make("kbd", { textContent: key })), make("dd", { textContent: words }));
    });
    find("#page-keys").replaceChildren(...lines);
    find("#page-keys").parentElement.hidden = !lines.length;
  };
  const showHints = () => all(".hints [aria-hidden]:has(kbd)").forEach((hint) => {
    const keys = all("kbd", hint).map((each) => each.textContent.replace("Space", " ")).filter((key) => key.length === 1 && key !== "⇧");
    const isBound = (key) => hint.dataset.rowAct || find(named("data-row-key", key)) || bindingOf(key);
    hint.hidden = keys.length > 0 && (keysAreOff() || !keys.every(isBound));
  });

  /* Palette: one field finds pages, records and what this page can do; the list below it is a listbox. */
  const OFFERS = ["main .page-head .actions :is(a,button).btn, main [data-key]", "[data-row-act]", "[data-offer]"];
  const options = () => all("#palette [role=option]");
  const chosen = () => find("#palette [role=option][aria-selected=true]");
  const choose = (option) => {
    options().forEach((each, at) => {
      each.id = `option-${at}`;
      each.setAttribute("aria-selected", String(each === option));
    });
    find("#palette-q").setAttribute("aria-activedescendant", option?.id || "");
    option?.scrollIntoView({ block: "nearest" });
  };
  const startsIn = (words, text) => ` ${words}`.toLowerCase().includes(` ${text}`);
  const offer = (words, key, act) => {
    const option = make("button", { type: "button", tabIndex: -1, className: "hit" }, make("span", { textContent: words }));
    if (key && !keysAreOff()) option.append(make("kbd", { textContent: key }));
    option.setAttribute("role", "option");
    option.addEventListener("click", () => {
      find("#palette").close();
      act();
    });
    return option;
  };
  const offers = (text) => {
    const row = currentRow(), name = row && find("a[href]", row)?.textContent.trim();
    const controls = [...new Set(OFFERS.flatMap((selector) => all(selector)))];
    return controls.filter((control) => !control.disabled && !control.closest("dialog")).map((control) => {
      const key = control.dataset.key || control.dataset.rowAct, isOfRow = "rowAct" in control.dataset;
      const words = wordsOf(control) + (isOfRow ? `, ${name}` : ""), act = isOfRow ? row && rowAct(key) : () => useControl(control);
      return act && startsIn(words, text) ? offer(words, key, act) : null;
    }).filter(Boolean);
  };
  const drawOffers = () => {
    const text = find("#palette-q").value.trim().toLowerCase();
    const drawn = offers(text);
    find("#palette-acts").hidden = !drawn.length;
    find("#palette-acts").replaceChildren(find("#palette-acts > :first-child"), ...drawn);
    choose(options()[0]);
  };
  const showFound = () => {
    const held = chosen();
    choose(held?.isConnected ? held : options()[0]);
    find("#palette-said").textContent = options().length === 1 ? "1 result" : `${options().length} results`;
  };
  const openChosen = (event) => {
    const isCurrent = find("#palette-found > [data-for]")?.dataset.for === find("#palette-q").value.trim();
    const option = chosen();
    if (!option || (!isCurrent && !option.closest("#palette-acts"))) return;
    event.preventDefault();
    option.click();
  };
  const togglePalette = () => (find("#palette").open ? find("#palette").close() : find("dialog[open]") || open("palette"));
  const startPalette = () => {
    find("#palette-q").value = "";
    drawOffers();
    window.htmx.trigger("#palette-form", "begin");
  };
  on("input", (event) => event.target.id === "palette-q" && drawOffers());
  on("keydown", (event) => {
    if (event.target.id !== "palette-q") return;
    if (event.key === "Enter") openChosen(event);
    if (!ARROWS[event.key] || !options().length) return;
    event.preventDefault();
    const list = options();
    choose(list[(list.indexOf(chosen()) + ARROWS[event.key] + list.length) % list.length]);
  });

  /* A row is acted on in a dialog, or looked at in the panel beside the list. */
  const openAct = (href) => {
    find("#act-body").dataset.href = href;
    return window.htmx.ajax("GET", href, { target: "#act-body", swap: "innerHTML" }).then(() => open("act"));
  };
  const openPeek = (row) => {
    const panel = find("#peek");
    panel.dataset.row = row.id;
    panel.hidden = false;
    window.htmx.ajax("GET", `${row.dataset.base}peek/`, { target: panel, swap: "innerHTML" });
  };
  const closePeek = () => {
    const panel = find("#peek");
    if (!panel || panel.hidden) return false;
    panel.hidden = true;
    document.getElementById(panel.dataset.row)?.focus();
    return true;
  };
  on("cleared", untickAll);
  on("acted", () => {
    find("#act")?.close();
    readAgain();
  });

  /* Every 15 s the board asks what changed and takes those rows only: the others, the focus and the place
     stay. Other lists are read again whole, while nobody holds a row. */
  const readAgain = () => {
    if (find("[data-poll]")) window.htmx.trigger("[data-poll]", "poll");
    else if (find("[data-refresh]")) window.htmx.trigger("[data-refresh]", "refresh");
  };
  setInterval(() => {
    const isHeld = find("[data-refresh]") && find("[data-row].focus");
    if (!document.hidden && window.htmx && !find("dialog[open]") && !isHeld) readAgain();
  }, 15000);
  on("htmx:configRequest", (event) => {
    if (event.detail.elt.matches("[data-poll]")) event.detail.parameters.since = event.detail.elt.dataset.since;
  });
  const takeNews = (asker, text) => {
    const news = new DOMParser().parseFromString(text, "text/html").getElementById("board-news");
    const body = find("#board tbody");
    if (!news) return;
    const fresh = new Map(all("tr[id]", news.content).map((row) => [row.id, document.importNode(row, true)]));
    const order = news.dataset.order.split(" ").filter(Boolean);
    asker.dataset.since = news.dataset.since;
    if (!body || !order.length || order.some((id) => !fresh.has(id) && !document.getElementById(id))) {
      if (body || order.length) window.htmx.trigger("#board", "refresh");
      return;
    }
    const held = currentRow();
    const top = held?.getBoundingClientRect().top;
    const active = body.contains(document.activeElement) && document.activeElement.closest("[data-row]")?.id;
    let at = body.firstElementChild;
    order.forEach((id) => {
      const old = document.getElementById(id);
      const row = fresh.get(id) || old;
      if (row !== old && old) at = replaceRow(old, row, at);
      if (row === at) at = at.nextElementSibling;
      else body.insertBefore(row, at);
    });
    while (at) {
      const next = at.nextElementSibling;
      at.remove();
      at = next;
    }
    const now = held && document.getElementById(held.id);
    const mine = active && document.getElementById(active);
    if (mine && !mine.contains(document.activeElement)) takeRow(mine);
    if (now) find("#board").scrollTop += now.getBoundingClientRect().top - top;
    showTicks();
  };
  const replaceRow = (old, row, at) => {
    if (tickOf(old)?.checked && tickOf(row)) tickOf(row).checked = true;
    if (old.classList.contains("focus")) {
      row.classList.add("focus");
      row.tabIndex = 0;
    }
    const next = old === at ? row : at;
    old.replaceWith(row);
    window.htmx.process(row);
    return next;
  };

  /* Dialogs, expanding rows, the phone's menu. */
  const BEFORE = { keys: fillHelp, palette: startPalette };
  const open = (id) => {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    BEFORE[id]?.();
    dialog.showModal();
    find("[autofocus]", dialog)?.focus();
  };
  const expand = (button) => {
    const target = document.getElementById(button.dataset.expands);
    target.hidden = !target.hidden;
    button.setAttribute("aria-expanded", String(!target.hidden));
  };
  const toggleNav = () => {
    root.dataset.nav = root.dataset.nav === "open" ? "" : "open";
    if (root.dataset.nav) find(".nav a[href]")?.focus();
  };
  const CLICKS = [
    ["[data-theme-toggle]", toggleTheme],
    ["[data-density-set]", (button) => setDensity(button.dataset.densitySet)],
    ["[data-toggle-nav]", toggleNav],
    ["[data-dialog]", (button) => open(button.dataset.dialog)],
    ["[data-close]", (button) => button.closest("dialog")?.close()],
    ["[data-close-peek]", closePeek],
    ["[data-clear]", untickAll],
    ["[data-act]", (link) => openAct(link.href)],
    ["[data-expands]", expand],
    ["[data-dismiss]", (button) => button.closest("[data-toast]").remove()],
    ["[data-print]", () => window.print()],
    ["[data-retry]", () => readAgain()],
    ["[data-edit]", (button) => find("input:not([type=hidden]), select, textarea", document.getElementById(button.dataset.edit))?.focus()],
  ];
  on("click", (event) => {
    CLICKS.forEach(([selector, act]) => {
      const hit = event.target.closest(selector);
      if (hit && hit.matches("a") && (!hit.matches("[data-close]") || hit.closest("dialog"))) event.preventDefault();
      if (hit) act(hit);
    });
    if (event.target.matches("dialog.palette")) event.target.close();
    if (!event.target.closest(".nav, [data-toggle-nav]")) root.dataset.nav = "";
  });
  on("change", ({ target }) => {
    if (target.matches("[data-select]")) tickGroup(target);
    if (target.matches("[type=checkbox]")) showTicks();
    if (target.matches("[data-keys-switch]")) root.dataset.keys = target.checked ? "" : "off";
    if (target.matches("[data-keys-switch]")) showHints();
    if (target.matches("[data-submits]")) target.form.requestSubmit();
    if (target.matches("[data-drop] input[type=file]")) nameFile(target);
  });

  /* Cells of a grid: Enter and the arrows go up and down a column, Escape takes back what was typed. */
  const STEPS = { Enter: 1, ...ARROWS };
  on("keydown", (event) => {
    const cell = event.target.closest?.("[data-cell]");
    if (!cell) return;
    if (event.key === "Escape") cell.value = cell.defaultValue;
    if (!STEPS[event.key]) return;
    event.preventDefault();
    const column = all(named("data-cell", cell.dataset.cell));
    const next = column[column.indexOf(cell) + STEPS[event.key]];
    if (next) {
      next.focus();
      next.select();
    } else cell.blur();
  }, true);

  /* A form goes once: its buttons rest until the page is left or shown again. */
  const rest = (form, isResting) => {
    form.toggleAttribute("data-sending", isResting);
    all("button:not([type=button])", form)
      .concat(all(`button[form="${form.id}"]`))
      .forEach((button) => button.setAttribute("aria-disabled", String(isResting)));
  };
  on("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.hasAttribute("data-sending")) event.preventDefault();
    else setTimeout(() => rest(form, true));
  }, true);
  window.addEventListener("pageshow", () => all("form[data-sending]").forEach((form) => rest(form, false)));
  on("htmx:afterRequest", (event) => {
    if (event.target.matches("form[data-sending]")) rest(event.target, false);
  });

  /* What was typed survives a session that ended: kept in this tab until the form is answered. */
  const slot = (form) => `kept:${location.pathname}:${form.id}`;
  const isBox = (field) => field.type === "checkbox" || field.type === "radio";
  const isKept = (field) => field.name && field.name !== "csrfmiddlewaretoken" && !["file", "password", "hidden", "submit"].includes(field.type);
  const keptFields = (form) => [...form.elements].filter(isKept);
  on("submit", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (!form) return;
    const values = keptFields(form).map((field) => [field.name, isBox(field) ? field.checked : field.value]);
    const act = form.closest("#act-body")?.dataset.href;
    sessionStorage.setItem(slot(form), JSON.stringify({ values, act }));
  });
  const restore = (form) => {
    const kept = sessionStorage.getItem(slot(form));
    sessionStorage.removeItem(slot(form));
    if (!kept || !document.referrer.includes("/accounts/")) return;
    const { values } = JSON.parse(kept);
    keptFields(form).forEach((field, at) => {
      if (values[at]?.[0] === field.name) field[isBox(field) ? "checked" : "value"] = values[at][1];
    });
    const dialog = form.closest("dialog");
    if (dialog) open(dialog.id);
    toast("You were signed out. Your entries are still here.");
  };
  const restoreAct = () => {
    const place = `kept:${location.pathname}:act-form`;
    const kept = JSON.parse(sessionStorage.getItem(place) || "{}");
    if (!kept.act || !find("#act-body") || !document.referrer.includes("/accounts/")) sessionStorage.removeItem(place);
    else openAct(kept.act).then(() => all("#act-body form[data-keep]").forEach(restore));
  };

  /* Files can be dropped on their form. */
  const nameFile = (input) => {
    const name = [...input.files].map((file) => file.name).join(", ");
    const label = find("[data-file-name]", input.closest("[data-drop]"));
    if (label) label.textContent = name || label.dataset.fileName;
  };
  const dropZone = (event) => event.target.closest?.("[data-drop]");
  on("dragover", (event) => {
    if (!dropZone(event)) return;
    event.preventDefault();
    dropZone(event).classList.add("over");
  });
  on("dragleave", (event) => dropZone(event)?.classList.remove("over"));
  on("drop", (event) => {
    const zone = dropZone(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("over");
    const input = find("input[type=file]", zone);
    input.files = event.dataTransfer.files;
    nameFile(input);
    zone.scrollIntoView({ block: "nearest" });
    find("select, button:not([type=button])", zone.closest("form"))?.focus();
  });

  /* Toasts leave by themselves, errors stay until they are dismissed. */
  const toast = (text, kind = "") => {
    const item = find("#toast")?.content.firstElementChild.cloneNode(true);
    if (!item) return;
    if (kind) item.classList.add(kind);
    find("span", item).textContent = text;
    find("#toasts").append(item);
    leave(item);
  };
  const leave = (item) => {
    if (item.dataset.leaving || item.classList.contains("error")) return;
    item.dataset.leaving = "1";
    setTimeout(() => (item.matches(":hover, :focus-within") ? (delete item.dataset.leaving, leave(item)) : item.remove()), 8000);
  };
  on("said", (event) => toast(event.detail.value, "error"));

  /* Swaps: focus follows to the new heading. */
  on("htmx:afterSwap", (event) => {
    all("[data-toast]").forEach(leave);
    (find(".err-summary", event.target) || find("[data-focus]", event.target))?.focus({ preventScroll: true });
    if (event.target.id === "palette-found") showFound();
    else showHints();
    const row = event.detail.requestConfig?.elt?.closest?.("[data-row]");
    if (row && event.target.id === "detail") {
      rows().forEach((other) => other.removeAttribute("aria-current"));
      row.setAttribute("aria-current", "true");
      event.target.closest(".split")?.classList.add("open");
      event.target.scrollTop = 0;
    }
  });

  /* A page that cannot be read again says so and since when; one whose session ended keeps what is on it. */
  const isReading = (element) => element?.matches("[data-poll], [data-refresh]");
  const setStale = (kind, href = "") => {
    all("[data-live]").forEach((dot) => dot.classList.toggle("stale", Boolean(kind)));
    const place = find("#stale");
    if (!place || place.dataset.kind === kind) return;
    place.dataset.kind = kind;
    place.replaceChildren(...(kind ? [find(`#stale-${kind}`).content.cloneNode(true)] : []));
    all("[data-sign-in]", place).forEach((link) => (link.href = href));
    all("[data-since-when]", place).forEach((time) => (time.textContent = find("[data-clock]")?.textContent || ""));
  };
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => {
    on(name, ({ detail }) => {
      if (isReading(detail.elt)) setStale("unread");
      else if (!detail.xhr?.getResponseHeader("HX-Trigger")) {
        toast(detail.xhr?.status ? "The server could not do that. Nothing was changed." : "That did not reach the server. Nothing was changed; try again.", "error");
      }
    });
  });
  const doorOf = ({ elt, xhr }) => isReading(elt) && xhr.getResponseHeader("HX-Redirect");
  on("htmx:beforeOnLoad", (event) => {
    const door = doorOf(event.detail);
    if (!door) return;
    event.preventDefault();
    setStale("closed", `${door.split("?")[0]}?next=${encodeURIComponent(location.pathname + location.search)}`);
  });
  on("htmx:afterOnLoad", ({ detail }) => {
    if (doorOf(detail)) return;
    if (isReading(detail.elt) && detail.xhr.status < 400) setStale("");
    if (detail.elt.matches("[data-poll]")) takeNews(detail.elt, detail.xhr.responseText);
  });

  /* The clock in the head runs on the reader's zone and in the reader's manner. */
  const tick = () => all("[data-clock]").forEach((clock) => {
    const options = { timeZone: clock.dataset.zone, weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const parts = new Intl.DateTimeFormat(root.lang, options).formatToParts();
    const said = (...types) => parts.filter((part) => types.includes(part.type)).map((part) => part.value);
    clock.textContent = `${said("weekday", "month", "day").join(" ")}, ${said("hour", "minute").join(":")} ${clock.dataset.label}`;
  });
  setInterval(tick, 15000);

  /* A page begins where its work does: at its errors, at the row its address names, in its first field. */
  const takePlace = () => {
    const row = location.hash.startsWith("#row-") && document.getElementById(location.hash.slice(1));
    const first = find(".err-summary") || (!find("dialog[open]") && find("main [autofocus]"));
    if (row) takeRow(row);
    else if (first) first.focus();
  };
  all("[data-toast]").forEach(leave);
  all("form[data-keep]").forEach(restore);
  restoreAct();
  showDensity();
  find("dialog[data-open]")?.showModal();
  showTicks();
  showHints();
  takePlace();
})();
