package io.stopline.evidence.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** The kinds of reports that a pack takes, each by what it says of itself. */
public enum ReportKind {
  /** Of {@code campaign}: tracks that were driven, and a gate. */
  CAMPAIGN(
      "campaign",
      "campaign",
      "drives, clean, benign and attacked, with a gate",
      "",
      "",
      "/(figures/[^/]+/[^/]+/(undetected|suspected|rightInTime|wrongAtDecision|signRun)"
          + "|(undefended|guarded)/[^/]+)"),
  /** Of {@code evaluate --data}. */
  EVALUATE(
      "evaluate",
      "clean",
      "clean data: accuracy and false alarms",
      "",
      "road",
      "/(ensemble/accuracy|guard/(guardedAccuracy|falseAlarmRate|falseAlarmRatePerTrack))"),
  /** Of {@code evaluate --road}. */
  ROAD(
      "evaluate",
      "road",
      "whole road frames: finder and guard",
      "road",
      "",
      "/road/(finders/\\d+/(recall|falseFindsPerFrame)|guard/[^/]+|stills/[^/]+)"),
  /** Of {@code attack} on what finds objects. */
  ATTACK_DETECTOR(
      "attack",
      "attack-detector",
      "attacks on a detector",
      "averagePrecision",
      "",
      "/(averagePrecision/[^/]+|hidden|created|mislabelled|undetected)"),
  /** Of {@code attack} on a whole guard. */
  ATTACK_GUARD(
      "attack",
      "attack-guard",
      "digital attacks on the whole guard",
      "undetectedAttackSuccessRate",
      "",
      "/(cleanAccuracy|attackSuccessRate|undetectedAttackSuccessRate|recoveryRate|falseAlarmRate)"),
  /** Of {@code attack} on a model. */
  ATTACK(
      "attack",
      "attack-model",
      "digital attacks on a bare model",
      "robustAccuracy",
      "",
      "/(cleanAccuracy|robustAccuracy|attackSuccessRate)"),
  /** Of {@code certify}. */
  CERTIFY(
      "certify",
      "certify",
      "certificates over data",
      "",
      "",
      "/results/\\d+/(cleanAccuracy|falseAlarmRate|certifiedDetection|certifiedRecovery"
          + "|certifiedAccuracy/\\d+/[^/]+)"),
  /** Of {@code harden}. */
  HARDEN(
      "harden",
      "harden",
      "a training, with figures before and after",
      "",
      "",
      "/models/\\d+/(clean[^/]*|attacked/\\d+/robustAccuracy)"),
  /** Of {@code guard probe}. */
  PROBE(
      "guard probe",
      "probe",
      "the guard on rendered drives or photographed tracks, clean or searched against",
      "",
      "",
      "/(ensembleWrong|undetectedAttackSuccessRate|suspectedTracks)"),
  /** Of {@code realism}. */
  REALISM(
      "realism",
      "realism",
      "how models trained on photographs read rendered signs",
      "",
      "",
      "/models/[^/]+"),
  /** Of {@code bench}. */
  BENCH(
      "bench",
      "bench",
      "what the guard costs over the bare model",
      "",
      "",
      "/(bareMicros|guardedMicrosMean|guardedMicrosP99|ratioMean|ratioP99|overheadWithoutInference"
          + "|bytesPerInspection|passesMean)");

  private final String command;
  private final String folder;
  private final String words;
  private final String has;
  private final String lacks;
  private final Pattern headlines;

  /**
   * @param has a field that tells it from others of its command; empty if none is needed
   * @param lacks a field that others of its command have; empty if none is needed
   */
  ReportKind(
      String command, String folder, String words, String has, String lacks, String headlines) {
    this.command = command;
    this.folder = folder;
    this.words = words;
    this.has = has;
    this.lacks = lacks;
    this.headlines = Pattern.compile(headlines);
  }

  /** The kind of a report; empty where it is none that a pack takes. */
  public static Optional<ReportKind> of(JsonNode report) {
    String command = report.path("command").asText();
    return Arrays.stream(values())
        .filter(kind -> kind.command.equals(command) && kind.fits(report))
        .findFirst();
  }

  private boolean fits(JsonNode report) {
    return (has.isEmpty() || report.has(has)) && (lacks.isEmpty() || !report.has(lacks));
  }

  /** The command that writes it. */
  public String command() {
    return command;
  }

  /** Its folder below {@code results}. */
  public String folder() {
    return folder;
  }

  /** For people. */
  public String words() {
    return words;
  }

  /** Whether a figure is one of those that a reader wants first. */
  boolean isHeadline(String pointer) {
    return headlines.matcher(pointer).matches();
  }

  /** Whether its figures are numbers rather than rates. */
  boolean measuresTime() {
    return this == BENCH;
  }
}
