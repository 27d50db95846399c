package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.SignCrop;
import io.stopline.scene.SignTruth;
import io.stopline.sdk.image.Region;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a running demonstration, and who is told when it changes. What is told is
 * the name of an event and its data as JSON: {@code state} (all but the frames) or {@code frame}.
 * Thread-safe; listeners are called under its lock and must not wait.
 */
final class Board {

  /**
   * What does not change while a demonstration runs.
   *
   * @param run tells one run's pictures from another's
   * @param labels names of the classes, by their number
   * @param suspectAt a track is suspect when its p-value is not above this
   */
  record Setting(
      String run,
      String version,
      long seed,
      int signClass,
      List<String> labels,
      String policy,
      List<String> members,
      double suspectAt,
      int width,
      int height) {
    Setting {
      labels = List.copyOf(labels);
      members = List.copyOf(members);
    }

    /** A run of these values with a name that no other has. */
    static String newRun() {
      return HexFormat.of().toHexDigits(System.nanoTime());
    }
  }

  /**
   * How far the search for stickers is.
   *
   * @param share of the budget that is used, 0..1
   * @param queries asked so far
   * @param covered share of the sign that the best one covers, 0..1
   * @param errors share of the looks at it in which the bare ensemble errs, 0..1
   * @param picture number of the best one's picture; a new one has another number
   * @param found whether the search is over and this is what it found
   */
  record Search(
      double share,
      long queries,
      double covered,
      double errors,
      int picture,
      double seconds,
      boolean found) {}

  /**
   * The incident that the attacked drive raised.
   *
   * @param page where people judge it
   * @param label that it would have had
   * @param reasons of the guard, in words
   * @param pictured whether there is a picture of what the guard saw
   */
  record IncidentView(
      String page, String label, List<String> reasons, double pValue, boolean pictured) {
    IncidentView {
      reasons = List.copyOf(reasons);
    }
  }

  private enum Progress {
    WAITING,
    FILMED,
    PLAYING,
    PLAYED
  }

  private static final class Drive {
    final Map<Integer, BareVerdict> bare = new TreeMap<>();
    final Map<Integer, Seen> seen = new TreeMap<>();
    List<FilmedFrame> film = List.of();
    DriveFigures.Incidents incidents = DriveFigures.Incidents.NONE;
    Progress progress = Progress.WAITING;
  }

  private final Setting setting;
  private final BiConsumer<String, String> listener;
  private final Map<Part, Drive> drives = new EnumMap<>(Part.class);

  private Phase phase = Phase.STARTING;
  private String text = "Starting the fleet monitor and the camera";
  private String fleetPage = "";
  private double filmedRate;
  private double playedRate;
  private @Nullable Search search;
  private @Nullable IncidentView incident;
  private @Nullable List<String> missed;

  Board(Setting setting, BiConsumer<String, String> listener) {
    this.setting = setting;
    this.listener = listener;
    for (Part part : Part.values()) {
      drives.put(part, new Drive());
    }
  }

  Setting setting() {
    return setting;
  }

  synchronized void phase(Phase now, String inWords) {
    phase = now;
    text = inWords;
    tell();
  }

  synchronized void fleetPage(String url) {
    fleetPage = url;
    tell();
  }

  synchronized void pace(double filmed, double played) {
    filmedRate = filmed;
    playedRate = played;
    tell();
  }

  synchronized void search(Search now) {
    search = now;
    tell();
  }

  /** How far the search was when it said so last; null before. */
  synchronized @Nullable Search lastSearch() {
    return search;
  }

  synchronized void filmed(Part part, List<FilmedFrame> film, Map<Integer, BareVerdict> bare) {
    Drive drive = drive(part);
    drive.film = List.copyOf(film);
    drive.bare.putAll(bare);
    drive.progress = Progress.FILMED;
    tell();
  }

  synchronized void playing(Part part) {
    drive(part).progress = Progress.PLAYING;
    tell();
  }

  synchronized void seen(Part part, Seen frame) {
    drive(part).seen.put(frame.frame(), frame);
    ObjectNode node = frame.toJson();
    node.put("drive", part.key());
    node.set("figures", figures(part).toJson());
    listener.accept("frame", node.toString());
  }

  synchronized void incidents(Part part, DriveFigures.Incidents incidents) {
    drive(part).incidents = incidents;
    tell();
  }

