import { defineConfig } from "vite";

// The page and the hub under one address, as behind a proxy in production.
const hub = `http://127.0.0.1:${process.env.PORT ?? 8080}`;

export default defineConfig({
  server: { proxy: { "/connection": { target: hub, ws: true } } },
});
