package io.stopline.studio.desk;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the page: a browser that was opened with the address that the command printed. Other
 * users of this machine do not know its key, other sites' scripts neither have its cookie nor pass
 * for this page. Thread-safe once {@link #open} was called.
 */
final class LoopbackGate {

  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final String key;
  private volatile @Nullable Set<String> ownNames;
  private volatile String cookie = "";

  LoopbackGate() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    key = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Answers from now on to this port's names alone. */
  void open(int port) {
    // Cookies know no ports: two studios of one user must not share one.
    cookie = "stopline-studio-" + port;
    ownNames = Set.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port);
  }

  /** What stands behind the page's address so that it opens. */
  String query() {
    return "?key=" + key;
  }

  /** Sets what every answer carries, and ends requests that are none of ours. */
  void admit(Context context) {
    context.header("Content-Security-Policy", CONTENT_POLICY);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("X-Frame-Options", "DENY");
    context.header("Referrer-Policy", "no-referrer");
    context.header("Cross-Origin-Opener-Policy", "same-origin");
    context.header("Cross-Origin-Resource-Policy", "same-origin");
    context.header("Cache-Control", "no-store");
    HandlerType method = context.method();
    if (!method.equals(HandlerType.GET)
        && !method.equals(HandlerType.HEAD)
        && !method.equals(HandlerType.POST)) {
      refuse(context, 405, "this page is read and posted to");
    } else if (!isOurs(context)) {
      refuse(context, 403, "host or origin is not this page; open it by 127.0.0.1 or localhost");
    } else if (context.path().equals("/") && is(context.queryParam("key"))) {
      context.header(
          "Set-Cookie",
          cookie + "=" + key + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000");
      // The key does not stay in the address, which people copy.
      context.redirect("/");
      context.skipRemainingHandlers();
    } else if (!is(context.cookie(cookie))) {
      refuse(
          context,
          401,
          "this studio was opened by somebody else, or has been started anew since;"
              + " open the whole address that 'stopline studio' printed");
    } else if (method.equals(HandlerType.POST)
        && !"application/json".equals(context.contentType())) {
      refuse(context, 415, "post JSON");
    }
  }

  private boolean is(@Nullable String given) {
    return given != null
        && MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8));
  }

  private static void refuse(Context context, int status, String why) {
    context.status(status).result(why);
    context.skipRemainingHandlers();
  }

  private boolean isOurs(Context context) {
    Set<String> names = ownNames;
    String host = context.header("Host");
    if (names == null || host == null || !names.contains(host.toLowerCase(Locale.ROOT))) {
      return false;
    }
    String origin = context.header("Origin");
    if (origin != null
        && !(origin.startsWith("http://")
            && names.contains(origin.substring(7).toLowerCase(Locale.ROOT)))) {
      return false;
    }
    String site = context.header("Sec-Fetch-Site");
    return site == null
        || site.equals("same-origin")
        || site.equals("none")
        || "navigate".equals(context.header("Sec-Fetch-Mode"));
  }
}
