package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.AppearanceManifest;
import io.stopline.config.Bundle;
import io.stopline.config.BundleWriter;
import io.stopline.evaluation.AppearanceAccuracy;
import io.stopline.evaluation.AppearanceLearner;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Split;
import io.stopline.sdk.check.AppearanceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline guard learn-appearance}. */
@Command(
    name = "learn-appearance",
    description = {
      "Learn what groups of signs look like, for the check 'sign-plausibility'.",
      "",
      "Writes the table, its manifest and its card to appearance/ of the bundle, and the new hashes."
          + " Name the table in a policy (checks: - sign-plausibility: {table: NAME, weight: 8}) and"
          + " calibrate again. The same data, groups and seed give the same table.",
      ""
    })
final class LearnAppearanceCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Mixin private PairingOptions pairing;

  @Option(
      names = "--bundle",
      required = true,
      paramLabel = "DIR",
      description = "The bundle, or the name of a shipped one.")
  private String bundle;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = PartOfSplit.DATA + " Of the bundle's classes.")
  private Path data;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the table (default: the bundle's name).")
  private @Nullable String name;

  @Option(
      names = "--groups",
      paramLabel = "FILE",
      description =
          "Which classes share shape and colours, a line each: 'NAME: 0, 1, 2' (default: the groups"
              + " of the bundle's table of that name; else every class is a group).")
  private @Nullable Path groupsFile;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = "train",
      description = "Which part of the data to learn from (default: ${DEFAULT-VALUE}).")
  private String split;

  @Option(
      names = "--validate-on",
      paramLabel = "NAME",
      defaultValue = "validation",
      description = "Which part tells how good it is, for the card (default: ${DEFAULT-VALUE}).")
  private String validation;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "How many crops to learn from (default: 400000).")
  private @Nullable Integer steps;

  @Override
  public Integer call() {
    Console console = common.console();
    Path directory = Bundle.locate(bundle);
    Bundle loaded = Bundle.load(directory);
    String table = name == null ? loaded.name() : name;
    if (!table.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
      throw new BadInputException(
          "'%s' cannot name a table; use 1 to 64 small letters, digits, '.', '_' and '-'"
              .formatted(table));
    }
    if (steps != null && steps < 1) {
      throw new BadInputException("--steps is %d; it must be at least 1".formatted(steps));
    }
    String labelFile = labelFile(loaded);
    List<String> labels = loaded.labels(loaded.policy(null));
    Groups groups = groups(loaded, table, labels);
    Dataset set =
        ReadModel.members(
                console,
                loaded,
                loaded.policy(null),
                pairing.reading(),
                Dataset.open(data),
                ReadModel.Unsound.REFUSED)
            .get(0)
            .data();
    AppearanceLearner.Settings settings = AppearanceLearner.Settings.standard(common.seed());
    if (steps != null) {
      settings = settings.withSteps(steps);
    }
    Split train = set.split(split);
    AppearanceLearner.Learnt learnt;
    try (Progress progress = console.progress("learning", settings.steps(), "steps")) {
      learnt =
          new AppearanceLearner(settings, groups.names(), groups.of(), train.tracks())
              .learn(progress::step);
    }
    AppearanceAccuracy accuracy =
        AppearanceAccuracy.of(learnt.table(), set.split(validation), common.seed());
    BundleWriter writer = new BundleWriter(directory);
    writer.writeAppearance(table, labelFile, learnt.table(), learnt.data());
    writer.write(
        "appearance/" + table + ".md", card(set, train, settings, learnt.table(), accuracy));
    Bundle sealed = BundleWriter.reseal(directory);
    console.say(
        "table '%s': %d ferns, %d groups, %d bytes; right group on %s of '%s' frames, a doubt on %s of its tracks",
        table,
        learnt.table().ferns(),
        learnt.table().groups().size(),
        learnt.data().length,
        accuracy.frames(),
        validation,
        accuracy.doubtedTracks());
    console.say(
        "written to %s; calibrate the policies that use it: ./stopline calibrate --bundle %s --policy NAME --data %s",
        directory.resolve("appearance"), directory, data);
    set.notes().forEach(note -> console.note("warning: %s", note));
    Report report = new Report("guard learn-appearance", common.seed());
    set.notes().forEach(report::warn);
    ObjectNode fields = report.fields();
    fields.put("table", table).put("bytes", learnt.data().length);
    AppearanceManifest manifest = sealed.appearances().get(table);
    if (manifest != null) {
      fields.put("sha256", manifest.sha256());
    }
    fields.set("groupAccuracy", accuracy.frames().toJson());
    fields.set("doubtedTracks", accuracy.doubtedTracks().toJson());
    console.report(report.toJson());
    return ExitCode.OK;
  }

  private static String labelFile(Bundle loaded) {
    return loaded.model(loaded.policy(null).policy().members().get(0)).labels();
  }

  /** Names, and the group of each class. */
  private record Groups(List<String> names, List<Integer> groupOf) {
    int[] of() {
      return groupOf.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private Groups groups(Bundle loaded, String table, List<String> labels) {
    if (groupsFile != null) {
      return read(groupsFile, labels.size());
    }
    AppearanceManifest before = loaded.appearances().get(table);
    List<Integer> of = new ArrayList<>();
    if (before != null && before.table().classes() == labels.size()) {
      for (int c = 0; c < labels.size(); c++) {
        of.add(before.table().groupOf(c));
      }
      return new Groups(before.table().groups(), of);
    }
    for (int c = 0; c < labels.size(); c++) {
      of.add(c);
    }
    return new Groups(labels, of);
  }

  private static Groups read(Path file, int classes) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new BadInputException(
          "groups '%s' cannot be read (%s); name a text file".formatted(file, Failures.reason(e)),
          e);
    }
    List<String> names = new ArrayList<>();
    Integer[] of = new Integer[classes];
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (!line.matches("[^:]+:\\s*\\d{1,4}(\\s*,\\s*\\d{1,4})*")) {
        throw new BadInputException(
            "%s:%d: '%s' is no group; write 'NAME: 0, 1, 2'".formatted(file, i + 1, line));
      }
      String[] parts = line.split(":", 2);
      for (String number : parts[1].split(",", -1)) {
        int c = Integer.parseInt(number.strip());
        if (c >= classes || of[c] != null) {
          throw new BadInputException(
              "%s:%d: class %d %s"
                  .formatted(
                      file,
                      i + 1,
                      c,
                      c >= classes ? "is unknown; there are " + classes : "is in a group already"));
        }
        of[c] = names.size();
      }
      names.add(parts[0].strip());
    }
    int missing = Arrays.asList(of).indexOf(null);
    if (missing >= 0) {
      throw new BadInputException(
          "%s: class %d is in no group; put it into one".formatted(file, missing));
    }
    return new Groups(names, Arrays.asList(of));
  }

  private String card(
      Dataset set,
      Split train,
      AppearanceLearner.Settings s,
      AppearanceTable table,
      AppearanceAccuracy accuracy) {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # What signs look like: appearance table

        For the check `sign-plausibility`: %d ferns of %d questions each over a grid of %d×%d cells, with bounded votes for %d groups of classes. It tells groups apart by
        shape and colour; signs of one group, such as two speed limits, look the same to it.

        | | |
        |---|---|
        | learnt from | data set `%s`, split `%s`: %d tracks, SHA-256 of their pixels %s |
        | how | multinomial logistic regression, %d varied crops (cut, turned, lit, hazy, blurred, noisy, 12 to 40 px), half of them covered on up to %.0f %% by rectangles; seed %d |
        | right group, clean frames of `%s` | %s |
        | tracks of `%s` with another group in the lead on any frame | %s |
        | influence of one fern on the lead of a group | at most %d votes of the %d between floor and ceiling |

        A rectangle on 15 %% of a sign's bounding square is seen by up to %d of the %d ferns: the bound is no certificate against stickers of that size, it only keeps any single
        place from deciding. Weights derive from photographs of GTSRB (Stallkamp et al. 2012), which are free for research. Repeat with:

            ./stopline guard learn-appearance --bundle DIR --data DIR --seed %d%s

        """
            .formatted(
                table.ferns(),
                Integer.numberOfTrailingZeros(table.words()),
                table.side(),
                table.side(),
                table.groups().size(),
                set.name(),
                train.name(),
                train.tracks().size(),
                train.sha256(),
                s.steps(),
                100 * s.coveredShare(),
                s.seed(),
                validation,
                accuracy.frames(),
                validation,
                accuracy.doubtedTracks(),
                table.influence(),
                table.ceiling() - table.floor(),
                accuracy.fernsBehindASticker(),
                table.ferns(),
                s.seed(),
                steps == null ? "" : " --steps " + s.steps()));
    return text.toString();
  }
}
