// The courier's tablet: parcels are ticked by scan or finger and stay ticked through a reload, the signature is drawn
// with a finger. One message at the end; the server decides.
(() => {
  'use strict';
  const form = document.getElementById('handover'), said = document.getElementById('said');
  if (!form) return;
  const KEEP = 'wms.handover.' + form.dataset.manifest;
  const boxes = [...form.querySelectorAll('.ticks input')], pen = document.getElementById('pen');
  const byCode = new Map(boxes.flatMap((b) => b.dataset.codes.split('|').filter(Boolean).map((c) => [c.toUpperCase(), b])));
  const ink = pen.getContext('2d');
  let drawn = 0;

  const say = (tone, words, code) => {
    const p = document.createElement('p');
    p.className = 'said';
    p.dataset.tone = tone;
    p.textContent = words.replace('{code}', code);
    said.replaceChildren(p);
    if (navigator.vibrate) navigator.vibrate(tone === 'stop' ? [250, 80, 250] : 30);
    beep(tone === 'stop' ? 200 : 1200, tone === 'stop' ? 0.5 : 0.08);
  };
  let audio = null;
  function beep(hertz, seconds) {
    try {
      audio = audio || new AudioContext();
      const o = audio.createOscillator(), g = audio.createGain();
      o.type = 'square'; o.frequency.value = hertz; g.gain.value = 0.15;
      o.connect(g).connect(audio.destination); o.start(); o.stop(audio.currentTime + seconds);
    } catch (e) { /* colour and words remain */ }
  }

  function show() {
    const got = boxes.filter((b) => b.checked), open = boxes.filter((b) => !b.disabled).length - got.length;
    document.getElementById('got').textContent = got.length;
    document.getElementById('collected').value = got.map((b) => b.dataset.key).join(' ');
    const sum = document.getElementById('summary');
    sum.textContent = open ? sum.dataset.some.replace('{n}', boxes.length - got.length) : sum.dataset.every;
    sum.dataset.tone = open ? 'warn' : 'ok';
    try { localStorage.setItem(KEEP, document.getElementById('collected').value); } catch (e) { /* full */ }
  }

  function take(code) {
    const plain = code.trim().replace(/^\][A-Za-z][0-9]/, '').toUpperCase();
    const b = byCode.get(plain) || (plain.length === 20 && plain.startsWith('00') ? byCode.get(plain.slice(2)) : null);
    if (!b) return say('stop', form.dataset.stranger, code.trim().slice(0, 60));
    if (b.disabled) return say('stop', form.dataset.cancelled, plain);
    say('ok', b.checked ? form.dataset.already : form.dataset.got, plain);
    b.checked = true;
    b.closest('li').scrollIntoView({block: 'nearest'});
    show();
  }

  // A scanner types wherever it is; only the two fields for words keep their keys.
  let typed = '';
  document.addEventListener('keydown', (e) => {
    const a = document.activeElement;
    if (e.ctrlKey || e.altKey || e.metaKey || (a && a.matches('#driver,#vehicle,summary,a'))) return;
    if (e.key === 'Enter') {
      if (!typed) return;
      e.preventDefault();
      take(typed);
      typed = '';
    } else if (e.key.length === 1 && !(e.key === ' ' && !typed)) {
      e.preventDefault();
      typed += e.key;
    }
  }, true);

  form.addEventListener('change', show);
  const every = (on) => { for (const b of boxes) if (!b.disabled) b.checked = on; show(); };
  document.getElementById('all').addEventListener('click', () => every(true));
  document.getElementById('none').addEventListener('click', () => every(false));

  const paper = () => {
    ink.fillStyle = '#fff';
    ink.fillRect(0, 0, pen.width, pen.height);
    ink.strokeStyle = '#101418';
    ink.lineWidth = 3.5;
    ink.lineCap = ink.lineJoin = 'round';
    drawn = 0;
    document.getElementById('signature').value = '';
  };
  const at = (e) => {
    const r = pen.getBoundingClientRect();
    return [(e.clientX - r.left) * pen.width / r.width, (e.clientY - r.top) * pen.height / r.height];
  };
  let down = false;
  pen.addEventListener('pointerdown', (e) => {
    down = true;
    pen.setPointerCapture(e.pointerId);
    ink.beginPath();
    ink.moveTo(...at(e));
    e.preventDefault();
  });
  pen.addEventListener('pointermove', (e) => {
    if (!down) return;
    for (const p of e.getCoalescedEvents?.() || [e]) ink.lineTo(...at(p));
    ink.stroke();
    drawn++;
  });
  const up = () => {
    if (!down) return;
    down = false;
    if (drawn > 2) document.getElementById('signature').value = pen.toDataURL('image/png');
  };
  pen.addEventListener('pointerup', up);
  pen.addEventListener('pointercancel', up);
  document.getElementById('wipe').addEventListener('click', paper);

  // Sent as often as it takes under one id; what is refused is said, and nothing on the screen is lost.
  let key = '', before = '';
  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    e.stopPropagation();
    const body = new URLSearchParams(new FormData(form)), button = form.querySelector('button.tall');
    body.delete('_key');
    if (body.toString() !== before) key = form.elements._key.value + '-' + Date.now().toString(36);
    before = body.toString();
    button.disabled = true;
    try {
      const answer = await fetch(form.action, {
        method: 'POST', body, headers: {'Idempotency-Key': key, 'X-CSRF': document.body.dataset.csrf, 'X-Fragment': '1'},
      });
      const text = await answer.text(), to = answer.headers.get('X-Go');
      if (answer.ok && to) {
        localStorage.removeItem(KEEP);
        location.href = to;
        return;
      }
      said.innerHTML = text;
      said.scrollIntoView({block: 'nearest'});
      beep(200, 0.5);
    } catch (x) { say('warn', form.dataset.lost, ''); }
    button.disabled = false;
  }, true);

  const kept = new Set((localStorage.getItem(KEEP) || '').split(' '));
  for (const b of boxes) b.checked = !b.disabled && kept.has(b.dataset.key);
  paper();
  show();
})();
