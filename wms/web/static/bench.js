// Desks without a mouse: function keys stand for buttons, Enter on its own is the answer that is framed on the screen,
// papers print from here, and a screen that waits for something looks for it.
(() => {
  'use strict';
  const input = document.getElementById('scan'), screen = document.getElementById('screen');
  const QUIET = 400;  // ms: a scanner that ends its code with CR and LF types two Enters, and the second one is no answer
  let last = 0;
  const field = () => {
    const a = document.activeElement;
    return a && a !== input && a.matches('input:not([type=hidden]),textarea,select');
  };
  const hot = (key) => [...screen.querySelectorAll('[data-hot]')].find((b) => b.dataset.hot === key && !b.disabled);
  document.addEventListener('keydown', (e) => {
    if (e.altKey || e.ctrlKey || e.metaKey || e.repeat) return;
    if (e.key === 'Enter') {
      const now = performance.now(), free = now - last > QUIET && !field() && input && !input.value;
      last = now;
      const b = free && hot('Enter');
      if (b) { e.preventDefault(); e.stopPropagation(); b.click(); }
    } else if (/^F\d+$/.test(e.key) || e.key === 'Escape') {
      const b = hot(e.key);
      if (b) { e.preventDefault(); e.stopPropagation(); b.click(); }
    }
  }, true);

  // Prints a paper of ours; a browser that was started for a station (--kiosk-printing) asks nothing.
  document.addEventListener('click', (e) => {
    const b = e.target.closest('[data-print]');
    if (!b) return;
    e.preventDefault();
    document.getElementById('paper')?.remove();
    const frame = document.createElement('iframe');
    frame.id = 'paper';
    frame.className = 'paper';
    frame.title = b.textContent;
    frame.addEventListener('load', () => {
      try { frame.contentWindow.focus(); frame.contentWindow.print(); } catch (x) { open(b.dataset.print); }
      input?.focus({preventScroll: true});
    });
    frame.src = b.dataset.print;
    document.body.append(frame);
  });

  // A screen that waits: asks for itself, and is drawn again when its step has changed.
  let timer = 0;
  async function look() {
    const now = screen.firstElementChild, url = now?.dataset.watch;
    if (!url) return;
    if (!document.hidden && !document.body.classList.contains('waiting')) {
      try {
        const answer = await fetch(url, {headers: {'X-Fragment': '1'}, redirect: 'error'});
        const text = await answer.text();
        const box = document.createElement('template');
        box.innerHTML = text;
        const then = box.content.firstElementChild;
        const still = screen.firstElementChild === now && !document.body.classList.contains('waiting');
        if (answer.ok && then && still && then.dataset.step !== now.dataset.step) {
          document.dispatchEvent(new CustomEvent('draw', {detail: text}));
        }
      } catch (x) { /* the next look is a second away */ }
    }
    again();
  }
  const again = () => { clearTimeout(timer); if (screen.firstElementChild?.dataset.watch) timer = setTimeout(look, 800); };
  const drawn = () => {
    const first = screen.querySelector('[data-focus]');
    if (first) first.focus();
    again();
  };
  document.addEventListener('drawn', drawn);
  // A badge that is scanned into a form leads to the PIN, not to the form's end.
  document.addEventListener('keydown', (e) => {
    const next = e.key === 'Enter' && e.target.dataset?.next && document.getElementById(e.target.dataset.next);
    if (next && !next.value) { e.preventDefault(); next.focus(); }
  });
  drawn();
})();
