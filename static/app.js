/* The one script beside htmx: theme, keyboard, dialogs, forms that submit once. Every page works without it. */
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const remember = (name, value) => {
    document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax`;
  };

  /* Theme and density are cookies, so that the server writes them into the page and nothing flashes. */
  const toggleTheme = () => {
    const osIsDark = matchMedia("(prefers-color-scheme: dark)").matches;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : osIsDark;
    root.dataset.theme = isDark ? "light" : "dark";
    remember("theme", root.dataset.theme);
  };
  const setDensity = (density) => {
    root.dataset.density = density;
    remember("density", density);
    all("[data-density-set]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.densitySet === density));
  };

  /* Rows: j and k move, Enter opens. */
  const rows = () => all("[data-row]");
  const currentRow = () => find("[data-row].focus") || find("[data-row][aria-current]");
  const moveRow = (step) => {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(currentRow());
    takeRow(list[Math.min(list.length - 1, Math.max(0, at + step))]);
  };
  const takeRow = (next) => {
    rows().forEach((row) => row.classList.toggle("focus", row === next));
    next.tabIndex = 0;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const openRow = () => {
    const row = document.activeElement?.closest("[data-row]");
    if (row && row === document.activeElement && row.tagName !== "A") find("a[href]", row)?.click();
  };

  /* Selection: x ticks the row, Shift x all from the last one; a head ticks its group or the page. */
  const tickOf = (row) => row && find("input[type=checkbox][name]", row);
  const changed = (box) => box.dispatchEvent(new Event("change", { bubbles: true }));
  let lastTicked = null;
  const tickRow = (isRange) => {
    const list = rows(), row = currentRow(), box = tickOf(row);
    if (!box) return;
    const from = isRange ? list.indexOf(lastTicked) : -1, to = list.indexOf(row);
    if (from < 0) box.checked = !box.checked;
    else list.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((each) => (tickOf(each).checked = true));
    lastTicked = row;
    changed(box);
  };
  const groupOf = (head) => rows().filter((row) => tickOf(row) && (!head.dataset.select || row.dataset.group === head.dataset.select));
  const tickGroup = (head) => groupOf(head).forEach((row) => (tickOf(row).checked = head.checked));
  const untickAll = () => {
    rows().map(tickOf).concat(all("[data-everything]")).forEach((box) => box && (box.checked = false));
    const first = tickOf(rows()[0]);
    if (first) changed(first);
  };
  const showTicks = () => {
    rows().filter((row) => row.matches("tr") && tickOf(row)).forEach((row) => row.setAttribute("aria-selected", String(tickOf(row).checked)));
    all("[data-select]").forEach((head) => {
      const ticked = groupOf(head).map((row) => tickOf(row).checked);
      head.checked = ticked.length > 0 && ticked.every(Boolean);
      head.indeterminate = !head.checked && ticked.some(Boolean);
    });
  };

  /* A page begins where its work does: at its errors, at the row its address names, in its first field. */
  const takePlace = () => {
    const named = location.hash.startsWith("#row-") && document.getElementById(location.hash.slice(1));
    const first = find(".err-summary") || (!find("dialog[open]") && find("main [autofocus]"));
    if (named) takeRow(named);
    else if (first) first.focus();
  };

  /* Single keys: never inside a field, and a person can switch them off. */
  const keysAreOff = () => localStorage.getItem("keys") === "off";
  const inField = (target) => target.matches("input:not([type=checkbox]),textarea,select,[contenteditable]");
  let chord = false;
  const press = (event) => {
    if (event.key === "Escape" && !find("dialog[open]") && closePeek()) return;
    if (event.key === "Escape" && !find("dialog[open]")) {
      root.dataset.nav = "";
      document.activeElement?.blur();
      return;
    }
    if ((event.metaKey || event.ctrlKey) && event.key === "Enter" && event.target.form?.method === "post") event.target.form.requestSubmit();
    if (event.metaKey || event.ctrlKey || event.altKey || inField(event.target)) return;
    if (event.key === "Enter") openRow();
    if (keysAreOff() || find("dialog[open]")) return;
    const wasChord = chord;
    chord = event.key === "g";
    const go = wasChord && find(`[data-go="${CSS.escape(event.key)}"]`);
    const act = wasChord ? go : find(`[data-key="${CSS.escape(event.key)}"]`);
    if (!wasChord && rowKey(event)) {
      event.preventDefault();
    } else if (act) {
      event.preventDefault();
      if (act.matches("input, textarea, select")) act.focus();
      else act.click();
    } else if (event.key === "/") {
      event.preventDefault();
      find("[data-search]")?.focus();
    } else if (event.key === "?") {
      open("keys");
    } else if (event.key.toLowerCase() === "x" && tickOf(currentRow())) {
      event.preventDefault();
      tickRow(event.shiftKey);
    } else if (event.key === "j" || (event.key === "ArrowDown" && currentRow())) {
      event.preventDefault();
      moveRow(1);
    } else if (event.key === "k" || (event.key === "ArrowUp" && currentRow())) {
      event.preventDefault();
      moveRow(-1);
    }
  };

  /* On the board a key acts on the row at hand: in a dialog, in the panel beside it, or by selecting it. */
  const board = () => find("[data-row-acts]");
  const openAct = (href) => window.htmx.ajax("GET", href, { target: "#act-body", swap: "innerHTML" }).then(() => open("act"));
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
  const select = (row, isOn) => {
    const box = find("[data-pick]", row);
    if (!box) return;
    box.checked = isOn ?? !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  let lastSelected = "";
  const selectRow = (row, isRange) => {
    const list = rows();
    const from = list.findIndex((other) => other.id === lastSelected);
    const to = list.indexOf(row);
    if (isRange && from >= 0) list.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((other) => select(other, true));
    else select(row);
    lastSelected = row.id;
  };
  const rowKey = (event) => {
    const row = board() && currentRow();
    if (!row || event.target.closest("a, button, summary, input")) return false;
    const ways = Object.fromEntries(board().dataset.rowActs.split(" ").map((way) => way.split(":")));
    const button = find(`[data-row-key="${CSS.escape(event.key)}"]`, row);
    if (button) button.click();
    else if (ways[event.key]) openAct(`${row.dataset.base}${ways[event.key]}/`);
    else if (event.key === " " && find("#peek")) openPeek(row);
    else if (event.key.toLowerCase() === "x" && find("[data-pick]", row)) selectRow(row, event.shiftKey);
    else return false;
    return true;
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick]")) event.target.closest("[data-row]").setAttribute("aria-selected", String(event.target.checked));
    if (event.target.matches("[data-pick-all]")) rows().forEach((row) => select(row, event.target.checked));
  });
  /* What is selected is said in a bar, with what can be done to it. */
  let asking;
  const askBulk = () => {
    const slot = find("[data-bulk]");
    const chosen = all("[data-pick]:checked").map((box) => `load=${encodeURIComponent(box.value)}`);
    if (!slot) return;
    clearTimeout(asking);
    if (!chosen.length) find("#board-bulk").replaceChildren();
    else asking = setTimeout(() => window.htmx.ajax("GET", `${slot.dataset.bulk}&${chosen.join("&")}`, { target: "#board-bulk", swap: "innerHTML" }), 150);
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick]")) askBulk();
  });
  document.addEventListener("cleared", () => {
    rows().forEach((row) => select(row, false));
    askBulk();
  });
  document.addEventListener("acted", () => {
    find("#act")?.close();
    if (find("[data-poll]")) poll();
    else if (find("[data-refresh]")) window.htmx.trigger("[data-refresh]", "refresh");
  });

  /* The board asks what changed and takes those rows only: the others, the focus and the place stay. */
  const poll = () => find("[data-poll]") && window.htmx.trigger("[data-poll]", "poll");
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.matches("[data-poll]")) event.detail.parameters.since = event.detail.elt.dataset.since;
  });
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.elt.matches("[data-poll]")) takeNews(event.detail.elt, event.detail.xhr.responseText);
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
  };
  const replaceRow = (old, row, at) => {
    const box = find("[data-pick]", row);
    if (box && find("[data-pick]", old).checked) {
      box.checked = true;
      row.setAttribute("aria-selected", "true");
    }
    if (old.classList.contains("focus")) {
      row.classList.add("focus");
      row.tabIndex = 0;
    }
    const next = old === at ? row : at;
    old.replaceWith(row);
    window.htmx.process(row);
    return next;
  };
  setInterval(() => {
    if (!document.hidden && window.htmx && !find("dialog[open]")) poll();
  }, 15000);

  /* Dialogs, expanding rows, the phone's menu. */
  const open = (id) => {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
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
  const actions = [
    ["[data-theme-toggle]", toggleTheme],
    ["[data-density-set]", (button) => setDensity(button.dataset.densitySet)],
    ["[data-toggle-nav]", toggleNav],
    ["[data-dialog]", (button) => open(button.dataset.dialog)],
    ["[data-close]", (button) => button.closest("dialog")?.close()],
    ["[data-close-peek]", closePeek],
    ["[data-clear]", () => document.dispatchEvent(new Event("cleared"))],
    ["[data-act]", (link) => openAct(link.href)],
    ["[data-expands]", expand],
    ["[data-dismiss]", (button) => button.closest("[data-toast]").remove()],
    ["[data-print]", () => window.print()],
    ["[data-clear]", untickAll],
    ["[data-edit]", (button) => find("input:not([type=hidden]), select, textarea", document.getElementById(button.dataset.edit))?.focus()],
  ];
  document.addEventListener("click", (event) => {
    for (const [selector, act] of actions) {
      const hit = event.target.closest(selector);
      if (hit && hit.matches("a") && (!hit.matches("[data-close]") || hit.closest("dialog"))) event.preventDefault();
      if (hit) act(hit);
    }
    if (!event.target.closest(".nav, [data-toggle-nav]")) root.dataset.nav = "";
  });
  document.addEventListener("keydown", press);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select]")) tickGroup(event.target);
    if (event.target.matches("[type=checkbox]")) showTicks();
    if (event.target.matches("[data-keys-switch]")) localStorage.setItem("keys", event.target.checked ? "on" : "off");
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-drop] input[type=file]")) nameFile(event.target);
  });

  /* Cells of a grid: Enter and the arrows go up and down a column, Escape takes back what was typed. */
  const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.("[data-cell]");
    if (!cell) return;
    if (event.key === "Escape") cell.value = cell.defaultValue;
    if (!STEPS[event.key]) return;
    event.preventDefault();
    const column = all(`[data-cell="${cell.dataset.cell}"]`);
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
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.hasAttribute("data-sending")) event.preventDefault();
    else setTimeout(() => rest(form, true));
  }, true);
  window.addEventListener("pageshow", () => all("form[data-sending]").forEach((form) => rest(form, false)));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.matches("form[data-sending]")) rest(event.target, false);
  });

  /* What was typed survives a session that ended: kept in this tab until the form is answered. */
  const slot = (form) => `kept:${location.pathname}:${form.id}`;
  const keepable = (field) => field.name && field.name !== "csrfmiddlewaretoken" && !["file", "password", "hidden"].includes(field.type);
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (!form) return;
    const values = [...form.elements].filter(keepable).map((field) => [field.name, field.value]);
    sessionStorage.setItem(slot(form), JSON.stringify(values));
  });
  const restore = (form) => {
    const kept = sessionStorage.getItem(slot(form));
    sessionStorage.removeItem(slot(form));
    if (!kept || !document.referrer.includes("/accounts/login")) return;
    JSON.parse(kept).forEach(([name, value]) => {
      if (form.elements[name]) form.elements[name].value = value;
    });
    const dialog = form.closest("dialog");
    if (dialog) open(dialog.id);
    toast("You were signed out. Your entries are still here.");
  };

  /* Files can be dropped on their form. */
  const nameFile = (input) => {
    const name = [...input.files].map((file) => file.name).join(", ");
    const label = find("[data-file-name]", input.closest("[data-drop]"));
    if (label) label.textContent = name || label.dataset.fileName;
  };
  const dropZone = (event) => event.target.closest?.("[data-drop]");
  document.addEventListener("dragover", (event) => {
    if (!dropZone(event)) return;
    event.preventDefault();
    dropZone(event).classList.add("over");
  });
  document.addEventListener("dragleave", (event) => dropZone(event)?.classList.remove("over"));
  document.addEventListener("drop", (event) => {
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

  /* Toasts leave by themselves, errors stay. */
  const toast = (text) => {
    const box = find("#toasts");
    if (!box) return;
    const item = document.createElement("div");
    item.className = "toast";
    item.dataset.toast = "";
    item.append(Object.assign(document.createElement("span"), { textContent: text }));
    box.append(item);
    leave(item);
  };
  const leave = (item) => {
    if (item.dataset.leaving || item.classList.contains("error")) return;
    item.dataset.leaving = "1";
    setTimeout(() => (item.matches(":hover, :focus-within") ? (delete item.dataset.leaving, leave(item)) : item.remove()), 8000);
  };

  /* Swaps: focus follows to the new heading; a failed one says so and marks the page stale. */
  document.addEventListener("htmx:afterSwap", (event) => {
    all("[data-toast]").forEach(leave);
    (find(".err-summary", event.target) || find("[data-focus]", event.target))?.focus({ preventScroll: true });
    const row = event.detail.requestConfig?.elt?.closest?.("[data-row]");
    if (row && event.target.id === "detail") {
      rows().forEach((other) => other.removeAttribute("aria-current"));
      row.setAttribute("aria-current", "true");
      event.target.closest(".split")?.classList.add("open");
      event.target.scrollTop = 0;
    }
  });
  const setStale = (isStale) => all("[data-live]").forEach((dot) => dot.classList.toggle("stale", isStale));
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => {
    document.addEventListener(name, (event) => {
      setStale(true);
      if (event.detail.elt?.matches("[data-poll], [data-refresh]")) return;
      toast("That did not reach the server. Nothing was changed; try again.");
    });
  });
  document.addEventListener("htmx:afterOnLoad", () => setStale(false));

  /* A list that asks for it is read again every 15 s while somebody looks and holds no row. */
  setInterval(() => {
    const list = find("[data-refresh]");
    if (list && !document.hidden && window.htmx && !find("dialog[open]") && !find("[data-row].focus")) {
      window.htmx.trigger(list, "refresh");
    }
  }, 15000);

  /* The clock in the head runs on the desk's zone. */
  const tick = () => all("[data-clock]").forEach((clock) => {
    const options = { timeZone: clock.dataset.zone, weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const parts = Object.fromEntries(new Intl.DateTimeFormat("en-US", options).formatToParts().map((p) => [p.type, p.value]));
    clock.textContent = `${parts.weekday} ${parts.month} ${parts.day}, ${parts.hour}:${parts.minute} ${clock.dataset.label}`;
  });
  setInterval(tick, 15000);

  const start = () => {
    all("[data-toast]").forEach(leave);
    all("form[data-keep]").forEach(restore);
    all("[data-keys-switch]").forEach((box) => (box.checked = !keysAreOff()));
    all("[data-density-set]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.densitySet === (root.dataset.density || "compact")));
    find("dialog[data-open]")?.showModal();
    showTicks();
    takePlace();
  };
  start();
})();
