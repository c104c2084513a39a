/**
 * Cuts off a compressed answer before any of it is unpacked. The gateway asks for plain ones (`accept-encoding: identity`), and the limit
 * on an answer's bytes counts what comes over the wire: ten megabytes of it may unpack to ten gigabytes.
 */
import type { Dispatcher } from "undici";
import { ServerFailure } from "../../pull/server-failure.ts";

/** To be given to `Agent.compose`. */
export const refuseEncoded: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, {
    onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
    onRequestUpgrade: (controller, status, headers, socket) => handler.onRequestUpgrade?.(controller, status, headers, socket),
    onResponseStart: (controller, status, headers, message) => {
      const encoding = headers["content-encoding"] ?? "identity";
      if (encoding === "identity") handler.onResponseStart?.(controller, status, headers, message);
      else controller.abort(new ServerFailure("BAD_ANSWER"));
    },
    onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
    onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
    onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
  });
