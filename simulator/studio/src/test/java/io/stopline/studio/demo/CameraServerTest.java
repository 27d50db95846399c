package io.stopline.studio.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CameraServerTest {

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void showsTheRoadThenTheDriveThenTheRoadAgain() throws Exception {
    try (CameraServer camera = new CameraServer(0, 100, List.of(frame("road")))) {
      camera.add("clean", List.of(frame("one"), frame("two"), frame("three")));
      List<String> seen = new ArrayList<>();
      HttpResponse<java.io.InputStream> stream =
          http.send(get(camera, "/stream"), HttpResponse.BodyHandlers.ofInputStream());
      assertThat(stream.headers().firstValue("Content-Type"))
          .contains("multipart/x-mixed-replace; boundary=stopline-frame");
      try (DataInputStream in = new DataInputStream(stream.body())) {
        seen.add(next(in));
        assertThat(post(camera, "/play/clean")).isEqualTo(202);
        assertThat(post(camera, "/play/clean")).as("one at a time").isEqualTo(409);
        while (!seen.contains("three") || !seen.get(seen.size() - 1).equals("road")) {
          seen.add(next(in));
        }
      }
      assertThat(seen).startsWith("road").containsSubsequence("one", "three", "road");
      assertThat(state(camera).path("played").path("clean").asInt()).isEqualTo(1);
      assertThat(state(camera).path("playing").isNull()).isTrue();
    }
  }

  @Test
  void refusesWhatItDoesNotHave() throws Exception {
    try (CameraServer camera = new CameraServer(0, 100, List.of(frame("road")))) {
      assertThat(post(camera, "/play/altered")).isEqualTo(404);
      assertThat(status(get(camera, "/play/altered"))).isEqualTo(405);
      assertThat(post(camera, "/stream")).isEqualTo(405);
    }
  }

  private static byte[] frame(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads one part of the stream. */
  @SuppressWarnings("deprecation") // readLine is right for ASCII headers
  private static String next(DataInputStream in) throws IOException {
    int length = -1;
    assertThat(in.readLine()).isEqualTo("--stopline-frame");
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring(16));
      }
    }
    String body = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    assertThat(in.readLine()).isEmpty();
    return body;
  }

  private static HttpRequest get(CameraServer camera, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + camera.port() + path))
        .timeout(Duration.ofSeconds(10))
        .build();
  }

  private int post(CameraServer camera, String path) throws Exception {
    return status(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + camera.port() + path))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build());
  }

  private int status(HttpRequest request) throws Exception {
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private JsonNode state(CameraServer camera) throws Exception {
    return new ObjectMapper()
        .readTree(http.send(get(camera, "/state"), HttpResponse.BodyHandlers.ofString()).body());
  }
}
