// Line icons on a 24 px grid.
const svg = (body) =>
  `<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${body}</svg>`;
const slash = '<path d="M4 4l16 16"/>';
const microphone = '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>';
const camera = '<rect x="3" y="6.5" width="12.5" height="11" rx="2.5"/><path d="M15.5 10.5 21 7.5v9l-5.5-3"/>';

export const icons = {
  mic: svg(microphone),
  micOff: svg(microphone + slash),
  cam: svg(camera),
  camOff: svg(camera + slash),
  share: svg('<rect x="3" y="4.5" width="18" height="12.5" rx="2"/><path d="M12 13.5V8M9.5 10 12 7.7l2.5 2.3M8.5 20.5h7"/>'),
  leave: svg('<path d="M3.5 14.5c4.8-4.7 12.2-4.7 17 0l-2.4 2.6-3.6-1.8v-2.4a10 10 0 0 0-5 0v2.4l-3.6 1.8z"/>'),
  link: svg('<path d="M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1"/>'),
  lock: svg('<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>'),
  lockOpen: svg('<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 7.6-1.7"/>'),
  lockBroken: svg('<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5M10 13.5l4 4M14 13.5l-4 4"/>'),
};
