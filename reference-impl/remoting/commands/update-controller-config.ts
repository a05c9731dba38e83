// UPDATE_CONTROLLER_CONFIG (1009), tools -> each controller.
//   request  body properties text
//   response nothing; 16 when a key of the black list is among them
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const updateControllerConfig = defineCommand({
  code: RequestCode.UPDATE_CONTROLLER_CONFIG,
  request: {},
  response: {},
});
