// At the door: a badge scanned anywhere goes into its field, Enter after it leads to the PIN, a second badge replaces it.
(() => {
  'use strict';
  const badge = document.getElementById('badge'), pin = document.getElementById('pin');
  badge.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' || !badge.value.trim() || pin.value) return;
    e.preventDefault();
    pin.focus();
  });
  // What is typed before anything has the focus (just after the page came, or after a tap beside the fields) is not lost.
  const first = () => (badge.value ? pin : badge).focus();
  document.addEventListener('keydown', (e) => {
    if (document.activeElement === document.body && e.key.length === 1 && !e.ctrlKey && !e.altKey && !e.metaKey) first();
  });
  if (document.activeElement === document.body) first();
  pin.addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && /^B-/.test(pin.value)) {  // the scanner typed the badge where the PIN belongs
      e.preventDefault();
      badge.value = pin.value;
      pin.value = '';
    }
  });
})();
