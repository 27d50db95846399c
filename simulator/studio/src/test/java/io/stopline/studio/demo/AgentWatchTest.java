package io.stopline.studio.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.scene.SignTruth;
import io.stopline.sdk.image.Region;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only what the agent says of the altered sign itself counts. */
class AgentWatchTest {

  private static final int STOP = 14;

  @TempDir private Path folder;
  private Path events;
  private Board board;
  private AgentWatch watch;

  @BeforeEach
  void filmed() {
    events = folder.resolve("events.jsonl");
    board =
        new Board(
            new Board.Setting(
                "run", "1", 1, STOP, List.of("a"), "int8", List.of("m"), 0.05, 1280, 720),
            (name, data) -> {});
    List<FilmedFrame> film =
        IntStream.range(0, 3)
            .mapToObj(
                i ->
                    new FilmedFrame(
                        i,
                        i / 30.0,
                        20 - i,
                        1280,
                        720,
                        new SignTruth(
                            0, STOP, new Region(600, 300, 40, 40), List.of(), 20 - i, 40, 1)))
            .toList();
    board.filmed(Part.ATTACKED, film, Map.of(0, new BareVerdict(2, 0.9, 0.05)));
    watch = new AgentWatch(board, events, Map.of(Part.ATTACKED, film));
    watch.begin(Part.ATTACKED);
  }

  @Test
  void verdictsOnOtherSignsAndOtherFramesAreNotTheAlteredSigns() throws Exception {
    // A sign elsewhere, accepted; the altered one, wrong and accepted.
    say(
        frame(
            "attacked/0", track(1, 100, 200, 2, "ACCEPT") + "," + track(2, 595, 295, 2, "ACCEPT")));
    // The altered one, suspect.
    say(frame("attacked/1", track(2, 596, 294, 2, "SUSPECT")));
    // An earlier verdict that is shown again is no verdict on this frame.
    say(
        frame(
            "attacked/2",
            track(2, 596, 294, 2, "SUSPECT").replace("\"inspected\":true", "\"inspected\":false")));
    say(frame("idle/3", track(2, 596, 294, 2, "ACCEPT")));
    say(frame("unheard/0", ""));
    say("{\"type\":\"incident\",\"track\":2}");
    say("{\"type\":\"incident\",\"track\":1}");
    say("{\"type\":\"accepted\"}");
    watch.look();

    DriveFigures figures = board.figures(Part.ATTACKED);
    assertThat(figures.nearFrames()).isEqualTo(3);
    assertThat(figures.nearFramesJudged()).isEqualTo(3);
    assertThat(figures.inspectedFrames()).isEqualTo(2);
    assertThat(figures.acceptedErrors()).isEqualTo(1);
    assertThat(figures.suspectFrames()).isEqualTo(1);
    assertThat(figures.undefendedErrors()).isEqualTo(1);
    assertThat(figures.foundAtMetres()).isEqualTo(20);
    assertThat(watch.sent()).isEqualTo(2);
    assertThat(watch.sentOnMain()).isEqualTo(1);
    assertThat(watch.accepted()).isEqualTo(1);
    assertThat(watch.frames()).isEqualTo(5);
    assertThat(watch.idleSinceDrive()).isEqualTo(1);
  }

  @Test
  void aLineThatIsNotWholeYetIsReadLater() throws Exception {
    String line = frame("attacked/0", track(1, 596, 296, STOP, "ACCEPT"));
    write(line.substring(0, 30));
    watch.look();
    assertThat(watch.frames()).isZero();
    write(line.substring(30) + "\nno json\n");
    watch.look();
    assertThat(watch.frames()).isEqualTo(1);
    watch.look();
    assertThat(watch.frames()).isEqualTo(1);
    assertThat(board.figures(Part.ATTACKED).acceptedErrors()).isZero();
  }

  @Test
  void ofTwoTracksOnTheSignTheOneThatFitsBetterCounts() throws Exception {
    say(
        frame(
            "attacked/0",
            track(1, 610, 310, 2, "ACCEPT") + "," + track(2, 595, 295, 2, "SUSPECT")));
    watch.look();
    assertThat(board.figures(Part.ATTACKED).suspectFrames()).isEqualTo(1);
    assertThat(board.figures(Part.ATTACKED).acceptedErrors()).isZero();
  }

  private void say(String line) throws Exception {
    write(line + "\n");
  }

  private void write(String text) throws Exception {
    Files.writeString(events, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String frame(String name, String tracks) {
    return "{\"type\":\"frame\",\"sourceFrame\":\"%s\",\"tracks\":[%s]}".formatted(name, tracks);
  }

  private static String track(int id, int x, int y, int label, String decision) {
    return "{\"track\":%d,\"region\":[%d,%d,50,50],\"inspected\":true,\"label\":%d,\"decision\":\"%s\"}"
        .formatted(id, x, y, label, decision);
  }
}
