// A photo from the handheld's camera: made smaller here, so that it takes a second and not a minute on the way, and free of
// what the camera wrote into it, because only its pixels are drawn anew. It needs the network, and says so.
(() => {
  'use strict';
  const SIDE = 1600, TRIES = 3, TIMEOUT = 20000;
  const uuid = () => crypto.randomUUID ? crypto.randomUUID()
    : '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) =>
      (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));

  async function smaller(file) {
    const picture = await createImageBitmap(file, {imageOrientation: 'from-image'});
    const by = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * by);
    canvas.height = Math.round(picture.height * by);
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new Promise((done, fail) => canvas.toBlob((b) => b ? done(b) : fail(new Error('no picture')), 'image/jpeg', 0.85));
  }

  async function send(field, body) {
    const id = uuid(), step = document.querySelector('#screen > section').dataset.step || '';
    for (let n = 1; ; n++) {
      const end = new AbortController(), clock = setTimeout(() => end.abort(), TIMEOUT);
      try {
        const answer = await fetch(field.dataset.photo, {
          method: 'POST', body, signal: end.signal, redirect: 'error',
          headers: {'Content-Type': 'image/jpeg', 'Idempotency-Key': id, 'X-CSRF': document.body.dataset.csrf,
            'X-Fragment': '1', 'X-Step': step},
        });
        if (answer.status < 500 || n === TRIES) return {ok: answer.ok, html: await answer.text()};
      } catch (e) {
        if (n === TRIES) throw e;
      } finally { clearTimeout(clock); }
      await new Promise((r) => setTimeout(r, 500 * n));
    }
  }

  document.addEventListener('change', async (e) => {
    const field = e.target;
    if (!field.matches('input[data-photo]') || !field.files.length) return;
    const label = field.closest('label');
    label.classList.add('busy');
    let detail;
    try {
      detail = await send(field, await smaller(field.files[0]));
    } catch (error) {
      const sentence = document.getElementById('photo-failed');
      detail = {ok: false, html: sentence ? sentence.innerHTML : ''};
    }
    label.classList.remove('busy');
    field.value = '';
    document.dispatchEvent(new CustomEvent('answered', {detail}));
  });
})();
