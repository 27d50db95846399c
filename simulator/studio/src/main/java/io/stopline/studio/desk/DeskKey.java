package io.stopline.studio.desk;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.stopline.studio.web.LoopbackPage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the page: a browser that was opened with the address that the command printed. Other
 * users of this machine do not know its key, other sites' scripts do not have its cookie.
 * Thread-safe once {@link #open} was called.
 */
final class DeskKey {

  private final String key;
  private volatile String cookie = "";

  DeskKey() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    key = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Says which port the page has. */
  void open(int port) {
    // Cookies know no ports: two studios of one user must not share one.
    cookie = "stopline-studio-" + port;
  }

  /** What stands behind the page's address so that it opens. */
  String query() {
    return "?key=" + key;
  }

  /** Ends requests of those who do not know the key, and what is neither read nor posted. */
  void admit(Context context) {
    HandlerType method = context.method();
    if (!method.equals(HandlerType.GET)
        && !method.equals(HandlerType.HEAD)
        && !method.equals(HandlerType.POST)) {
      LoopbackPage.refuse(context, 405, "this page is read and posted to");
    } else if (context.path().equals("/") && is(context.queryParam("key"))) {
      context.header(
          "Set-Cookie",
          cookie + "=" + key + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000");
      // The key does not stay in the address, which people copy.
      context.redirect("/");
      context.skipRemainingHandlers();
    } else if (!is(context.cookie(cookie))) {
      LoopbackPage.refuse(
          context,
          401,
          "this studio was opened by somebody else, or has been started anew since;"
              + " open the whole address that 'stopline studio' printed");
    } else if (method.equals(HandlerType.POST)
        && !"application/json".equals(context.contentType())) {
      LoopbackPage.refuse(context, 415, "post JSON");
    }
  }

  private boolean is(@Nullable String given) {
    return given != null
        && MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8));
  }
}
