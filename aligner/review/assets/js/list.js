// A list of rows of which only those near the screen are in the page. It scrolls with the window.
// Rows have the height that they turn out to have; until they were shown once, a guess.

function virtualList(host, { build, guess, top }) {
  const OVERSCAN = 700;
  let order = [];
  let shown = new Map(); // row -> element
  let tops = new Float64Array(1); // tops[i]: where order[i] begins below the host's top; the last one is the height
  const heights = new Map();
  let pinned = null; // a row that stays in the page, since it has the focus
  let everything = false;
  let frame = 0;
  let width = 0;

  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) if (target.isConnected && target.row) heights.set(target.row, target.offsetHeight);
  });

  function layOut() {
    if (tops.length !== order.length + 1) tops = new Float64Array(order.length + 1);
    order.forEach((row, at) => { tops[at + 1] = tops[at] + (heights.get(row) ?? guess(row)); });
  }

  // The last row that begins at or above a place.
  function at(place) {
    let [low, high] = [0, order.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (tops[middle] <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function draw() {
    frame = 0;
    if (!order.length) {
      for (const element of shown.values()) sizes.unobserve(element);
      shown = new Map();
      host.replaceChildren();
      return;
    }
    layOut();
    const scrolled = top() - host.getBoundingClientRect().top;
    const anchor = at(scrolled);
    // Whoever is at the end stays there when the last rows turn out higher than was guessed.
    const ended = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const before = tops[anchor];
    const from = everything ? 0 : at(scrolled - OVERSCAN);
    const to = everything ? order.length - 1 : at(scrolled + innerHeight + OVERSCAN);
    const wanted = [];
    for (let index = from; index <= to; index++) wanted.push(index);
    const pin = pinned ? order.indexOf(pinned) : -1;
    if (pin >= 0 && pin < from) wanted.unshift(pin);
    if (pin > to) wanted.push(pin);
    reconcile(wanted);
    if (ended && scrolled > 0 && !everything) scrollTo(0, document.documentElement.scrollHeight);
    else if (scrolled > 0) {
      layOut();
      const shift = tops[anchor] - before;
      if (Math.abs(shift) > 0.5) scrollBy(0, shift);
    }
  }

  // Make the host's children the wanted rows, with a gap where rows are missing; what stays is not moved.
  function reconcile(wanted) {
    const rows = new Set(wanted.map((index) => order[index]));
    for (const [row, element] of shown) {
      if (rows.has(row)) continue;
      sizes.unobserve(element);
      element.remove();
      shown.delete(row);
    }
    for (const gap of all(":scope > .gap", host)) gap.remove();
    const fresh = [];
    let next = host.firstChild;
    let done = 0;
    const gap = (end) => {
      if (tops[end] - tops[done] <= 0) return;
      const element = make("div", { class: "gap", role: "none" });
      element.style.height = `${tops[end] - tops[done]}px`;
      host.insertBefore(element, next);
    };
    for (const index of wanted) {
      if (index > done) gap(index);
      done = index + 1;
      const row = order[index];
      let element = shown.get(row);
      if (element === undefined || element !== next) {
        if (element === undefined) {
          element = build(row);
          element.row = row;
          shown.set(row, element);
          fresh.push(element);
        }
        host.insertBefore(element, next);
      } else next = next.nextSibling;
      element.setAttribute("aria-rowindex", index + 2);
    }
    if (done < order.length) gap(order.length);
    for (const element of fresh) heights.set(element.row, element.offsetHeight);
    for (const element of fresh) sizes.observe(element);
  }

  const schedule = () => { frame ||= requestAnimationFrame(draw); };
  addEventListener("scroll", schedule, { passive: true });
  new ResizeObserver(() => {
    if (host.offsetWidth === width) return;
    width = host.offsetWidth;
    heights.clear();
    for (const [row, element] of shown) heights.set(row, element.offsetHeight);
    draw();
  }).observe(host);

  return {
    get order() { return order; },
    show(list) {
      order = list;
      draw();
    },
    element: (row) => shown.get(row),
    // The row at the top of the screen.
    first: () => at(top() - host.getBoundingClientRect().top + 1),
    pin(row) { pinned = row; },
    // Build rows again that are in the page.
    refresh(some) {
      for (const row of some) {
        const old = shown.get(row);
        if (!old) continue;
        const element = build(row);
        element.row = row;
        element.setAttribute("aria-rowindex", old.getAttribute("aria-rowindex"));
        sizes.unobserve(old);
        old.replaceWith(element);
        shown.set(row, element);
        heights.set(row, element.offsetHeight);
        sizes.observe(element);
      }
    },
    // Forget heights, after something that changes all of them.
    reflow() {
      heights.clear();
      const anchor = order[at(top() - host.getBoundingClientRect().top)];
      this.refresh([...shown.keys()]);
      draw();
      if (anchor && top() > host.getBoundingClientRect().top + 1) this.reveal(anchor, true);
    },
    // Scroll until a row is on the screen; `start` puts it at the top.
    reveal(row, start = false) {
      const index = order.indexOf(row);
      if (index < 0) return;
      if (start || !shown.has(row)) {
        layOut();
        scrollBy(0, host.getBoundingClientRect().top + tops[index] - top() - (start ? 0 : innerHeight / 3));
        draw();
      }
      shown.get(row)?.scrollIntoView({ block: "nearest" });
      if (frame === 0) draw();
    },
    everything(on) {
      everything = on;
      draw();
    },
  };
}
