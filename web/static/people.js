// @ts-check
// The hub's calls about users, as api.js makes them.

import { call } from './api.js';

/** @typedef {{all: boolean, cameras: string[], groups: string[]}} Grants */
/** @typedef {{name: string, role: string, mode: 'open' | 'users' | 'insecure', sees_all: boolean}} Caller */
/** @typedef {{name: string, role: string, grants: Grants, created_at: string, updated_at: string}} User */
/** @typedef {{id: string, agent: string, remote: string, created_at: string, used_at: string, expires_at: string, current: boolean}} Session */
/** @typedef {{id: string, name: string, role: string, used_at: string | null, expires_at: string | null, secret?: string}} Token */
/** @typedef {{id: string, name: string, user: string, camera?: string, group?: string, from: string | null, to: string | null, expires_at: string, secret?: string}} Share */

const base = '/api/v1';
const at = (/** @type {string} */ list, /** @type {string} */ id) => `${base}/${list}/${encodeURIComponent(id)}`;

/** @returns {Promise<Caller>} */
export const caller = async () => (await call('GET', `${base}/session`)).data;
/** @param {object} body */
export const setUp = (body) => call('POST', `${base}/setup`, { body });
/** @param {object} body */
export const signIn = (body) => call('POST', `${base}/session`, { body });
export const signOut = () => call('DELETE', `${base}/session`);
/** @param {object} body */
export const changePassword = (body) => call('PUT', `${base}/password`, { body });

/** @returns {Promise<Session[]>} */
export const sessions = async () => (await call('GET', `${base}/sessions`)).data.sessions;
/** @returns {Promise<Token[]>} */
export const tokens = async () => (await call('GET', `${base}/tokens`)).data.tokens;
/** @returns {Promise<User[]>} */
export const users = async () => (await call('GET', `${base}/users`)).data.users;
/** @returns {Promise<Share[]>} */
export const shares = async () => (await call('GET', `${base}/shares`)).data.shares;

/**
 * Makes one of a list.
 * @param {'tokens' | 'users' | 'shares'} list
 * @param {object} body
 */
export const add = async (list, body) => (await call('POST', `${base}/${list}`, { body })).data;
/**
 * Takes one of a list away.
 * @param {'sessions' | 'tokens' | 'users' | 'shares'} list
 * @param {string} id
 */
export const drop = (list, id) => call('DELETE', at(list, id));
/**
 * @param {string} name
 * @param {object} patch
 */
export const changeUser = (name, patch) => call('PATCH', at('users', name), { body: patch });
