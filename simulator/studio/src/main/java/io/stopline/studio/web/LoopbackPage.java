package io.stopline.studio.web;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A web page on this machine alone: it answers to its own names on loopback, to no other site's
 * scripts, and loads nothing from elsewhere. Thread-safe once it has started.
 */
public final class LoopbackPage implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final int MAX_HEADER = 8 * 1024;
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Javalin server;
  private volatile @Nullable Set<String> ownNames;

  /**
   * Prepares a page.
   *
   * @param maxRequest bytes that a request's body may have
   * @param routes adds what the page answers; what it adds with {@code before} runs after the check
   *     for whom the request is
   */
  public LoopbackPage(long maxRequest, Consumer<JavalinConfig> routes) {
    server =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.startup.startupWatcherEnabled = false;
              config.http.maxRequestSize = maxRequest;
              config.http.compressionStrategy = CompressionStrategy.NONE;
              config.http.generateEtags = false;
              config.jetty.modifyHttpConfiguration(
                  http -> {
                    http.setSendServerVersion(false);
                    http.setRequestHeaderSize(MAX_HEADER);
                  });
              config.routes.before(this::admit);
              routes.accept(config);
            });
  }

  /**
   * Listens.
   *
   * @param port 0 for any that is free
   * @return the port
   * @throws IOException if the port is taken
   */
  public int start(int port) throws IOException {
    try {
      server.start(HOST, port);
    } catch (RuntimeException e) {
      throw new IOException(
          "page port " + port + " cannot be opened: " + e.getMessage() + "; choose another, or 0",
          e);
    }
    String at = ":" + server.port();
    ownNames = Set.of(HOST + at, "localhost" + at, "[::1]" + at);
    return server.port();
  }

  private void admit(Context context) {
    context.header("Content-Security-Policy", CONTENT_POLICY);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("X-Frame-Options", "DENY");
    context.header("Referrer-Policy", "no-referrer");
    context.header("Cross-Origin-Opener-Policy", "same-origin");
    context.header("Cross-Origin-Resource-Policy", "same-origin");
    context.header("Cache-Control", "no-store");
    if (!isOurs(context)) {
      refuse(context, 403, "host or origin is not this page; open it by 127.0.0.1 or localhost");
    }
  }

  /** Ends a request, with the reason for whoever reads it. */
  public static void refuse(Context context, int status, String why) {
    context.status(status).contentType("text/plain; charset=utf-8").result(why);
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
    // A person may follow a link to the page; nothing else of another site gets an answer.
    String site = context.header("Sec-Fetch-Site");
    return site == null
        || site.equals("same-origin")
        || site.equals("none")
        || "navigate".equals(context.header("Sec-Fetch-Mode"));
  }

  /**
   * Answers with a file of the class path.
   *
   * @param name absolute, such as {@code /io/stopline/fleet/page/style.css}
   * @throws IOException if it is not there
   */
  public static void file(Context context, String name) throws IOException {
    try (InputStream in = LoopbackPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("resource '" + name + "' is missing from the class path");
      }
      String type =
          name.endsWith(".js")
              ? "text/javascript"
              : name.endsWith(".css")
                  ? "text/css"
                  : name.endsWith(".svg") ? "image/svg+xml" : "text/html";
      context.contentType(type + "; charset=utf-8");
      context.result(in.readAllBytes());
    }
  }

  /** A path's number of at most six digits; −1 for anything else. */
  public static int number(String text) {
    return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : -1;
  }

  @Override
  public void close() {
    server.stop();
  }
}
