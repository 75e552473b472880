/**
 * The door of the console: where its built page lies, and the built documentation. It knows nothing of who serves it, nor how; the page itself is
 * in `page/` and meets the server only over the network.
 */

/**
 * The directory of the built page, with a slash at the end.
 *
 * The address is the same from `src/` in the workspace and from `dist/` in the published package, because both lie one
 * level below the package's root. The directory exists once `npm run build -w @tautline/console` has run.
 */
export const pageDirectory: URL = new URL("../dist/page/", import.meta.url);

/**
 * The directory of the built documentation, with a slash at the end. It is made to be served at `/docs/`. The published package has
 * it; in the repository it exists once `npm run docs` has run.
 */
export const documentationDirectory: URL = new URL("../dist/docs/", import.meta.url);
