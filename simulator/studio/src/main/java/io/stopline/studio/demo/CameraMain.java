package io.stopline.studio.demo;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      "Films a drive up to a sign and serves it as MJPEG over HTTP on loopback.",
      "Drives: 'clean', and 'altered' with the given stickers. Prints one line of JSON when ready."
          + " Ends at the end of its standard input."
    })
public final class CameraMain implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--port", defaultValue = "0", description = "0 for any free one.")
  private int port;

  @Option(names = "--fps", defaultValue = "12", description = "Frames a second.")
  private double framesPerSecond;

  @Option(names = "--seed", required = true, description = "Of the road, the camera and the drive.")
  private long seed;

  @Option(names = "--stickers", description = "JSON file: the stickers of the altered drive.")
  private @Nullable Path stickers;

  @Option(names = "--data", description = "Data set whose photographs of a sign to show.")
  private @Nullable Path data;

  @Option(names = "--track", description = "Id of the sign's track in the data set.")
  private @Nullable String track;

  /** Runs until its standard input ends, so that it never outlives whoever started it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CameraMain()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    List<Sticker> altered =
        stickers == null
            ? List.of()
            : new ObjectMapper()
                .readValue(Files.readAllBytes(stickers), new TypeReference<List<Sticker>>() {});
    DriveUp drive = new DriveUp(seed);
    DriveSign sign =
        data == null || track == null ? new ArtSign(SignFace.STOP) : TrackSign.open(data, track);
    try (CameraServer server = new CameraServer(port, framesPerSecond, Film.emptyRoad(drive))) {
      server.add("clean", Film.drive(drive, sign, List.of()));
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          new ObjectMapper()
              .createObjectNode()
              .put("stream", "http://127.0.0.1:" + server.port() + "/stream")
              .put("port", server.port()));
      out.flush();
      server.add("altered", Film.drive(drive, sign, altered));
      while (System.in.read() >= 0) {
        // Nobody says anything here; the end is what counts.
      }
    }
    return 0;
  }
}
