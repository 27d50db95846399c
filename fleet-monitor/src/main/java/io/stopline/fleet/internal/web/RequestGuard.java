package io.stopline.fleet.internal.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are answered. The page is on loopback, but every web site that a reviewer visits
 * can make the browser ask it: a request must name us as host (DNS rebinding does not), must not
 * come from another site, and must carry our token to change anything.
 */
final class RequestGuard {

  private final Set<String> hosts;
  private final Set<String> origins;
  private final String token;

  /**
   * @param port of the page
   */
  RequestGuard(int port) {
    this.hosts = Set.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port);
    this.origins =
        Set.of("http://127.0.0.1:" + port, "http://localhost:" + port, "http://[::1]:" + port);
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    this.token = HexFormat.of().formatHex(bytes);
  }

  /** What a page of ours, and nobody else, can read and send back. */
  String token() {
    return token;
  }

  /**
   * Why a request is refused, if it is.
   *
   * @param changes whether it changes anything
   * @param host header, null if absent; so are the others
   */
  Optional<String> refuse(
      boolean changes,
      @Nullable String host,
      @Nullable String origin,
      @Nullable String fetchSite,
      @Nullable String fetchMode,
      @Nullable String sentToken) {
    if (host == null || !hosts.contains(host.toLowerCase(Locale.ROOT))) {
      return Optional.of("host is not this monitor; open it by 127.0.0.1 or localhost");
    }
    if (origin != null && !origins.contains(origin.toLowerCase(Locale.ROOT))) {
      return Optional.of("request comes from another site");
    }
    // A person may follow a link to the page; nothing else of another site gets an answer.
    boolean link = !changes && "navigate".equals(fetchMode);
    if (fetchSite != null
        && !fetchSite.equals("same-origin")
        && !fetchSite.equals("none")
        && !link) {
      return Optional.of("request comes from another site");
    }
    if (changes
        && (sentToken == null
            || !MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8),
                sentToken.getBytes(StandardCharsets.UTF_8)))) {
      return Optional.of(
          "token is missing or old; read it from /api/session, or load the page again");
    }
    return Optional.empty();
  }
}
