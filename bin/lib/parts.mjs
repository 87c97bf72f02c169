// Reads the members of a configuration, whatever they hold: nobody has checked them.

/** @typedef {{ [name: string]: unknown }} Part */

/**
 * @param {unknown} value
 * @returns {value is Part}
 */
export const isPart = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/**
 * @param {unknown} value
 * @returns {Part}
 */
export const part = (value) => (isPart(value) ? value : {});

/**
 * @param {unknown} value
 * @param {string} otherwise
 */
export const text = (value, otherwise) => (typeof value === "string" && value !== "" ? value : otherwise);

/** @param {unknown} value */
export const parts = (value) => (Array.isArray(value) ? value.filter(isPart) : []);

/** @param {unknown} value */
export const texts = (value) => (Array.isArray(value) ? value : typeof value === "string" ? [value] : []).filter((item) => typeof item === "string");

/** @param {string} path */
export const rooted = (path) => `/${path.replace(/^\/+/, "")}`;
