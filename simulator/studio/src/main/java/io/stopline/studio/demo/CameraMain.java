package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.files.WholeFile;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.studio.camera.MjpegCamera;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The demonstration's camera, a process of its own. */
@Command(
    name = "camera",
    mixinStandardHelpOptions = true,
    description = {
      "Films drives ahead and serves them as MJPEG over HTTP on loopback.",
      "Takes orders on standard input, one a line, and answers each with a line of JSON: 'idle"
          + " SCENARIO' (what to show between drives), 'film NAME SCENARIO FOLDER' (the frames are"
          + " put there as 0.jpg, 1.jpg, …), 'play NAME RATE'. Ends with its standard input."
    })
public final class CameraMain implements Callable<Integer> {

  /**
   * Frames of the idle picture, shown in turn. They are the drive's last: after a cut back to its
   * first, whatever the agent followed would seem to have changed.
   */
  private static final int IDLE_FRAMES = 6;

  @Spec private CommandSpec spec;

  @Option(names = "--port", defaultValue = "0", description = "0 for any free one.")
  private int port;

  private final ObjectMapper mapper = new ObjectMapper();
  private final Map<String, List<byte[]>> films = new HashMap<>();

  /** Runs until its standard input ends, so that it never outlives whoever started it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CameraMain()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    try (MjpegCamera camera = new MjpegCamera(port);
        Projector projector =
            new Projector(camera, drive -> say(answer("played").put("drive", drive)))) {
      say(answer("ready").put("port", camera.port()).put("stream", camera.uri().toString()));
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        // Paths may hold spaces; a tab parts the words.
        String[] words = line.split("\t", -1);
        switch (words[0]) {
          case "idle" -> projector.idle(end(DriveRenderer.of(read(words[1])), IDLE_FRAMES));
          case "film" -> film(words[1], DriveRenderer.of(read(words[2])), Path.of(words[3]));
          case "play" -> {
            List<byte[]> film = films.getOrDefault(words[1], List.of());
            projector.play(words[1], film, Double.parseDouble(words[2]));
          }
          default -> say(answer("unknown").put("order", words[0]));
        }
      }
    }
    return 0;
  }

  private static io.stopline.scene.scenario.Scenario read(String file) {
    return ScenarioFile.read(Path.of(file));
  }

  private static List<byte[]> end(DriveRenderer drive, int frames) {
    return IntStream.range(Math.max(0, drive.frames() - frames), drive.frames())
        .parallel()
        .mapToObj(drive::jpeg)
        .toList();
  }

  private void film(String name, DriveRenderer drive, Path folder) throws IOException {
    long begin = System.nanoTime();
    AtomicInteger done = new AtomicInteger();
    List<byte[]> film =
        IntStream.range(0, drive.frames())
            .parallel()
            .mapToObj(
                frame -> {
                  byte[] jpeg = drive.jpeg(frame);
                  if (done.incrementAndGet() % 20 == 0) {
                    say(answer("filming").put("drive", name).put("frames", done.get()));
                  }
                  return jpeg;
                })
            .toList();
    Files.createDirectories(folder);
    for (int i = 0; i < film.size(); i++) {
      WholeFile.write(folder.resolve(i + ".jpg"), film.get(i));
    }
    films.put(name, film);
    say(
        answer("filmed")
            .put("drive", name)
            .put("frames", film.size())
            .put("seconds", (System.nanoTime() - begin) / 1e9));
  }

  private ObjectNode answer(String event) {
    return mapper.createObjectNode().put("event", event);
  }

  private synchronized void say(ObjectNode answer) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(answer);
    out.flush();
  }
}
