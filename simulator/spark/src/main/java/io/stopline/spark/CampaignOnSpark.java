package io.stopline.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.campaign.proving.Campaign;
import io.stopline.campaign.proving.CampaignFile;
import io.stopline.campaign.proving.CampaignResults;
import io.stopline.campaign.proving.CampaignRunner;
import io.stopline.campaign.proving.Figures;
import io.stopline.campaign.proving.Gate;
import io.stopline.campaign.proving.GateResult;
import io.stopline.campaign.proving.Row;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The main class for {@code spark-submit}: runs a campaign's tracks as Spark tasks and writes what
 * {@code stopline campaign} writes, row by row the same. Campaign file and bundles must lie under
 * the same paths on every machine.
 */
@Command(
    name = "stopline-spark",
    mixinStandardHelpOptions = true,
    description = {
      "Run a campaign on Spark: the same rows as 'stopline campaign' on one machine.",
      "Bundles must lie under the same paths on every machine."
    })
public final class CampaignOnSpark implements Callable<Integer> {

  private static final int FOUND = 1;
  private static final int BAD_INPUT = 2;

  @Parameters(paramLabel = "FILE", description = "The campaign file.")
  private Path file;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path out;

  @Option(
      names = "--bundle",
      paramLabel = "DIR",
      description = "Judge this bundle instead of the file's first guard.")
  private @Nullable String bundle;

  @Option(names = "--tracks", paramLabel = "N", description = "Only the first N tracks.")
  private @Nullable Integer tracks;

  /**
   * Runs a campaign and ends the process with 0, with 1 where the gate failed, or with 2 where
   * something that was named cannot be used.
   */
  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /** As {@link #main}, but returns the exit code. */
  static int execute(String... arguments) {
    return new CommandLine(new CampaignOnSpark())
        .setExecutionExceptionHandler(
            (failure, commandLine, result) -> {
              PrintWriter err = commandLine.getErr();
              if (failure.getClass().getName().startsWith("io.stopline.")
                  || failure instanceof IOException) {
                err.println(failure.getMessage());
                return BAD_INPUT;
              }
              throw failure;
            })
        .execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    Instant began = Instant.now();
    String text = Files.readString(file);
    Path folder = file.toAbsolutePath().normalize().getParent();
    Judging judging =
        new Judging(
            text, file.toString(), String.valueOf(folder == null ? "/" : folder), bundle, tracks);
    Campaign campaign = judging.campaign();
    // Bundles that cannot be used are refused here, not on the cluster.
    CampaignRunner runner = new CampaignRunner(campaign);
    List<Integer> numbers = IntStream.range(0, campaign.tracks()).boxed().toList();
    List<Row> rows = new ArrayList<>();
    SparkConf conf = new SparkConf().setAppName("stopline campaign " + campaign.name());
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      for (CampaignRunner.JudgedGuard guard : runner.guards()) {
        // A few tasks a core: opening a guard takes a second, and tracks differ in length.
        int tasks = Math.min(numbers.size(), 4 * spark.defaultParallelism());
        List<String> lines =
            spark.parallelize(numbers, tasks).mapPartitions(judging.by(guard.name())).collect();
        for (String line : lines) {
          rows.add(Row.of(new ObjectMapper().readTree(line)));
        }
      }
    }
    Gate gate = campaign.gate();
    GateResult result =
        gate == null ? null : GateResult.of(gate, new Figures(rows), criterion -> null, List.of());
    String command = "simulator/spark/submit %s --out %s".formatted(file, out);
    Files.createDirectories(out);
    new CampaignResults(campaign, runner.guards(), rows, result, command, began)
        .write(out, String.valueOf(file.getFileName()));
    return result != null && !result.passed() ? FOUND : 0;
  }

  /**
   * What a task has to know.
   *
   * @param text of the campaign file
   * @param folder from which bundles are taken
   */
  private record Judging(
      String text, String file, String folder, @Nullable String bundle, @Nullable Integer tracks)
      implements Serializable {

    Campaign campaign() {
      Campaign campaign =
          CampaignFile.of(text, Path.of(file), Path.of(folder)).judgingFirst(bundle, null);
      return tracks == null ? campaign : campaign.limited(tracks);
    }

    FlatMapFunction<Iterator<Integer>, String> by(String guard) {
      return numbers -> {
        List<Integer> mine = new ArrayList<>();
        numbers.forEachRemaining(mine::add);
        return mine.isEmpty() ? Collections.emptyIterator() : judge(guard, mine);
      };
    }

    private Iterator<String> judge(String guard, List<Integer> mine)
        throws JsonProcessingException {
      ObjectMapper json = new ObjectMapper();
      List<String> lines = new ArrayList<>();
      for (Row row : new CampaignRunner(campaign()).judge(guard, mine)) {
        lines.add(json.writeValueAsString(row.toJson()));
      }
      return lines.iterator();
    }
  }
}
