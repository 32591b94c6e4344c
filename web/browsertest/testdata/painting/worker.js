// Paints all tiles on one canvas, off the page's own thread. A picture counts as
// shown with the next frame, as in the page.
import { Socket } from '/static/socket.js';

self.onmessage = ({ data: { canvas, wishes } }) => {
  const on = canvas.getContext('2d', { alpha: false, desynchronized: true });
  const next = new Map(); // by tile; a tile that is here is being painted
  const begin = async (p) => {
    next.set(p.tile, null);
    const bitmap = await createImageBitmap(new Blob([p.jpeg], { type: 'image/jpeg' }));
    on.drawImage(bitmap, (p.tile % 4) * 320, Math.floor(p.tile / 4) * 180, 320, 180);
    bitmap.close();
    requestAnimationFrame(() => {
      self.postMessage(1);
      p.got();
      const newer = next.get(p.tile);
      next.delete(p.tile);
      if (newer) begin(newer);
    });
  };
  const socket = new Socket({
    picture(p) {
      if (!next.has(p.tile)) {
        begin(p);
        return;
      }
      next.get(p.tile)?.got();
      next.set(p.tile, p);
    },
    status() {}, error() {}, open() {},
  });
  socket.want(wishes);
  socket.open();
};
