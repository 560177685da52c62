// The scan queue: a scan gets its id and its place on this device before it is sent, and leaves the device only when
// the server has answered it. Strictly first in, first out, one in flight. The server decides; nothing is kept here
// between scans but the scans themselves.
(() => {
  'use strict';
  const KEEP = 'wms.scan.', TIMEOUT = 5000, MOST_WAIT = 4000, MOST = 500;
  const $ = (id) => document.getElementById(id);
  const input = $('scan'), screen = $('screen'), result = $('result');
  if (!input) return;
  const me = document.body.dataset.person, csrf = document.body.dataset.csrf;
  let busy = false, stopped = false, wait = 0, timer = 0, quantity = null;

  const uuid = () => crypto.randomUUID ? crypto.randomUUID()
    : '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) =>
      (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  // One entry for each scan, so that two tabs cannot overwrite each other's; the number in its name is its place.
  const load = () => Object.keys(localStorage).filter((k) => k.startsWith(KEEP)).sort()
    .map((k) => ({key: k, ...JSON.parse(localStorage.getItem(k))}));
  const keep = (scan) => {
    const n = Number(localStorage.getItem('wms.seq') || 0) + 1;
    localStorage.setItem('wms.seq', n);
    localStorage.setItem(KEEP + String(n).padStart(12, '0') + scan.id, JSON.stringify(scan));
  };
  const drop = (scan) => localStorage.removeItem(scan.key);
  const mine = () => load().filter((s) => s.person === me);
  const face = () => screen.firstElementChild ? screen.firstElementChild.dataset : {};

  function show() {
    const all = load(), own = all.filter((s) => s.person === me), others = all.length - own.length;
    $('queue').textContent = own.length;
    $('queue').hidden = own.length < 1;
    $('net').dataset.state = !navigator.onLine || wait > 0 ? 'off' : 'on';
    document.body.classList.toggle('waiting', own.length > 0);
    $('stopped').hidden = !(stopped && own.length > 0);
    $('stopped-n').textContent = own.length;
    $('others').hidden = others < 1;
  }

  function take(code, fields) {
    code = code.replace(/[\r\n\t]+$/, '');
    if (!code.trim()) return;
    if (code === 'WMS:QTY' && screen.querySelector('[data-pad]')) return void pad();  // the code of the keypad's button
    const queue = load(), own = queue.some((s) => s.person === me);
    if (queue.length >= MOST) return cue('stop');
    const post = face().post;
    if (!post) return cue('stop');
    const all = {...(quantity === null ? {} : {quantity}), ...(fields || {})};
    // A scan behind others belongs to the screen that they lead to, which is not drawn yet: it names no step.
    keep({id: uuid(), url: post, scan: code, step: own ? '' : face().step || '', fields: all, person: me,
      at: new Date().toISOString()});
    setQuantity(null);
    tick();
    show();
    send();
  }

  async function send() {
    if (busy || stopped) return;
    const scan = mine()[0];
    if (!scan) return show();
    busy = true;
    try {
      if (navigator.locks) await navigator.locks.request(KEEP, () => post(scan));
      else await post(scan);
      wait = 0;
    } catch (e) {
      wait = Math.min(wait ? wait * 2 : 250, MOST_WAIT);
    }
    busy = false;
    show();
    clearTimeout(timer);
    if (wait) timer = setTimeout(send, wait);
    else if (mine().length) send();
  }

  async function post(scan) {
    if (!localStorage.getItem(scan.key)) return;  // another tab of this device has sent it
    const end = new AbortController(), clock = setTimeout(() => end.abort(), TIMEOUT);
    let answer, text;
    try {
      answer = await fetch(scan.url, {
        method: 'POST', signal: end.signal, redirect: 'error',
        headers: {'Idempotency-Key': scan.id, 'X-CSRF': csrf, 'X-Fragment': '1'},
        body: new URLSearchParams({...scan.fields, scan: scan.scan, step: scan.step, at: scan.at}),
      });
      text = await answer.text();
    } finally { clearTimeout(clock); }
    if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new Error(answer.status);
    // Somebody else has signed in on this device meanwhile: the page is drawn for them, the scan waits for its owner.
    if (answer.status === 403 && text.includes('data-code="foreign-form"')) { location.reload(); throw new Error('403'); }
    if (answer.status === 401) { location.href = '/floor/sign-in?next=' + encodeURIComponent(location.pathname); throw new Error('401'); }
    drop(scan);
    const go = answer.headers.get('X-Go');
    if (answer.ok && go && !mine().length) { location.href = go; return; }
    if (answer.ok) draw(text);
    else refuse(text);
  }

  const told = () => {
    const said = screen.querySelector('template.said');
    result.replaceChildren(...(said ? said.content.childNodes : []));
    say();
  };

  function draw(html) {
    screen.innerHTML = html;
    scrollTo(0, 0);  // what was said stands at the top, however far down a list somebody was
    told();
    document.dispatchEvent(new CustomEvent('drawn'));
    focus();
  }

  function refuse(html) {
    result.innerHTML = html;
    scrollTo(0, 0);
    stopped = mine().length > 0;  // what was scanned behind a refused scan may have meant something else
    say();
    focus();
  }

  function say() {
    const said = result.firstElementChild;
    result.dataset.tone = said ? said.dataset.tone : '';
    if (said) cue(said.dataset.tone);
    result.classList.remove('new');
    void result.offsetWidth;
    result.classList.add('new');
  }

  let audio = null;
  function beep(tones) {
    try {
      audio = audio || new AudioContext();
      let at = audio.currentTime;
      for (const [hertz, seconds] of tones) {
        const o = audio.createOscillator(), g = audio.createGain();
        o.type = 'square'; o.frequency.value = hertz; g.gain.value = 0.15;
        o.connect(g).connect(audio.destination); o.start(at); o.stop(at + seconds);
        at += seconds + 0.04;
      }
    } catch (e) { /* a device without sound still has colour, words and vibration */ }
  }
  const cue = (tone) => {
    const [tones, shake] = {
      ok: [[[1200, 0.08]], 30], info: [[[900, 0.08]], 30], warn: [[[600, 0.15], [600, 0.15]], [80, 60, 80]],
      stop: [[[220, 0.25], [180, 0.35]], [250, 80, 250]],
    }[tone] || [[], 0];
    beep(tones);
    if (shake && navigator.vibrate && navigator.userActivation?.hasBeenActive) navigator.vibrate(shake);
  };
  const tick = () => beep([[2000, 0.02]]);

  // --- what comes in: keys of a wedge, text of an input method, taps on buttons that stand for a command code
  const elsewhere = () => {
    const a = document.activeElement;
    return a && a !== input && a.matches('input:not([type=hidden]),textarea,select,dialog *');
  };
  const focus = () => { if (!elsewhere()) input.focus({preventScroll: true}); };
  document.addEventListener('keydown', (e) => {
    if (elsewhere()) return;
    if (document.activeElement !== input) input.focus({preventScroll: true});
    if (e.ctrlKey && (e.key === ']' || e.code === 'BracketRight')) {  // how a wedge types GS, the end of a GS1 field
      e.preventDefault();
      input.setRangeText('\x1d', input.selectionStart, input.selectionEnd, 'end');
    } else if (e.key === 'Enter' || (e.key === 'Tab' && input.value)) {
      e.preventDefault();
      const code = input.value;
      input.value = '';
      take(code);
    }
  });
  $('scan-form').addEventListener('submit', (e) => { e.preventDefault(); const c = input.value; input.value = ''; take(c); });
  document.addEventListener('click', (e) => {
    const b = e.target.closest('[data-scan],[data-pad],[data-key],[data-queue]');
    if (!b) return void setTimeout(focus);
    e.preventDefault();
    if (b.dataset.pad !== undefined) pad();
    else if (b.dataset.key !== undefined) key(b.dataset.key);
    else if (b.dataset.queue === 'send') { stopped = false; show(); send(); }
    else if (b.dataset.queue === 'drop') { stopped = false; mine().forEach(drop); show(); }
    else take(b.dataset.scan, b.dataset.field ? {[b.dataset.field]: b.dataset.value} : null);
    focus();
  });
  // A word typed on the screen goes the way of a scan.
  document.addEventListener('submit', (e) => {
    if (!e.target.matches('#screen form[data-typed]')) return;
    e.preventDefault();
    const field = e.target.querySelector('input'), word = field.value;
    field.value = '';
    input.focus({preventScroll: true});
    take(word);
  });
  // What a photo was answered with: photo.js sends it, because it is no scan and waits in no queue.
  document.addEventListener('answered', (e) => (e.detail.ok ? draw : refuse)(e.detail.html));
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { focus(); send(); } });
  addEventListener('focus', focus);
  addEventListener('online', () => { wait = 0; show(); send(); });
  addEventListener('offline', show);
  addEventListener('storage', show);
  addEventListener('pageshow', (e) => { if (e.persisted) location.reload(); });  // never an old screen after Back

  // --- the number pad, on demand: the number goes with the next scan
  const pad = () => { $('pad').hidden = !$('pad').hidden; if ($('pad').hidden) setQuantity(null); };
  const key = (k) => {
    if (k === 'ok') {
      const now = face().quantitySends !== undefined && quantity !== null;
      $('pad').hidden = true;
      if (now) take('WMS:OK');
    } else setQuantity(k === 'back' ? Math.floor((quantity || 0) / 10) : Math.min((quantity || 0) * 10 + Number(k), 999999));
  };
  const setQuantity = (n) => {
    quantity = n;
    for (const out of document.querySelectorAll('.pad-number')) out.textContent = n === null ? '' : n;
    if (n === null) $('pad').hidden = true;
  };

  // A page at another address may show the codes that would be on the shelf: the frame around us, of our own origin.
  addEventListener('message', (e) => {
    if (e.origin !== location.origin || e.source !== parent || typeof e.data?.scan !== 'string') return;
    take(e.data.scan);
  });
  document.addEventListener('drawn', () => tell());
  document.addEventListener('draw', (e) => draw(e.detail));  // a screen that has waited has found what it waited for
  const tell = () => { if (parent !== window) parent.postMessage({path: location.pathname, ...face()}, location.origin); };

  if (screen.querySelector('template.said')) told();
  else say();
  show();
  focus();
  tell();
  send();
})();
