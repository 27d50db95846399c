package io.stopline.studio.desk;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.BareEnsemble;
import io.stopline.campaign.DriveJudge;
import io.stopline.campaign.DriveResult;
import io.stopline.campaign.FrameJudgement;
import io.stopline.campaign.SignCrop;
import io.stopline.campaign.SignJudgement;
import io.stopline.campaign.proving.Row;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.config.images.ImageFiles;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.GroundTruth;
import io.stopline.scene.SignTruth;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.studio.camera.Film;
import io.stopline.studio.report.Verdicts;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One drive, filmed with nothing, something harmful and something harmless on its sign, and judged
 * by several guards with the same draws: by the code that {@code stopline drive --judge} runs.
 * Thread-safe; {@link #run} is called once.
 */
final class StudioDrive implements AutoCloseable {

  /** Labels of a member that are shown. */
  private static final int BEST = 3;

  private final Spec spec;
  private final String id;
  private final Map<String, Film> films = new LinkedHashMap<>();
  private final Map<String, Judged> judged = new HashMap<>();
  private final Map<GuardChoice, BareEnsemble> ensembles = new HashMap<>();
  private String phase = "waiting";
  private int done;
  private int total = 1;
  private @Nullable String failure;
  private boolean stopped;
  private boolean closed;

  /**
   * What is driven.
   *
   * @param title for people
   * @param variants at least one, of distinct kinds
   * @param guards at least one
   * @param seed of the guards' draws
   * @param notes what to mind about this drive; may be empty
   * @param rows what a campaign counted on each film, by its kind; empty for drives of no campaign
   */
  record Spec(
      String title,
      List<Variant> variants,
      List<GuardChoice> guards,
      long seed,
      List<String> notes,
      Map<String, Row> rows) {

    Spec {
      variants = List.copyOf(variants);
      guards = List.copyOf(guards);
      notes = List.copyOf(notes);
      rows = Map.copyOf(rows);
    }

    /** The same drive has the same name. */
    String id() {
      StringBuilder all = new StringBuilder();
      variants.forEach(v -> all.append(v.kind()).append(' ').append(v.scenario()).append('\n'));
      return Workspace.digest(all.append(guards).append(seed).toString());
    }
  }

  /** One film as one guard saw it. */
  private record Judged(
      DriveResult result, List<String> labels, double suspectedFrom, List<Double> weights) {}

  StudioDrive(Spec spec) {
    this.spec = spec;
    this.id = spec.id();
  }

  String id() {
    return id;
  }

  Spec spec() {
    return spec;
  }

  /** Films and judges; what fails is told to those who ask for {@link #toJson}. */
  void run() {
    try {
      List<DriveRenderer> renderers =
          spec.variants().stream().map(v -> DriveRenderer.of(v.scenario())).toList();
      int frames = renderers.get(0).frames();
      synchronized (this) {
        total = frames * spec.variants().size() * (1 + spec.guards().size());
      }
      for (int v = 0; v < renderers.size(); v++) {
        Variant variant = spec.variants().get(v);
        say("filming, " + variant.kind());
        Film film =
            Film.of(renderers.get(v), Runtime.getRuntime().availableProcessors(), this::step);
        keep(variant.kind(), film);
      }
      for (GuardChoice guard : spec.guards()) {
        judge(guard);
      }
      say("done");
    } catch (CancellationException e) {
      say("stopped");
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        failure = String.valueOf(e.getMessage());
        phase = "failed";
      }
    }
  }

  private void judge(GuardChoice guard) {
    Bundle bundle = guard.open();
    PolicyFile policy = guard.policyOf(bundle);
    List<Double> weights = policy.policy().checks().stream().map(check -> check.weight()).toList();
    try (DriveJudge judge =
        DriveJudge.open(bundle, policy.policy().name(), RuntimeOptions.defaults(), spec.seed())) {
      for (Variant variant : spec.variants()) {
        say("judging, " + variant.kind() + ", " + guard.name());
        Film film = film(variant.kind()).orElseThrow();
        judge.begin(spec.seed());
        for (int frame = 0; frame < film.frames(); frame++) {
          judge.judge(film.truth(frame), film.jpeg(frame));
          step();
        }
        boolean attacked =
            variant.scenario().signs().stream().anyMatch(sign -> sign.alteration() != null);
        Judged result =
            new Judged(
                judge.finish(variant.scenario().name(), attacked),
                bundle.labels(policy),
                bundle
                    .calibration(policy)
                    .calibration()
                    .limit(policy.policy().falseAlarmRate(), policy.policy().track().promise()),
                weights);
        synchronized (this) {
          judged.put(key(guard, variant.kind()), result);
        }
      }
    }
  }

  private static String key(GuardChoice guard, String kind) {
    return guard.name() + '\n' + kind;
  }

  private synchronized void say(String what) {
    phase = what;
  }

  private synchronized void step() {
    if (stopped) {
      throw new CancellationException();
    }
    done++;
  }

  private synchronized void keep(String kind, Film film) {
    if (closed) {
      film.close();
      throw new CancellationException();
    }
    films.put(kind, film);
  }

  private synchronized Optional<Film> film(String kind) {
    return Optional.ofNullable(films.get(kind));
  }

  /** Ends filming or judging soon; what is there stays. */
  synchronized void stop() {
    stopped = true;
  }

  synchronized boolean isDone() {
    return phase.equals("done");
  }

  synchronized boolean isRunning() {
    return !phase.equals("done") && !phase.equals("stopped") && !phase.equals("failed");
  }

  /** A frame as the camera sends it; empty while it is not filmed, or if there is none. */
  synchronized Optional<byte[]> jpeg(String kind, int frame) {
    Film film = films.get(kind);
    return film == null || frame < 0 || frame >= film.frames()
        ? Optional.empty()
        : Optional.of(film.jpeg(frame));
  }

  /** How far it is, and what can be asked for. */
  synchronized ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", id)
            .put("title", spec.title())
            .put("seed", Long.toString(spec.seed()))
            .put("phase", phase)
            .put("done", done)
            .put("total", total)
            .put("running", isRunning())
            .put("failure", failure);
    spec.notes().forEach(node.putArray("notes")::add);
    ArrayNode variants = node.putArray("variants");
    for (Variant variant : spec.variants()) {
      Film film = films.get(variant.kind());
      ObjectNode one =
          variants
              .addObject()
              .put("kind", variant.kind())
              .put("file", Workspace.shown(variant.file()))
              .put("filmed", film != null)
              .put("frames", film == null ? 0 : film.frames())
              .put("width", variant.scenario().camera().width())
              .put("height", variant.scenario().camera().height())
              .put("framesPerSecond", variant.scenario().camera().framesPerSecond());
      if (film != null) {
        one.put("framesSha256", film.sha256());
      }
      Row row = spec.rows().get(variant.kind());
      if (row != null) {
        one.set("row", row.toJson());
      }
    }
    ArrayNode guards = node.putArray("guards");
    for (GuardChoice guard : spec.guards()) {
      ObjectNode one =
          guards
              .addObject()
              .put("name", guard.name())
              .put("bundle", guard.bundle())
              .put("policy", guard.policy());
      ObjectNode results = one.putObject("results");
      ObjectNode commands = one.putObject("commands");
      for (Variant variant : spec.variants()) {
        Judged known = judged.get(key(guard, variant.kind()));
        if (known != null) {
          results.set(variant.kind(), known.result().toJson());
          one.put("suspectedFrom", known.suspectedFrom());
        }
        commands.put(variant.kind(), command(guard, variant));
      }
    }
    return node;
  }

  /** What judges the same film with the same draws. */
  private String command(GuardChoice guard, Variant variant) {
    return Shell.command(
        List.of(
            "drive",
            Workspace.shown(variant.file()),
            "--judge",
            "--bundle",
            guard.bundle(),
            "--policy",
            guard.policy(),
            "--seed",
            Long.toString(spec.seed())));
  }

  /** Figures of the variant that was asked about, by the first guard; null until it is judged. */
  synchronized @Nullable ObjectNode result(String kind) {
    Judged known = judged.get(key(spec.guards().get(0), kind));
    return known == null ? null : known.result().toJson();
  }

  /** All frames of a film as a guard saw them; empty until they are judged. */
  synchronized Optional<ObjectNode> frames(int guard, String kind) {
    Judged known =
        guard < 0 || guard >= spec.guards().size()
            ? null
            : judged.get(key(spec.guards().get(guard), kind));
    Film film = films.get(kind);
    if (known == null || film == null) {
      return Optional.empty();
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    known.labels().forEach(node.putArray("labels")::add);
    ArrayNode frames = node.putArray("frames");
    for (FrameJudgement frame : known.result().frames()) {
      GroundTruth truth = film.truth(frame.frame());
      ObjectNode one =
          frame.toJson().put("seconds", truth.seconds()).put("alongMetres", truth.alongMetres());
      for (int i = 0; i < frame.signs().size(); i++) {
        Region box = frame.signs().get(i).truth().box();
        ((ObjectNode) one.path("signs").get(i))
            .putArray("box")
            .add(box.x())
            .add(box.y())
            .add(box.width())
            .add(box.height());
      }
      frames.add(one);
    }
    return Optional.of(node);
  }

  /**
   * What each member, each check and the certificate say of one sign in one frame.
   *
   * @throws RefusedException if it is not judged, or the frame does not show the sign
   */
  ObjectNode look(int guard, String kind, int frame, int sign) {
    GuardChoice choice = guard(guard);
    Judged known;
    byte[] jpeg;
    synchronized (this) {
      Judged there = judged.get(key(choice, kind));
      Film film = films.get(kind);
      if (there == null || film == null || frame < 0 || frame >= film.frames()) {
        throw new RefusedException("this frame is not judged yet");
      }
      known = there;
      jpeg = film.jpeg(frame);
    }
    SignJudgement judgement =
        known.result().frames().get(frame).signs().stream()
            .filter(s -> s.truth().sign() == sign)
            .findFirst()
            .orElseThrow(() -> new RefusedException("the sign is not in this frame"));
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    Image picture = ImageFiles.decode(jpeg, "frame " + frame);
    Region crop = crop(judgement.truth(), picture);
    node.putArray("crop").add(crop.x()).add(crop.y()).add(crop.width()).add(crop.height());
    node.set("members", members(choice, picture.view(crop), known.labels()));
    if (judgement.verdict() != null) {
      ObjectNode verdict = Verdicts.toJson(judgement.verdict());
      known.weights().forEach(verdict.putArray("weights")::add);
      node.set("verdict", verdict);
    }
    return node;
  }

  private GuardChoice guard(int index) {
    if (index < 0 || index >= spec.guards().size()) {
      throw new RefusedException("this drive has no guard " + index);
    }
    return spec.guards().get(index);
  }

  private static Region crop(SignTruth truth, Image picture) {
    return SignCrop.around(truth, picture.width(), picture.height());
  }

  private ArrayNode members(GuardChoice guard, Image crop, List<String> labels) {
    ArrayNode members = JsonNodeFactory.instance.arrayNode();
    // A model belongs to one thread at a time, and the film is not held up meanwhile.
    synchronized (ensembles) {
      BareEnsemble ensemble = ensembles.computeIfAbsent(guard, StudioDrive::ensemble);
      ensemble.probabilities(crop);
      List<String> names = ensemble.members();
      for (int m = 0; m < names.size(); m++) {
        float[] p = ensemble.ofMember(m);
        ArrayNode best = members.addObject().put("name", names.get(m)).putArray("best");
        IntStream.range(0, p.length)
            .boxed()
            .sorted((a, b) -> Float.compare(p[b], p[a]))
            .limit(BEST)
            .forEach(
                c ->
                    best.addObject()
                        .put("class", c)
                        .put("label", labels.get(c))
                        .put("probability", p[c]));
      }
    }
    return members;
  }

  private static BareEnsemble ensemble(GuardChoice guard) {
    return BareEnsemble.open(
        guard.open(), guard.policy(), RuntimeOptions.defaults().withThreads(1));
  }

  /** Ends what runs and lets go of films and models. */
  @Override
  public void close() {
    synchronized (this) {
      stopped = true;
      closed = true;
      new ArrayList<>(films.values()).forEach(Film::close);
      films.clear();
    }
    synchronized (ensembles) {
      ensembles.values().forEach(BareEnsemble::close);
      ensembles.clear();
    }
  }
}
