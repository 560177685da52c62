// Photos at a bench: the camera of this computer, or a file. Made smaller here, so that a picture of a phone does not
// travel whole; drawing it anew leaves behind what a camera writes into its files.
(() => {
  'use strict';
  const SIDE = 1600, QUALITY = 0.82;
  const screen = document.getElementById('screen'), csrf = document.body.dataset.csrf;
  let stream = null, busy = false;
  const place = () => document.querySelector('[data-camera]');
  const uuid = () => crypto.randomUUID ? crypto.randomUUID()
    : '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) =>
      (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));

  function jpeg(source, width, height) {
    const part = Math.min(1, SIDE / Math.max(width, height)), canvas = document.createElement('canvas');
    canvas.width = Math.round(width * part);
    canvas.height = Math.round(height * part);
    canvas.getContext('2d').drawImage(source, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
  }

  async function send(blob) {
    const at = place();
    if (!at || !blob || busy) return;
    busy = true;
    const form = new FormData();
    form.append('photo', blob, 'photo.jpg');
    try {
      const answer = await fetch(at.dataset.camera, {
        method: 'POST', body: form, headers: {'Idempotency-Key': uuid(), 'X-CSRF': csrf, 'X-Fragment': '1'},
      });
      const text = await answer.text();
      if (answer.ok && screen) document.dispatchEvent(new CustomEvent('draw', {detail: text}));
      else (document.getElementById('result') || document.getElementById('said')).innerHTML = text;
    } finally { busy = false; }
  }

  // The first press shows what the camera sees, the second one takes it.
  async function snap() {
    if (!stream) {
      try {
        stream = await navigator.mediaDevices.getUserMedia({video: {width: {ideal: SIDE}, facingMode: 'environment'}});
      } catch (x) { return void document.querySelector('[data-photo]')?.click(); }  // no camera, or not allowed
      return show();
    }
    const video = document.querySelector('.camera video');
    if (!video || !video.videoWidth) return show();
    await send(await jpeg(video, video.videoWidth, video.videoHeight));
  }
  function show() {
    const at = place();
    if (!at || !stream || at.querySelector('video')) return;
    const video = document.createElement('video');
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    at.append(video);
    video.play();
  }
  document.addEventListener('click', (e) => { if (e.target.closest('[data-snap]')) snap(); });
  document.addEventListener('change', async (e) => {
    const file = e.target.matches('[data-photo]') && e.target.files[0];
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      const blob = await jpeg(picture, picture.width, picture.height);
      if (place()) send(blob);
      else {  // a plain form sends it along
        const box = new DataTransfer();
        box.items.add(new File([blob], 'photo.jpg', {type: 'image/jpeg'}));
        e.target.files = box.files;
      }
    } catch (x) { if (place()) send(file); }  // the server says what is wrong with it
  });
  document.addEventListener('drawn', show);
})();
