// @ts-check
// What the person who looks has chosen to see. It stands in the address, so that
// it can be shared and the browser's back button undoes it; the layout is kept
// in the browser besides, for the next time that the wall is opened.

import { layouts } from './layout.js';
import { keep, recall } from './stored.js';
import { parseView, searchOf } from './view.js';

/** @typedef {import('./view.js').View} View */

const stored = 'layout';

/** Tells "change" when the view changed. */
export class Choice extends EventTarget {
  /** @type {View} */
  view;
  /** What of the address could not be read. */
  faults;

  constructor() {
    super();
    const { view, faults } = parseView(location.search);
    this.view = view;
    this.faults = faults;
    if (!new URLSearchParams(location.search).has('layout') && !view.kiosk) this.set({ layout: remembered() }, 'same');
    window.addEventListener('popstate', () => {
      this.view = parseView(location.search).view;
      keep(stored, this.view.layout);
      this.dispatchEvent(new Event('change'));
    });
  }

  /**
   * Changes the view.
   * @param {Partial<View>} change
   * @param {'new' | 'same'} entry of the browser's history: new ones are what
   *   the back button goes back through
   */
  set(change, entry = 'new') {
    const before = this.view;
    this.view = { ...before, ...change };
    const address = location.pathname + searchOf(this.view, location.search) + location.hash;
    if (address !== location.pathname + location.search + location.hash) {
      if (entry === 'new') history.pushState(null, '', address);
      else history.replaceState(null, '', address);
    }
    if (this.view.layout !== before.layout) keep(stored, this.view.layout);
    this.dispatchEvent(new Event('change'));
  }
}

/** The layout that was chosen last in this browser. */
function remembered() {
  const layout = recall(stored);
  return layouts.includes(layout) ? layout : 'auto';
}
