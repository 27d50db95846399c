package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Track;
import io.stopline.sdk.image.Image;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models as other people train them, through every command: each comes to the right result, or
 * refuses and names the options with which it does. Right is what the model's owner sees, who feeds
 * it in his own way.
 */
final class UserModelsTest {

  private static final List<String> COMMANDS =
      List.of("attack", "harden", "quantize", "guard init");

  private static final List<String> TABLE = new ArrayList<>();

  /** So many that each split gets one. */
  private static final int TRACKS = 5;

  /** What every build tries on a model; the whole takes minutes. */
  private static final Map<String, List<String>> IN_EVERY_BUILD =
      Map.of(
          "channels before rows", List.of("quantize"),
          "int8 weights, float activations", List.of("harden"),
          "a shape known when it runs", List.of("quantize"),
          "grey", List.of("quantize"),
          "pixels as stored", List.of("harden"),
          "names", List.of("guard init"),
          "an order that nobody wrote down", List.of("attack"),
          "two classes swapped", List.of("quantize"),
          "pixels -1..1, blue first, Keras", List.of("attack", "harden"));

  @TempDir private static Path folder;

  /** Folders named as the classes are, and folders of numbers: the two ways of keeping signs. */
  private static Path byName;

  private static Path byNumber;

  /** Of the signs, in the order in which the starting models were trained. */
  private static List<String> names;

  private static byte[] model;

  /** How the owner of a model lays out its input. */
  private enum Layout {
    RGB,
    BGR,
    CHANNELS_FIRST,
    GREY
  }

  /** How the owner of a model feeds it. */
  private record Feeding(double low, double high, Layout layout) {

    static final Feeding UNIT = new Feeding(0, 1, Layout.RGB);

    int guess(TfLiteModel model, Image image) {
      ByteBuffer input = model.input(0).order(ByteOrder.nativeOrder());
      int pixels = image.width() * image.height();
      byte[] rgb = image.copy().data();
      for (int p = 0; p < pixels; p++) {
        double red = rgb[3 * p] & 0xff;
        double green = rgb[3 * p + 1] & 0xff;
        double blue = rgb[3 * p + 2] & 0xff;
        switch (layout) {
          case RGB -> put(model, input, 3 * p, 1, red, green, blue);
          case BGR -> put(model, input, 3 * p, 1, blue, green, red);
          case CHANNELS_FIRST -> put(model, input, p, pixels, red, green, blue);
          case GREY -> put(model, input, p, 1, 0.299 * red + 0.587 * green + 0.114 * blue);
        }
      }
      model.invoke();
      ByteBuffer output = model.output(0).order(ByteOrder.nativeOrder());
      boolean stored = model.outputs().get(0).type().bytes() == 1;
      int best = 0;
      for (int c = 0; c < 43; c++) {
        double score = stored ? output.get(c) & 0xff : output.getFloat(4 * c);
        double most = stored ? output.get(best) & 0xff : output.getFloat(4 * best);
        best = score > most ? c : best;
      }
      return best;
    }

    private void put(TfLiteModel model, ByteBuffer input, int at, int step, double... pixelValues) {
      for (int c = 0; c < pixelValues.length; c++) {
        if (model.inputs().get(0).type().bytes() == 1) {
          input.put(at + step * c, (byte) Math.round(pixelValues[c]));
        } else {
          input.putFloat(4 * (at + step * c), (float) (low + (high - low) * pixelValues[c] / 255));
        }
      }
    }
  }

