// What is wrong with the page as it stands, one sentence a fault; axe has its own say beside it.
(within) => {
  const SMALLEST = 24;
  const faults = [];
  const part = document.querySelector(within);
  const all = (selector) => [...part.querySelectorAll(selector)];
  const told = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".sr, .skip");
  const named = (id) => document.getElementById(id)?.textContent ?? "";
  const label = (element) => element.getAttribute("aria-label")
    || (element.getAttribute("aria-labelledby") ?? "").split(" ").map(named).join(" ").trim();

  const ids = all("[id]").map((element) => element.id);
  for (const id of new Set(ids.filter((each, place) => ids.indexOf(each) !== place))) faults.push(`id ${id} twice`);

  const titles = all("h1").length;
  if (part === document.documentElement && titles !== 1) faults.push(`${titles} h1`);

  for (const element of all("button, a[href], summary").filter(isShown)) {
    if (!label(element) && !element.innerText.trim() && !element.title) faults.push(`no name: ${told(element)}`);
  }
  for (const element of all("input:not([type=hidden]), select, textarea").filter(isShown)) {
    if (!label(element) && !element.labels?.length) faults.push(`no label: ${told(element)}`);
  }

  // A box is as large as the label or cell that ticks it, or as what of it answers to a finger.
  const answers = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const reach = SMALLEST / 2 - 1;
    return [[-reach, 0], [reach, 0], [0, -reach], [0, reach]].every(([right, down]) => {
      const hit = document.elementFromPoint(x + width / 2 + right, y + height / 2 + down);
      return !hit || hit === element;
    });
  };
  // A link among words may be as low as its line.
  for (const element of all("button, a[href], summary, input:not([type=hidden]), select, textarea").filter(isShown)) {
    if (element.matches("a:not(.btn, nav:not(.crumbs) a, .menu a)")) continue;
    const target = element.matches("[type=checkbox], [type=radio]") ? element.closest("label, td, th") ?? element : element;
    const { width, height } = target.getBoundingClientRect();
    if (Math.min(width, height) < SMALLEST - 0.5 && !answers(element)) faults.push(`${Math.round(width)} by ${Math.round(height)}: ${told(element)}`);
  }

  // What is wider than its place has to be a region that has a name and is scrolled by keys.
  for (const element of all(".card, .card .dt-wrap").filter(isShown)) {
    if (element.matches("[tabindex='0'][role=region]") && label(element)) continue;
    const over = element.scrollWidth - element.clientWidth;
    if (over > 1) faults.push(`${over} too wide inside: ${element.querySelector("h2, caption, th")?.innerText ?? told(element)}`);
  }
  const over = document.documentElement.scrollWidth - window.innerWidth;
  if (over > 0) faults.push(`${over} wider than the window`);
  return faults;
}
