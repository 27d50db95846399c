package io.stopline.studio.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class MjpegCameraTest {

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void aViewerSeesWhatIsPlayedInOrderAndThenTheEnd() throws Exception {
    try (MjpegCamera camera = new MjpegCamera(0)) {
      HttpResponse<InputStream> stream =
          http.send(get(camera, "/stream"), HttpResponse.BodyHandlers.ofInputStream());
      assertThat(stream.headers().firstValue("Content-Type"))
          .contains("multipart/x-mixed-replace; boundary=stopline-frame");
      assertThat(camera.awaitViewer(Duration.ofSeconds(60))).isTrue();
      long begin = System.nanoTime();
      camera.play(IntStream.range(0, 20).mapToObj(i -> shot(i, "{}")).iterator(), 100);
      assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(200_000_000L);
      camera.end(Duration.ofSeconds(60));
      List<String> seen = new ArrayList<>();
      try (DataInputStream in = new DataInputStream(stream.body())) {
        for (String part = next(in); part != null; part = next(in)) {
          seen.add(part);
        }
      }
      assertThat(seen)
          .isSubsetOf(IntStream.range(0, 20).mapToObj("%1$02d/%1$02d"::formatted).toList());
      assertThat(seen).isSorted().doesNotHaveDuplicates().last().isEqualTo("19/19");
      assertThat(camera.viewers()).isZero();
    }
  }

  @Test
  void thePictureAndItsTruthCanBeAskedForByThemselves() throws Exception {
    try (MjpegCamera camera = new MjpegCamera(0)) {
      assertThat(text(camera, "/truth").statusCode()).isEqualTo(404);
      assertThat(text(camera, "/frame.jpg").statusCode()).isEqualTo(404);
      camera.show(shot(7, "{\"frame\":7}"));
      assertThat(text(camera, "/truth").body()).isEqualTo("{\"frame\":7}");
      HttpResponse<String> still = text(camera, "/frame.jpg");
      assertThat(still.body()).isEqualTo("107");
      assertThat(still.headers().firstValue("X-Frame")).contains("7");
      camera.show(shot(8, null));
      assertThat(text(camera, "/truth").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void onlyReadsAreAnsweredAndOnlyUnderItsOwnName() throws Exception {
    try (MjpegCamera camera = new MjpegCamera(0)) {
      HttpRequest post =
          HttpRequest.newBuilder(camera.uri())
              .POST(HttpRequest.BodyPublishers.noBody())
              .timeout(Duration.ofSeconds(60))
              .build();
      assertThat(http.send(post, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(405);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), camera.port())) {
        socket
            .getOutputStream()
            .write(
                "GET /stream HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        byte[] answer = socket.getInputStream().readNBytes(12);
        assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 403");
      }
    }
  }

  @Test
  void aClosedCameraPlaysNoFurther() throws Exception {
    MjpegCamera camera = new MjpegCamera(0);
    camera.close();
    assertThatThrownBy(() -> camera.play(List.of(shot(0, null)).iterator(), 0.01))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void aNameThatWouldBreakTheHeaderIsRefused() {
    assertThatThrownBy(() -> new Shot("a\r\nX-Evil: 1", 0, new byte[1], null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Shot shot(int frame, @Nullable String truth) {
    byte[] picture = Integer.toString(100 + frame).getBytes(StandardCharsets.US_ASCII);
    return new Shot("clean", frame, picture, truth);
  }

  /** Reads one part of the stream as header/body; null at its end. */
  @SuppressWarnings("deprecation") // readLine is right for ASCII headers
  private static @Nullable String next(DataInputStream in) throws IOException {
    String delimiter = in.readLine();
    if (delimiter.equals("--stopline-frame--")) {
      return null;
    }
    assertThat(delimiter).isEqualTo("--stopline-frame");
    int length = -1;
    int frame = -1;
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring(16));
      } else if (line.startsWith("X-Frame: ")) {
        frame = Integer.parseInt(line.substring(9));
      }
    }
    String body = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    assertThat(in.readLine()).isEmpty();
    return "%02d/%02d".formatted(frame, Integer.parseInt(body) - 100);
  }

  private HttpResponse<String> text(MjpegCamera camera, String path) throws Exception {
    return http.send(get(camera, path), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest get(MjpegCamera camera, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + camera.port() + path))
        .timeout(Duration.ofSeconds(60))
        .build();
  }
}
