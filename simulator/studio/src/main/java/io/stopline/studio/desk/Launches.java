package io.stopline.studio.desk;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.campaign.AlterationKinds;
import io.stopline.config.files.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes commands of what the page's forms say. A value never becomes an option: each stands behind
 * the option that it belongs to, and files are named as the workspace knows them or lie below the
 * studio's own folder. The commands check the values themselves and say what is wrong.
 */
final class Launches {

  private final Workspace workspace;
  private final Jobs jobs;

  Launches(Workspace workspace, Jobs jobs) {
    this.workspace = workspace;
    this.jobs = jobs;
  }

  /**
   * {@code stopline search}: what fools the models on this drive.
   *
   * @param file of the scenario
   * @param form {@code kind}, {@code against}, {@code queries}, {@code area}, {@code seed}
   */
  Job search(Path file, GuardChoice guard, JsonNode form) {
    String kind = form.path("kind").asText("stickers");
    if (!AlterationKinds.words().contains(kind)) {
      throw new RefusedException(
          "'%s' is no alteration; choose one of %s".formatted(kind, AlterationKinds.words()));
    }
    String seed = form.path("seed").asText("1");
    String name =
        "%s-%s-%s"
            .formatted(
                file.getFileName().toString().replaceFirst("(?i)\\.ya?ml$", ""),
                kind,
                Workspace.digest(file + form.toString() + guard));
    Path found = workspace.folder("scenarios").resolve(name + ".yaml");
    Path report = workspace.folder("searches").resolve(name + ".json");
    List<String> arguments = new ArrayList<>(List.of("search", Workspace.shown(file)));
    arguments.add("--kind=" + kind);
    arguments.add("--against=" + form.path("against").asText("ensemble"));
    option(arguments, "--queries", form.path("queries"));
    option(arguments, "--area", form.path("area"));
    arguments.add("--seed=" + seed);
    arguments.add("--bundle=" + guard.bundle());
    arguments.add("--policy=" + guard.policy());
    arguments.add("--out=" + Workspace.shown(found));
    arguments.add("--json=" + Workspace.shown(report));
    return jobs.start(
        "search " + kind + " on " + file.getFileName(),
        arguments,
        Map.of("scenario", Workspace.shown(found), "report", Workspace.shown(report)));
  }

  /**
   * {@code stopline campaign}.
   *
   * @param form {@code campaign}, a shipped one's name or a file, and {@code tracks}
   */
  Job campaign(GuardChoice guard, JsonNode form) {
    String campaign = value(form, "campaign");
    if (campaign.startsWith("-")) {
      throw new RefusedException("'%s' is no campaign; give a name or a file".formatted(campaign));
    }
    String name = campaign.replaceAll("(?i)\\.ya?ml$", "").replaceAll("[^A-Za-z0-9]+", "-");
    Path out =
        workspace
            .folder("campaigns")
            .resolve(name + "-" + Workspace.digest(form.toString() + guard));
    List<String> arguments = new ArrayList<>(List.of("campaign", campaign));
    option(arguments, "--tracks", form.path("tracks"));
    arguments.add("--bundle=" + guard.bundle());
    arguments.add("--policy=" + guard.policy());
    arguments.add("--out=" + Workspace.shown(out));
    return jobs.start("campaign " + campaign, arguments, Map.of("run", Workspace.shown(out)));
  }

  /**
   * {@code stopline harden}.
   *
   * @param form {@code model} or {@code architecture}, {@code method}, {@code data}, {@code time}
   */
  Job harden(JsonNode form) {
    String method = value(form, "method");
    String data = value(form, "data");
    Path folder = workspace.folder("models");
    Path out =
        folder.resolve(
            "%s-%s.tflite"
                .formatted(
                    method.replaceAll("[^A-Za-z0-9]+", "-"), Workspace.digest(form.toString())));
    Path report = Path.of(out.toString().replaceFirst("\\.tflite$", ".json"));
    List<String> arguments = new ArrayList<>(List.of("harden", "--method=" + method));
    option(arguments, "--model", form.path("model"));
    option(arguments, "--architecture", form.path("architecture"));
    arguments.add("--data=" + data);
    option(arguments, "--time", form.path("time"));
    arguments.add("--out=" + Workspace.shown(out));
    arguments.add("--json=" + Workspace.shown(report));
    return jobs.start(
        "harden by " + method,
        arguments,
        Map.of("model", Workspace.shown(out), "report", Workspace.shown(report)));
  }

  /**
   * {@code stopline scenario from-incident}.
   *
   * @param form {@code incident}, as the monitor exports it, and perhaps {@code class}
   */
  Job fromIncident(JsonNode form) {
    JsonNode incident = form.path("incident");
    if (!incident.isObject()) {
      throw new RefusedException("this is no incident; choose a file that the monitor exported");
    }
    String name = "incident-" + Workspace.digest(incident.toString());
    Path file = workspace.folder("incidents").resolve(name + ".json");
    Path out = workspace.folder("scenarios").resolve(name + ".yaml");
    try {
      if (!Files.exists(file)) {
        WholeFile.write(file, incident.toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("'%s' cannot be written".formatted(file), e);
    }
    List<String> arguments =
        new ArrayList<>(List.of("scenario", "from-incident", Workspace.shown(file)));
    option(arguments, "--class", form.path("class"));
    arguments.add("--out=" + Workspace.shown(out));
    arguments.add("--force");
    Map<String, String> results = new LinkedHashMap<>();
    results.put("scenario", Workspace.shown(out));
    return jobs.start("scenario of an incident", arguments, results);
  }

  private static String value(JsonNode form, String name) {
    String value = form.path(name).asText("").strip();
    if (value.isEmpty()) {
      throw new RefusedException("'%s' is empty; fill it in".formatted(name));
    }
    return value;
  }

  private static void option(List<String> arguments, String option, JsonNode value) {
    String text = value.asText("").strip();
    if (!text.isEmpty()) {
      arguments.add(option + "=" + text);
    }
  }
}
