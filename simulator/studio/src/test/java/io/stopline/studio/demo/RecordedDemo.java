package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.scene.SignTruth;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.image.Region;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * A demonstration as the page sees it, played by the test at its own pace to the real page server:
 * a sign that comes nearer, read right when clean and taken for another when altered.
 */
final class RecordedDemo implements AutoCloseable {

  static final int FRAMES = 40;
  static final int WRONG = 2;
  private static final int WIDTH = 1280;
  private static final int HEIGHT = 720;
  private static final int STOP = 14;

  private final ObjectMapper mapper = new ObjectMapper();
  private final EventStream events = new EventStream();
  private final Board board;
  private final LivePage page;
  private final int port;

  RecordedDemo() throws IOException {
    List<String> labels =
        IntStream.range(0, 43)
            .mapToObj(i -> i == STOP ? "Stop" : i == WRONG ? "Speed limit (50km/h)" : "class " + i)
            .toList();
    board =
        new Board(
            new Board.Setting(
                Board.Setting.newRun(),
                "test",
                1,
                STOP,
                labels,
                "int8",
                List.of("one", "two", "three"),
                0.05,
                WIDTH,
                HEIGHT),
            events::tell);
    page = new LivePage(board, new Pictures(), events);
    port = page.start(0);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  int port() {
    return port;
  }

  Board board() {
    return board;
  }

  void search(boolean found) {
    board.phase(Phase.SEARCHING, "Searching stickers");
    board.search(new Board.Search(found ? 1 : 0.4, 512, 0.12, 0.75, 1, 12, found));
  }

  void film(Part part) {
    Map<Integer, BareVerdict> bare = new LinkedHashMap<>();
    List<FilmedFrame> film = new ArrayList<>();
    for (int i = 0; i < FRAMES; i++) {
      FilmedFrame frame = truth(i);
      film.add(frame);
      if (frame.isNear()) {
        boolean wrong = part == Part.ATTACKED;
        bare.put(i, new BareVerdict(wrong ? WRONG : STOP, 0.83, wrong ? 0.09 : 0.83));
      }
    }
    board.filmed(part, film, bare);
  }

  void play(Part part, int frames) throws IOException {
    board.phase(Phase.valueOf(part.name()), "Playing: " + part.title());
    board.playing(part);
    for (int i = 0; i < frames; i++) {
      board.seen(part, Seen.of(event(part, i), truth(i)));
    }
  }

  void end() {
    board.incidents(Part.ATTACKED, new DriveFigures.Incidents(1, 1, 1));
    for (Part part : Part.values()) {
      board.played(part);
    }
    board.incident(
        new Board.IncidentView(
            "http://127.0.0.1:1/#incident-1", "Stop", List.of("the models disagree"), 0.01, true));
    board.outcome(List.of());
  }

  /** As Ctrl-C does: from now on nobody answers. */
  void interrupt() {
    page.close();
  }

  private static FilmedFrame truth(int i) {
    int size = 16 + 3 * i;
    Region box = new Region(700 + 8 * i - size / 2, 320 - 3 * i - size / 2, size, size);
    return new FilmedFrame(
        i,
        i / 10.0,
        60 - i,
        WIDTH,
        HEIGHT,
        new SignTruth(0, STOP, box, List.of(), 60 - i, size, 1));
  }

  private static Region box(int i) {
    return Objects.requireNonNull(truth(i).sign()).box();
  }

  private JsonNode event(Part part, int i) throws IOException {
    ObjectNode event = mapper.createObjectNode().put("type", "frame");
    Region sign = box(i);
    if (i >= 4) {
      String decision = part != Part.ATTACKED ? "ACCEPT" : i < 12 ? "ABSTAIN" : "SUSPECT";
      ObjectNode track = event.putArray("tracks").addObject();
      track.put("track", 1).put("seen", true).put("inspected", true);
      track
          .putArray("region")
          .add(sign.x() - 5)
          .add(sign.y() - 5)
          .add(sign.width() + 10)
          .add(sign.height() + 10);
      track
          .put("label", part == Part.ATTACKED ? WRONG : STOP)
          .put("probability", 0.8)
          .put("decision", decision)
          .put("pValue", decision.equals("SUSPECT") ? 0.004 : 0.6)
          .put("score", 0.3)
          .put("trackScore", 0.3);
      track.putArray("reasons").add("because");
    }
    return event;
  }

  /** Pictures that are drawn when they are asked for. */
  private static final class Pictures implements LivePage.Gallery {

    @Override
    public Optional<byte[]> frame(String drive, int frame) throws IOException {
      if (frame < 0 || frame >= FRAMES) {
        return Optional.empty();
      }
      BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
      Graphics2D g = picture.createGraphics();
      g.setPaint(new GradientPaint(0, 0, new Color(0x9db8d6), 0, HEIGHT, new Color(0x53584f)));
      g.fillRect(0, 0, WIDTH, HEIGHT);
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      Region sign = box(frame);
      g.drawImage(
          SignArt.of(STOP).draw(160), sign.x(), sign.y(), sign.width(), sign.height(), null);
      g.dispose();
      return Optional.of(encode(picture, "jpg"));
    }

    @Override
    public Optional<byte[]> sign(int signClass) {
      return signClass < 0 || signClass > 42
          ? Optional.empty()
          : Optional.of(encode(SignArt.of(signClass).draw(96), "png"));
    }

    @Override
    public Optional<byte[]> face(String what) {
      return sign(STOP);
    }

    @Override
    public Optional<byte[]> incident() {
      return sign(STOP);
    }

    private static byte[] encode(BufferedImage picture, String format) {
      try {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(picture, format, out);
        return out.toByteArray();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    page.close();
  }
}
