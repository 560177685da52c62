// At the door: a badge scanned anywhere goes into its field, Enter after it leads to the PIN, a second badge replaces it.
(() => {
  'use strict';
  const badge = document.getElementById('badge'), pin = document.getElementById('pin');
  badge.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' || !badge.value.trim() || pin.value) return;
    e.preventDefault();
    pin.focus();
  });
  pin.addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && /^B-/.test(pin.value)) {  // the scanner typed the badge where the PIN belongs
      e.preventDefault();
      badge.value = pin.value;
      pin.value = '';
    }
  });
})();
