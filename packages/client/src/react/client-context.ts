/** The client that the hooks below a component use. */

import type { FunctionComponentElement, ProviderProps, ReactNode } from "react";
import { createContext, createElement, useContext } from "react";
import type { Client } from "../client.ts";

const ClientContext = createContext<Client | undefined>(undefined);

/** What `ClientProvider` takes. */
export interface ClientProviderProps {
  readonly client: Client;
  readonly children?: ReactNode;
}

/**
 * Gives `client` to the hooks of all components below. It neither connects nor disconnects it: whoever made the client
 * does, for it may be older than the page's components and outlive them.
 */
export function ClientProvider({
  client,
  children,
}: ClientProviderProps): FunctionComponentElement<ProviderProps<Client | undefined>> {
  return createElement(ClientContext.Provider, { value: client }, children);
}

/**
 * The client of the nearest `ClientProvider`.
 *
 * @throws Error when there is none above the component.
 */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error("This hook needs a ClientProvider above its component");
  return client;
}
