// @ts-check
// Building elements. Text goes in as text nodes only, so that a camera's name
// is never read as markup, and nothing here needs an inline style or script.

import { words } from './texts.js';

/**
 * Makes an element. Attributes that are false or undefined are left out, true
 * is an empty attribute; children that are strings become text.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) el.setAttribute(name, '');
    else if (value !== false && value !== undefined) el.setAttribute(name, String(value));
  }
  el.append(...children);
  return el;
}

const svg = 'http://www.w3.org/2000/svg';

/**
 * Makes a picture from the sprite icons.svg. It says nothing to a screen
 * reader: a word always stands beside it.
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const el = /** @type {SVGSVGElement} */ (document.createElementNS(svg, 'svg'));
  el.setAttribute('class', 'icon');
  el.setAttribute('aria-hidden', 'true');
  el.append(document.createElementNS(svg, 'use'));
  setIcon(el, name);
  return el;
}

/**
 * Changes which picture an icon shows.
 * @param {SVGSVGElement} el
 * @param {string} name
 */
export function setIcon(el, name) {
  const use = /** @type {SVGUseElement} */ (el.firstElementChild);
  const href = `/static/icons.svg#${name}`;
  if (use.getAttribute('href') !== href) use.setAttribute('href', href);
}

/**
 * Sets an element's text if it differs, so that what did not change is not
 * laid out again.
 * @param {Element} el
 * @param {string} text
 */
export function setText(el, text) {
  if (el.textContent !== text) el.textContent = text;
}

/**
 * Puts an element at a place in its parent, if it is not there already.
 * @param {HTMLElement | SVGElement} el
 * @param {{x: number, y: number, width: number, height: number}} place px
 */
export function setPlace(el, { x, y, width, height }) {
  const values = { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` };
  for (const [name, value] of Object.entries(values)) {
    if (el.style.getPropertyValue(name) !== value) el.style.setProperty(name, value);
  }
}

/**
 * Makes a small button that closes something.
 * @param {Record<string, string | boolean>} [attributes] more of them
 */
export function closeButton(attributes = {}) {
  return element('button', { type: 'button', class: 'quiet', 'aria-label': words.close, title: words.close, ...attributes }, icon('close'));
}

/**
 * Finds an element that a page must have.
 * @template {Element} T
 * @param {string} selector
 * @param {new (...args: any[]) => T} type
 * @param {ParentNode} [root]
 * @returns {T}
 */
export function find(selector, type, root = document) {
  const el = root.querySelector(selector);
  if (!(el instanceof type)) throw new Error(`the page has no ${selector}`);
  return el;
}

/**
 * Fills in the words that the page's elements ask for: data-text is the text,
 * data-label the accessible name (of a button, or what looks like one, the
 * tooltip too), data-placeholder what it says.
 * @param {ParentNode} root
 */
export function fillWords(root) {
  const word = (/** @type {string | undefined} */ key) => {
    const text = /** @type {Record<string, string>} */ (words)[key ?? ''];
    if (text === undefined) throw new Error(`no text ${key}`);
    return text;
  };
  for (const el of root.querySelectorAll('[data-text]')) {
    el.textContent = word(/** @type {HTMLElement} */ (el).dataset.text);
  }
  for (const el of root.querySelectorAll('[data-label]')) {
    const text = word(/** @type {HTMLElement} */ (el).dataset.label);
    el.setAttribute('aria-label', text);
    if (el instanceof HTMLButtonElement || el.classList.contains('button')) el.setAttribute('title', text);
  }
  for (const el of root.querySelectorAll('[data-placeholder]')) {
    el.setAttribute('placeholder', word(/** @type {HTMLElement} */ (el).dataset.placeholder));
  }
}
