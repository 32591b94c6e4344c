import assert from 'node:assert/strict';
import test from 'node:test';
import { modesOf } from '../static/devices.js';

const device = { kind: 'v4l2', device: '/dev/video0', name: 'C920' };

test('every size of every format is a line, ranges and unreadable formats too', () => {
  const formats = [
    { fourcc: 'MJPG', name: 'Motion-JPEG', supported: true, sizes: [{ width: 1920, height: 1080, fps: [30, 7.5] }, { width: 640, height: 480, fps: null }] },
    { fourcc: 'H264', name: '', supported: false, sizes: [{ width: 1280, height: 720, min_width: 320, min_height: 180, fps: [30] }] },
    { fourcc: 'GREY', name: 'Grey', supported: true, sizes: null },
  ];
  assert.deepEqual(modesOf({ ...device, formats }), [
    ['Motion-JPEG', '1920 × 1080', '30, 7.5'],
    ['Motion-JPEG', '640 × 480', ''],
    ['H264 (camhub can’t read it)', '320 × 180 to 1280 × 720', '30'],
  ]);
});

test('a device that can’t be read has no lines', () => {
  assert.deepEqual(modesOf({ ...device, formats: null }), []);
  assert.deepEqual(modesOf(device), []);
});
