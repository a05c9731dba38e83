// GET_CONTROLLER_CONFIG (1010), tools -> each controller.
//   response body `key=value` lines, sorted
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getControllerConfig = defineCommand({
  code: RequestCode.GET_CONTROLLER_CONFIG,
  request: {},
  response: {},
});
