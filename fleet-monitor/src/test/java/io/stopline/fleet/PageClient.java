package io.stopline.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;

/** Asks the page's API as a browser or an attacker would. */
final class PageClient {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final URI page;
  private final HttpClient http = HttpClient.newHttpClient();

  PageClient(URI page) {
    this.page = page;
  }

  HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(page.resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  JsonNode json(String path) throws Exception {
    HttpResponse<byte[]> response = get(path);
    if (response.statusCode() != 200) {
      throw new IOException(path + ": " + response.statusCode());
    }
    return MAPPER.readTree(response.body());
  }

  int post(String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(page.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).statusCode();
  }

  String token() throws Exception {
    return json("/api/session").path("token").asText();
  }

  /** A request with a host header of one's own choice; the status line of the answer. */
  String raw(String host, String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), page.getPort())) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return answer.substring(0, answer.indexOf('\r'));
    }
  }

  /**
   * Sends a review, chunk by chunk, with a pause before each but the first, in ms.
   *
   * @param chunks as they go over the wire, framing and all
   * @return the status line of the answer; empty if the connection was closed without one
   */
  String rawReview(long key, long pause, String... chunks) throws Exception {
    String token = token();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), page.getPort())) {
      socket.setSoTimeout(60_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /api/incidents/"
                  + key
                  + "/review HTTP/1.1\r\nHost: 127.0.0.1:"
                  + page.getPort()
                  + "\r\nContent-Type: application/json\r\nX-Stopline-Token: "
                  + token
                  + "\r\nTransfer-Encoding: chunked\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < chunks.length; i++) {
        try {
          if (i > 0) {
            Thread.sleep(pause);
          }
          out.write(chunks[i].getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
          // The server has had enough; its answer may be there to read.
          break;
        }
      }
      StringBuilder line = new StringBuilder();
      InputStream in = socket.getInputStream();
      for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
        line.append((char) c);
      }
      return line.toString();
    }
  }

  /** Asks again until the answer is as wanted. */
  JsonNode await(String path, Predicate<JsonNode> wanted) throws Exception {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
    while (true) {
      JsonNode answer = json(path);
      if (wanted.test(answer)) {
        return answer;
      }
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError(path + " never became as wanted: " + answer);
      }
      Thread.sleep(10);
    }
  }
}
