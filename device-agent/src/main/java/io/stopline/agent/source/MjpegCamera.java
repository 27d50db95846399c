package io.stopline.agent.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A camera that serves MJPEG over HTTP ({@code multipart/x-mixed-replace}); a plain stream of JPEG
 * files is read as well. What the camera sends is not trusted: parts, headers and waiting times are
 * bounded.
 */
public final class MjpegCamera implements FrameSource {

  private static final long MAX_GARBAGE = 4L << 20;
  private static final Pattern BOUNDARY =
      Pattern.compile(
          "boundary\\s*=\\s*(?:\"([^\"]{1,200})\"|([^;\\s]{1,200}))", Pattern.CASE_INSENSITIVE);

  /**
   * How to reach a camera.
   *
   * @param url {@code http} or {@code https}, without user and password
   * @param authorization value of the Authorization header; null for none
   * @param connectTimeoutMillis above 0
   * @param stallTimeoutMillis a picture that takes longer counts as a stall, above 0
   * @param maxPictureBytes the largest part
   */
  public record Settings(
      URI url,
      @Nullable String authorization,
      int connectTimeoutMillis,
      int stallTimeoutMillis,
      int maxPictureBytes) {

    /**
     * @throws IllegalArgumentException if the URL is no http(s) URL or carries a password
     */
    public Settings {
      String scheme = url.getScheme();
      if (url.getHost() == null
          || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
        throw new IllegalArgumentException(
            "camera URL '" + url + "' is none; give http://HOST[:PORT]/PATH or https://…");
      }
      if (url.getRawUserInfo() != null) {
        throw new IllegalArgumentException(
            "camera URL for host '"
                + url.getHost()
                + "' carries a user or password, which every process list shows; put them into a file and give it with --source-credentials");
      }
    }

    /** Five seconds for each wait and 16 MiB a picture. */
    public static Settings of(URI url) {
      return new Settings(url, null, 5000, 5000, StreamSource.MAX_PICTURE_BYTES);
    }
  }

  private final Settings settings;
  private final String name;
  private final PictureDecoder decoder;
  private @Nullable HttpURLConnection connection;
  private @Nullable PictureStream stream;
  private volatile boolean closed;

  public MjpegCamera(Settings settings, PictureDecoder decoder) {
    this.settings = settings;
    this.decoder = decoder;
    URI url = settings.url();
    // The query may hold a token.
    this.name =
        url.getScheme()
            + "://"
            + url.getRawAuthority()
            + (url.getRawPath() == null ? "" : url.getRawPath());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable Picture next() throws IOException {
    if (closed) {
      disconnect();
      return null;
    }
    byte[] encoded;
    String pictureName;
    try {
      PictureStream current = stream;
      if (current == null) {
        current = connect();
        stream = current;
      }
      encoded = current.next();
      pictureName = current.name();
    } catch (BadPictureException e) {
      throw e;
    } catch (IOException e) {
      disconnect();
      if (closed) {
        return null;
      }
      throw explain(e);
    }
    if (encoded == null) {
      disconnect();
      throw new IOException("camera " + name + " ended the stream");
    }
    long captured = System.nanoTime();
    return new Picture(Decoding.decode(decoder, encoded, name), captured, null, pictureName);
  }

  private PictureStream connect() throws IOException {
    HttpURLConnection opened = (HttpURLConnection) settings.url().toURL().openConnection();
    connection = opened;
    opened.setConnectTimeout(settings.connectTimeoutMillis());
    opened.setReadTimeout(settings.stallTimeoutMillis());
    opened.setInstanceFollowRedirects(false);
    opened.setUseCaches(false);
    opened.setRequestProperty("Accept", "multipart/x-mixed-replace, image/jpeg");
    if (settings.authorization() != null) {
      opened.setRequestProperty("Authorization", settings.authorization());
    }
    int status = opened.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      throw new IOException(
          "camera %s answers HTTP %d; %s"
              .formatted(
                  name,
                  status,
                  status == 401 || status == 403
                      ? "give user and password with --source-credentials"
                      : "check the path of its MJPEG stream"));
    }
    String type = opened.getContentType();
    InputStream body = opened.getInputStream();
    BoundedInput in = new BoundedInput(body, name, settings.stallTimeoutMillis());
    String lower = type == null ? "" : type.toLowerCase(Locale.ROOT);
    if (lower.startsWith("text/") || lower.startsWith("application/json")) {
      throw new IOException(
          "camera %s answers %s, not a video stream; check the path of its MJPEG stream"
              .formatted(name, lower));
    }
    if (type != null && lower.startsWith("multipart/")) {
      Matcher matcher = BOUNDARY.matcher(type);
      if (matcher.find()) {
        String quoted = matcher.group(1);
        String boundary = quoted != null ? quoted : matcher.group(2);
        return new MultipartStream(in, boundary, settings.maxPictureBytes(), MAX_GARBAGE);
      }
    }
    // Without a boundary the pictures themselves tell where they begin and end.
    return new JpegStream(in, settings.maxPictureBytes(), MAX_GARBAGE);
  }

  private IOException explain(IOException e) {
    if (e instanceof SocketTimeoutException) {
      return new IOException(
          "camera %s is silent for %d ms; check that it runs and is reachable"
              .formatted(name, settings.stallTimeoutMillis()),
          e);
    }
    if (e instanceof ConnectException) {
      return new IOException(
          "camera %s refuses the connection (%s); check that it runs and the port"
              .formatted(name, e.getMessage()),
          e);
    }
    if (e instanceof UnknownHostException) {
      return new IOException("camera " + name + ": the host is not known; check its name", e);
    }
    if (e instanceof EOFException) {
      return new IOException("camera " + name + " ended the stream: " + e.getMessage(), e);
    }
    String message = e.getMessage();
    return message != null && message.startsWith("camera ")
        ? e
        : new IOException("camera " + name + ": " + (message == null ? e : message), e);
  }

  private void disconnect() {
    HttpURLConnection open = connection;
    connection = null;
    stream = null;
    if (open != null) {
      open.disconnect();
    }
  }

  /** Takes effect when the read that may be under way ends, at the latest after the stall time. */
  @Override
  public void close() {
    closed = true;
  }
}
