package io.stopline.fleet.internal.web;

import io.javalin.http.Context;
import io.stopline.fleet.internal.web.Answers.RequestException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;

/** Reads the body of a request that may come from anybody: small, whole and soon, or not at all. */
final class RequestBody {

  private RequestBody() {}

  /**
   * All of the body.
   *
   * @param maxBytes the most that is taken
   * @param limit for the whole body; a body that stops coming ends with the server's idle timeout
   * @throws RequestException 413 if it is larger, 408 if it takes longer, 400 if it breaks off or
   *     is not framed as it says
   */
  static byte[] read(Context context, int maxBytes, Duration limit) throws RequestException {
    if (context.contentLength() > maxBytes) {
      throw new RequestException(413, "request is too large");
    }
    long begun = System.nanoTime();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] part = new byte[1024];
    try {
      InputStream in = context.bodyInputStream();
      for (int count = in.read(part); count >= 0; count = in.read(part)) {
        body.write(part, 0, count);
        if (body.size() > maxBytes) {
          throw new RequestException(413, "request is too large");
        }
        if (System.nanoTime() - begun > limit.toNanos()) {
          throw tooSlow(context);
        }
      }
      return body.toByteArray();
    } catch (IOException e) {
      throw refusal(context, e);
    } catch (RuntimeException e) {
      if (e instanceof HttpException) {
        throw refusal(context, e);
      }
      throw e;
    }
  }

  private static RequestException refusal(Context context, Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof TimeoutException) {
        return tooSlow(context);
      }
    }
    context.header("Connection", "close");
    return new RequestException(400, "the request's body is damaged or incomplete");
  }

  private static RequestException tooSlow(Context context) {
    context.header("Connection", "close");
    return new RequestException(408, "the request's body came too slowly");
  }
}
