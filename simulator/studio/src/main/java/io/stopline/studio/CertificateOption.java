package io.stopline.studio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.certify.CertifyRun;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.certificate.CertificateIdentity;
import io.stopline.evaluation.robustness.Fallacy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Certificates that are shown beside what attacks found, in a part of their own, if they are of the
 * same files, runtime and groups. Use as {@code @Mixin CertificateOption}.
 */
final class CertificateOption {

  private static final String MODEL = "model:";

  @Option(
      names = "--certificate",
      paramLabel = "FILE.json",
      description =
          "Put the certificates of a report of 'stopline certify' beside the figures, in a part of"
              + " their own; refused if they are of another file, runtime or group table.")
  private @Nullable Path file;

  private @Nullable JsonNode report;
  private boolean foreign;

  /**
   * Reads it, if it was named.
   *
   * @throws BadInputException if it is no such report
   * @throws IOException if it cannot be read
   */
  void read() throws IOException {
    if (file == null) {
      return;
    }
    try {
      report = new ObjectMapper().readTree(Files.readString(file));
      CertificateIdentity.of(report);
    } catch (IllegalArgumentException | JsonProcessingException e) {
      throw new BadInputException(
          "--certificate '%s' cannot be used: %s".formatted(file, Failures.reason(e)), e);
    }
  }

  /**
   * What is wrong with the figures, and before it what speaks against these certificates.
   *
   * @param hashes of what is attacked
   */
  List<Fallacy> added(List<Fallacy> fallacies, Map<String, String> hashes) {
    if (report == null) {
      return fallacies;
    }
    Map<String, String> models = new TreeMap<>();
    hashes.forEach(
        (name, sha256) -> {
          if (name.startsWith(MODEL)) {
            models.put(name.substring(MODEL.length()), sha256);
          }
        });
    String groups = report.path("identity").path("groups").asText();
    CertificateIdentity certified = CertificateIdentity.of(report);
    // A guard has several members: certificates of one of them are welcome.
    if (models.size() > 1) {
      models.values().retainAll(certified.models().values());
    }
    CertificateIdentity here =
        new CertificateIdentity(
            models.isEmpty() ? Map.of("the guard's members", "none of these") : models,
            CertifyRun.runtime(),
            groups);
    List<Fallacy> all = new ArrayList<>(certified.against(here));
    foreign = !all.isEmpty();
    all.addAll(fallacies);
    return all;
  }

  /** Puts the certificates into a report, apart from its own figures. */
  void put(Report into) {
    if (report == null || foreign) {
      return;
    }
    ObjectNode node = into.fields().putObject("certified");
    for (String field : List.of("kind", "claim", "limits", "identity", "results", "repeat")) {
      node.set(field, report.path(field));
    }
    node.put("file", String.valueOf(file));
  }
}