  synchronized void played(Part part) {
    drive(part).progress = Progress.PLAYED;
    tell();
  }

  synchronized void incident(IncidentView view) {
    incident = view;
    tell();
  }

  /**
   * The end.
   *
   * @param whatWasMissed in sentences; empty if the demonstration worked
   */
  synchronized void outcome(List<String> whatWasMissed) {
    missed = List.copyOf(whatWasMissed);
    phase = Phase.DONE;
    text =
        whatWasMissed.isEmpty()
            ? "Done: the altered sign fooled the bare ensemble, not the guarded one"
            : "Done, but not as it should be";
    tell();
  }

  synchronized void failed(String why) {
    phase = Phase.FAILED;
    text = why;
    tell();
  }

  synchronized DriveFigures figures(Part part) {
    Drive d = drive(part);
    return DriveFigures.count(
        part,
        setting.signClass(),
        d.film,
        d.bare,
        d.seen,
        d.progress == Progress.PLAYED,
        d.incidents);
  }

  private Drive drive(Part part) {
    Drive drive = drives.get(part);
    if (drive == null) {
      throw new IllegalStateException("no drive " + part);
    }
    return drive;
  }

  private void tell() {
    listener.accept("state", state());
  }

  /** All but the frames, as JSON. */
  synchronized String state() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("run", setting.run())
        .put("version", setting.version())
        .put("seed", setting.seed())
        .put("signClass", setting.signClass())
        .put("policy", setting.policy())
        .put("suspectAt", setting.suspectAt())
        .put("nearPixels", SignCrop.NEAR_PIXELS)
        .put("width", setting.width())
        .put("height", setting.height())
        .put("filmedRate", filmedRate)
        .put("playedRate", playedRate)
        .put("phase", phase.name())
        .put("text", text)
        .put("fleetPage", fleetPage);
    setting.labels().forEach(node.putArray("labels")::add);
    setting.members().forEach(node.putArray("members")::add);
    Search s = search;
    if (s != null) {
      node.putObject("search")
          .put("share", s.share)
          .put("queries", s.queries)
          .put("covered", s.covered)
          .put("errors", s.errors)
          .put("picture", s.picture)
          .put("seconds", s.seconds)
          .put("found", s.found);
    }
    ArrayNode list = node.putArray("drives");
    for (Part part : Part.values()) {
      Drive d = drive(part);
      list.addObject()
          .put("name", part.key())
          .put("title", part.title())
          .put("attacked", part.isAttacked())
          .put("progress", d.progress.name())
          .put("frames", d.film.size())
          .set("figures", figures(part).toJson());
    }
    IncidentView i = incident;
    if (i != null) {
      ObjectNode view = node.putObject("incident");
      view.put("page", i.page())
          .put("label", i.label())
          .put("pValue", i.pValue())
          .put("pictured", i.pictured());
      i.reasons().forEach(view.putArray("reasons")::add);
    }
    List<String> m = missed;
    if (m != null) {
      m.forEach(node.putArray("missed")::add);
    }
    return node.toString();
  }

  /** A drive's frames, as JSON; empty if there is no such drive. */
  synchronized Optional<String> frames(String name) {
    for (Part part : Part.values()) {
      if (part.key().equals(name)) {
        return Optional.of(frames(drive(part)).toString());
      }
    }
    return Optional.empty();
  }

  private static ObjectNode frames(Drive drive) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode film = node.putArray("film");
    for (FilmedFrame f : drive.film) {
      ObjectNode frame = film.addObject();
      frame
          .put("n", f.frame())
          .put("seconds", f.seconds())
          .put("metres", f.metres())
          .put("near", f.isNear());
      SignTruth sign = f.sign();
      if (sign != null) {
        Region box = sign.box();
        frame
            .put("height", sign.heightPixels())
            .putArray("box")
            .add(box.x())
            .add(box.y())
            .add(box.width())
            .add(box.height());
      }
      BareVerdict bare = drive.bare.get(f.frame());
      if (bare != null) {
        frame
            .putObject("bare")
            .put("label", bare.label())
            .put("p", bare.probability())
            .put("trueP", bare.trueProbability());
      }
    }
    ArrayNode seen = node.putArray("seen");
    drive.seen.values().forEach(s -> seen.add(s.toJson()));
    return node;
  }
}
