package io.stopline.studio;

import io.stopline.campaign.AlterationSearch;
import io.stopline.campaign.ProbedTrack;
import io.stopline.campaign.TrackProbe;
import io.stopline.campaign.proving.Means;
import io.stopline.campaign.track.AttackedTracks;
import io.stopline.campaign.track.FoundForTrack;
import io.stopline.campaign.track.TrackScene;
import io.stopline.campaign.track.TrackSettings;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.SampleList;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.Track;
import io.stopline.evaluation.certificate.GroupTable;
import io.stopline.evaluation.road.GtsrbClasses;
import io.stopline.scene.sign.SignArt;
import io.stopline.studio.demo.Demo;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code guard probe} on tracks of photographs. Use as {@code @Mixin PhotographProbe}. */
final class PhotographProbe {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Tracks of photographs instead of rendered drives. " + PartOfSplit.DATA)
  private @Nullable Path data;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description =
          "With --data: train, validation, calibration or test, if its tracks are known (default:"
              + " validation).")
  private @Nullable String split;

  @Option(
      names = "--tracks",
      paramLabel = "N",
      description = "With --data: look at N tracks, evenly spread (default: all).")
  private @Nullable Integer limit;

  @Option(
      names = "--gradients",
      paramLabel = "KIND",
      description =
          "With --data: the attacker has the weights and follows gradients over all photographs of a"
              + " track; stickers (as many as --stickers says) or poster (one printed sheet).")
  private @Nullable String gradients;

  @Option(
      names = "--gradients-of",
      paramLabel = "POLICY",
      description =
          "With --gradients: the policy whose models are rebuilt for gradients, such as that of the"
              + " float equivalents, which take half the time (default: the probed one).")
  private @Nullable String gradientsOf;

  @Mixin private PairingOptions pairing;

  /** Whether photographs are asked for. */
  boolean given() {
    if (data == null && (split != null || limit != null || gradients != null)) {
      throw new BadInputException(
          "%s is about photographs; give --data DIR with it"
              .formatted(split != null ? "--split" : limit != null ? "--tracks" : "--gradients"));
    }
    if (gradientsOf != null && gradients == null) {
      throw new BadInputException(
          "--gradients-of says whose gradients; give --gradients stickers or poster with it");
    }
    if (gradients != null && Means.gradientKind(gradients).isEmpty()) {
      throw new BadInputException(
          "--gradients '%s' cannot be searched so; give stickers or poster".formatted(gradients));
    }
    return data != null;
  }

  /** Whether the attacker follows gradients. */
  boolean followsGradients() {
    return gradients != null;
  }

  /**
   * Looks at the tracks.
   *
   * @param stickers how to search each track's; null leaves the signs clean
   * @param seed of every random draw
   */
  ProbedTracks run(
      Console console,
      Report report,
      Bundle bundle,
      PolicyFile policy,
      AlterationSearch.@Nullable Settings stickers,
      long seed) {
    Path folder = data;
    if (folder == null) {
      throw new BadInputException("give --data DIR");
    }
    ReadModel read =
        ReadModel.members(
                console,
                bundle,
                policy,
                pairing.reading(),
                Dataset.open(folder),
                ReadModel.Unsound.SAID)
            .get(0);
    Split whole = read.data().split(split == null ? "validation" : split);
    List<Track> tracks = tracks(whole);
    report.data(read.data().name(), whole.name(), frames(tracks), tracks.size());
    if (whole.name().equals("test")) {
      note(console, report, policy);
    }
    long seen = tracks.stream().filter(t -> !t.heldOut()).count();
    if (seen > 0) {
      report.warn(
          "%d of %d tracks may have been seen in training, which flatters the guard"
              .formatted(seen, tracks.size()));
    }
    List<Shape> outlines = bundle.labels(policy).stream().map(PhotographProbe::outline).toList();
    List<ProbedTrack> probed;
    int threads = Runtime.getRuntime().availableProcessors();
    try (Progress progress = console.progress("probing", tracks.size(), "tracks")) {
      probed =
          stickers == null || gradients == null
              ? new TrackProbe(bundle, policy.policy().name())
                  .run(tracks, outlines::get, stickers, threads, seed, progress::step)
              : byGradients(bundle, policy, tracks, outlines, stickers, threads, seed, progress);
    }
    return new ProbedTracks(probed, GroupTable.of(bundle, null, outlines.size()), stickers != null);
  }

  private List<ProbedTrack> byGradients(
      Bundle bundle,
      PolicyFile policy,
      List<Track> tracks,
      List<Shape> outlines,
      AlterationSearch.Settings stickers,
      int threads,
      long seed,
      Progress progress) {
    TrackSettings usual =
        TrackSettings.standard(
            Means.gradientKind(String.valueOf(gradients)).orElseThrow(),
            stickers.knowledge() == AlterationSearch.Knowledge.GUARD
                ? TrackSettings.Knowledge.GUARD
                : TrackSettings.Knowledge.MEMBERS);
    TrackSettings settings =
        new TrackSettings(
            usual.kind(),
            usual.knowledge(),
            stickers.areaShare(),
            stickers.pieces(),
            usual.steps(),
            usual.frames(),
            usual.draws());
    List<Supplier<TrackScene>> scenes = new ArrayList<>();
    for (Track track : tracks) {
      scenes.add(() -> TrackScene.of(track, outlines.get(track.label())));
    }
    List<FoundForTrack> found;
    try {
      Path pictures = Files.createTempDirectory("stopline-probe");
      try {
        found =
            new AttackedTracks(bundle, policy.policy().name(), gradientsOf)
                .run(scenes, settings, pictures, threads, seed, progress::step);
      } finally {
        Demo.delete(pictures);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<ProbedTrack> probed = new ArrayList<>();
    for (int i = 0; i < tracks.size(); i++) {
      Track track = tracks.get(i);
      FoundForTrack one = found.get(i);
      probed.add(
          new ProbedTrack(
              track.id(),
              track.label(),
              one.coveredShare(),
              one.views(),
              // The first of several drives, as for those who ask.
              one.judged().frames().stream().filter(f -> f.draw() == 0).toList()));
    }
    return probed;
  }

  private List<Track> tracks(Split whole) {
    if (whole.tracks().isEmpty()) {
      throw new BadInputException(
          "split '%s' does not say which images show the same sign; choose one that does, or data with tracks (docs/data.md)"
              .formatted(whole.name()));
    }
    if (limit == null) {
      return whole.tracks();
    }
    if (limit < 1) {
      throw new BadInputException("--tracks is %d; give at least 1".formatted(limit));
    }
    return SampleList.spread(limit, whole.tracks().size()).stream()
        .map(whole.tracks()::get)
        .toList();
  }

  private static int frames(List<Track> tracks) {
    return tracks.stream().mapToInt(t -> t.frames().size()).sum();
  }

  private static void note(Console console, Report report, PolicyFile policy) {
    TestLook.note(console, report, "guard probe", policy.policy().sha256(), report::warn);
  }

  /** The edge of a sign that is known by its name, else the disc that fills its box. */
  private static Shape outline(String label) {
    int signClass = GtsrbClasses.NAMES.indexOf(label);
    return signClass < 0 ? new Ellipse2D.Double(0, 0, 1, 1) : SignArt.of(signClass).outline();
  }
}
