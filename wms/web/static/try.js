// The virtual scanner: tells the handheld's frame what was "scanned", and draws the codes that its screen asks for.
(() => {
  'use strict';
  const device = document.getElementById('device'), want = document.getElementById('want'), none = document.getElementById('none');
  const send = (scan) => { device.contentWindow.postMessage({scan}, location.origin); };
  const show = (codes) => {
    want.replaceChildren(...codes.filter(Boolean).map((code) => {
      const b = document.createElement('button'), i = document.createElement('img'), t = document.createElement('small');
      b.type = 'button';
      b.dataset.send = code;
      i.src = '/desk/try/code?text=' + encodeURIComponent(code);
      i.alt = '';
      i.width = 150;
      i.height = 34;
      t.textContent = code;
      b.append(i, t);
      return b;
    }));
    none.hidden = want.children.length > 0;
  };
  addEventListener('message', (e) => {
    if (e.origin !== location.origin || e.source !== device.contentWindow) return;
    show([e.data.want, ...(e.data.others || '').split('|')]);
  });
  document.addEventListener('click', (e) => {
    const b = e.target.closest('[data-send]');
    if (b) send(b.dataset.send);
  });
  document.getElementById('typed').addEventListener('submit', (e) => {
    e.preventDefault();
    const input = e.target.elements.code;
    if (input.value) send(input.value);
    input.value = '';
  });
})();