  /**
   * One model.
   *
   * @param outputs number of the class that each output stands for
   * @param data where the signs lie
   * @param cure options without which commands must refuse; empty if they must not
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Case(
      String name,
      byte[] file,
      List<Integer> outputs,
      Feeding feeding,
      Path data,
      List<String> cure) {

    String fileName() {
      return name.replaceAll("\\W+", "-");
    }
  }

  @BeforeAll
  static void readSigns() throws IOException {
    Dataset gtsrb = Dataset.open(SharedFiles.path("data/gtsrb"));
    names = gtsrb.classNames().stream().map(n -> n.replace('/', ' ')).toList();
    model = SharedFiles.bytes("models/mobile-float32.tflite");
    byName = folder.resolve("names");
    byNumber = folder.resolve("numbers");
    int[] tracks = new int[names.size()];
    for (Track track : gtsrb.split("train").tracks()) {
      int number = tracks[track.label()]++;
      if (number < TRACKS) {
        Image image = track.frames().get(track.frames().size() - 1).image();
        String file = "%05d_%05d.png".formatted(number, 0);
        write(image, byName.resolve(names.get(track.label())).resolve(file));
        write(image, byNumber.resolve(String.valueOf(track.label())).resolve(file));
      }
    }
  }

  private static void write(Image image, Path file) throws IOException {
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = image.copy().data();
    for (int i = 0; i < image.width() * image.height(); i++) {
      int pixel =
          ((rgb[3 * i] & 0xff) << 16) | ((rgb[3 * i + 1] & 0xff) << 8) | (rgb[3 * i + 2] & 0xff);
      picture.setRGB(i % image.width(), i / image.width(), pixel);
    }
    Files.createDirectories(file.getParent());
    ImageIO.write(picture, "png", file.toFile());
  }

  @AfterAll
  static void say() {
    System.out.println(
        String.format(Locale.ROOT, "%n%-34s %-10s %s", "model", "command", "what came of it"));
    TABLE.forEach(System.out::println);
    if (!Boolean.getBoolean("stopline.user.models.all")) {
      System.out.println("every command on every model: mvn … -Dstopline.user.models.all=true");
    }
  }

  private static List<Case> cases() throws IOException {
    List<Integer> same = IntStream.range(0, 43).boxed().toList();
    List<Integer> keras = same.stream().sorted(Comparator.comparing(String::valueOf)).toList();
    List<Integer> turned = IntStream.range(0, 43).mapToObj(i -> (i + 17) % 43).toList();
    List<Integer> swapped = new ArrayList<>(same);
    Collections.swap(swapped, 3, 5);
    String numbers = labels("numbers.txt", keras.stream().map(String::valueOf).toList());
    String named = labels("named.txt", turned.stream().map(names::get).toList());
    String trained = labels("trained.txt", names);
    return List.of(
        new Case("as the data", model, same, Feeding.UNIT, byNumber, List.of()),
        new Case(
            "channels before rows",
            AlteredModel.channelsFirst(model),
            same,
            new Feeding(0, 1, Layout.CHANNELS_FIRST),
            byNumber,
            List.of()),
        new Case(
            "int8 weights, float activations",
            AlteredModel.shortWeights(model),
            same,
            Feeding.UNIT,
            byNumber,
            List.of()),
        new Case(
            "a shape known when it runs",
            AlteredModel.computedShape(model),
            same,
            Feeding.UNIT,
            byNumber,
            List.of()),
        new Case(
            "grey",
            AlteredModel.grey(model),
            same,
            new Feeding(0, 1, Layout.GREY),
            byNumber,
            List.of()),
        new Case("names", model, same, Feeding.UNIT, byName, List.of("--labels", trained)),
        new Case(
            "Keras' folder order",
            AlteredModel.reordered(model, keras),
            keras,
            Feeding.UNIT,
            byNumber,
            List.of("--labels", numbers)),
        new Case(
            "an order that nobody wrote down",
            AlteredModel.reordered(model, turned),
            turned,
            Feeding.UNIT,
            byNumber,
            List.of("--class-order", "matched")),
        new Case(
            "another order, with names",
            AlteredModel.reordered(model, turned),
            turned,
            Feeding.UNIT,
            byName,
            List.of("--labels", named)),
        new Case(
            "two classes swapped",
            AlteredModel.reordered(model, swapped),
            swapped,
            Feeding.UNIT,
            byNumber,
            List.of("--class-order", "matched")),
        new Case(
            "blue first",
            AlteredModel.blueFirst(model),
            same,
            new Feeding(0, 1, Layout.BGR),
            byNumber,
            List.of("--channels", "bgr")),
        new Case(
            "pixels 0..255",
            AlteredModel.inRange(model, 0, 255),
            same,
            new Feeding(0, 255, Layout.RGB),
            byNumber,
            List.of("--input-range", "0..255")),
        new Case(
            "pixels as stored",
            AlteredModel.storedPixels(model),
            same,
            new Feeding(0, 255, Layout.RGB),
            byNumber,
            List.of()),
        new Case(
            "pixels -1..1, blue first, Keras",
            AlteredModel.inRange(
                AlteredModel.blueFirst(AlteredModel.reordered(model, keras)), -1, 1),
            keras,
            new Feeding(-1, 1, Layout.BGR),
            byNumber,
            List.of("--input-range", "signed", "--channels", "bgr", "--labels", numbers)));
  }

  private static String labels(String file, List<String> lines) throws IOException {
    return Files.write(folder.resolve(file), lines).toString();
  }

  @TestFactory
  Stream<DynamicTest> everyCommandIsRightOrRefusesWithTheCure() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Case each : cases()) {
      tests.add(DynamicTest.dynamicTest(each.name(), () -> check(each)));
    }
    return tests.stream();
  }

  private static void check(Case each) throws IOException {
    Path file = Files.write(folder.resolve(each.fileName() + ".tflite"), each.file());
    assertThat(accuracy(each, file)).as("the owner's own view").isGreaterThan(0.9);
    for (String command : commands(each)) {
      Path out = folder.resolve(each.fileName() + "-" + command.replace(' ', '-') + ".tflite");
      if (!each.cure().isEmpty()) {
        CommandLineRun blind = run(command, file, out, each.data(), List.of());
        assertThat(blind.exitCode()).as(command + ": " + blind.err()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(blind.err()).contains("--accept-accuracy").contains("clean images");
        assertThat(out).doesNotExist();
        TABLE.add(
            String.format(
                Locale.ROOT, "%-34s %-10s refused: %s", each.name(), command, cure(blind.err())));
      }
      CommandLineRun told = run(command, file, out, each.data(), each.cure());
      assertThat(told.exitCode()).as(command + ": " + told.err()).isEqualTo(ExitCode.OK);
      String result = "right";
      if (command.equals("harden") || command.equals("quantize")) {
        double before = accuracy(each, file);
        double after = accuracy(each, out);
        assertThat(after).as(command).isGreaterThan(0.9);
        assertThat(stop(each, out)).isEqualTo(stop(each, file));
        result =
            String.format(
                Locale.ROOT,
                "right: %.1f %% before, %.1f %% after; 'Stop' is output %d before, %d after",
                100 * before,
                100 * after,
                stop(each, file),
                stop(each, out));
      }
      TABLE.add(String.format(Locale.ROOT, "%-34s %-10s %s", each.name(), command, result));
    }
  }

  private static List<String> commands(Case each) {
    return Boolean.getBoolean("stopline.user.models.all")
        ? COMMANDS
        : IN_EVERY_BUILD.getOrDefault(each.name(), List.of());
  }

  private static String cure(String message) {
    int at = message.indexOf(" but on ");
    return at < 0 ? message.strip() : message.substring(at + 1).strip();
  }

  private static CommandLineRun run(
      String command, Path model, Path out, Path data, List<String> cure) {
    List<String> all = new ArrayList<>(List.of(command.split(" ")));
    all.addAll(List.of("--model", model.toString(), "--data", data.toString()));
    all.addAll(cure);
    all.addAll(
        switch (command) {
          case "attack" ->
              List.of("--attack", "noise", "--limit", "4", "--eps", "1/255", "--sanity", "none");
          case "harden" ->
              List.of(
                  "--out",
                  out.toString(),
                  "--method",
                  "standard",
                  "--attack-limit",
                  "0",
                  "epochs=1");
          case "quantize" ->
              List.of("--out", out.toString(), "--attack-limit", "0", "--images", "129");
          default ->
              List.of("--out", out.toString().replace(".tflite", ""), "--false-alarm-rate", "0.4");
        });
    return CommandLineRun.of(all.toArray(String[]::new));
  }

  /** What the owner sees, who feeds it in his own way. */
  private static double accuracy(Case each, Path file) throws IOException {
    int right = 0;
    List<Sample> samples = Dataset.open(byNumber).split("validation").samples();
    try (TfLiteModel loaded = load(file)) {
      for (Sample sample : samples) {
        int guess = each.feeding().guess(loaded, sample.image());
        right += each.outputs().get(guess) == sample.label() ? 1 : 0;
      }
    }
    return (double) right / samples.size();
  }

  /** The output that is largest for a stop sign. */
  private static int stop(Case each, Path file) throws IOException {
    Sample sample =
        Dataset.open(byNumber).split("validation").samples().stream()
            .filter(s -> s.label() == names.indexOf("Stop"))
            .findFirst()
            .orElseThrow();
    try (TfLiteModel loaded = load(file)) {
      return each.feeding().guess(loaded, sample.image());
    }
  }

  private static TfLiteModel load(Path file) throws IOException {
    return TfLiteModel.load("owner's", Files.readAllBytes(file), RuntimeOptions.defaults());
  }
}
