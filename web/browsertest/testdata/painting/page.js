// Shows 16 cameras in the way that the address asks for: ?way=img as the wall
// does, ?way=canvas with one canvas in a worker.
import { Painter } from '/static/painter.js';
import { Socket } from '/static/socket.js';

const tiles = 16;
const wishes = Array.from({ length: tiles }, (_, n) => ({ tile: n, camera: `cam-${n}`, width: 640, fps: 30 }));
const grid = document.querySelector('div');
window.painted = 0;

if (new URLSearchParams(location.search).get('way') === 'canvas') {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [4 * 320, 4 * 180];
  grid.append(canvas);
  const worker = new Worker('/painting/worker.js', { type: 'module' });
  const offscreen = canvas.transferControlToOffscreen();
  worker.postMessage({ canvas: offscreen, wishes }, [offscreen]);
  worker.onmessage = ({ data }) => { window.painted += data; };
} else {
  const painters = wishes.map(() => {
    const img = document.createElement('img');
    grid.append(img);
    return new Painter(img, (_, ok) => { window.painted += ok ? 1 : 0; });
  });
  const socket = new Socket({ picture: (p) => painters[p.tile].show(p), status() {}, error() {}, open() {} });
  socket.want(wishes);
  socket.open();
}
