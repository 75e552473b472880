/**
 * The door `@tautline/client/contracts`: what a file that server and clients share needs to write a contract down. It is a
 * door of its own because most pages get by with types.
 */

export type {
  ChannelContract,
  ChannelPattern,
  PatternParams,
  Procedure,
  StandardSchema,
} from "@tautline/wire";
export { channel, channels, procedure } from "@tautline/wire";
