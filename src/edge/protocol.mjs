// The numbers and names that the core and the script agree on. Generated from protocol.rs:
// UPDATE=1 cargo test -p fjord --lib edge::protocol

/** The kinds of records. */
export const FETCH = 1, TIMER = 2, CANCEL = 3, READ_BODY = 4, READ_STREAM = 5, CALL = 6, LOG = 7, ANSWER = 8, SHAPE = 9;

/** Bits of the first word of a batch: how the request continues. */
export const STATE_FINISHED = 1, STATE_BACKGROUND = 2, STATE_WATCHED = 4, STATE_ABORTABLE = 8, STATE_RECIPE = 16, STATE_LINES = 32, STATE_CONSTANT = 64;

/** Bits of a call to an origin. */
export const FETCH_STREAM = 1, FETCH_WANT_HEADERS = 2, FETCH_GZIP = 4, FETCH_SOCKET = 8;

/** The body of a call to an origin. */
export const BODY_NONE = 0, BODY_INCOMING = 1, BODY_CHUNKED = 2, BODY_SIZED = 3;

/** The body of the answer. */
export const ANSWER_EMPTY = 0, ANSWER_BYTES = 1, ANSWER_STREAM = 2;

/** The header lines of an origin's answer that follow those of the gateway. */
export const PASSED_NONE = 0, PASSED_ALL = 1, PASSED_WITHOUT_TYPE = 2, PASSED_CHANGED = 3;

/** Names of the lines about who asks. */
export const CLIENT = ":client", PEER = ":peer", PLACE = ":place";

/** A request with one of these lines came through a gateway: the core gets all its lines. */
export const HOPS = "x-fjord-hops", FORWARDED = "x-forwarded-host";

/** In front of a name of a header list: needed only where the platform doesn't tell the client's address. */
export const UNTOLD = "?";

/** After that: calls repeat the line, and depend on nothing else of its value; they depend on nothing of it. */
export const COPIED = "=", UNSEEN = "/";

/** In the shape of a URL: in front of the number of a value. */
export const MARK = "\u{1}";

/** No end, in place of milliseconds. */
export const NEVER = 4294967295;

/** In place of a place: none. */
export const NOWHERE = 4294967295;

/** In place of the length of a body: it came in parts; it stays with the script. */
export const IN_PARTS = 4294967295, STAYS = 4294967294;

/** The method of the console, by level. */
export const CONSOLE = /** @type {const} */ (["debug", "info", "warn", "error", "error"]);

/** Header fields about one connection, which are never passed on. */
export const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];
