// A scale at the pack station, read over Web Serial. What it shows fills the box for the weight as soon as it stands
// still; Enter takes it, and whatever is typed or scanned instead takes its place. What was weighed once does not fill the
// box again until it has left the scale or weighs something else, on whatever page that happens.
(() => {
  'use strict';
  const GRAMS = {g: 1, kg: 1000, lb: 453.59237, oz: 28.349523125};
  const number = (text) => Number(text.replace(',', '.'));

  // What one line of a scale says: {grams, stable}, where stable is null if the line does not tell; null for no weight.
  //   A&D, CAS, Dibal, Kern   ST,GS,+  1.234kg     ST stable, US not, OL too much
  //   Mettler SICS, Radwag    S S     1.234 kg     S S stable, S D moving; SI ?  1.234 kg, with a question mark while it moves
  //   Toledo continuous       STX A B C 6 digits 6 digits: A has the point, B sign, range, motion and unit as bits
  //   others                  1.234 kg             a number with its unit
  globalThis.readScaleLine = (line) => {
    const toledo = /\x02([\x20-\x3f])([\x20-\x7f])[\x20-\x7f]([ \d]{5}\d)[ \d]{6}$/.exec(line);
    if (toledo) {
      const a = toledo[1].charCodeAt(0), b = toledo[2].charCodeAt(0);
      if (b & 4) return null;
      const value = Number(toledo[3]) * 10 ** (2 - (a & 7)) * (b & 2 ? -1 : 1);
      return {grams: Math.round(value * (b & 16 ? GRAMS.kg : GRAMS.lb)), stable: !(b & 8)};
    }
    const text = line.replace(/[\x00-\x1f\x7f]+/g, ' ').trim();
    const said = /([-+]?)\s*(\d{1,7}(?:[.,]\d{1,5})?)\s*,?\s*(kg|g|lb|oz)s?\b/i.exec(text);
    if (!said) return null;
    const head = text.slice(0, said.index).toUpperCase();
    if (/^OL\b|^S [-+I]/.test(head)) return null;
    const stable = /^ST\b|^S S\b/.test(head) ? true : /^US\b|^S D\b|[?^V]/.test(head) ? false : /^S[IU]?\b/.test(head) ? true : null;
    const grams = number(said[2]) * GRAMS[said[3].toLowerCase()] * (said[1] === '-' ? -1 : 1);
    return {grams: Math.round(grams), stable};
  };

  const WAYS = [{baudRate: 9600}, {baudRate: 4800}, {baudRate: 9600, dataBits: 7, parity: 'even'},
    {baudRate: 2400, dataBits: 7, parity: 'even'}, {baudRate: 19200}];
  const SILENT = 2500, ASK = 400, SAME = 4, KEPT = 'wms.scale', SENT = 'wms.scale.sent';
  const WEIGHT = /^\s*(\d{2,6}\s*g?|\d{1,3}[.,]\d{1,3}\s*(kg)?)\s*$/i;  // as station_scan.py reads it
  const input = document.getElementById('scan'), screen = document.getElementById('screen');
  let state = 'off', now = null, last = null, same = 0, filled = '', running = false;

  function show() {
    const card = screen.querySelector('[data-scale]');
    if (!card) return;
    for (const part of card.querySelectorAll('[data-when]')) part.hidden = !part.dataset.when.split(' ').includes(state);
    const out = card.querySelector('[data-shows]');
    out.textContent = now === null ? '—' : now.grams.toLocaleString(document.documentElement.lang) + ' g';
    out.classList.toggle('soft', !(now && now.stable));
  }
  let sent = JSON.parse(sessionStorage.getItem(SENT));  // {grams, parcel}: still on the scale, and sent for this parcel
  const keep = (what) => { sent = what; sessionStorage.setItem(SENT, JSON.stringify(what)); };
  const parcel = () => (screen.firstElementChild?.dataset.step || '').split(':', 2).join(':');
  // The box is about to be sent. Something else than a weight, another carton, asks for the same parcel's weight anew.
  function sends() {
    if (!input.value) return;
    if (screen.querySelector('[data-weighs]') && now && (input.value === filled || WEIGHT.test(input.value))) {
      keep({grams: now.grams, parcel: parcel()});
    } else if (sent && sent.parcel === parcel()) keep(null);
    filled = '';
  }
  const elsewhere = (e) => e.target !== input && e.target.matches?.('input:not([type=hidden]),textarea,select');
  document.addEventListener('keydown', (e) => { if ((e.key === 'Enter' || e.key === 'Tab') && !elsewhere(e)) sends(); }, true);
  document.addEventListener('submit', (e) => { if (e.target.id === 'scan-form') sends(); }, true);

  function fill() {
    const wanted = screen.querySelector('[data-weighs]') && now && now.stable && now.grams > 0 && !sent ? String(now.grams) : '';
    if (input.value && input.value !== filled) return;  // somebody types
    filled = input.value = wanted;
  }
  input.addEventListener('beforeinput', () => { if (filled && input.value === filled) filled = input.value = ''; });

  function heard(line) {
    const said = readScaleLine(line);
    if (!said) return false;
    same = said.grams === last ? same + 1 : 1;
    last = said.grams;
    now = {grams: said.grams, stable: said.stable === null ? same >= SAME : said.stable};
    state = 'on';
    if (sent && (now.grams <= 0 || Math.abs(now.grams - sent.grams) > Math.max(5, sent.grams / 100))) keep(null);
    show();
    fill();
    return true;
  }

  // Reads until the port is gone or says nothing that can be read. True if it ever said a weight.
  async function listen(port) {
    const reader = port.readable.getReader(), letters = new TextDecoder('latin1');
    let text = '', good = false, heardAt = 0;
    const stop = () => reader.cancel().catch(() => {});
    let silent = setTimeout(stop, SILENT);
    const ask = setInterval(async () => {
      if (performance.now() - heardAt < 2 * ASK || !port.writable || port.writable.locked) return;
      const writer = port.writable.getWriter();
      try { await writer.write(new TextEncoder().encode('SI\r\n')); } catch { /* it only talks */ }
      writer.releaseLock();
    }, ASK);
    try {
      for (;;) {
        const {value, done} = await reader.read();
        if (done) break;
        heardAt = performance.now();
        text = (text + letters.decode(value)).slice(-400);
        const lines = text.split(/[\r\n\x03]+/);
        text = lines.pop();
        for (const line of lines) if (heard(line)) {
          good = true;
          clearTimeout(silent);
          silent = setTimeout(stop, SILENT * 4);
        }
      }
    } catch { /* the plug was pulled */ }
    clearTimeout(silent);
    clearInterval(ask);
    reader.releaseLock();
    return good;
  }
  async function run(port) {
    if (running) return;
    running = true;
    let way = Number(localStorage.getItem(KEPT)) || 0, tries = 0;
    state = 'waits';
    show();
    try {
      while (tries <= WAYS.length) {
        await port.open(WAYS[way % WAYS.length]);
        const good = await listen(port);
        await port.close();
        tries = good ? 0 : tries + 1;
        if (good) localStorage.setItem(KEPT, way % WAYS.length);
        else way += 1;
        now = null;
        state = 'waits';
        show();
        fill();
      }
    } catch { /* gone, or another window has it */ }
    running = false;
    now = null;
    state = 'lost';
    show();
    fill();
  }
  async function connect(ask) {
    try {
      const known = await navigator.serial.getPorts();
      const port = known[0] || (ask && await navigator.serial.requestPort());
      if (port) run(port);
    } catch { /* nobody chose one */ }
  }
  document.addEventListener('click', (e) => { if (e.target.closest('[data-scale-connect]')) connect(true); });
  document.addEventListener('drawn', () => { show(); fill(); });
  if (!navigator.serial) state = 'none';
  else {
    navigator.serial.addEventListener?.('connect', () => connect(false));
    connect(false);
  }
  show();
})();
