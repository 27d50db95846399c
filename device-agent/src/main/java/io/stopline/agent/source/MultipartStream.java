package io.stopline.agent.source;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a {@code multipart/x-mixed-replace} stream into its parts (RFC 2046, section 5.1), forgiving
 * what real cameras do: no Content-Length, a wrong one, a boundary that already begins with two
 * hyphens, bare line feeds.
 */
final class MultipartStream implements PictureStream {

  private static final int MAX_LINE = 8 << 10;
  private static final int MAX_HEADERS = 64;

  /** A camera's own name for a picture, by which recordings and truth are matched with verdicts. */
  private static final String FRAME_HEADER = "x-frame:";

  private static final String DRIVE_HEADER = "x-drive:";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._/-]{1,64}");

  private final BoundedInput in;
  private final ByteSink sink;
  private final int maxBytes;
  private final long maxGarbage;
  private final String delimiter;
  private final byte[] delimiterAtLineStart;
  private final StringBuilder line = new StringBuilder();
  private boolean behindDelimiter;
  private @Nullable String name;

  MultipartStream(BoundedInput in, String boundary, int maxBytes, long maxGarbage) {
    this.in = in;
    this.sink = new ByteSink(maxBytes);
    this.maxBytes = maxBytes;
    this.maxGarbage = maxGarbage;
    this.delimiter = boundary.startsWith("--") ? boundary : "--" + boundary;
    this.delimiterAtLineStart = ("\n" + delimiter).getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public byte @Nullable [] next() throws IOException {
    in.beginPicture();
    if (!behindDelimiter) {
      findDelimiter();
    }
    behindDelimiter = false;
    long length = readHeaders();
    if (length == 0) {
      throw new BadPictureException("a part of 0 bytes");
    }
    if (length > maxBytes) {
      throw new BadPictureException(
          "a part that claims %d bytes; at most %d are accepted, lower the camera's resolution or quality"
              .formatted(length, maxBytes));
    }
    sink.clear();
    if (length > 0) {
      sink.addFrom(in, (int) length);
    } else {
      readToDelimiter();
    }
    return sink.toArray();
  }

  @Override
  public @Nullable String name() {
    return name;
  }

  private void findDelimiter() throws IOException {
    long skipped = 0;
    while (skipped < maxGarbage) {
      readLine();
      skipped += line.length() + 1;
      if (line.indexOf(delimiter) == 0) {
        endIfLast(line.substring(delimiter.length()));
        return;
      }
    }
    throw new IOException(
        "no boundary '%s' in %d bytes; the camera does not send what its Content-Type says"
            .formatted(delimiter, maxGarbage));
  }

  /** The Content-Length, or −1 if there is no usable one. */
  private long readHeaders() throws IOException {
    long length = -1;
    String drive = "";
    String frame = "";
    for (int i = 0; i < MAX_HEADERS; i++) {
      readLine();
      if (line.length() == 0) {
        // Goes on into events: nothing but what can do no harm there.
        name = NAME.matcher(drive + frame).matches() && !frame.isEmpty() ? drive + frame : null;
        return length;
      }
      String text = line.toString().toLowerCase(Locale.ROOT);
      if (text.startsWith("content-length:")) {
        length = parseLength(text.substring("content-length:".length()).trim());
      } else if (text.startsWith(FRAME_HEADER)) {
        frame = line.substring(FRAME_HEADER.length()).trim();
      } else if (text.startsWith(DRIVE_HEADER)) {
        drive = line.substring(DRIVE_HEADER.length()).trim() + '/';
      }
    }
    throw new BadPictureException("a part with more than " + MAX_HEADERS + " header lines");
  }

  private static long parseLength(String text) {
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    return Long.parseLong(text);
  }

  private void readToDelimiter() throws IOException {
    byte last = delimiterAtLineStart[delimiterAtLineStart.length - 1];
    while (true) {
      int b = in.need();
      sink.add(b);
      if ((byte) b == last && sink.endsWith(delimiterAtLineStart)) {
        sink.drop(delimiterAtLineStart.length);
        if (sink.size() > 0 && sink.at(sink.size() - 1) == '\r') {
          sink.drop(1);
        }
        readLine();
        behindDelimiter = line.indexOf("--") != 0;
        return;
      }
    }
  }

  private static void endIfLast(String rest) throws EOFException {
    if (rest.startsWith("--")) {
      throw new EOFException("the camera ended the stream");
    }
  }

  /** Reads up to a line feed or {@link #MAX_LINE} bytes. */
  private void readLine() throws IOException {
    line.setLength(0);
    while (line.length() < MAX_LINE) {
      int b = in.need();
      if (b == '\n') {
        int end = line.length() - 1;
        if (end >= 0 && line.charAt(end) == '\r') {
          line.setLength(end);
        }
        return;
      }
      line.append((char) b);
    }
  }
}
