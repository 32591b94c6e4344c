// @ts-check
// Which browser it is, of what browsers call themselves.

/** @type {[RegExp, string][]} The first that fits: most say that they are some of the others too. */
const browsers = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:(?:Headless)?Chrome|CriOS)\//, 'Chrome'],
  [/\bChromium\//, 'Chromium'],
  [/\bVersion\/[\d.]+.* Safari\//, 'Safari'],
];

/** @type {[RegExp, string][]} */
const systems = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/**
 * Returns the browser and the system of a User-Agent, each "" if it is not known.
 * @param {string} agent
 */
export function browserOf(agent) {
  const first = (/** @type {[RegExp, string][]} */ table) => table.find(([sign]) => sign.test(agent))?.[1] ?? '';
  return { browser: first(browsers), system: first(systems) };
}
