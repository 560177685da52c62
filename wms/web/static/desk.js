// Desk pages: each send of a form gets its own id, live parts are drawn again when something happened, tables answer
// to the keyboard.
(() => {
  'use strict';
  const uuid = () => crypto.randomUUID ? crypto.randomUUID()
    : '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) =>
      (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  document.addEventListener('htmx:configRequest', (e) => {
    if (e.detail.verb !== 'get') e.detail.headers['Idempotency-Key'] = uuid();
  });
  document.addEventListener('htmx:beforeRequest', (e) => {
    const said = document.getElementById('said');
    if (said && e.detail.requestConfig.verb !== 'get') said.replaceChildren();
  });
  // A plain form that is sent once cannot be sent again by a second click.
  document.addEventListener('submit', (e) => {
    if (e.target.method === 'post' && !e.defaultPrevented) for (const b of e.target.querySelectorAll('button')) setTimeout(() => { b.disabled = true; });
  });
  // A file that fills a text box: what is sent is what can be seen. Spreadsheets in Poland still write Windows-1250.
  document.addEventListener('change', async (e) => {
    const box = e.target.dataset.into && document.getElementById(e.target.dataset.into);
    if (!box || !e.target.files[0]) return;
    const bytes = await e.target.files[0].arrayBuffer();
    try { box.value = new TextDecoder('utf-8', {fatal: true}).decode(bytes); } catch { box.value = new TextDecoder('windows-1250').decode(bytes); }
    box.focus();
  });
  addEventListener('pageshow', (e) => { if (e.persisted) location.reload(); });

  // Live parts name what they are about; the stream names what has changed. Without a stream they ask by themselves.
  const live = [...document.querySelectorAll('[data-live]')];
  if (live.length) {
    let waits = 0;
    const draw = () => { waits = 0; for (const part of live) htmx.trigger(part, 'live'); };
    const soon = () => { waits = waits || setTimeout(draw, 700); };
    let poll = 0;
    let stream = null;
    // A hidden page lets its stream go: a browser grants a server six connections, whatever the number of its tabs.
    const hear = () => {
      stream = new EventSource('/desk/live');
      stream.addEventListener('changed', soon);
      stream.onerror = () => { poll = poll || setInterval(draw, 15000); };
      stream.onopen = () => { clearInterval(poll); poll = 0; };
    };
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && stream) { stream.close(); stream = null; clearInterval(poll); poll = 0; }
      else if (!document.hidden && !stream) { hear(); draw(); }
    });
    addEventListener('pagehide', () => stream && stream.close());
    if (!document.hidden) hear();
  }
})();
