// The host's rarer services, by name. Each takes its arguments as bytes and gives bytes, or throws.

export const operations = {};
